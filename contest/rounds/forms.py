"""The organisers' forms, but for that of a round. Dates are typed and shown in local time, kept in UTC."""

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
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, NumberRange, Optional, Regexp, StopValidation, ValidationError

from contest.clock import LOCAL
from contest.identity.forms import PhoneField
from contest.identity.names import tidy
from contest.rounds.models import ContestUnit
from contest.rounds.operations import ContestFields
from contest.rounds.registering import Workplace

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


def tidied(value: str | None) -> str | None:
    return tidy(value) if value else value


def choices(*pairs: tuple[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, words) for value, words in pairs]


def at_most(characters: int) -> Length:
    return Length(max=characters, message=_("Tối đa %(max)d ký tự."))


_ZALO = Regexp(r"^([0-9+(). \-]*|(https://)?zalo\.me/[A-Za-z0-9/_.\-]+)$",
               message=_("Ghi số điện thoại dùng Zalo hoặc địa chỉ dạng zalo.me/…"))
_PHONE = Regexp(r"^[0-9+(). \-]*$", message=_("Số điện thoại chỉ gồm chữ số, dấu cách, dấu chấm và dấu +."))


class ContestForm(Form):
    title = StringField(_("Tên cuộc thi"), filters=[tidied],
                        validators=[Needed(_("Ghi tên cuộc thi.")), at_most(200)])
    code = StringField(_("Mã trên địa chỉ trang"), filters=[tidied], validators=[
        Optional(), at_most(40),
        Regexp(r"^[a-z0-9]+(-[a-z0-9]+)*$", message=_("Mã chỉ gồm chữ thường không dấu, chữ số và dấu gạch nối.")),
    ])
    summary = TextAreaField(_("Giới thiệu"), validators=[at_most(20_000)])
    agency_parent = StringField(_("Cơ quan chủ quản"), filters=[tidied], validators=[at_most(120)])
    agency_name = StringField(_("Cơ quan tổ chức"), filters=[tidied],
                              validators=[Needed(_("Ghi tên cơ quan tổ chức.")), at_most(120)])
    hotline_technical = StringField(_("Hỗ trợ kỹ thuật"), filters=[tidied], validators=[at_most(80), _PHONE])
    hotline_content = StringField(_("Hỗ trợ nội dung"), filters=[tidied], validators=[at_most(80), _PHONE])
    hotline_zalo = StringField(_("Hỗ trợ qua Zalo"), filters=[tidied], validators=[at_most(80), _ZALO],
                               description=_("Số điện thoại dùng Zalo, hoặc địa chỉ zalo.me của trang Zalo."))
    target_percent = IntegerField(_("Chỉ tiêu tham gia (phần trăm)"), validators=[
        Optional(), NumberRange(1, 100, message=_("Chỉ tiêu tham gia từ 1 đến 100 phần trăm."))])

    registration = BooleanField(_("Người chưa có tài khoản được tự đăng ký dự thi"))
    # Typed once, never shown again.
    password = StringField(_("Mật khẩu cuộc thi mới"), validators=[
        Optional(), Length(4, 60, message=_("Mật khẩu cuộc thi từ 4 đến 60 ký tự."))])
    no_password = BooleanField(_("Bỏ mật khẩu cuộc thi"))

    def values(self) -> ContestFields:
        """What the form says, as the operations take it."""
        texts = {name: (self._fields[name].data or "").strip() for name in ContestFields.__annotations__
                 if name not in ("target_percent", "registration")}
        return ContestFields(**texts, target_percent=self.target_percent.data,
                             registration=bool(self.registration.data))


class SeriesForm(Form):
    weeks = IntegerField(_("Số tuần tiếp theo"), validators=[
        NumberRange(1, 30, message=_("Số tuần từ 1 đến 30."))])
    gap = IntegerField(_("Nghỉ giữa hai đợt (phút)"), validators=[
        NumberRange(0, 10_000, message=_("Thời gian nghỉ từ 0 đến 10.000 phút."))])
    split = BooleanField(_("Mỗi tuần hai đợt: một cho CBCCVC, một cho người dân"))
    seen = HiddenField()  # what the list below the form was made of

    @property
    def signature(self) -> str:
        return f"{self.weeks.data}|{self.gap.data}|{bool(self.split.data)}"


class ReasonForm(Form):
    reason = TextAreaField(_("Lý do"), validators=[
        Needed(_("Ghi lý do. Người dự thi sẽ đọc được lý do này.")), at_most(1_000)])


class ExtendForm(ReasonForm):
    closes_at = LocalTimeField(_("Giờ kết thúc mới"), validators=[Needed(_("Chọn ngày và giờ kết thúc mới."))])


class EntryCodeForm(Form):
    code = StringField(_("Mã dự thi"), validators=[Needed(_("Nhập mã trên phiếu.")), at_most(40)])
    name = StringField(_("Họ và tên"), filters=[tidied], validators=[at_most(120)])
    phone = PhoneField(_("Số điện thoại (nếu có)"), validators=[Optional()])
    asked = HiddenField()  # "1" once the name was asked for


class RegisterForm(Form):
    name = StringField(_("Họ và tên"), filters=[tidied], validators=[Needed(_("Ghi họ và tên.")), at_most(120)])
    audience = RadioField(_("Đối tượng"), choices=choices(
        ("official", _("Cán bộ, công chức, viên chức, người lao động")), ("citizen", _("Người dân"))),
        validators=[Needed(_("Chọn đối tượng."))])
    unit_id = SelectField(_("Đơn vị"))
    phone = PhoneField(_("Số điện thoại"), validators=[Needed(_("Ghi số điện thoại."))])
    password = PasswordField(_("Mật khẩu"), validators=[Needed(_("Nhập mật khẩu."))])
    again = PasswordField(_("Nhập lại mật khẩu"))
    consent = BooleanField(_("Tôi đã đọc và đồng ý cho Ban Tổ chức xử lý dữ liệu cá nhân như trên"), validators=[
        Needed(_("Đọc phần dữ liệu cá nhân và đánh dấu đồng ý để đăng ký."))])

    def offer(self, places: Sequence[Workplace]) -> None:
        """Let these units be chosen, bloc by bloc, those below others indented and named with them; or none."""
        blocs: dict[str, list[SelectChoice]] = {"": choices(("", _("Không thuộc đơn vị nào")))}
        for one in places:
            label = f"{'– ' * one.depth}{one.name}" + (f" ({one.above})" if one.above else "")
            blocs.setdefault(one.bloc or str(gettext("Chưa xếp khối")), []).extend(choices((one.unit_id, label)))
        self.unit_id.choices = blocs

    def validate_unit_id(self, field: Field) -> None:
        if self.audience.data == "official" and not field.data:
            raise ValidationError(gettext("Chọn đơn vị công tác."))

    def validate_again(self, field: Field) -> None:
        if field.data != self.password.data:
            raise ValidationError(gettext("Hai lần nhập mật khẩu chưa giống nhau."))


class SlipForm(Form):
    """What slips to make: for a unit's people, or blank ones."""

    unit_id = SelectField(_("Đơn vị"), validators=[Optional()])
    count = IntegerField(_("Số mã trống"), validators=[Optional()])
    audience = RadioField(_("Đối tượng"), choices=choices(
        ("official", _("Cán bộ, công chức, viên chức, người lao động")), ("citizen", _("Người dân"))),
        default="official")

    def offer(self, units: Sequence[ContestUnit]) -> None:
        """Let these units be chosen, or none."""
        self.unit_id.choices = choices(("", _("Không thuộc đơn vị nào")), *((row.unit_id, row.name) for row in units))


class RevokeForm(Form):
    number = IntegerField(_("Số phiếu"), validators=[Needed(_("Ghi số in trên phiếu."))])


class BarForm(Form):
    logins = TextAreaField(_("Tên đăng nhập"), validators=[at_most(60_000)])
    reason = StringField(_("Lý do"), filters=[tidied], validators=[Needed(_("Ghi lý do.")), at_most(200)])


class CopyForm(Form):
    title = StringField(_("Tên cuộc thi mới"), filters=[tidied],
                        validators=[Needed(_("Ghi tên cuộc thi.")), at_most(200)])


class ConfirmForm(Form):
    """A button and its token."""
