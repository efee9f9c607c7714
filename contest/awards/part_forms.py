"""The forms about other parts of a contest: a new one, and the units that have entered it."""

import re

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms import TextAreaField as Text

from contest.rounds.forms import Form, Needed, at_most, tidied
from contest.scoring.formulas import PART_MOST


class PartForm(Form):
    """A new part."""

    name = StringField(_("Tên phần thi"), filters=[tidied], validators=[
        Needed(_("Ghi tên phần thi, ví dụ Sáng kiến.")), at_most(PART_MOST)])


class MarkForm(Form):
    """Units that were not ticked, by their codes."""

    codes = Text(_("Mã đơn vị, mỗi dòng một mã"), validators=[at_most(200_000)])

    def typed(self) -> list[str]:
        """The codes; of a line with several columns the first."""
        lines = (re.split(r"[\t;,]", line)[0] for line in (self.codes.data or "").splitlines())
        return [" ".join(code.split()) for code in lines if code.strip()]
