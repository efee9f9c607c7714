"""An import's columns: which sheet, which header row, what each column holds, how keys are written."""

from collections.abc import Mapping
from datetime import datetime

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import person, policy
from contest.jobs.operations import enqueue
from contest.questions import queries, readings, staged
from contest.questions.desk import blueprint
from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.gate import read_columns
from contest.questions.formats.mapping import Preview
from contest.questions.formats.whole import Wish
from contest.questions.import_edits import last_step
from contest.questions.import_forms import KEY_STYLE_WORDS, OFFERED, MappingForm
from contest.questions.import_jobs import ABOUT, AT_ONCE_BYTES, READ_JOB
from contest.questions.import_models import BankImport
from contest.questions.problems import message
from contest.questions.remembered import remember
from contest.questions.review_rows import field_name
from contest.questions.staging import fill_import, open_import
from contest.questions.uploads import Files, files_of

ADDRESS = "/to-chuc/ngan-hang/nhap/<id:import_id>/cot"
MOST_ROWS = 60_000  # a header row beyond is none


@blueprint.get(ADDRESS)
@policy("bank.edit")
def import_columns(import_id: str) -> ResponseReturnValue:
    """The columns as they were taken, or as another sheet or header row (`sheet`, `row`) would have them."""
    now = clock.now()
    row = staged.import_of(import_id, now)
    if row.state not in ("uploaded", "staged"):
        return redirect(url_for("questions.import_progress", import_id=import_id), 303)
    return _page(row, files_of(import_id))


@blueprint.post(ADDRESS)
@policy("bank.edit")
def import_read_as(import_id: str) -> ResponseReturnValue:
    """Read the files again with the columns that were chosen; they are remembered for the next such file."""
    now = clock.now()
    who = person().id
    row = open_import(import_id, now)
    row_id, bank_id = row.id, row.bank_id
    files = files_of(import_id)
    db.session.rollback()  # reading takes its time: others must not wait for the turn to write
    if not files:
        raise Missing("import_expired")
    try:
        preview = read_columns(files, Wish(sheet=request.form.get("sheet") or None))
        form = MappingForm(request.form, [one.letter for one in preview.columns])
        field = form.twice()
        if field:
            return _page(staged.import_of(row_id, now), files, form, _("Có hai cột cùng chọn “%(field)s”. Đổi một cột.",
                                                      field=field_name(field))), 422
        wish = _wish(form, files)
        if sum(len(data) for _name, data in files) > AT_ONCE_BYTES:
            enqueue(READ_JOB, ABOUT, row_id, by=who, now=now, wish=wish.options())
            _remember(files, wish, who, now)
            db.session.commit()
            return redirect(url_for("questions.import_progress", import_id=row_id), 303)
        read = readings.read_with(files, wish)
    except UnreadableFile as refusal:
        sent = MappingForm(request.form, _letters(request.form))
        return _page(staged.import_of(row_id, now), files, sent, message(refusal)), 422
    filled = fill_import(row_id, read.reading, read.wish, now=now)
    filled.row_keys = {str(place): key for place, key in readings.known_keys(read.row_keys, bank_id).items()}
    _remember(files, wish, who, now)
    db.session.commit()
    return redirect(url_for("questions.import_preview", import_id=row_id), 303)


def _letters(form: Mapping[str, str]) -> list[str]:
    return [name.removeprefix("col_") for name in form if name.startswith("col_")]


def _wish(form: MappingForm, files: Files) -> Wish:
    """What differs from what the reader finds by itself: then sheets laid out alike are read together."""
    shown = read_columns(files, Wish(sheet=form.sheet))
    own = {one.letter: one.field for one in shown.columns}
    chosen = {letter: field or None for letter, field in form.fields.items()}
    header_row = form.header_row if form.header_row != shown.header_row else None
    alike = header_row is None and all(own.get(letter) == field for letter, field in chosen.items())
    return Wish(sheet=form.sheet, header_row=header_row, mapping=None if alike else form.mapping(),
                key_style=form.key_style or None)


def _remember(files: Files, wish: Wish, who: str, now: datetime) -> None:
    if len(files) == 1:
        signature = readings.signature(files)
        if signature is not None:
            remember(who, signature, wish, now)


def _page(row: BankImport, files: Files, form: MappingForm | None = None, fault: str | None = None) -> str:
    if not files:
        raise Missing("import_expired")
    wish = Wish(**row.wish)
    sheet = (form.sheet if form else None) or request.args.get("sheet") or wish.sheet
    asked = request.args.get("row", type=int)
    header_row = form.header_row if form else asked if asked is not None else wish.header_row
    try:
        preview = read_columns(files, Wish(sheet=sheet, header_row=header_row if _sane(header_row) else None))
    except UnreadableFile as refusal:
        raise Refusal("import_no_columns", 409, file_name=row.file_name) from refusal
    reading = staged.reading_of(row) if row.state == "staged" else None
    if reading is not None and not reading.letters:
        raise Refusal("import_no_columns", 409, file_name=row.file_name)
    return render_template(
        "questions/import_columns.html", row=row, bank=queries.bank_of(row.bank_id), preview=preview, fault=fault,
        chosen=_chosen(preview, wish, form, moved="sheet" in request.args or asked is not None),
        key_style=form.key_style if form else wish.key_style or "",
        offered=[(name, field_name(name)) for name in OFFERED], styles=KEY_STYLE_WORDS, rows=_header_rows(preview),
        why=message(UnreadableFile(row.outcome["refusal"], row.outcome.get("params", {})))
        if row.state == "uploaded" and row.outcome.get("refusal") else None,
        unsure=reading is not None and not readings.is_sure(reading), edited=last_step(row.id) > 0,
        count=len(reading.drafts) if reading is not None else None)


def _sane(row: int | None) -> bool:
    return row is not None and 0 <= row <= MOST_ROWS


def _header_rows(preview: Preview) -> list[int]:
    return sorted({*range(11), preview.header_row})


def _chosen(preview: Preview, wish: Wish, form: MappingForm | None, *, moved: bool) -> dict[str, str]:
    """Column letter → field: as sent, as wished, or as the reader takes them."""
    if form is not None:
        return {letter: field or "" for letter, field in form.fields.items()}
    found = {one.letter: one.field or "" for one in preview.columns}
    if wish.mapping and not moved:
        for field, letters in wish.mapping.items():
            if field != "ignore" and letters:
                found = {letter: "" if name == field else name for letter, name in found.items()} | {letters: field}
        for letter in wish.mapping.get("ignore", "").replace(",", " ").split():
            found[letter] = ""
    return found
