from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length, ValidationError

from contest.questions.desk import clean
from contest.questions.document_models import Document
from contest.questions.document_operations import DocumentFields
from contest.questions.formats.law_numbers import Named
from contest.questions.source_desk import KIND_WORDS, STATUS_WORDS, day_of


class Day:
    """A day as people write it, or nothing."""

    def __call__(self, _form: Any, field: Any) -> None:
        if field.data and day_of(field.data) is None:
            raise ValidationError(str(_("Ghi ngày theo dạng 21/10/2021.")))


def _day(label: Any, hint: Any = None) -> StringField:
    return StringField(label, [Day()], filters=[clean], description=hint)


def _choices(words: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(code, word) for code, word in words.items()]


class DocumentForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    kind = SelectField(_("Loại văn bản"), choices=_choices(KIND_WORDS), validate_choice=False)
    number = StringField(_("Số, ký hiệu"), [Length(max=60, message=_("Số, ký hiệu dài quá 60 ký tự."))],
                         filters=[clean], description=_("Ví dụ: 1600/QĐ-UBND-HC. Để trống nếu văn bản chưa có số."))
    title = TextAreaField(_("Trích yếu"), [
        InputRequired(_("Ghi trích yếu của văn bản.")),
        Length(max=1_000, message=_("Trích yếu dài quá 1.000 ký tự."))], filters=[clean])
    issuer = StringField(_("Cơ quan ban hành"), [Length(max=200, message=_("Tên cơ quan dài quá 200 ký tự."))],
                         filters=[clean])
    issued_on = _day(_("Ngày ban hành"), _("Ví dụ: 21/10/2021"))
    in_force_from = _day(_("Có hiệu lực từ ngày"), _("Để trống nếu từ ngày ban hành."))
    status = SelectField(_("Hiệu lực"), choices=_choices(STATUS_WORDS), validate_choice=False)
    expired_on = _day(_("Hết hiệu lực từ ngày"))

    def fill(self, row: Document | Named) -> None:
        """Show a document, or what a file said of one."""
        for name in ("kind", "number", "title", "issuer", "status"):
            self[name].data = getattr(row, name, "") or self[name].data or ""
        for name in ("issued_on", "in_force_from", "expired_on"):
            self[name].data = shown(getattr(row, name, None))
        self.kind.data = self.kind.data or "other"
        self.status.data = self.status.data or "in_force"

    def fields(self) -> DocumentFields:
        """What was typed. Call it once the fields are valid."""
        return DocumentFields(clean(self["title"].data), self.kind.data, clean(self.number.data),
                              clean(self.issuer.data), day_of(self.issued_on.data or ""),
                              day_of(self.in_force_from.data or ""), self.status.data,
                              day_of(self.expired_on.data or ""))

    def said(self) -> Named:
        """What was typed so far, valid or not, as a reader gives it."""
        return Named(clean(self.kind.data), clean(self.number.data)[:60], day_of(self.issued_on.data or ""),
                     clean(self.issuer.data)[:200], clean(self["title"].data)[:1_000])


class DocumentFileForm(FlaskForm):  # type: ignore[misc]
    file = FileField(_("Tệp văn bản: DOCX hoặc TXT, tối đa 25 MB"),
                     [FileRequired(_("Chưa chọn tệp. Chọn tệp .docx hoặc .txt."))],
                     description=_("Bản quét ảnh và PDF không đọc được; chép nội dung sang Word trước."))


def shown(day: date | None) -> str:
    """A day as people write it."""
    return f"{day.day:02d}/{day.month:02d}/{day.year}" if day else ""
