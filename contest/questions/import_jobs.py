"""The long work of an import, as `jobs.running` calls it: reading big files, writing many questions."""

from collections.abc import Mapping
from typing import Any

from contest import clock
from contest.database import set_writing
from contest.extensions import db
from contest.jobs.running import Handler, Progress
from contest.questions import imports, readings
from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.whole import Wish
from contest.questions.import_models import BankImport
from contest.questions.staging import IMPORT_JOB, fill_import
from contest.questions.uploads import files_of

READ_JOB = "bank.read"
ABOUT = "bank_import"  # what these jobs are about: an import
AT_ONCE_BYTES = 1024 * 1024  # files up to here are read while their sender waits
AT_ONCE_QUESTIONS = 2_000  # so many are written while their organiser waits


def read_files(params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Read an import's files with the wish of the job, or as their organiser did before."""
    now = clock.now()
    progress(0)
    import_id, asked = params["object_id"], params.get("wish")
    files = files_of(import_id)
    db.session.rollback()
    read: readings.Read | UnreadableFile
    wish = Wish(**asked) if asked else Wish()
    try:
        read = readings.read_with(files, wish) if asked is not None else readings.read_uploaded(files, params["by"])
    except UnreadableFile as refusal:
        read = refusal
    progress(1)
    if isinstance(read, UnreadableFile):
        fill_import(import_id, read, wish, now=now)
        return {"refusal": read.code}
    row = fill_import(import_id, read.reading, read.wish, now=now)
    row.row_keys = {str(place): key for place, key in read.row_keys.items()}
    return {"rows": len(read.reading.drafts), "sure": readings.is_sure(read.reading)}


def write_questions(params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Confirm an import. Its progress counts drafts that were compared with the bank."""
    now = clock.now()
    import_id, total = params["object_id"], int(params["rows"])

    def told(compared: int) -> None:
        set_writing(True)  # the note of progress is a transaction of its own; the comparing only reads
        try:
            progress(compared, total)
        finally:
            set_writing(False)

    return imports.confirm_import(import_id, params["way"], by=params["by"], now=now, on_error=params["on_error"],
                                  told=told)


def is_long(row: BankImport, questions: int) -> bool:
    """Whether writing so many questions is work for the worker."""
    return row.state == "staged" and questions > AT_ONCE_QUESTIONS


HANDLERS: dict[str, Handler] = {READ_JOB: read_files, IMPORT_JOB: write_questions}
