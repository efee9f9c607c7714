"""What plans and lists say in words: scopes, ties, formulas, and why somebody gets a prize or none."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as translated
from flask_babel import lazy_gettext as _
from flask_babel import ngettext

from contest.awards.deciding import SUM
from contest.scoring.collective import Line, Ranked
from contest.scoring.formulas import Formula
from contest.scoring.prizes import NAMED, Undecided
from contest.scoring.rounding import half_up
from contest.standings.explained import Neighbour
from contest.standings.explained_words import better
from contest.standings.explained_words import points as as_points

COMPONENTS = {
    "rate": _("Tỷ lệ tham gia (người dự thi / số CBCCVC)"),
    "average": _("Chất lượng (điểm đạt được / điểm tối đa)"),
    "people": _("Số người dự thi (so với đơn vị đông nhất)"),
    "attempts": _("Số lượt thi (so với đơn vị nhiều nhất)"),
    "perfect": _("Tỷ lệ người đúng hết"),
    "passed": _("Tỷ lệ người đạt mức điểm tối thiểu"),
    "firsts": _("Số giải Nhất cá nhân ở các đợt (so với đơn vị nhiều nhất)"),
}
SHORT = {
    "rate": _("Tỷ lệ tham gia"), "average": _("Chất lượng"), "people": _("Số người dự thi"),
    "attempts": _("Số lượt thi"), "perfect": _("Tỷ lệ đúng hết"), "passed": _("Tỷ lệ đạt"),
    "firsts": _("Số giải Nhất"),
}
NUMBERS = ("people", "attempts", "firsts")  # told as they are, not as shares of the largest
TIES = {
    "undecided": _("Bốc thăm"), "share": _("Tất cả đều được giải"),
    "share_shrink": _("Tất cả đều được giải, bớt số giải sau"),
}
KINDS = {"individual": _("Cá nhân"), "collective": _("Tập thể")}
AUDIENCES = {"": _("Mọi người dự thi"), "official": _("CBCCVC"), "citizen": _("Người dân")}


def gettext(message: str, **values: object) -> str:
    """The sentence in the reader's language."""
    return str(translated(message, **values))


def num(value: Any) -> str:
    """25980 → "25.980"."""
    return f"{value:,}".replace(",", ".")


def low(name: str) -> str:
    """A component's name within a sentence: "số giải Nhất"."""
    said = str(SHORT[name])
    return said[:1].lower() + said[1:]


def scope(prize: Any) -> str:
    """Whose list a prize is taken from: "Cá nhân · CBCCVC · Khối xã", "Tập thể · theo số người dự thi"."""
    parts = [str(KINDS[prize.kind])]
    if prize.kind == "individual" and prize.audience:
        parts.append(str(AUDIENCES[prize.audience]))
    if prize.bloc:
        parts.append(prize.bloc)
    if prize.measure:
        parts.append(gettext("Ban Tổ chức chọn") if prize.measure == NAMED else
                     gettext("theo %(what)s", what=low(prize.measure)))
    return " · ".join(parts)


def by_points(award: Any) -> bool:
    """Whether an `Award` of a list has points to show: not where one measure decided, or the organisers named it."""
    return award.reason != "named" and "measure" not in award.params


def given(award: Any) -> str:
    """Why this one gets the prize. Of an `Award` of a list, or of the pure rules."""
    said = _given(award)
    if "measure" in award.params and (award.reason not in ("by_rank", "moved_up") or "decided" not in award.params):
        return f"{said} {figure(award.params)}."
    return said


def figure(told: Mapping[str, Any]) -> str:
    """What a unit has of the measure that its prize is for: "Số người dự thi: 312"."""
    return f"{SHORT[told['measure']]}: {measured(told['measure'], told['numerator'], told['denominator'])}"


def measured_line(line: Line) -> str:
    """A component of a unit by itself."""
    return measured(line.component, line.numerator, line.denominator)


def measured(component: str, part: int, whole: int) -> str:
    """A component by itself: "312" people, "70,69 %" of a rate."""
    return num(part) if component in NUMBERS else percent(part, whole)


def _given(award: Any) -> str:
    told = award.params
    why = ahead(told, getattr(award, "points", 0)) if "decided" in told else ""
    values = {name: num(told[name]) for name in ("rank", "passed", "equal", "places", "lot") if name in told}
    said: dict[str, Callable[[], str]] = {
        "by_rank": lambda: gettext("Hạng %(rank)s: %(why)s.", why=why, **values) if why else
        gettext("Hạng %(rank)s.", **values),
        "moved_up": lambda: " ".join([gettext(
            "Hạng %(rank)s, lên thay %(passed)s trường hợp đứng trên không nhận hoặc không được xét.", **values),
            *([f"{why[0].upper()}{why[1:]}."] if why else [])]),
        "shared": lambda: gettext(
            "Hạng %(rank)s: %(equal)s trường hợp bằng nhau, còn %(places)s giải, tất cả cùng được.", **values),
        "lot": lambda: gettext("Hạng %(rank)s, bằng nhau; bốc thăm được số %(lot)s.", **values),
        "named": lambda: gettext("Ban Tổ chức chọn: %(why)s.", why=str(told["why"]).rstrip(".")),
    }
    return said[award.reason]()


def ahead(award: Mapping[str, Any], points: int) -> str:
    """What put the holder before the next, as `deciding` has it: "cùng 10 điểm, dự đoán gần hơn (lệch 12 so với 35)".
    `award`: its params; `points` of the holder, in hundredths.
    """
    told = award["decided"]
    if told["criterion"] == SUM:
        said = gettext("nhiều điểm hơn (%(mine)s so với %(other)s)", mine=hundredths(told["mine"]),
                       other=hundredths(told["other"]))
        return said if told["mine"] != told["other"] else gettext("nhiều điểm hơn ở phần chưa làm tròn")
    if told["criterion"] in SHORT:
        mine, other = (measured(told["criterion"], *value) for value in (told["mine"], told["other"]))
        values = {"what": low(told["criterion"]), "mine": mine, "other": other}
        said = gettext("%(what)s nhiều hơn (%(mine)s so với %(other)s)", **values) \
            if told["criterion"] in NUMBERS else gettext("%(what)s cao hơn (%(mine)s so với %(other)s)", **values)
    else:
        said = better(Neighbour(0, told["criterion"], told["mine"], told["other"]), told["prediction"])
    if told["equal"] and "measure" in award:
        return gettext("cùng %(what)s (%(value)s), %(why)s", what=low(award["measure"]), why=said, value=measured(
            award["measure"], award["numerator"], award["denominator"]))
    return gettext("cùng %(points)s điểm, %(why)s", points=as_points(points), why=said) if told["equal"] else said


def passed(over: Any, names: Mapping[str, str], reasons: Mapping[str, str] | None = None) -> str:
    """Why this one's turn came and went. `names`: prize → its name; `reasons`: `queries.declined_reasons`."""
    told = over.params
    prize = names.get(str(told.get("prize", "")), gettext("một giải khác"))
    if over.reason in ("below_threshold", "not_entered"):
        return unranked(over.reason, told)
    said: dict[str, Callable[[], str]] = {
        "barred": lambda: gettext("Có tên trong danh sách người không được dự thi."),
        "below_pass_mark": lambda: gettext("Chưa đạt mức điểm tối thiểu."),
        "no_phone": lambda: gettext("Chưa có số điện thoại để liên hệ trao giải."),
        "declined": lambda: gettext("Không nhận %(prize)s: %(reason)s.", prize=prize, reason=((reasons or {}).get(
            f"{told.get('prize')}:{over.entry_id or over.unit_id}") or gettext("từ chối hoặc không đến nhận"))
            .rstrip(".")),
        "has_prize": lambda: gettext("Đã có %(prize)s; mỗi người, mỗi đơn vị một giải.", prize=prize),
        "twice": lambda: gettext("Đã có tên ở trên trong danh sách này."),
        "other_scope": lambda: gettext("Không thuộc đối tượng hoặc khối của giải này."),
        **UNRANKED,
    }
    return said[over.reason]()


UNRANKED: dict[str, Callable[[], str]] = {
    "no_headcount": lambda: gettext("Chưa có số CBCCVC nên chưa tính được. Ghi số CBCCVC của đơn vị."),
    "zero_headcount": lambda: gettext("Số CBCCVC bằng 0 nên không tính được tỷ lệ."),
    "absent": lambda: gettext("Chưa có CBCCVC nào dự thi."),
    "no_firsts": lambda: gettext("Chưa có CBCCVC nào được giải Nhất ở các đợt."),
}


def unranked(reason: str, params: Mapping[str, Any]) -> str:
    """Why a unit is not ranked."""
    if reason == "not_entered":
        return gettext("Chưa dự phần thi: %(parts)s.", parts=params["parts"])
    return below(params) if reason == "below_threshold" else UNRANKED[reason]()


def below(told: Mapping[str, Any]) -> str:
    """A unit below what its size asks for."""
    return gettext(
        "Có %(people)s/%(headcount)s CBCCVC dự thi; đơn vị cỡ này cần ít nhất %(percent)s, tức %(needed)s người.",
        people=num(told["people"]), headcount=num(told["headcount"]), percent=f"{told['percent']}\u00a0%",
        needed=num(told["needed"]))


def unfilled(one: Mapping[str, Any]) -> str:
    """Why places of a prize are left."""
    return {
        "no_candidates": lambda: gettext("Không còn ai đủ điều kiện."),
        "shared_above": lambda: gettext("Đã trao cho những trường hợp bằng nhau ở giải trên."),
        "waits": lambda: gettext("Chờ kết quả bốc thăm ở danh sách khác."),
        "not_named": lambda: gettext(
            "Ban Tổ chức chưa chọn đủ, hoặc có trường hợp được chọn mà không trao được."),
    }[one["reason"]]()


def equal(one: Mapping[str, Any] | Undecided, names: Mapping[str, str]) -> str:
    """What a draw is about: how many are equal, for which places, how many get none."""
    told = one if isinstance(one, Mapping) else vars(one)
    places = ", ".join(f"{num(count)} {names.get(prize, '')}" for prize, count in told["places"])
    said = ngettext("%(num)s trường hợp bằng nhau ở hạng %(rank)s", "%(num)s trường hợp bằng nhau ở hạng %(rank)s",
                    len(told["candidate_ids"]), rank=num(told["rank"]))
    left = gettext("%(without)s trường hợp không được giải", without=num(told["without"])) if told["without"] else \
        gettext("ai cũng được giải")
    return f"{said}: {places}; {left}."


def formula(found: Formula) -> list[str]:
    """A formula in sentences."""
    parts = " + ".join(f"{weight.percent}\u00a0% {low(weight.component)}" for weight in found.weights)
    said = [gettext("Điểm tập thể (thang 100) = %(parts)s.", parts=parts)]
    if found.capped("rate"):
        said.append(gettext("Tỷ lệ tham gia trên 100 % chỉ tính là 100 %."))
    before = 1
    for band in found.thresholds:
        share = f"{band.percent}\u00a0%"
        said.append(
            gettext("Đơn vị từ %(from_)s CBCCVC: ít nhất %(percent)s dự thi mới được xếp hạng.", from_=num(before),
                    percent=share) if band.below is None else
            gettext("Đơn vị dưới %(below)s CBCCVC: ít nhất %(percent)s dự thi mới được xếp hạng.",
                    below=num(band.below), percent=share))
        before = band.below or before
    if found.entered:
        said.append(gettext("Đơn vị phải dự cả phần thi: %(parts)s.", parts="; ".join(found.entered)))
    if found.ties:
        said.append(gettext("Bằng điểm thì xét lần lượt: %(ties)s.",
                            ties=", ".join(low(name) for name in found.ties)))
    said.append(gettext("Xếp hạng riêng trong từng khối.") if found.group == "bloc" else
                gettext("Xếp hạng chung mọi khối."))
    return said


def alone(found: Formula) -> str:
    """How units stand for prizes that go by one component."""
    what, ties = low(found.weights[0].component), ", ".join(low(name) for name in found.ties)
    return gettext("Giải xét theo %(what)s: đơn vị cao nhất đứng đầu; bằng nhau thì xét lần lượt: %(ties)s.", what=what,
                   ties=ties) if ties else gettext("Giải xét theo %(what)s: đơn vị cao nhất đứng đầu.", what=what)


def percent(part: int, whole: int) -> str:
    """A share, half up: (812, 1004) → "80,88 %"; "–" where there is no whole."""
    if not whole:
        return "–"
    return f"{hundredths(half_up(part * 10_000, whole))}\u00a0%"


def hundredths(value: int) -> str:
    """4853 → "48,53"."""
    return "-" * (value < 0) + f"{num(abs(value) // 100)},{abs(value) % 100:02}"


def counted(line: Line) -> str:
    """What a component is reckoned from: "812/1.004 = 80,88 %"; points as points."""
    part, whole = line.numerator, line.denominator
    shown = (hundredths(part), hundredths(whole)) if line.component == "average" else (num(part), num(whole))
    said = f"{shown[0]}/{shown[1]} = {percent(part, whole)}"
    capped = whole and part > whole * line.value
    return gettext("%(said)s, chỉ tính %(most)s", said=said, most="100\u00a0%") if capped else said


def worked(row: Ranked) -> list[str]:
    """How a unit's score comes about, part by part, then the sum: ["Tỷ lệ tham gia: 812/1.004 = 80,88 % × 60 % =
    48,53", …, "Cộng: 48,53 + 26,67 = 75,20"]."""
    lines = [f"{SHORT[line.component]}: {counted(line)} × {line.weight}\u00a0% = {hundredths(line.hundredths)}"
             for line in row.lines]
    if len(row.lines) > 1:
        parts = " + ".join(hundredths(line.hundredths) for line in row.lines)
        lines.append(gettext("Cộng: %(parts)s = %(sum)s", parts=parts, sum=hundredths(row.hundredths)))
        if sum(line.hundredths for line in row.lines) != row.hundredths:
            lines[-1] += " " + gettext("(cộng từ số chưa làm tròn)")
    return lines


def asked(row: Ranked) -> str:
    """The threshold that a unit has reached, or "" without one."""
    return "" if row.threshold is None else gettext(
        "Ngưỡng của đơn vị cỡ này: ít nhất %(percent)s, tức %(needed)s người.",
        percent=f"{row.threshold.percent}\u00a0%", needed=num(row.threshold.needed))


def compared(row: Ranked) -> str:
    """What decides where sums are equal, or ""."""
    return gettext("Bằng điểm thì xét: %(said)s.", said=equals(row)) if row.ties else ""


def equals(row: Ranked) -> str:
    """The figures that decide between equal ones, or ""."""
    return "; ".join(f"{low(line.component)} {counted(line)}" for line in row.ties)
