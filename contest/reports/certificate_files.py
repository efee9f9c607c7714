"""Files of many certificates: made by the worker, kept for some days under the data folder."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from flask import current_app

KEPT = timedelta(days=7)


def file_of(job_id: str, extension: str) -> Path:
    """Where the file that a job made is kept."""
    return _folder() / f"{job_id}.{extension}"


def parts_of(job_id: str) -> Path:
    """A folder for what a job has ready while it runs; who runs it again after a killed worker finds it."""
    folder = _folder() / job_id
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def forget_parts(job_id: str) -> None:
    """Delete what a job had ready: its file is whole, or nobody wants it any more."""
    shutil.rmtree(_folder() / job_id, ignore_errors=True)


def forget_files(now: datetime) -> int:
    """Delete what has been kept long enough; how many files and folders."""
    old = [path for path in _folder().glob("*") if path.stat().st_mtime <= (now - KEPT).timestamp()]
    for path in old:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(old)


def _folder() -> Path:
    return Path(current_app.extensions["contest_config"].data_dir) / "certificates"
