"""What pages say of rules of scoring: which sitting counts, who stands before whom, how answers are marked."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from flask_babel import lazy_gettext as _

from contest.questions.desk import TYPE_WORDS
from contest.scoring import policy
from contest.scoring.policy import Policy
from contest.scoring.rules import DEFAULTS, Prepared

# What a select offers and a table heads: the criteria in the order in which rule books use them.
CRITERIA = {
    "points": _("Điểm cao hơn"), "correct": _("Nhiều câu đúng hơn"), "distance": _("Dự đoán gần đúng hơn"),
    "taken_ms": _("Làm bài nhanh hơn"), "finished_at": _("Nộp bài sớm hơn"),
    "entered_at": _("Vào cuộc thi sớm hơn"), "earlier": _("Điểm đợt trước cao hơn"),
    "draw": _("Bốc thăm bằng máy"),
}
COUNTED = {
    "best": _("Lượt có kết quả tốt nhất"), "most_correct": _("Lượt có nhiều câu đúng nhất, rồi nộp sớm nhất"),
    "last": _("Lượt cuối cùng"), "first": _("Lượt đầu tiên"), "mean": _("Trung bình các lượt"),
}
RULES = {
    "all_or_nothing": _("Đúng hết mới có điểm"), "partial": _("Đúng phần nào có điểm phần đó"),
    "negative": _("Đúng phần nào có điểm, sai phần nào trừ điểm"),
    "ladder": _("Bậc thang 10, 25, 50, 100 phần trăm"),
    "credits": _("Theo tỷ lệ điểm của từng phương án"),
    "credits_below": _("Theo tỷ lệ điểm của từng phương án, được xuống dưới 0"),
}


class Rules(Protocol):
    """A round, the fields of one or a version on record."""

    @property
    def attempts_allowed(self) -> int: ...
    @property
    def quota_scope(self) -> str: ...
    @property
    def scoring(self) -> Mapping[str, Any]: ...


def counted(rules: Rules) -> str:
    """Which of several sittings counts in a round: the end of a sentence."""
    return counted_by(policy.read(rules.scoring))


def counted_by(found: Policy) -> str:
    """Which of several sittings counts: the end of a sentence."""
    return str({"best": _("lượt có kết quả tốt nhất được tính"), "last": _("lượt cuối cùng được tính"),
                "first": _("lượt đầu tiên được tính"), "mean": _("kết quả là trung bình của các lượt"),
                "most_correct": _("lượt có nhiều câu đúng nhất được tính, bằng nhau thì lượt nộp sớm hơn"),
                }[found.counted])


def chain_of(rules: Rules) -> str:
    """Who stands before whom in a round."""
    return chain(policy.read(rules.scoring))


def chain(found: Policy) -> str:
    """Who stands before whom: a sentence."""
    first, *others = [key.name for key in found.chain]
    by = {"points": _("Xếp hạng theo điểm"), "correct": _("Xếp hạng theo số câu đúng"),
          "distance": _("Xếp hạng theo dự đoán, ai gần đúng hơn xếp trên"),
          "taken_ms": _("Xếp hạng theo thời gian làm bài, ai nhanh hơn xếp trên"),
          "finished_at": _("Xếp hạng theo lúc nộp bài, ai sớm hơn xếp trên"),
          "entered_at": _("Xếp hạng theo lúc vào cuộc thi, ai sớm hơn xếp trên"),
          "earlier": _("Xếp hạng theo điểm của đợt trước"), "draw": _("Xếp hạng bằng bốc thăm")}[first]
    parts = [by]
    for name in others:
        who = _who(name)
        parts.append(_("vẫn bằng nhau thì %(who)s xếp trên", who=who) if len(parts) > 1 else
                     _("bằng điểm thì %(who)s xếp trên", who=who) if first == "points" else
                     _("bằng nhau thì %(who)s xếp trên", who=who))
    return "; ".join(map(str, parts)) + "."


def _who(criterion: str) -> str:
    return str({"points": _("người có điểm cao hơn"), "correct": _("người trả lời đúng nhiều câu hơn"),
            "distance": _("người dự đoán gần đúng hơn"), "taken_ms": _("người làm bài trong thời gian ngắn hơn"),
            "finished_at": _("người nộp bài sớm hơn"), "entered_at": _("người vào cuộc thi sớm hơn"),
            "earlier": _("người có điểm đợt trước cao hơn"), "draw": _("người bốc được số nhỏ hơn")}[criterion])


def sums(found: Policy) -> str:
    """How the rounds of a contest add up: a sentence."""
    said = str({"sum": _("Cộng kết quả của tất cả các đợt."), "last": _("Tính đợt cuối mà người đó dự thi."),
                "best": _("Cộng %(k)s đợt tốt nhất của mỗi người.", k=found.rounds.k)}[found.rounds.how])
    if not found.rounds.weights:
        return said
    weights = "; ".join(f"{weight} %" for weight in found.rounds.weights)
    return said + " " + str(
        _("Trọng số theo thứ tự đợt: %(weights)s; các đợt sau: %(rest)s.", weights=weights, rest="100 %"))


def lots(found: Policy) -> str:
    """How lots are drawn, so that anybody can reckon them; "" where none are."""
    if not policy.asks(found, "draw"):
        return ""
    return str(_("Số bốc thăm là 32 ký tự đầu của mã băm SHA-256 tính trên dòng chữ “%(seed)s/mã bốc thăm”; mã bốc "
                 "thăm của mỗi người hiện ở trang kết quả, ai cũng tính lại được.", seed=found.seed))


def lines(rules: Rules) -> list[str]:
    """All that a round's rules of scoring say, sentence by sentence."""
    found = policy.read(rules.scoring)
    several = rules.attempts_allowed > 1 or rules.quota_scope != "round" or found.counted != "best"
    said = [complete(found), _("Mỗi người thi nhiều lượt thì %(counted)s.", counted=counted(rules)) if several else "",
            chain(found), _("Bằng nhau ở mọi tiêu chí thì cùng hạng."), lots(found), *marking(found)]
    if not found.floor:
        said.append(_("Tổng điểm của một bài có thể xuống dưới 0."))
    if found.pass_percent is not None:
        said.append(_("Đạt: từ %(percent)s số điểm trở lên.", percent=f"{found.pass_percent} %"))
    return [str(line) for line in said if str(line)]


def complete(found: Policy) -> str:
    """Which papers are valid; "" where every one is."""
    return str(_("Bài chỉ hợp lệ khi trả lời đủ tất cả các câu, kể cả câu dự đoán nếu có; bài không hợp lệ "
                 "không xếp hạng và không xét giải.")) if found.complete else ""


def complete_of(rules: Rules) -> str:
    """Which papers of a round are valid; "" where every one is."""
    return complete(policy.read(rules.scoring))


def differences(old: Policy, new: Policy) -> list[tuple[str, str, str]]:
    """(what, before, after) of all that two sets of rules say differently."""
    told = [(str(what), tell(old), tell(new)) for what, tell in (
        (_("Cộng các đợt"), sums),
        (_("Bài hợp lệ"), lambda one: complete(one) or str(_("Mọi bài có trả lời."))),
        (_("Lượt được tính"), counted_by), (_("Thứ tự xếp hạng"), chain),
        (_("Bốc thăm"), lambda one: lots(one) or str(_("Không bốc thăm."))),
        (_("Cách chấm"), lambda one: " ".join(marking(one)) or str(_("Theo từng câu hỏi"))),
        (_("Tổng điểm một bài"), lambda one: str(_("Thấp nhất là 0.") if one.floor else _("Được xuống dưới 0."))),
        (_("Mức đạt"), lambda one: str(_("Không xét")) if one.pass_percent is None else f"{one.pass_percent} %"),
        (_("Mốc thống kê chất lượng"), lambda one: ", ".join(f"{cut} %" for cut in one.bands)))]
    return [line for line in told if line[1] != line[2]]


def marking(found: Policy) -> list[str]:
    """How the types are marked that this round has a rule of its own for: a sentence each."""
    return [str(_("%(type)s: %(rule)s.", type=str(TYPE_WORDS[kind]), rule=_rule(found.marking[kind])))
            for kind in DEFAULTS if kind in found.marking]


def _rule(one: Prepared) -> str:
    name = "credits_below" if one.values.get("below_zero") else one.rule.name
    word = str(RULES[name])
    word = word[:1].lower() + word[1:]
    cost = one.values.get("penalty_percent", 0)
    if not cost:
        return word
    if name == "all_or_nothing":
        return str(_("%(rule)s, trả lời sai trừ %(percent)s điểm của câu", rule=word, percent=f"{cost} %"))
    return str(_("%(rule)s, mỗi phần sai trừ %(percent)s của một phần đúng", rule=word, percent=f"{cost} %"))


def band_words(names: Iterable[str]) -> dict[str, str]:
    """Band → its words, for bands named as `bands.names` does, in that order."""
    words, high = {}, 100
    for name in names:
        kind, _under, cut = name.partition("_")
        low = f"{cut} %"
        words[name] = str({"all": _("Đúng hết"), "none": _("Không đúng câu nào"), "below": _("Dưới %(high)s", high=low),
                           "from": _("Từ %(low)s đến dưới %(high)s", low=low, high=f"{high} %")}[kind])
        high = int(cut or high)
    return words
