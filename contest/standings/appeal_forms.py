"""What a participant and the organisers write about an objection."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import InputRequired, Length

from contest.rounds.forms import Form, Needed
from contest.standings.appeals import LONGEST

_TOO_LONG = _("Tối đa %(max)d ký tự.")


class AppealForm(Form):
    """What is objected to, and why."""

    slot = SelectField(_("Kiến nghị về"), coerce=int)
    reason = TextAreaField(_("Lý do"), validators=[
        Needed(_("Ghi lý do: điều gì chưa đúng, theo căn cứ nào.")), Length(max=LONGEST, message=_TOO_LONG)])

    def offer(self, slots: list[int]) -> None:
        """Let these questions of the paper be chosen, and the result as a whole."""
        self.slot.choices = [SelectChoice(0, _("Kết quả cả bài thi")),
                             *(SelectChoice(slot, _("Câu %(slot)s", slot=slot)) for slot in slots)]


class AnswerForm(Form):
    """The organisers' answer. `run`: the grading run that puts it right."""

    outcome = RadioField(_("Kết luận"), choices=[
        SelectChoice("upheld", _("Chấp nhận kiến nghị")), SelectChoice("rejected", _("Giữ nguyên kết quả"))],
        validators=[InputRequired(_("Chọn một kết luận."))])
    text = TextAreaField(_("Nội dung trả lời"), validators=[
        Needed(_("Ghi nội dung trả lời. Người kiến nghị sẽ đọc được.")), Length(max=LONGEST, message=_TOO_LONG)])
    run = SelectField(_("Lần chấm lại kèm theo"), choices=[])

    def offer(self, runs: list[tuple[str, int]]) -> None:
        """Let these grading runs be named, (id, number) each."""
        self.run.choices = [SelectChoice("", _("Không kèm lần chấm lại nào")),
                            *(SelectChoice(id_, _("Lần chấm lại %(n)s", n=number)) for id_, number in runs)]
