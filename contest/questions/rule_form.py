"""The part of a question's form that says how it is marked: its rule, and what that rule is told."""

from abc import abstractmethod
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import ValidationError

from contest.questions.answer_words import RULE_WORDS
from contest.questions.content import Content
from contest.questions.formats.drafts import QuestionType
from contest.scoring.rules import RULES, Parameter, fits

_OFFERED = {**RULE_WORDS,
            "all_or_nothing": _("Đúng hoàn toàn mới được điểm, trả lời sai có thể bị trừ điểm."),
            "negative": _("Như cách chấm từng phần, nhưng mỗi chỗ sai bị trừ điểm; câu có thể bị điểm âm.")}


class RuleChosen:
    """What a form with the fields `rule` and `penalty` does with them."""

    rule: Any
    penalty: Any

    @property
    @abstractmethod
    def type_now(self) -> QuestionType:
        """The type that is being written."""

    def usual_rule(self) -> Any:
        """How the type is marked where nothing else is chosen."""
        return _("Thông thường: %(rule)s", rule=gettext("Đúng phần nào được điểm phần ấy."))

    def rules(self) -> tuple[str, ...]:
        """The rules to choose from besides the usual one."""
        return ()

    def offer_rules(self, was: Content | None) -> None:
        """Set the rules that can be chosen, with the one that the question has."""
        own = chosen(was)
        offered = dict.fromkeys([*self.rules(), *([own] if own else [])])
        self.rule.choices = [SelectChoice("", str(self.usual_rule())),
                             *(SelectChoice(name, str(_OFFERED.get(name, name))) for name in offered)]

    def show_rule(self, content: Content) -> None:
        """Show a question's rule."""
        self.rule.data, self.penalty.data = chosen(content), dict(content.settings).get("penalty_percent", "")

    def validate_rule(self, field: Any) -> None:
        if field.data and not fits(field.data.removesuffix("_below"), self.type_now):
            raise ValidationError(_("Cách chấm này không dùng cho loại câu đã chọn. Chọn cách thông thường."))

    def validate_penalty(self, field: Any) -> None:
        limits = self.penalty_limits
        if field.data and limits is None:
            raise ValidationError(_("Cách chấm này không trừ điểm khi sai: bỏ trống ô phần trăm."))
        if field.data and limits and not self.penalty_kept():
            raise ValidationError(_("Ghi một số nguyên từ %(low)s đến %(high)s.", low=limits.low, high=limits.high))

    @property
    def penalty_limits(self) -> Parameter | None:
        """What the chosen rule takes as the cost of a wrong answer; None where that costs nothing."""
        rule = RULES.get(self.rule.data or "")
        return rule.parameters.get("penalty_percent") if rule else None

    def penalty_kept(self) -> str:
        """The cost as it is kept: a whole number within the rule's limits, else ""."""
        text, limits = self.penalty.data or "", self.penalty_limits
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1
        return str(number) if limits and limits.low <= number <= limits.high else ""

    def rule_kept(self) -> dict[str, str]:
        """The settings that say the rule."""
        if self.rule.data == "credits_below":
            return {"rule": "credits", "below_zero": "1"}
        cost = self.penalty_kept()
        return ({"rule": self.rule.data} if self.rule.data else {}) | ({"penalty_percent": cost} if cost else {})


def chosen(content: Content | None) -> str:
    """The choice that stands for a question's rule; "" for the usual one."""
    settings = dict(content.settings) if content else {}
    below = settings.get("rule") == "credits" and settings.get("below_zero") == "1"
    return "credits_below" if below else settings.get("rule", "")
