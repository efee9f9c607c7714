import re
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField
from wtforms.validators import ValidationError

from contest.questions.formats.columns import FIELDS, OPTION_FIELDS
from contest.questions.formats.mapping import KEY_STYLES

MOST_FILES = 20
ACCEPT = ".xlsx,.xls,.ods,.csv,.docx,.txt,.gift,.xml,.zip"
KEY_STYLE_WORDS = {
    "": _("Tự nhận ra"), "letters": _("Chữ cái: A, B, C, D"), "numbers": _("Số đếm từ 1: 1, 2, 3, 4"),
    "numbers_from_zero": _("Số đếm từ 0: 0, 1, 2, 3"), "text": _("Chép lại nội dung phương án đúng"),
    "several": _("Nhiều chữ cái: A, C hoặc ABD"),
}
# The fields of a column in the order in which they are offered.
OFFERED = ("stem", *OPTION_FIELDS, "options", "key", "code", "type", "topic", "level", "points", "explanation",
           "citation", "tags", "scoring", "credits", "fixed", "format", "number")
_PATH = re.compile(r"[\\/]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f]")


class UploadForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The files of one bank: questions, and keys that belong to them."""

    file = MultipleFileField(
        _("Tệp câu hỏi: XLSX, XLS, ODS, CSV, DOCX, TXT, GIFT, Aiken, Moodle XML, QTI; tối đa 25 MB"),
        description=_("Chọn được nhiều tệp một lần; tệp đáp án riêng được ghép vào câu hỏi. Tối đa 60.000 dòng."))

    def validate_file(self, _field: Any) -> None:
        chosen = self._chosen()
        if not chosen:
            raise ValidationError(_("Chưa chọn tệp. Chọn ít nhất một tệp câu hỏi."))
        if len(chosen) > MOST_FILES:
            raise ValidationError(_("Chỉ chọn tối đa 20 tệp một lần."))

    def files(self) -> list[tuple[str, bytes]]:
        """Name and bytes of each; the name without a path, only to be shown."""
        return [(shown_name(one.filename), one.read()) for one in self._chosen()]

    def _chosen(self) -> list[FileStorage]:
        return [one for one in self.file.data or () if isinstance(one, FileStorage) and one.filename]


class MappingForm:
    """What was chosen on the page of columns, as plain values."""

    def __init__(self, form: Any, letters: list[str]) -> None:
        self.sheet = str(form.get("sheet") or "") or None
        row = str(form.get("header_row") or "")
        self.header_row = int(row) if row.isdecimal() and len(row) < 6 else None
        style = form.get("key_style")
        self.key_style = style if style in KEY_STYLES else None
        self.fields = {letter: form.get(f"col_{letter}") for letter in letters}

    def twice(self) -> str | None:
        """A field that two columns were chosen for; None where all differ."""
        chosen = [field for field in self.fields.values() if field in FIELDS]
        return next((field for field in chosen if chosen.count(field) > 1), None)

    def mapping(self) -> dict[str, str]:
        """Field → letter, as `formats.mapping.apply_mapping` takes it."""
        chosen = {field: letter for letter, field in self.fields.items() if field in FIELDS}
        rest = {field: "" for field in FIELDS if field not in chosen}
        unused = [letter for letter, field in self.fields.items() if field not in FIELDS]
        return {**rest, **chosen, **({"ignore": ", ".join(unused)} if unused else {})}


def shown_name(name: str | None) -> str:
    """The name of a file without folders and unseen signs."""
    return _UNSEEN.sub("", _PATH.split(name or "")[-1]).strip() or "?"
