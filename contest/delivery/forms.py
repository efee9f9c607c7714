"""What the pages of a sitting send."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField
from wtforms.validators import InputRequired

OPTIONS_MOST = 10  # more boxes than any question has


class ConsentForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The one box before a sitting; never ticked beforehand."""

    consent = BooleanField(
        _("Tôi đã đọc thể lệ và cam kết tự làm bài"),
        validators=[InputRequired(message=_("Đánh dấu vào ô cam kết để bắt đầu làm bài."))],
    )


@dataclass(frozen=True)
class Move:
    """A question page as it was sent: what was chosen (sorted), and where to go next.

    `go`: "next", "prev", "check", "stay" or the number of a question. `show` narrows the list of
    questions: "", "blank" or "flag". `flag`: the mark to set, None leaves it.
    """

    choice: tuple[str, ...] | None
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
    chosen = tuple(sorted({token[:65] for token in form.getlist("choice")[:OPTIONS_MOST]}))
    return Move(
        choice=None if go == "clear" or not chosen else chosen,
        nonce=form.get("nonce", "")[:24],
        go=go,
        show=show if show in ("blank", "flag") and show != shown else "",
        flag=form.get("flagged") != "1" if go == "flag" else None,
    )
