"""Words for the answers that questions take, and for how they are marked."""

from flask_babel import lazy_gettext as _

from contest.questions.desk import blueprint
from contest.questions.formats.answer_lines import number_shown
from contest.questions.formats.notation import percent

RULE_WORDS = {
    "all_or_nothing": _("Đúng hoàn toàn mới được điểm."),
    "partial": _("Đúng phần nào được điểm phần ấy. Câu chọn nhiều đáp án: chọn thừa một phương án sai thì mất một phần,"
                 " không dưới 0."),
    "negative": _("Như cách chấm từng phần, nhưng mỗi chỗ sai trừ bằng điểm một chỗ đúng; câu có thể bị điểm âm."),
    "ladder": _("Thang điểm của cụm đúng/sai: đúng 1, 2, 3, 4 trong bốn ý được 10, 25, 50, 100 phần trăm số điểm."),
    "credits": _("Cộng tỷ lệ điểm của từng phương án đã chọn, không dưới 0."),
}


@blueprint.app_template_filter("question_rule")
def rule_word(name: str) -> str:
    """How a rule marks, in a sentence."""
    return str(RULE_WORDS.get(name, name))


@blueprint.app_template_filter("question_credit")
def credit_word(credit: int) -> str:
    """A credit as a percentage: 33333 is "33,333 %"."""
    return f"{percent(credit)}\u00a0%"


@blueprint.app_template_filter("question_number")
def number_word(text: str) -> str:
    """An accepted number as a Vietnamese reader writes it."""
    return number_shown(text).replace("..", " – ")
