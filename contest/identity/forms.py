from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import PasswordField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from contest.identity.names import is_name, tidy
from contest.identity.operations import LONGEST_PASSWORD, SHORTEST_PASSWORD
from contest.identity.queries import Node, flat
from contest.identity.rosters import LOGIN, day_of, phone_of, whole_number

KIND_WORDS = {
    "province": _("Tỉnh, thành phố"), "department": _("Sở, ban, ngành"), "district": _("Huyện, thị xã (cũ)"),
    "commune": _("Xã, phường, đặc khu"), "office": _("Phòng, văn phòng, trung tâm"), "school": _("Trường học"),
    "hospital": _("Bệnh viện, trạm y tế"), "other": _("Khác"),
}
ROLE_WORDS = {
    "contestant": _("Người dự thi"), "coordinator": _("Đầu mối đơn vị"), "organiser": _("Người tổ chức"),
    "reviewer": _("Người thẩm định câu hỏi"), "marker": _("Giám khảo"),
    "report_viewer": _("Người tổng hợp báo cáo"),
    "administrator": _("Quản trị"),
}
AUDIENCE_WORDS = {"official": _("Cán bộ, công chức, viên chức"), "citizen": _("Người dân")}

COLUMN_WORDS = {
    "code": _("Mã đơn vị"), "name": _("Tên"), "parent": _("Đơn vị cấp trên"), "kind": _("Loại"),
    "bloc": _("Khối"), "headcount": _("Số CBCCVC (biên chế)"), "headcount_on": _("Ngày tính biên chế"),
    "login": _("Tên đăng nhập"), "unit": _("Đơn vị"), "position": _("Chức vụ"), "phone": _("Số điện thoại"),
    "audience": _("Đối tượng"),
}


def clean(text: str | None) -> str:
    """Outer spaces off; None as the empty text."""
    return (text or "").strip()


def clean_login(text: str | None) -> str:
    return clean(text).casefold()


def _choices(words: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, word) for value, word in words.items()]


def unit_choices(nodes: Iterable[Node], first: Any = None) -> list[SelectChoice]:
    """The units of a tree for a select, indented by level; `first` is the words of an empty choice."""
    indented = [SelectChoice(node.id, "\u2003" * node.depth + node.name) for node in flat(nodes)]
    return [*([SelectChoice("", first)] if first is not None else []), *indented]


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    login = StringField(_("Tên đăng nhập"), [InputRequired(_("Nhập tên đăng nhập."))], filters=[clean])
    password = PasswordField(_("Mật khẩu"), [InputRequired(_("Nhập mật khẩu."))])


class FirstPasswordForm(FlaskForm):  # type: ignore[misc]
    new = PasswordField(_("Mật khẩu mới"), [
        InputRequired(_("Nhập mật khẩu mới.")),
        Length(SHORTEST_PASSWORD, LONGEST_PASSWORD, _("Mật khẩu cần từ 8 đến 200 ký tự."))])
    again = PasswordField(_("Nhập lại mật khẩu mới"), [InputRequired(_("Nhập lại mật khẩu mới."))])

    def validate_again(self, field: Any) -> None:
        if field.data != self.new.data:
            raise ValidationError(_("Hai lần nhập mật khẩu mới chưa giống nhau."))


class PasswordForm(FirstPasswordForm):
    old = PasswordField(_("Mật khẩu đang dùng"), [InputRequired(_("Nhập mật khẩu đang dùng."))])


class PhoneField(StringField):
    """A telephone number as digits; `data` is None where the field is empty."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = clean(valuelist[0] if valuelist else None)
        number, note = phone_of(text)
        self.data = number
        if note == "phone_bad":
            self.data = text
            raise ValueError(_("Số điện thoại cần 10 hoặc 11 chữ số, bắt đầu bằng 0."))


class OptionalText(StringField):
    """Text, or None where the field is empty."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = clean(valuelist[0] if valuelist else None) or None


class PersonForm(FlaskForm):  # type: ignore[misc]
    name = StringField(_("Họ và tên"), [InputRequired(_("Nhập họ và tên.")),
                                        Length(max=120, message=_("Họ và tên dài quá 120 ký tự."))], filters=[clean])
    position = OptionalText(_("Chức vụ"), [Optional(), Length(max=120, message=_("Chức vụ dài quá 120 ký tự."))])
    phone = PhoneField(_("Số điện thoại"), [Optional()])


class OwnForm(PersonForm):
    """What people put right of themselves. A name that stands already is not judged."""

    def validate_name(self, field: Any) -> None:
        text = tidy(field.data)
        if not text:
            raise ValidationError(_("Nhập họ và tên."))
        if text != field.object_data and not is_name(text):
            raise ValidationError(_("Họ và tên chỉ gồm chữ cái, dấu cách, dấu chấm, gạch nối và dấu nháy."))


class EditPersonForm(PersonForm):
    audience = RadioField(_("Đối tượng"), choices=_choices(AUDIENCE_WORDS), default="official")


class NewPersonForm(EditPersonForm):
    login = StringField(_("Tên đăng nhập"), [
        InputRequired(_("Nhập tên đăng nhập.")),
        Regexp(LOGIN.pattern + "$", message=_("Tên đăng nhập gồm 2 đến 80 chữ thường không dấu, chữ số và . _ - @, "
                                              "bắt đầu bằng chữ hoặc số."))], filters=[clean_login])
    unit_id = SelectField(_("Đơn vị"), [InputRequired(_("Chọn đơn vị."))])


class MoveForm(FlaskForm):  # type: ignore[misc]
    unit_id = SelectField(_("Đơn vị mới"), [InputRequired(_("Chọn đơn vị mới."))])


class RoleForm(FlaskForm):  # type: ignore[misc]
    role = SelectField(_("Vai trò"), choices=_choices(ROLE_WORDS), default="coordinator")
    unit_id = SelectField(_("Đơn vị (chỉ với đầu mối)"), default="")

    def validate_unit_id(self, field: Any) -> None:
        if self.role.data == "coordinator" and not field.data:
            raise ValidationError(_("Chọn đơn vị mà người này làm đầu mối."))


class HeadcountField(StringField):
    """A whole number with or without thousands dots; None where the field is empty."""

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else "" if self.data is None else str(self.data)

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data, note = whole_number(clean(valuelist[0] if valuelist else None))
        if note:
            raise ValueError(_("Số CBCCVC là một số nguyên không âm, ví dụ 1.234."))


class DayField(StringField):
    """A day written as 31/12/2025; None where the field is empty."""

    data: Any

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else self.data.strftime("%d/%m/%Y") if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data, note = day_of(clean(valuelist[0] if valuelist else None))
        if note:
            raise ValueError(_("Ngày viết theo mẫu 31/12/2025."))


class UnitForm(FlaskForm):  # type: ignore[misc]
    code = StringField(_("Mã đơn vị"), [InputRequired(_("Nhập mã đơn vị.")),
                                        Length(max=40, message=_("Mã đơn vị dài quá 40 ký tự."))], filters=[clean])
    name = StringField(_("Tên đơn vị"), [InputRequired(_("Nhập tên đơn vị.")),
                                         Length(max=200, message=_("Tên đơn vị dài quá 200 ký tự."))], filters=[clean])
    kind = SelectField(_("Loại"), choices=_choices(KIND_WORDS), default="department")
    bloc = OptionalText(_("Khối"), [Optional(), Length(max=80, message=_("Tên khối dài quá 80 ký tự."))])
    parent_id = SelectField(_("Đơn vị cấp trên"), [Optional()], default="")
    headcount = HeadcountField(_("Số CBCCVC (biên chế)"), [Optional()])
    headcount_on = DayField(_("Ngày tính biên chế"), [Optional()])


class FileForm(FlaskForm):  # type: ignore[misc]
    file = FileField(_("Tệp Excel (.xlsx) hoặc .csv, tối đa 25 MB"), [FileRequired(_("Chọn tệp cần nhập."))])
