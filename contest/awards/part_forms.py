"""The forms about other parts of a contest: a new one, and the units that have entered it."""

import re
from dataclasses import dataclass

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import StringField
from wtforms import TextAreaField as Text

from contest.errors import Refusal
from contest.identity.gate import read_table
from contest.identity.names import fold
from contest.identity.rosters import UNIT_COLUMNS
from contest.identity.sheets import UnreadableSheet
from contest.rounds.forms import Form, Needed, at_most, tidied
from contest.scoring.formulas import PART_MOST

HEADERS = ("ma don vi", "ma dv")  # folded; no codes of units


class PartForm(Form):
    """The name of a part."""

    name = StringField(_("Tên phần thi"), filters=[tidied], validators=[
        Needed(_("Ghi tên phần thi, ví dụ Sáng kiến.")), at_most(PART_MOST)])


@dataclass(frozen=True)
class Code:
    """A unit's code, and how a refusal calls it."""

    text: str
    shown: str


class MarkForm(Form):
    """Units that were not ticked, by their codes: typed, or in a file."""

    codes = Text(_("Mã đơn vị, mỗi dòng một mã"), validators=[at_most(200_000)])
    file = FileField(_("Hoặc tệp có cột Mã đơn vị (.xlsx, .csv)"))

    def typed(self) -> list[Code]:
        """The codes that were typed; of a line with several columns the first. A column may come with its header."""
        lines = (re.split(r"[\t;,]", line)[0] for line in (self.codes.data or "").splitlines())
        codes = [code for line in lines if (code := " ".join(line.split()))]
        return [Code(code, code) for code in (codes[1:] if codes and fold(codes[0]) in HEADERS else codes)]

    def listed(self) -> list[Code]:
        """The codes of the file, none without one. Raises `UnreadableSheet`; 422 `codes_no_column`."""
        if not self.file.data:
            return []
        try:
            sheet = read_table(self.file.data.read(), {"code": UNIT_COLUMNS["code"]}, {"code": ("code",)})
        except UnreadableSheet as refusal:
            if refusal.code != "file_no_header":
                raise
            raise Refusal("codes_no_column", 422) from None
        return [Code(row.get("code"), gettext("%(code)s (dòng %(row)s)", code=row.get("code"), row=row.number))
                for row in sheet.rows]
