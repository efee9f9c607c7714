"""The organisers' forms. Dates are typed and shown in local time, kept in UTC."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, NumberRange, Optional, Regexp, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput

from contest.clock import LOCAL
from contest.identity.names import tidy
from contest.questions.models import Bank
from contest.rounds.operations import ContestFields, RoundFields

MINUTE_MS = 60_000
_LIBRARY = {  # what WTForms itself says, in our catalogue
    "Not a valid integer value.": _("Ghi một số nguyên."),
    "Not a valid choice.": _("Chọn một mục trong danh sách."),
    "Invalid Choice: could not coerce.": _("Chọn một mục trong danh sách."),
    "Not a valid datetime value.": _("Chọn đủ ngày và giờ, ví dụ 08:00 ngày 16/11/2026."),
}


class _Catalogue:
    def gettext(self, text: str) -> str:
        return str(_LIBRARY.get(text, text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        if "valid choice" in one:  # of several
            return str(gettext("Có mục không nằm trong danh sách."))
        return one if number == 1 else many


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    class Meta:
        def get_translations(self, _form: Any) -> _Catalogue:
            return _Catalogue()


class Needed:
    """A field that must hold something; its own words say what."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, _form: Any, field: Field) -> None:
        if field.errors:
            raise StopValidation
        if not (field.data.strip() if isinstance(field.data, str) else field.data):
            raise StopValidation(str(self.message))


class LocalTimeField(DateTimeLocalField):
    """An instant, typed as local date and time; aware, in UTC."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M",
                                                    "%d/%m/%Y %H:%M", "%H:%M %d/%m/%Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        if not any(value.strip() for value in valuelist):
            self.data = None  # emptied by hand: what stood there before must not come back
            return
        super().process_formdata(valuelist)
        if isinstance(self.data, datetime) and self.data.tzinfo is None:
            self.data = self.data.replace(tzinfo=LOCAL).astimezone(UTC)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data.astimezone(LOCAL):%Y-%m-%dT%H:%M}" if self.data else ""


def _tidy(value: str | None) -> str | None:
    return tidy(value) if value else value


def _choices(*pairs: tuple[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]


def _most(characters: int) -> Length:
    return Length(max=characters, message=_("Tối đa %(max)d ký tự."))


_PHONE = Regexp(r"^[0-9+(). \-]*$", message=_("Số điện thoại chỉ gồm chữ số, dấu cách, dấu chấm và dấu +."))


class ContestForm(Form):
    title = StringField(_("Tên cuộc thi"), filters=[_tidy],
                        validators=[Needed(_("Ghi tên cuộc thi.")), _most(200)])
    code = StringField(_("Mã trên địa chỉ trang"), filters=[_tidy], validators=[
        Optional(), _most(40),
        Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=_("Mã chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối.")),
    ])
    summary = TextAreaField(_("Giới thiệu"), validators=[_most(20_000)])
    agency_parent = StringField(_("Cơ quan chủ quản"), filters=[_tidy], validators=[_most(120)])
    agency_name = StringField(_("Cơ quan tổ chức"), filters=[_tidy],
                              validators=[Needed(_("Ghi tên cơ quan tổ chức.")), _most(120)])
    hotline_technical = StringField(_("Hỗ trợ kỹ thuật"), filters=[_tidy], validators=[_most(80), _PHONE])
    hotline_content = StringField(_("Hỗ trợ nội dung"), filters=[_tidy], validators=[_most(80), _PHONE])
    target_percent = IntegerField(_("Chỉ tiêu tham gia (phần trăm)"), validators=[
        Optional(), NumberRange(1, 100, message=_("Chỉ tiêu tham gia từ 1 đến 100 phần trăm."))])

    def values(self) -> ContestFields:
        """What the form says, as the operations take it."""
        texts = {name: (self._fields[name].data or "").strip() for name in ContestFields.__annotations__
                 if name != "target_percent"}
        return ContestFields(**texts, target_percent=self.target_percent.data)


class RoundForm(Form):
    title = StringField(_("Tên đợt thi"), filters=[_tidy], validators=[Needed(_("Ghi tên đợt thi.")), _most(200)])
    kind = RadioField(_("Loại đợt"), choices=_choices(
        ("contest", _("Thi chính thức")), ("practice", _("Thi thử, không tính kết quả"))))
    opens_at = LocalTimeField(_("Mở lúc"), validators=[Needed(_("Chọn ngày và giờ mở."))])
    closes_at = LocalTimeField(_("Kết thúc lúc"), validators=[Needed(_("Chọn ngày và giờ kết thúc."))])
    minutes = IntegerField(_("Thời gian làm bài (phút)"), validators=[
        NumberRange(1, 600, message=_("Thời gian làm bài từ 1 đến 600 phút."))])
    attempts_allowed = IntegerField(_("Số lượt thi tối đa của mỗi người"), validators=[
        NumberRange(1, 100, message=_("Số lượt từ 1 đến 100."))])
    audience = RadioField(_("Đối tượng dự thi"), choices=_choices(
        ("official", _("Cán bộ, công chức, viên chức, người lao động")), ("citizen", _("Người dân")),
        ("all", _("Tất cả"))))
    banks = SelectMultipleField(_("Ngân hàng câu hỏi"), option_widget=CheckboxInput())
    shuffle_questions = BooleanField(_("Trộn thứ tự câu hỏi"))
    shuffle_options = BooleanField(_("Trộn thứ tự phương án"))
    result_shown = RadioField(_("Sau khi nộp bài, người dự thi thấy"), choices=_choices(
        ("nothing", _("Chưa thấy gì, chờ Ban Tổ chức công bố")), ("score", _("Điểm của mình")),
        ("review", _("Điểm ngay, đáp án và giải thích sau khi đợt thi kết thúc"))))
    board_shown = RadioField(_("Bảng xếp hạng và số liệu đơn vị"), choices=_choices(
        ("never", _("Không hiện cho người dự thi")), ("after_close", _("Hiện sau khi đợt thi kết thúc")),
        ("live", _("Hiện ngay khi đợt thi đang mở"))))
    mask_names = BooleanField(_("Rút gọn họ tên trên bảng xếp hạng (N. T. H. Hạnh)"))
    rules = TextAreaField(_("Thể lệ"), validators=[_most(40_000)])
    made = HiddenField()  # of the wording that was put there by the platform: its digest

    def offer(self, banks: Sequence[Bank]) -> None:
        """Let these banks be chosen."""
        self.banks.choices = _choices(*((bank.id, bank.title) for bank in banks))

    def validate_closes_at(self, field: Field) -> None:
        if self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(gettext("Giờ kết thúc phải sau giờ mở."))

    def values(self, blueprint: list[dict[str, Any]]) -> RoundFields:
        """What the form says, with the blueprint that was read beside it."""
        plain = {name: field.data for name, field in self._fields.items() if name in RoundFields.__annotations__}
        plain["rules"] = re.sub(r"\r\n?", "\n", plain["rules"] or "").strip()
        return RoundFields(**plain, duration_ms=(self.minutes.data or 0) * MINUTE_MS,
                           bank_ids=tuple(self.banks.data or ()), blueprint=tuple(blueprint))


class ReasonForm(Form):
    reason = TextAreaField(_("Lý do"), validators=[
        Needed(_("Ghi lý do. Người dự thi sẽ đọc được lý do này.")), _most(1_000)])


class ExtendForm(ReasonForm):
    closes_at = LocalTimeField(_("Giờ kết thúc mới"), validators=[Needed(_("Chọn ngày và giờ kết thúc mới."))])


class CopyForm(Form):
    title = StringField(_("Tên cuộc thi mới"), filters=[_tidy],
                        validators=[Needed(_("Ghi tên cuộc thi.")), _most(200)])


class ConfirmForm(Form):
    """A button and its token."""
