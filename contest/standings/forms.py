"""What organisers send about running sittings."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, NumberRange, ValidationError

from contest.delivery.granting import MOST_MINUTES
from contest.rounds.forms import Form, Needed


def _minutes(least: int) -> NumberRange:
    return NumberRange(least, MOST_MINUTES, message=_("Ghi từ %(min)s đến %(max)s phút."))


class ReasonForm(Form):
    """A reason that the person concerned can read."""

    reason = TextAreaField(_("Lý do"), validators=[
        Needed(_("Ghi lý do. Người dự thi sẽ đọc được lý do này.")),
        Length(max=1_000, message=_("Tối đa %(max)d ký tự."))])


class ReopenForm(ReasonForm):
    minutes = IntegerField(_("Cho thêm (phút)"), default=0, validators=[_minutes(0)])


class AddTimeForm(ReasonForm):
    minutes = IntegerField(_("Cộng thêm (phút)"), default=5, validators=[_minutes(1)])


class AnnulForm(ReasonForm):
    give_back = BooleanField(_("Cho thi lại: lượt này không tính vào số lượt đã dùng"))


class GrantForm(AddTimeForm):
    """Extra time for a whole unit, or for everybody."""

    reach = RadioField(_("Cộng thêm cho"), default="all",
                       choices=[SelectChoice("all", _("Tất cả người dự thi của đợt")),
                                SelectChoice("unit", _("Một đơn vị"))])
    known: frozenset[str] | set[str] = frozenset()
    unit_id = SelectField(_("Đơn vị"), choices=[], validate_choice=False)

    def validate_unit_id(self, field: Field) -> None:
        if self.reach.data == "unit" and field.data not in self.known:
            raise ValidationError(str(_("Chọn đơn vị được cộng thêm thời gian.")))

    def offer(self, units: list[tuple[str, Any]]) -> None:
        """Let these units be chosen, (id, name) each."""
        self.known = {unit[0] for unit in units}
        self.unit_id.choices = [SelectChoice("", _("Chọn đơn vị")), *(SelectChoice(*unit) for unit in units)]
