from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length, ValidationError

from contest.questions.content import LIMITS, MAX_OPTIONS, Choice, Content
from contest.questions.desk import LEVEL_WORDS, REVIEW_WORDS, TYPE_WORDS, clean
from contest.questions.formats.drafts import LETTERS, MAX_CELL_CHARS
from contest.questions.formats.words import points_of

_ONLY_LISTED = _("Chọn một mục trong danh sách.")


class Listed:
    """A choice of the list; WTForms' own sentence is not in our catalogue."""

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data not in {value for value, *_rest in field.iter_choices()}:
            raise ValidationError(str(_ONLY_LISTED))


class BankForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    title = StringField(_("Tên ngân hàng"), [InputRequired(_("Ghi tên ngân hàng."))], filters=[clean],
                        description=_("Ví dụ: Kế hoạch cải cách hành chính năm 2026 của tỉnh Đồng Tháp"))
    code = StringField(_("Mã ngân hàng"), [InputRequired(_("Ghi mã ngân hàng."))], filters=[clean],
                       description=_("Chữ a–z không dấu, chữ số, gạch nối. Ví dụ: cchc-2026"))
    review = RadioField(_("Quy trình thẩm định"), [Listed()], validate_choice=False, default="off",
                        choices=[SelectChoice(code, word) for code, word in REVIEW_WORDS.items()],
                        description=_("Đề thi chỉ rút câu đã duyệt, trừ khi không cần thẩm định."))


class FileForm(FlaskForm):  # type: ignore[misc]
    file = FileField(_("Tệp câu hỏi: XLSX hoặc CSV, tối đa 25 MB"),
                     [FileRequired(_("Chưa chọn tệp. Chọn tệp .xlsx hoặc .csv."))],
                     description=_("Hàng tiêu đề trong 10 hàng đầu, thứ tự cột tùy ý, tối đa 60.000 dòng."))


class QuestionForm(FlaskForm):  # type: ignore[misc]
    """A question with eight places for options; empty ones at any place are left out."""

    version = HiddenField()
    type = RadioField(_("Loại câu"), [Listed()], validate_choice=False,
                      choices=[SelectChoice(code, word) for code, word in TYPE_WORDS.items()])
    stem = TextAreaField(_("Nội dung câu hỏi"), [
        InputRequired(_("Ghi nội dung câu hỏi.")),
        Length(max=MAX_CELL_CHARS, message=_("Nội dung dài quá 8.000 ký tự."))], filters=[clean])
    topic = StringField(_("Lĩnh vực"), [Length(max=LIMITS["topic"], message=_("Lĩnh vực dài quá 120 ký tự."))],
                        filters=[clean])
    level = SelectField(_("Mức độ"), [Listed()], validate_choice=False)
    points = StringField(_("Điểm"), filters=[clean], description=_("Ví dụ: 1 hoặc 0,5"))
    explanation = TextAreaField(_("Giải thích"), [
        Length(max=MAX_CELL_CHARS, message=_("Giải thích dài quá 8.000 ký tự."))], filters=[clean])
    citation = TextAreaField(_("Căn cứ"), [
        Length(max=MAX_CELL_CHARS, message=_("Căn cứ dài quá 8.000 ký tự."))], filters=[clean])

    def offer(self, level: str | None) -> None:
        """Set the levels to choose from; a level of the file's own words stays among them."""
        choices = [SelectChoice("", gettext("Chưa ghi mức độ")),
                   *(SelectChoice(code, str(word)) for code, word in LEVEL_WORDS.items())]
        if level and level not in LEVEL_WORDS:
            choices.append(SelectChoice(level, level))
        self.level.choices = choices

    def validate_points(self, field: Any) -> None:
        if not points_of(field.data):
            raise ValidationError(_("Ghi một số lớn hơn 0, ví dụ 1 hoặc 0,5."))

    @property
    def places(self) -> list[tuple[str, Any, Any, Any]]:
        """The rows of options: letter, text, right, fixed."""
        return [(letter, self[f"text_{n}"], self[f"right_{n}"], self[f"fixed_{n}"])
                for n, letter in enumerate(LETTERS)]

    def fill(self, content: Content, version: int) -> None:
        """Show a question's content."""
        self.version.data = str(version)
        for name in ("type", "stem", "topic", "level", "explanation", "citation"):
            self[name].data = getattr(content, name) or ""
        whole, rest = divmod(content.points, 100)
        self.points.data = f"{whole},{rest:02d}".rstrip("0").rstrip(",") if rest else str(whole)
        for choice, (_letter, text, right, fixed) in zip(content.choices, self.places, strict=False):
            text.data, right.data, fixed.data = choice.text, choice.right, choice.fixed

    def seen(self) -> int:
        """The version that was edited; 0 where the form names none."""
        number = clean(self.version.data)
        return int(number[:9]) if number.isascii() and number.isdigit() else 0

    def content(self) -> Content:
        """What was typed. Call it once the fields are valid."""
        return Content(self.type.data, clean(self.stem.data), tuple(self._choices()), self.topic.data or None,
                       self.level.data or None, points_of(clean(self.points.data)) or 0, self.explanation.data or None,
                       self.citation.data or None)

    def _choices(self) -> Iterable[Choice]:
        for _letter, text, right, fixed in self.places:
            if text.data or right.data:
                yield Choice(text.data, right.data, fixed.data)


for _n, _letter in enumerate(LETTERS[:MAX_OPTIONS]):
    setattr(QuestionForm, f"text_{_n}", TextAreaField(_("Phương án %(letter)s", letter=_letter), [
        Length(max=MAX_CELL_CHARS, message=_("Phương án dài quá 8.000 ký tự."))], filters=[clean]))
    setattr(QuestionForm, f"right_{_n}", BooleanField(_("Đáp án đúng")))
    setattr(QuestionForm, f"fixed_{_n}", BooleanField(_("Giữ vị trí khi trộn")))
