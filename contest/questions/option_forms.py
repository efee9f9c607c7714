"""Forms of questions whose key is options: one right, several, two, or in their order."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types

from contest.questions.content import CHOICES, MAX_OPTIONS, Choice, Content
from contest.questions.desk import TYPE_WORDS
from contest.questions.formats.drafts import LETTERS, TRUE_FALSE_OPTIONS, Params, QuestionType, column_index
from contest.questions.formats.notation import credit_of, percent
from contest.questions.forms import Listed
from contest.questions.question_form import SAME, QuestionForm, Shape, credit_in, limited, percent_field, rows_of


class ChoiceForm(QuestionForm):
    """Options with their right ones: single, multiple, true_false. Empty places are left out."""

    places = MAX_OPTIONS
    type = RadioField(_("Loại câu"), [Listed()], validate_choice=False,
                      choices=[SelectChoice(code, word) for code, word in TYPE_WORDS.items() if code in CHOICES])

    @property
    def type_now(self) -> QuestionType:
        chosen: QuestionType = self.type.data if self.type.data in CHOICES else self.kind
        return chosen

    @property
    def rows(self) -> list[tuple[str, Any, Any, Any, Any]]:
        """The places of options: letter, text, right, fixed, credit."""
        return [(letter, self[f"text_{n}"], self[f"right_{n}"], self[f"fixed_{n}"], self[f"credit_{n}"])
                for n, letter in enumerate(LETTERS)]

    @property
    def weighted(self) -> bool:
        """True where options have credits of their own."""
        return any(credit.data for *_row, credit in self.rows)

    def rules(self) -> tuple[str, ...]:
        return ("all_or_nothing", "partial", "negative", "credits_below")

    def usual_rule(self) -> Any:
        return _("Thông thường: đúng hoàn toàn mới được điểm; có tỷ lệ điểm thì cộng tỷ lệ của các phương án đã chọn.")

    def fill(self, content: Content, version: int) -> None:
        super().fill(content, version)
        self.type.data = content.type

    def show(self, content: Content) -> None:
        for choice, (_letter, text, right, fixed, credit) in zip(content.choices, self.rows, strict=False):
            text.data, right.data, fixed.data = choice.text, choice.right, choice.fixed
            credit.data = "" if choice.credit is None else percent(choice.credit)

    def begin(self) -> None:
        """What a new question of the type starts with."""
        self.type.data = self.kind
        if self.kind == "true_false":
            for text, (_letter, field, _right, fixed, _worth) in zip(TRUE_FALSE_OPTIONS, self.rows, strict=False):
                field.data, fixed.data = text, True

    def used(self) -> list[tuple[str, Any, Any, Any, Any]]:
        """The rows that count."""
        return [row for row in self.rows if row[1].data or row[2].data or row[4].data]

    def shape(self) -> Shape:
        weighted = self.weighted
        return Shape(tuple(Choice(text.data or "", right.data, fixed.data, credit_in(credit, 0) if weighted else None)
                           for _letter, text, right, fixed, credit in self.used()))

    def check(self) -> None:
        for *_row, credit in self.rows:
            if credit.data and credit_of(credit.data) is None:
                self.fault_at(credit, _("Ghi một số từ -100 đến 100, ví dụ 50 hoặc 33,333."))
        if self.weighted and self.rule.data not in ("", "credits", "credits_below", None):
            self.fault_at(self.rule, _("Cách chấm này không dùng tỷ lệ điểm của phương án. Chọn cách thông thường hoặc"
                                       " xóa các tỷ lệ."))
        if self.rule.data == "credits_below" and not self.weighted:
            self.fault_at(self.rule, _("Cách chấm này cần tỷ lệ điểm của từng phương án. Ghi các tỷ lệ, hoặc chọn cách"
                                       " khác."))

    def blamed(self, code: str, params: Params) -> tuple[Any, Any]:
        used = self.used()
        if code == "question_options_same":
            return used[column_index(str(params["second"]))][1], None
        if code == "question_option_empty":
            return next(row[1] for row in used if not row[1].data), None
        if code.startswith(("question_option", "question_key", "question_true")):
            return self["text_0"], None
        return super().blamed(code, params)


class SingleForm(ChoiceForm):
    kind = "single"


class MultipleForm(ChoiceForm):
    kind = "multiple"


class TrueFalseForm(ChoiceForm):
    kind = "true_false"


class OrderingForm(QuestionForm):
    """Items in the right order."""

    kind = "ordering"
    places = MAX_OPTIONS

    @property
    def rows(self) -> list[Any]:
        """The items."""
        return [self[f"text_{n}"] for n in range(self.places)]

    def rules(self) -> tuple[str, ...]:
        return ("all_or_nothing", "partial")

    def usual_rule(self) -> Any:
        return _("Thông thường: đúng cả thứ tự mới được điểm.")

    def show(self, content: Content) -> None:
        for choice, field in zip(content.choices, self.rows, strict=False):
            field.data = choice.text

    def shape(self) -> Shape:
        return Shape(tuple(Choice(field.data, True) for field in self.rows if field.data))

    def blamed(self, code: str, params: Params) -> tuple[Any, Any]:
        if code == "question_options_same":
            return [field for field in self.rows if field.data][column_index(str(params["second"]))], SAME
        if code.startswith(("question_option", "question_key")):
            return self["text_0"], _("Ghi ít nhất hai mục.")
        return super().blamed(code, params)


rows_of(ChoiceForm, MAX_OPTIONS, text=lambda n: limited(_("Phương án %(letter)s", letter=LETTERS[n])),
        right=lambda n: BooleanField(_("Đáp án đúng")), fixed=lambda n: BooleanField(_("Giữ vị trí khi trộn")),
        credit=lambda n: percent_field(_("Tỷ lệ điểm của phương án %(letter)s", letter=LETTERS[n])))
rows_of(OrderingForm, MAX_OPTIONS, text=lambda n: limited(_("Mục thứ %(number)s", number=n + 1)))
