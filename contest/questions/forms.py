from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, ValidationError

from contest.questions.desk import REVIEW_WORDS, clean

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


