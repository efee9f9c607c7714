"""What a list of who gets what says as a document and as a workbook."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext

from contest.awards import words
from contest.awards.models import Award, AwardList
from contest.rounds.models import Contest, Round


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


def long_day(day: date) -> str:
    """Days below 10 and months below 3 take a zero: "ngày 05 tháng 01 năm 2026", "ngày 20 tháng 3 năm 2026"."""
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return _("ngày %(day)s tháng %(month)s năm %(year)s", day=f"{day.day:02}", month=month, year=day.year)


def with_decision(row: AwardList) -> str:
    """Which decision the list goes with; dots where there is none yet."""
    if row.decided_on is None:
        return _("(Kèm theo Quyết định số ......... ngày ..... tháng ..... năm .........)")
    return _("(Kèm theo Quyết định số %(number)s %(day)s)", number=row.decision, day=long_day(row.decided_on))


def data(row: AwardList, awards: Sequence[Award], contest: Contest, round_: Round | None,
         agency: tuple[str, str]) -> dict[str, Any]:
    """What the document is made of. `agency`: the one above and the contest's own."""
    units, people = [one for one in awards if one.unit_id], [one for one in awards if one.entry_id]
    sections = [section for section in (
        _section(_("TẬP THỂ"), [_("Đơn vị"), _("Khối")], units),
        _section(_("CÁ NHÂN"), [_("Họ và tên"), _("Đơn vị")], people)) if section["table"]["rows"][1:]]
    for number, section in enumerate(sections):
        section["heading"] = f"{('I', 'II')[number]}. {section['heading']}" if len(sections) > 1 else section["heading"]
    return {
        "title": _("DANH SÁCH"), "about": _about(bool(units), bool(people)),
        "of": f"{round_.title} – {contest.title}" if round_ else contest.title,
        "with": with_decision(row), "draft": "" if row.decided_on else _("DỰ THẢO"),
        "parent": agency[0], "agency": agency[1], "motto": True, "sections": sections,
        "sum": _sum(len(units), len(people)),
        "signs": [{"role": "", "how": "", "name": ""}, {"role": row.signer_title, "how": "", "name": row.signer}]
        if row.signer else [],
        "words": {"country": _("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), "motto": _("Độc lập - Tự do - Hạnh phúc")},
    }


def _sum(units: int, people: int) -> str:
    told = {"units": f"{units:02}", "people": f"{people:02}"}
    return _("Danh sách này có %(units)s tập thể, %(people)s cá nhân.", **told) if units and people else \
        _("Danh sách này có %(units)s tập thể.", **told) if units else \
        _("Danh sách này có %(people)s cá nhân.", **told)


def _about(units: bool, people: bool) -> str:
    return _("Tập thể, cá nhân đạt giải") if units and people else _("Tập thể đạt giải") if units else \
        _("Cá nhân đạt giải")


def _section(heading: str, names: Sequence[str], awards: Sequence[Award]) -> dict[str, Any]:
    """A table of prizes. Only where any has a worth, and where any goes by points, is there a column for it."""
    worth, points = any(one.worth for one in awards), any(words.by_points(one) for one in awards)
    rows = [[_("STT"), *names, _("Giải"), *([_("Mức thưởng")] if worth else []), *([_("Điểm")] if points else []),
             _("Vì sao (so với hạng sau)")]]
    for number, one in enumerate(awards, 1):
        second = one.bloc if one.unit_id else one.unit_name or one.bloc
        rows.append([str(number), one.name, second or "–", one.prize_name, *([one.worth or "–"] if worth else []),
                     *([_points(one.points) if words.by_points(one) else "–"] if points else []), words.given(one)])
    return {"heading": heading, "table": {
        "rows": rows, "caption": "", "centred": (0, 4 + worth) if points else (0,),
        "widths": [1.5, 2.8, 2.4, 2.7, *([2.2] if worth else []), *([1.6] if points else []), 4.0]}}


def _points(hundredths: int) -> str:
    whole, rest = divmod(abs(hundredths), 100)
    return "-" * (hundredths < 0) + str(whole) + (f",{rest:02d}".rstrip("0") if rest else "")
