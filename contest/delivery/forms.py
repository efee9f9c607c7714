"""What the pages of a sitting send."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

FIELDS_MOST = 64  # more than any question has
PART = "part_"  # what the name of a part's field begins with


class ConsentForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The one box before a sitting; never ticked beforehand."""

    consent = BooleanField(
        _("Tôi đã đọc thể lệ và cam kết tự làm bài"),
        validators=[InputRequired(message=_("Đánh dấu vào ô cam kết để bắt đầu làm bài."))],
    )
    # Asked once a contest, where it has one.
    password = StringField(_("Mật khẩu cuộc thi"), validators=[Length(max=100, message=_("Tối đa %(max)d ký tự."))])


@dataclass(frozen=True)
class Move:
    """A question page as it was sent: the answer, and where to go next.

    `choice` comes from the boxes "choice", from the fields "part_<token>" or from the field "text".
    `go`: "next", "prev", "check", "stay" or the number of a question. `show` narrows the list of
    questions: "", "blank" or "flag". `flag`: the mark to set, None leaves it.
    """

    choice: Mapping[str, str] | tuple[str, ...] | str | None
    nonce: str
    go: str
    show: str
    flag: bool | None

    def slot(self, slot: int, count: int) -> int | None:
        """The question to show after question `slot`; None is the check page."""
        if self.go == "check" or (self.go == "next" and slot == count):
            return None
        wanted = {"next": slot + 1, "prev": slot - 1}.get(self.go, int(self.go) if self.go.isdecimal() else slot)
        return min(max(wanted, 1), count)


def read_move(form: MultiDict[str, str]) -> Move:
    """The move that a question page's form holds. Whatever is missing or odd becomes a plain save."""
    go, show, shown = form.get("go", "stay")[:8], form.get("show"), form.get("shown", "")
    return Move(
        choice=None if go == "clear" else _choice(form),
        nonce=form.get("nonce", "")[:24],
        go=go,
        show=show if show in ("blank", "flag") and show != shown else "",
        flag=form.get("flagged") != "1" if go == "flag" else None,
    )


def _choice(form: MultiDict[str, str]) -> Mapping[str, str] | tuple[str, ...] | str | None:
    if "text" in form:
        return form["text"] or None
    parts = [name for name in form if name.startswith(PART)][:FIELDS_MOST]
    if parts:
        return {name[len(PART):]: form[name] for name in parts if form[name]} or None
    return tuple(sorted({token[:65] for token in form.getlist("choice")[:FIELDS_MOST]})) or None
