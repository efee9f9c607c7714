"""What organisers send about grading anew: keys by question, reasons by sitting, one reason for all."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import Length

from contest.rounds.forms import Form, Needed
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
