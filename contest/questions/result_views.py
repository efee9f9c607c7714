"""What an import did, the rows it left out, its undoing, and the log of all of them."""


from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.columns import is_id
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy
from contest.questions import queries, staged
from contest.questions.desk import blueprint, download
from contest.questions.formats.whole import Wish
from contest.questions.rejects import rejected
from contest.questions.undoing import can_undo, undo_import
from contest.questions.uploads import files_of

ADDRESS = "/to-chuc/ngan-hang/nhap/<id:import_id>"


@blueprint.get(ADDRESS + "/ket-qua")
@policy("bank.edit")
def import_result(import_id: str) -> ResponseReturnValue:
    """What an import did."""
    now = clock.now()
    row = staged.import_of(import_id, now)
    if row.state in ("uploaded", "staged"):
        step = "import_preview" if row.state == "staged" else "import_progress"
        return redirect(url_for(f"questions.{step}", import_id=import_id), 303)
    if row.state == "discarded":
        raise Refusal("import_discarded", 409, file_name=row.file_name)
    rejects = row.outcome["errors"] > 0 and staged.is_kept(row)
    return render_template("questions/import_result.html", row=row, bank=queries.bank_of(row.bank_id),
                           rejects=rejects, undoable=can_undo(row), undoer=staged.undoer_of(row))


@blueprint.get(ADDRESS + "/dong-loi.xlsx")
@policy("bank.edit")
def import_rejects(import_id: str) -> ResponseReturnValue:
    """The rows with errors, each with its reason, to mend and send again."""
    now = clock.now()
    row = staged.import_of(import_id, now)
    reading, edits = staged.edited(row)
    keys = {place: staged.row_key(row, place) for place, draft in enumerate(reading.drafts) if not draft.usable}
    files, wish = files_of(import_id), Wish(**row.wish)
    db.session.rollback()  # cells are read from the file once more: nobody waits for that
    return download(rejected(reading, keys, edits, files, wish), "dong-loi")


@blueprint.post(ADDRESS + "/hoan-tac")
@policy("bank.edit")
def import_undo(import_id: str) -> ResponseReturnValue:
    """Take a confirmed import back."""
    now = clock.now()
    outcome = undo_import(import_id, by=person().id, now=now)
    db.session.commit()
    flash(_("Đã hoàn tác: xóa %(removed)s câu đã tạo, trả %(restored)s câu về phiên bản trước.", **outcome), "success")
    return redirect(url_for("questions.import_result", import_id=import_id), 303)


@blueprint.get("/to-chuc/ngan-hang/<id:bank_id>/nhap/nhat-ky")
@policy("bank.edit")
def import_log(bank_id: str) -> ResponseReturnValue:
    """Every import of a bank: who, when, which file, what came of it."""
    after = request.args.get("after", "")
    entries = staged.whole_log(bank_id, after if is_id(after) else None)
    shown = entries[:staged.LOG_PAGE]
    return render_template("questions/import_log.html", bank=queries.bank_of(bank_id), entries=shown,
                           after=shown[-1].id if len(entries) > len(shown) else None, later=bool(after))
