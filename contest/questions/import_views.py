"""An import: choose a file, look at what it would do, confirm, see what it did."""

from hashlib import sha256
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy
from contest.questions import imports, queries, staged
from contest.questions.desk import STATE_WORDS, WAY_WORDS, blueprint, download, field_word
from contest.questions.formats.drafts import Draft, Reading, UnreadableFile, column_index
from contest.questions.formats.gate import read_bank
from contest.questions.forms import FileForm
from contest.questions.matching import ON_DUPLICATE, OnDuplicate
from contest.questions.problems import message
from contest.questions.rejects import rejected
from contest.questions.staged import STATES, state_of

ROWS = 100
ADDRESS = "/to-chuc/ngan-hang/nhap/<id:import_id>"


@blueprint.route("/to-chuc/ngan-hang/<id:bank_id>/nhap", methods=["GET", "POST"])
@policy("bank.edit")
def import_file(bank_id: str) -> ResponseReturnValue:
    """Choose a file; what it says is kept for a day, nothing of it goes into the bank."""
    now = clock.now()
    who = person().id
    form = FileForm()
    if form.validate_on_submit():
        data, name = form.file.data.read(), form.file.data.filename
        bank = queries.bank_of(bank_id)
        db.session.rollback()  # reading takes its time: others must not wait for the turn to write
        try:
            reading = read_bank(data, name)
        except UnreadableFile as refusal:
            form.file.errors = [message(refusal)]
        else:
            row = imports.stage_import(bank, name, sha256(data).hexdigest(), reading, by=who, now=now)
            db.session.commit()
            return redirect(url_for("questions.import_preview", import_id=row.id), 303)
    return render_template("questions/import_file.html", bank=queries.bank_of(bank_id), form=form,
                           waiting=staged.waiting(bank_id, now)), 422 if form.errors else 200


@blueprint.get(ADDRESS)
@policy("bank.edit")
def import_preview(import_id: str) -> ResponseReturnValue:
    """What a staged file would do, row by row."""
    now = clock.now()
    row = staged.import_of(import_id, now)
    if row.state != "staged":
        return redirect(url_for("questions.import_result", import_id=import_id), 303)
    plan = staged.plan(row)
    way, state = _way(request.args.get("way")), request.args.get("state")
    shown = [match for match in plan.matches if state not in STATES or state_of(match) == state]
    pages = max(1, -(-len(shown) // ROWS))
    page = min(max(request.args.get("page", 1, type=int), 1), pages)

    def link(**change: Any) -> str:
        asked = {"way": way, "state": state if state in STATES else None, **change}
        return url_for("questions.import_preview", import_id=import_id, **{k: v for k, v in asked.items() if v})

    return render_template(
        "questions/preview.html", row=row, bank=queries.bank_of(row.bank_id), plan=plan, counts=plan.counts(),
        sizes=plan.sizes(), way=way, ways=WAY_WORDS, state=state, states=STATE_WORDS, shown=shown, page=page,
        pages=pages, matches=shown[(page - 1) * ROWS: page * ROWS], columns=_columns(plan.reading),
        same=staged.same_file(row), link=link, message=message, state_of=state_of, until=row.created_at + staged.KEPT)


@blueprint.post(ADDRESS)
@policy("bank.edit")
def import_commit(import_id: str) -> ResponseReturnValue:
    """Write the import to its bank."""
    now = clock.now()
    imports.confirm_import(import_id, _way(request.form.get("way")), by=person().id, now=now)
    db.session.commit()
    return redirect(url_for("questions.import_result", import_id=import_id), 303)


@blueprint.post(ADDRESS + "/huy")
@policy("bank.edit")
def import_discard(import_id: str) -> ResponseReturnValue:
    """Drop a staged import."""
    now = clock.now()
    row = imports.discard_import(import_id, by=person().id, now=now)
    db.session.commit()
    flash(_("Đã hủy lần nhập tệp “%(name)s”. Chưa nhập câu nào.", name=row.file_name), "info")
    return redirect(url_for("questions.bank", bank_id=row.bank_id), 303)


@blueprint.get(ADDRESS + "/ket-qua")
@policy("bank.edit")
def import_result(import_id: str) -> ResponseReturnValue:
    """What an import did."""
    now = clock.now()
    row = staged.import_of(import_id, now)
    if row.state == "staged":
        return redirect(url_for("questions.import_preview", import_id=import_id), 303)
    if row.state == "discarded":
        raise Refusal("import_discarded", 409, file_name=row.file_name)
    return render_template("questions/import_result.html", row=row, bank=queries.bank_of(row.bank_id),
                           rejects=bool(row.reading) and row.outcome["errors"] > 0)


@blueprint.get(ADDRESS + "/dong-loi.xlsx")
@policy("bank.edit")
def import_rejects(import_id: str) -> ResponseReturnValue:
    """The rows with errors, each with its reason, to mend and upload again."""
    now = clock.now()
    drafts: tuple[Draft, ...] = staged.reading_of(staged.import_of(import_id, now)).drafts
    return download(rejected(drafts), "dong-loi")


def _way(asked: str | None) -> OnDuplicate:
    return next((way for way in ON_DUPLICATE if way == asked), "skip")


def _columns(reading: Reading) -> list[tuple[str, str, str, bool]]:
    """The file's columns: letter, header, what it was taken for, whether it is used."""
    taken = {letter: name for name, letter in reading.letters.items()}
    letters = sorted({*reading.headers, *taken}, key=column_index)
    return [(letter, reading.headers.get(letter, ""), field_word(taken.get(letter)), letter in taken)
            for letter in letters]
