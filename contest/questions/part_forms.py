"""Forms of questions of several parts: statements that are true or false, pairs."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from contest.questions.content import Choice, Content, Part
from contest.questions.formats.checks import MAX_PARTS
from contest.questions.formats.drafts import TRUE_FALSE_OPTIONS, Params, column_index
from contest.questions.question_form import SAME, QuestionForm, Shape, limited, rows_of


class ClusterForm(QuestionForm):
    """Statements, each true or false."""

    kind = "cluster"
    places = MAX_PARTS

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The statements: text, and which of the two it is."""
        return [(self[f"text_{n}"], self[f"is_{n}"]) for n in range(self.places)]

    @property
    def sides(self) -> tuple[Choice, ...]:
        """What a statement may be: Đúng and Sai, or what the question says instead."""
        if self.was and self.was.choices:
            return self.was.choices
        return tuple(Choice(text, False) for text in TRUE_FALSE_OPTIONS)

    def rules(self) -> tuple[str, ...]:
        return ("all_or_nothing", "ladder", "negative")

    def offer(self, was: Content | None) -> None:
        super().offer(was)
        for _text, side in self.rows:
            side.choices = [SelectChoice(str(n), choice.text) for n, choice in enumerate(self.sides)]

    def show(self, content: Content) -> None:
        for part, (text, side) in zip(content.parts, self.rows, strict=False):
            text.data, side.data = part.text, str(part.option)

    def shape(self) -> Shape:
        sides = [str(n) for n in range(len(self.sides))]
        return Shape(self.sides, tuple(Part(text.data, int(side.data)) for text, side in self.rows
                                       if text.data and side.data in sides))

    def check(self) -> None:
        for text, side in self.rows:
            if text.data and not side.data:
                self.fault_at(side, _("Chọn Đúng hoặc Sai cho ý này."))
            elif side.data and not text.data:
                self.fault_at(text, _("Ghi nội dung của ý này."))

    def blamed(self, code: str, params: Params) -> tuple[Any, Any]:
        if code in ("question_parts_few", "question_key_missing"):
            return self["text_0"], _("Ghi ít nhất một ý.")
        return super().blamed(code, params)


class MatchingForm(QuestionForm):
    """Prompts, each with its target; targets that belong to none."""

    kind = "matching"
    places = MAX_PARTS

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The pairs: prompt, target."""
        return [(self[f"text_{n}"], self[f"to_{n}"]) for n in range(self.places)]

    @property
    def spare(self) -> list[Any]:
        """The targets that belong to no prompt."""
        return [self[f"extra_{n}"] for n in range(self.places)]

    def rules(self) -> tuple[str, ...]:
        return ("all_or_nothing", "negative")

    def filled(self) -> int:
        return max(super().filled(), max((n + 1 for n, (_text, to) in enumerate(self.rows) if to.data), default=0))

    def spare_shown(self) -> int:
        """How many places for them the page shows."""
        filled = max((n + 1 for n, field in enumerate(self.spare) if field.data), default=0)
        return min(self.places, max(2, filled + 1))

    def show(self, content: Content) -> None:
        for part, (text, to) in zip(content.parts, self.rows, strict=False):
            text.data, to.data = part.text, content.choices[part.option].text
        used = {part.option for part in content.parts}
        rest = [choice.text for n, choice in enumerate(content.choices) if n not in used]
        for text, field in zip(rest, self.spare, strict=False):
            field.data = text

    def shape(self) -> Shape:
        pairs = [(text.data, to.data) for text, to in self.rows if text.data and to.data]
        targets = [*dict.fromkeys(to for _text, to in pairs), *(field.data for field in self.spare if field.data)]
        return Shape(tuple(Choice(target, False) for target in targets),
                     tuple(Part(text, targets.index(to)) for text, to in pairs))

    def check(self) -> None:
        for text, to in self.rows:
            if text.data and not to.data:
                self.fault_at(to, _("Ghi mục ghép với ý này."))
            elif to.data and not text.data:
                self.fault_at(text, _("Ghi ý của mục này, hoặc chuyển mục xuống phần không ghép với ý nào."))

    def blamed(self, code: str, params: Params) -> tuple[Any, Any]:
        if code == "question_options_same":
            target = self.shape().choices[column_index(str(params["second"]))].text
            return next(field for field in (*reversed(self.spare), *(to for _text, to in self.rows))
                        if field.data == target), SAME
        if code == "question_options_few":
            return self["to_0"], _("Cần ít nhất hai mục khác nhau để ghép.")
        if code.startswith(("question_parts", "question_key")):
            return self["text_0"], None if code == "question_parts_many" else _("Ghi ít nhất hai cặp.")
        return super().blamed(code, params)


rows_of(ClusterForm, MAX_PARTS, text=lambda n: limited(_("Ý %(number)s", number=n + 1)),
        **{"is": lambda n: RadioField(_("Ý %(number)s là", number=n + 1), validate_choice=False)})
rows_of(MatchingForm, MAX_PARTS, text=lambda n: limited(_("Ý %(number)s", number=n + 1)),
        to=lambda n: limited(_("Mục ghép với ý %(number)s", number=n + 1)),
        extra=lambda n: limited(_("Mục thừa %(number)s", number=n + 1)))
