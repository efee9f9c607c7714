"""Words for the answers that questions take, and for how they are marked."""

from flask_babel import lazy_gettext as _

from contest.questions.content import Content
from contest.questions.desk import blueprint
from contest.questions.formats.answer_lines import number_shown
from contest.questions.formats.notation import percent
from contest.scoring.rules import PARAMETERS, BadRule, own

RULE_WORDS = {
    "all_or_nothing": _("Đúng hoàn toàn mới được điểm."),
    "partial": _("Đúng phần nào được điểm phần ấy. Câu chọn nhiều đáp án: chọn thừa một phương án sai thì mất một phần,"
                 " không dưới 0."),
    "negative": _("Như cách chấm từng phần, nhưng mỗi chỗ sai trừ bằng điểm một chỗ đúng; câu có thể bị điểm âm."),
    "ladder": _("Thang điểm của cụm đúng/sai: đúng 1, 2, 3, 4 trong bốn ý được 10, 25, 50, 100 phần trăm số điểm."),
    "credits": _("Cộng tỷ lệ điểm của từng phương án đã chọn, không dưới 0."),
    "credits_below": _("Cộng tỷ lệ điểm của từng phương án đã chọn; câu có thể bị điểm âm."),
}


@blueprint.app_template_filter("question_terms")
def terms(content: Content) -> str:
    """How a question is marked, sentence by sentence; "" where that is the usual way."""
    settings = dict(content.settings)
    said = [_("Phân biệt hoa thường.")] if settings.get("case") == "kept" else []
    said += [_("Phải đúng dấu.")] if settings.get("diacritics") == "needed" else []
    try:
        rule = own(settings, content.type)
    except BadRule:
        as_said = "; ".join(f"{name}={settings[name]}" for name in ("rule", *sorted(PARAMETERS)) if name in settings)
        return " ".join(map(str, [*said, _("Cách chấm không dùng được: %(said)s.", said=as_said)]))
    if rule is not None:
        said.append(_rule(rule.rule.name, rule.costs, said_so="penalty_percent" in settings))
    return " ".join(map(str, said))


def _rule(name: str, costs: str, *, said_so: bool) -> object:
    kind, _space, cost = costs.partition(" ")
    if kind == "whole":
        return _("Đúng hoàn toàn mới được điểm; trả lời sai bị trừ %(percent)s số điểm của câu.",
                 percent=_percent(cost))
    if kind == "part" and said_so:
        return _("Như cách chấm từng phần, nhưng mỗi chỗ sai trừ %(percent)s điểm một chỗ đúng; câu có thể bị điểm âm.",
                 percent=_percent(cost))
    return RULE_WORDS["credits_below" if kind == "options" else name]


@blueprint.app_template_filter("question_penalty")
def penalty_word(costs: str) -> str:
    """What a contestant is told of what a wrong answer costs: `rules.Prepared.costs`; "" for nothing."""
    kind, _space, cost = costs.partition(" ")
    if not kind:
        return ""
    if kind == "options":
        return str(_("Câu này trừ điểm khi chọn phương án sai, điểm của câu có thể dưới 0; bỏ trống không bị trừ."))
    if kind == "part":
        return str(_("Câu này trừ điểm: mỗi chỗ sai trừ %(percent)s điểm của một chỗ đúng, điểm của câu có thể dưới 0; "
                     "bỏ trống không bị trừ.", percent=_percent(cost)))
    return str(_("Câu này trừ điểm: trả lời mà chưa đúng hết, kể cả còn thiếu ý, bị trừ %(percent)s số điểm của câu; "
                 "bỏ trống cả câu không bị trừ.", percent=_percent(cost)))


def _percent(text: str) -> str:
    return f"{text}\u00a0%"


@blueprint.app_template_filter("question_credit")
def credit_word(credit: int) -> str:
    """A credit as a percentage: 33333 is "33,333 %"."""
    return f"{percent(credit)}\u00a0%"


@blueprint.app_template_filter("question_number")
def number_word(text: str) -> str:
    """An accepted number as a Vietnamese reader writes it."""
    return number_shown(text).replace("..", " – ")
