"""Forms of questions that are answered in writing: a short text, a number, gaps, an essay."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length

from contest.questions.content import Content
from contest.questions.formats.answer_lines import number_shown, read_lines, write_lines
from contest.questions.formats.checks import MAX_PARTS
from contest.questions.formats.drafts import FULL_CREDIT, Accepted, Gap, Params
from contest.questions.formats.notation import number_of, percent, with_markers
from contest.questions.question_form import QuestionForm, Shape, credit_in, limited, mended, percent_field, rows_of

MAX_ANSWER_CHARS = 500  # what may be written into the box of an answer
_NO_CREDIT = _("Ghi một số từ 0 đến 100, ví dụ 50 hoặc 33,333.")
_NO_NUMBER = _("Ghi một số, ví dụ 23,5; một khoảng, ví dụ 20..25; hoặc 23,5±0,1.")
_NO_ANSWER = _("Ghi ít nhất một đáp án được chấp nhận.")


class WrittenForm(QuestionForm):
    """Accepted answers: of a short text, or of a number."""

    places = MAX_PARTS
    marked_rows = False

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The accepted answers: text, and what it is worth in percent."""
        return [(self[f"text_{n}"], self[f"credit_{n}"]) for n in range(self.places)]

    def rules(self) -> tuple[str, ...]:
        return ("all_or_nothing",)

    def usual_rule(self) -> Any:
        return _("Thông thường: được điểm theo tỷ lệ ghi cạnh đáp án; không ghi là 100 phần trăm.")

    def show(self, content: Content) -> None:
        answers = content.gaps[0].answers if content.gaps else ()
        for answer, (text, credit) in zip(answers, self.rows, strict=False):
            text.data = number_shown(answer.text) if self.kind == "number" else answer.text
            credit.data = "" if answer.credit == FULL_CREDIT else percent(answer.credit)

    def shape(self) -> Shape:
        found = [(text.data if self.kind == "short_text" else number_of(text.data), credit_in(credit, FULL_CREDIT))
                 for text, credit in self.rows if text.data]
        answers = tuple(Accepted(text, credit) for text, credit in found if text)
        return Shape(gaps=(Gap("number" if self.kind == "number" else "text", answers),))

    def check(self) -> None:
        for text, credit in self.rows:
            if text.data and self.kind == "number" and number_of(text.data) is None:
                self.fault_at(text, _NO_NUMBER)
            if credit.data and not text.data:
                self.fault_at(text, _("Ghi đáp án, hoặc xóa tỷ lệ điểm."))
            elif credit.data and credit_in(credit, -1) < 0:
                self.fault_at(credit, _NO_CREDIT)

    def blamed(self, code: str, params: Params) -> tuple[Any, Any]:
        return (self["text_0"], _NO_ANSWER) if code == "question_key_missing" else super().blamed(code, params)


class ShortTextForm(WrittenForm):
    """A short text, by default without regard to case; letters may lack their diacritics."""

    kind = "short_text"
    case = BooleanField(_("Phân biệt hoa thường"))
    diacritics = BooleanField(_("Phải đúng dấu"), description=_("Không đánh dấu thì “hoa binh” cũng được nhận cho"
                                                                " “Hòa Bình”."))
    own_settings = QuestionForm.own_settings | {"case", "diacritics"}

    def show(self, content: Content) -> None:
        super().show(content)
        settings = dict(content.settings)
        self.case.data, self.diacritics.data = settings.get("case") == "kept", settings.get("diacritics") == "needed"

    def settings(self) -> dict[str, str]:
        return {**super().settings(), **({"case": "kept"} if self.case.data else {}),
                **({"diacritics": "needed"} if self.diacritics.data else {})}


class NumberForm(WrittenForm):
    """A number."""

    kind = "number"


class GapsForm(QuestionForm):
    """Gaps of the stem, each with its answers, one a line."""

    kind = "gaps"
    places = MAX_PARTS
    at_first = 2
    marked_rows = False

    @property
    def rows(self) -> list[tuple[Any, Any]]:
        """The gaps: what they take, their answers."""
        return [(self[f"takes_{n}"], self[f"text_{n}"]) for n in range(self.places)]

    def rules(self) -> tuple[str, ...]:
        return ("all_or_nothing", "negative")

    def stem_kept(self) -> str:
        return with_markers(super().stem_kept())

    def show(self, content: Content) -> None:
        for gap, (kind, text) in zip(content.gaps, self.rows, strict=False):
            kind.data, text.data = gap.kind, write_lines(gap)

    def shape(self) -> Shape:
        return Shape(gaps=tuple(read_lines(_kind(kind), text.data or "") or Gap(_kind(kind), ())
                                for kind, text in self.rows[:self.filled()]))

    def check(self) -> None:
        for kind, text in self.rows[:self.filled()]:
            gap = read_lines(_kind(kind), text.data or "")
            if gap is None:
                self.fault_at(text, _NO_NUMBER)
            elif not any(answer.credit > 0 for answer in gap.answers):
                self.fault_at(text, _("Đánh dấu * trước lựa chọn đúng.") if gap.answers else _NO_ANSWER)
            elif gap.kind == "choice" and len({answer.text for answer in gap.answers}) < max(2, len(gap.answers)):
                self.fault_at(text, _("Ghi ít nhất hai lựa chọn khác nhau, mỗi dòng một lựa chọn."))

    def blamed(self, code: str, params: Params) -> tuple[Any, Any]:
        if code in ("question_key_missing", "question_options_few"):
            wrong = [text for _kind, text in self.rows if text.errors]
            return (wrong or [self["text_0"]])[0], _NO_ANSWER
        return super().blamed(code, params)


def _kind(field: Any) -> Any:
    return field.data if field.data in ("text", "number", "choice") else "text"


class EssayForm(QuestionForm):
    """A text that a person marks."""

    kind = "essay"


def _answer(number: int) -> StringField:
    return StringField(_("Đáp án %(number)s", number=number + 1), [
        Length(max=MAX_ANSWER_CHARS, message=_("Đáp án dài quá 500 ký tự. Người dự thi không ghi được dài hơn."))],
        filters=[mended])


rows_of(WrittenForm, MAX_PARTS, text=_answer, credit=lambda n: percent_field(_("Tỷ lệ điểm")))
rows_of(GapsForm, MAX_PARTS, text=lambda n: limited(_("Đáp án của chỗ trống %(number)s", number=n + 1)),
        takes=lambda n: RadioField(_("Chỗ trống %(number)s nhận", number=n + 1), validate_choice=False, default="text",
                                   choices=[SelectChoice("text", _("Chữ")), SelectChoice("number", _("Số")),
                                            SelectChoice("choice", _("Chọn trong danh sách"))]))
