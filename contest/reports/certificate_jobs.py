"""All certificates of a list, as `jobs.running` calls it: one PDF, or one for each unit in an archive."""

import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from contest import clock
from contest.awards import certified
from contest.clock import LOCAL
from contest.database import reading
from contest.errors import Refusal
from contest.extensions import db
from contest.jobs.running import Cancelled, Handler, Progress
from contest.reports import certificate_files as files
from contest.reports import certificate_words as words
from contest.reports.certificates import Face, Sheet, kept

JOB = "awards.certificates"
ABOUT = "award_list"  # what these jobs are about
ONE, BY_UNIT = "pdf", "zip"  # shapes, by the extensions of their files
Groups = dict[str, list[Sheet]]


def make_certificates(params: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Make the file; what is ready stays until it is whole, so that a killed worker's job is gone on with.

    No transaction is open meanwhile. Raises 409 `list_not_frozen`, `no_certificates`.
    """
    now = clock.now()
    job_id, shape = params["job_id"], params["shape"]
    with reading():
        face, groups = _planned(params["object_id"])
        db.session.rollback()
    total = sum(len(sheets) for sheets in groups.values())
    if not total:
        raise Refusal("no_certificates", 409)
    progress(0, total)
    target = files.file_of(job_id, shape)
    parts = files.parts_of(job_id)
    try:
        draft = parts / "whole"
        if shape == BY_UNIT:
            _archive(draft, parts, face, groups, lambda done: progress(done, total), now)
        else:
            _one_file(draft, parts, face, groups, lambda done: progress(done, total))
        draft.replace(target)
    except Cancelled:
        files.forget_parts(job_id)
        raise
    files.forget_parts(job_id)
    return {"count": total, "bytes": target.stat().st_size}


def _planned(list_id: str) -> tuple[Face, Groups]:
    award_list, contest, round_ = certified.listed(list_id)
    if award_list.state != "frozen":
        raise Refusal("list_not_frozen", 409)
    design = words.design_of(award_list, contest, round_)
    return words.face(design, award_list), {
        unit: [words.sheet(design, one) for one in awards]
        for unit, awards in words.of_units(certified.awards_of(list_id)).items()}


def _one_file(draft: Path, parts: Path, face: Face, groups: Groups, told: Callable[[int], None]) -> None:
    """Unit by unit, so that whoever hands them round need not sort them."""
    sheets: Sequence[Sheet] = [one for some in groups.values() for one in some]
    draft.write_bytes(kept(parts, face, sheets, words.verify_address(), told))


def _archive(draft: Path, parts: Path, face: Face, groups: Groups, told: Callable[[int], None],
             now: datetime) -> None:
    """A file for each unit, dated by the clock on its reader's wall: a zip names no zone."""
    done, dated = 0, now.astimezone(LOCAL).timetuple()[:6]

    def told_here(ready: int) -> None:
        told(done + ready)

    with zipfile.ZipFile(draft, "w") as archive:  # PDF files are compressed by themselves
        for number, (unit, sheets) in enumerate(groups.items(), 1):
            archive.writestr(zipfile.ZipInfo(words.unit_file(number, unit), dated),
                             kept(parts, face, sheets, words.verify_address(), told_here))
            done += len(sheets)


HANDLERS: dict[str, Handler] = {JOB: make_certificates}
