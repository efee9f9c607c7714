"""The form of printed papers."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import Length, NumberRange

from contest.reports.models import MOST_VARIANTS
from contest.reports.printed import MAX_TITLE_CHARS, MOST_CODE, Wanted
from contest.rounds.forms import Form, Needed


class PrintedForm(Form):
    """What a set of printed papers is made of."""

    title = StringField(_("Tên bài thi"), [Needed(_("Ghi tên bài thi.")), Length(
        max=MAX_TITLE_CHARS, message=_("Tên bài thi dài quá 200 ký tự."))])
    variants = IntegerField(_("Số mã đề"), [Needed(_("Ghi số mã đề.")), NumberRange(
        1, MOST_VARIANTS, message=_("Số mã đề từ 1 đến 24."))], default=4)
    first_code = IntegerField(_("Mã đề đầu tiên"), [Needed(_("Ghi mã đề đầu tiên.")), NumberRange(
        1, MOST_CODE, message=_("Mã đề từ 1 đến 9900."))], default=101)
    same = RadioField(_("Câu hỏi của các mã đề"), default="same", choices=[
        SelectChoice("same", _("Cùng câu hỏi, khác thứ tự câu và phương án")),
        SelectChoice("own", _("Mỗi mã đề rút câu hỏi riêng"))])
    motto = BooleanField(_("In Quốc hiệu và Tiêu ngữ"), default=True)

    def wanted(self) -> Wanted:
        """The values of a valid form."""
        return Wanted(self["title"].data or "", self.variants.data or 0, self.first_code.data or 0,
                      self.same.data == "same", bool(self.motto.data))
