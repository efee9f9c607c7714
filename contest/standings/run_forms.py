"""What organisers send about grading anew: keys by question, reasons by sitting, one reason for all."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import Field, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from contest.delivery import prediction
from contest.rounds.forms import Form, Needed
from contest.rounds.models import Round
from contest.rounds.overall_forms import AddingForm
from contest.rounds.scoring_forms import MarkingForm
from contest.scoring.rules import Prepared
from contest.standings import correcting
from contest.standings.correcting import BadKey, Sent
from contest.standings.keys import Correction
from contest.standings.questioned import Open

KEY_FAULTS = {
    "none": _("Chọn hoặc ghi ít nhất một đáp án đúng."),
    "several": _("Câu này chấm theo quy tắc chỉ nhận một đáp án. Chọn một phương án, hoặc chọn"
                 " “Tính điểm cho mọi người”."),
    "part": _("Chọn hoặc ghi đáp án cho từng ý."),
    "places": _("Mỗi mục một vị trí, không trùng nhau."),
    "number": _("Ghi một số, ví dụ 23,5; một khoảng, ví dụ 20..25; hoặc 23,5±0,1."),
    "same": _("Đáp án chọn trùng với đáp án hiện nay. Sửa lại, hoặc bỏ câu này ra."),
}
SEPARATORS = re.compile(r"[\s,;]+")
_TOO_LONG = _("Tối đa %(max)d ký tự.")


class RunForm(Form):
    """Why a round is graded anew; participants read it."""

    reason = TextAreaField(_("Lý do chấm lại"), validators=[
        Needed(_("Ghi lý do. Người dự thi sẽ đọc được lý do này.")), Length(max=500, message=_TOO_LONG)])


class NumberForm(Form):
    """The true value of the number that was to be guessed, as people write it: 25.980, 25980."""

    given = StringField(_("Giá trị đúng mới"), validators=[
        Needed(_("Ghi một số nguyên từ 0 đến 999.999.999."))])
    value: int | None = None  # what was read
    held: int | None = None  # the number that holds

    def validate_given(self, field: Field) -> None:
        try:
            self.value = prediction.read("number", str(field.data)[:30])
        except ValueError as error:
            raise ValidationError(str(_("Ghi một số nguyên từ 0 đến 999.999.999."))) from error
        if self.value == self.held:
            raise ValidationError(str(_("Số này trùng với số đang áp dụng. Sửa lại, hoặc bỏ mục này ra.")))


def number_form(round_: Round) -> NumberForm | None:
    """The form of the true number, None where the round asks for none or the address for no change of it."""
    if "gia-tri-dung" not in request.args or round_.prediction != "number":
        return None
    form = NumberForm(data={"given": prediction.written("number", round_.prediction_given)})
    form.held = round_.prediction_given
    return form


def new_rules(round_: Round, rules: MarkingForm) -> dict[str, Any] | None:
    """What the form says, None where that can't be: the form then says why."""
    valid = rules.validate()
    return rules.scoring() if rules.check_scoring(round_.prediction, round_.prediction_text) and valid else None


class OverallRunForm(AddingForm):
    """Other rules for a contest's board, and why; participants read both."""

    reason = TextAreaField(_("Lý do sửa"), validators=[
        Needed(_("Ghi lý do. Người dự thi sẽ đọc được lý do này.")), Length(max=500, message=_TOO_LONG)])


class UndoForm(Form):
    """Why other rules are taken back."""

    reason = TextAreaField(_("Lý do hoàn tác"), validators=[Length(max=500, message=_TOO_LONG)])


class DecideForm(Form):
    """What who decides says of it."""

    note = TextAreaField(_("Ý kiến của người quyết định"), validators=[Length(max=1_000, message=_TOO_LONG)])


def codes(text: str) -> list[str]:
    """The codes of receipts in a text, however they are separated."""
    return [code.upper() for code in SEPARATORS.split(text) if code]


def sent_of(one: Open, form: Any) -> Sent:
    """What a form sent for a question, part by part; what holds now where it sent nothing yet."""
    before = f"key-{one.version.id}-"
    if f"kind-{one.version.id}" not in form:
        return correcting.held(one.version, one.question.correct)
    return {name.removeprefix(before): form.getlist(name) for name in form if name.startswith(before)}


def corrections(opened: Sequence[Open], marking: Mapping[str, Prepared],
                form: Any) -> tuple[dict[str, Correction], dict[str, str]]:
    """(question → what holds instead, question → what is wrong with it)."""
    found: dict[str, Correction] = {}
    wrong: dict[str, str] = {}
    for one in opened:
        kind = form.get(f"kind-{one.version.id}", "key")
        try:
            found[one.version.id] = _correction(one, kind, marking, sent_of(one, form))
        except BadKey as error:
            wrong[one.version.id] = str(KEY_FAULTS[error.code])
    return found, wrong


def _correction(one: Open, kind: str, marking: Mapping[str, Prepared], sent: Sent) -> Correction:
    if kind in ("full", "out"):
        if kind == one.kind:
            raise BadKey("same")
        return Correction(kind)
    key = correcting.read(one.version, one.question, marking, sent)
    if one.kind == "key" and key == correcting.read(
            one.version, one.question, marking, correcting.held(one.version, one.question.correct)):
        raise BadKey("same")
    return Correction("key", key.correct, key.credits)
