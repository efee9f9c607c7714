"""Files between "choose" and "confirm": kept one day in the data folder, for their owner only."""

import re
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from contest.errors import Missing

KEPT = timedelta(hours=24)
_KEY = re.compile(r"[0-9a-f]{32}")


def keep(folder: Path, owner_id: str, data: bytes, now: datetime) -> str:
    """Keep a file and return its key; files older than a day go."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for old in folder.iterdir():
        if now.timestamp() - old.stat().st_mtime > KEPT.total_seconds():
            old.unlink(missing_ok=True)
    key = secrets.token_hex(16)
    path = _path(folder, owner_id, key)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(data)
    return key


def load(folder: Path, owner_id: str, key: str) -> bytes:
    """The kept file. Raises `Missing` for another's, an unknown or an outdated key."""
    try:
        return _path(folder, owner_id, key).read_bytes()
    except FileNotFoundError as error:
        raise Missing("upload_gone") from error


def forget(folder: Path, owner_id: str, key: str) -> None:
    """Delete a file that has been dealt with."""
    _path(folder, owner_id, key).unlink(missing_ok=True)


def _path(folder: Path, owner_id: str, key: str) -> Path:
    if not _KEY.fullmatch(key) or not _KEY.fullmatch(owner_id):
        raise Missing("upload_gone")
    return folder / f"{owner_id}-{key}"
