"""A place and its reasons as sentences."""

from flask_babel import lazy_gettext as _

from contest.clock import LOCAL
from contest.columns import from_ms
from contest.delivery.prediction import written
from contest.standings.explained import Explained, Neighbour

_LOT = 8  # as much of a lot as tells two apart
_WHAT = {  # (better, worse)
    "points": (_("nhiều điểm hơn"), _("ít điểm hơn")), "correct": (_("đúng nhiều câu hơn"), _("đúng ít câu hơn")),
    "distance": (_("dự đoán gần hơn"), _("dự đoán xa hơn")),
    "taken_ms": (_("làm bài nhanh hơn"), _("làm bài lâu hơn")),
    "finished_at": (_("nộp bài sớm hơn"), _("nộp bài muộn hơn")),
    "entered_at": (_("vào cuộc thi sớm hơn"), _("vào cuộc thi muộn hơn")),
    "earlier": (_("đợt trước nhiều điểm hơn"), _("đợt trước ít điểm hơn")),
    "draw": (_("bốc được số nhỏ hơn"), _("bốc được số lớn hơn")),
}


def sentences(found: Explained, prediction: str) -> list[str]:
    """Why a person stands where they stand. `prediction`: the round's kind of it."""
    said = []
    if found.behind:
        said.append(_("Sau hạng %(rank)s vì %(why)s.", rank=_num(found.behind.rank),
                      why=_why(found.behind, prediction)))
    if found.ahead:
        said.append(_("Hơn hạng %(rank)s vì %(why)s.", rank=_num(found.ahead.rank),
                      why=_why(found.ahead, prediction, ahead=True)))
    if found.shared:
        said.append(_("Cùng hạng với %(n)s người khác: bằng nhau ở mọi tiêu chí.", n=_num(found.shared)))
    return [str(line) for line in said]


def better(one: Neighbour, prediction: str) -> str:
    """What put a person before the next: "dự đoán gần hơn (lệch 12 so với 35)"."""
    if one.mine is None or one.other is None:
        return str(_missing(one.criterion, mine=one.mine is None))
    return str(_("%(what)s (%(figures)s)", what=_WHAT[one.criterion][0], figures=_compared(one, prediction)))


def _why(one: Neighbour, prediction: str, *, ahead: bool = False) -> str:
    """What decided, said of the person: "dự đoán xa hơn: lệch 35 so với 12"."""
    if one.mine is None or one.other is None:
        return str(_missing(one.criterion, mine=one.mine is None))
    return f"{_WHAT[one.criterion][0 if ahead else 1]}: {_compared(one, prediction)}"


def _compared(one: Neighbour, prediction: str) -> str:
    mine, other = _figures(one.criterion, one.mine or 0, one.other or 0, prediction)
    if one.criterion == "distance":
        return str(_("lệch %(mine)s so với %(other)s", mine=mine, other=other))
    return str(_("%(mine)s so với %(other)s", mine=mine, other=other))


def _missing(criterion: str, *, mine: bool) -> object:
    if criterion == "distance":
        return _("không dự đoán") if mine else _("có dự đoán")
    return _("không có điểm ở đợt trước") if mine else _("có điểm ở đợt trước")


def _figures(criterion: str, mine: int, other: int, prediction: str) -> tuple[str, str]:
    """Both figures, as fine as it takes to tell them apart."""
    if criterion in ("points", "earlier"):
        return points(mine), points(other)
    if criterion == "correct":
        return _num(mine), _num(other)
    if criterion == "distance":
        return written(prediction, mine), written(prediction, other)
    if criterion == "draw":
        return tuple(f"{one:032x}"[:_LOT] + "…" for one in (mine, other))  # type: ignore[return-value]
    tell = _length if criterion == "taken_ms" else _moment
    fine = mine // 1000 == other // 1000
    return tell(mine, fine), tell(other, fine)


def _length(milliseconds: int, fine: bool) -> str:
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    whole = f"{hours}:{minutes:02}" if hours else f"{minutes:02}"
    return f"{whole}:{rest // 1000:02}" + (f",{rest % 1000:03}" if fine else "")


def _moment(milliseconds: int, fine: bool) -> str:
    local = from_ms(milliseconds).astimezone(LOCAL)
    return local.strftime("%H:%M:%S") + (f",{milliseconds % 1000:03}" if fine else "") + local.strftime(" %d/%m")


def _num(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def points(hundredths: int) -> str:
    """1050 → "10,5"."""
    whole, rest = divmod(abs(hundredths), 100)
    return "-" * (hundredths < 0) + _num(whole) + (f",{rest:02}".rstrip("0") if rest else "")
