"""An import's files: chosen, read at once or by the worker, dropped. Its other steps have files of their own."""

from datetime import datetime
from typing import Any

from flask import flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.jobs.operations import cancel, enqueue
from contest.questions import mapping_views, preview_views, queries, readings, result_views, staged
from contest.questions.decisions import merge_rows
from contest.questions.desk import blueprint
from contest.questions.formats.drafts import UnreadableFile
from contest.questions.import_forms import ACCEPT, UploadForm
from contest.questions.import_jobs import ABOUT, AT_ONCE_BYTES, READ_JOB
from contest.questions.import_models import BankImport
from contest.questions.import_progress import Standing, job_id_of, standing_of
from contest.questions.models import Bank
from contest.questions.problems import message
from contest.questions.readings import Read
from contest.questions.staging import IMPORT_JOB, digest_of, discard_import, names_of, receive_files, stage_import
from contest.questions.uploads import Files

__all__ = ["mapping_views", "preview_views", "result_views"]
ADDRESS = "/to-chuc/ngan-hang/nhap/<id:import_id>"


@blueprint.route("/to-chuc/ngan-hang/<id:bank_id>/nhap", methods=["GET", "POST"])
@policy("bank.edit")
def import_file(bank_id: str) -> ResponseReturnValue:
    """Choose files; what they say is kept for a day, nothing of it goes into the bank."""
    now = clock.now()
    form = UploadForm()
    bank = queries.bank_of(bank_id)
    if bank.sealed_at is not None:
        raise Refusal("bank_sealed", 409)
    if form.validate_on_submit():
        try:
            return redirect(_received(bank, form.files(), now), 303)
        except UnreadableFile as refusal:
            form.file.errors = [message(refusal)]
    return render_template("questions/import_file.html", bank=queries.bank_of(bank_id), form=form, accept=ACCEPT,
                           waiting=staged.waiting(bank_id, now)), 422 if form.errors else 200


def _received(bank: Bank, files: Files, now: datetime) -> str:
    """Where to go on with these files: they are read here if they are small. Raises UnreadableFile."""
    who = person().id
    db.session.rollback()  # reading takes its time: others must not wait for the turn to write
    if sum(len(data) for _name, data in files) > AT_ONCE_BYTES:
        row = receive_files(bank, files, by=who, now=now)
        enqueue(READ_JOB, ABOUT, row.id, by=who, now=now)
        db.session.commit()
        return url_for("questions.import_progress", import_id=row.id)
    try:
        read = readings.read_uploaded(files, who)
    except UnreadableFile as refusal:
        if refusal.code not in readings.TO_MAP or refusal.code == "no_rows" or readings.signature(files) is None:
            raise
        row = receive_files(bank, files, by=who, now=now, refusal=refusal)
        db.session.commit()
        return url_for("questions.import_columns", import_id=row.id)
    return _read(bank, files, read, now)


def _read(bank: Bank, files: Files, read: Read, now: datetime) -> str:
    who = person().id
    back = readings.waiting_for(read.row_keys, bank.id, now)
    if back is not None:
        changed = merge_rows(back.import_id, back.placed(read), by=who, now=now)
        db.session.commit()
        flash(_("Đã lấy %(count)s dòng từ tệp đã sửa vào lần nhập đang chờ.", count=changed), "success")
        return url_for("questions.import_preview", import_id=back.import_id)
    row = stage_import(bank, names_of(files), digest_of(files), read.reading, by=who, now=now, files=files,
                       wish=read.wish, row_keys=readings.known_keys(read.row_keys, bank.id))
    db.session.commit()
    step = "import_preview" if readings.is_sure(read.reading) else "import_columns"
    return url_for(f"questions.{step}", import_id=row.id)


@blueprint.get(ADDRESS + "/tien-trinh")
@policy("bank.edit")
def import_progress(import_id: str) -> ResponseReturnValue:
    """How far the reading or writing of an import is; leads on by itself."""
    now = clock.now()
    row = staged.import_of(import_id, now)
    standing = standing_of(row, now)
    onward = _next(row, standing)
    if onward:
        return redirect(onward, 303)
    return render_template("questions/import_progress.html", row=row, bank=queries.bank_of(row.bank_id),
                           **_told(row, standing))


@blueprint.get(ADDRESS + "/tien-trinh.json")
@policy("bank.edit")
def import_progress_data(import_id: str) -> ResponseReturnValue:
    """The same for a script; `next` is where the page should go, None to stay."""
    now = clock.now()
    row = staged.import_of(import_id, now)
    standing = standing_of(row, now)
    told = _told(row, standing)
    return jsonify(next=_next(row, standing), over=told["over"], words=told["said"], late=told["late"],
                   done=told["done"], total=told["total"])


def _next(row: BankImport, standing: Standing | None) -> str | None:
    """Where an import goes on; None where there is something to wait for or to read here."""
    if row.state in ("done", "undone"):
        return url_for("questions.import_result", import_id=row.id)
    if row.state == "discarded":
        raise Refusal("import_discarded", 409, file_name=row.file_name)
    if standing is not None and (standing.unfinished or standing.state == "failed"):
        return None
    if row.state == "uploaded":
        mappable = row.outcome.get("refusal") in readings.TO_MAP
        return url_for("questions.import_columns", import_id=row.id) if mappable else None
    sure = standing is None or standing.sure
    return url_for(f"questions.{'import_preview' if sure else 'import_columns'}", import_id=row.id)


def _told(row: BankImport, standing: Standing | None) -> dict[str, Any]:
    """What the page of progress says: `said` is about the work, `trouble` why it has ended."""
    unfinished = standing is not None and standing.unfinished
    writing = standing is not None and standing.kind == IMPORT_JOB
    done, total = (standing.done, standing.total) if standing is not None else (0, None)
    said, trouble = "", None
    if not unfinished:
        trouble = _trouble(row, standing)
    elif standing is not None and standing.state == "queued":
        said = _("Đang chờ đến lượt…")
    elif not writing:
        said = _("Đang đọc tệp…")
    elif total and done < total - 1:
        said = _("Đã so %(done)s/%(total)s dòng với ngân hàng…", done=format_decimal(done), total=format_decimal(total))
    else:
        said = _("Đang ghi vào ngân hàng…")
    late = _("Bộ xử lý nền chưa chạy nên việc này chưa bắt đầu. Báo người quản trị chạy lệnh contest worker; "
             "có thể đóng trang, tệp được giữ 24 giờ.") if standing is not None and standing.idle else None
    return {"said": said, "trouble": trouble, "late": late, "done": done, "total": total if writing else None,
            "writing": writing, "over": not unfinished}


def _trouble(row: BankImport, standing: Standing | None) -> str:
    if standing is not None and standing.state == "failed":
        if standing.error in (None, "crashed"):
            return str(_("Hệ thống gặp sự cố khi xử lý tệp này. Chưa câu nào được nhập."))
        return words(Refusal(str(standing.error), 409, **{"file_name": row.file_name, **standing.params}))
    if row.outcome.get("refusal"):
        return message(UnreadableFile(row.outcome["refusal"], row.outcome.get("params", {})))
    return str(_("Đã dừng. Chưa câu nào được nhập."))


@blueprint.post(ADDRESS + "/doc-lai")
@policy("bank.edit")
def import_read_again(import_id: str) -> ResponseReturnValue:
    """Have the worker read the files once more, after a failure."""
    now = clock.now()
    row = staged.import_of(import_id, now)
    standing = standing_of(row, now)
    if row.state == "uploaded" and not (standing and standing.unfinished):
        enqueue(READ_JOB, ABOUT, row.id, by=person().id, now=now)
        db.session.commit()
    return redirect(url_for("questions.import_progress", import_id=import_id), 303)


@blueprint.post(ADDRESS + "/dung")
@policy("bank.edit")
def import_cancel(import_id: str) -> ResponseReturnValue:
    """Call the work off: files that were being read are dropped, questions being written are not written."""
    now = clock.now()
    row = staged.import_of(import_id, now)
    job_id = job_id_of(row)
    stopped = cancel(job_id, now) if job_id else False
    if row.state == "uploaded":
        return _discarded(import_id, now)
    db.session.commit()
    if stopped:
        flash(_("Đã dừng. Chưa câu nào được nhập."), "info")
    return redirect(url_for("questions.import_progress", import_id=import_id), 303)


@blueprint.post(ADDRESS + "/huy")
@policy("bank.edit")
def import_discard(import_id: str) -> ResponseReturnValue:
    """Drop an import that waits."""
    now = clock.now()
    return _discarded(import_id, now)


def _discarded(import_id: str, now: datetime) -> ResponseReturnValue:
    row = discard_import(import_id, by=person().id, now=now)
    db.session.commit()
    flash(_("Đã hủy lần nhập tệp “%(name)s”. Chưa nhập câu nào.", name=row.file_name), "info")
    return redirect(url_for("questions.bank", bank_id=row.bank_id), 303)
