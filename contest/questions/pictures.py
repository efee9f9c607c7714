"""Pictures in the database: kept once, whoever shows them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import islice

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from contest.extensions import db
from contest.questions.formats.drafts import Draft, Media
from contest.questions.formats.images import MAX_SIDE, MIME
from contest.questions.formats.markup import pictures_in
from contest.questions.media import StoredMedia

_AT_ONCE = 500
_COLUMNS = (StoredMedia.name, StoredMedia.mime, StoredMedia.width, StoredMedia.height, StoredMedia.data)


def store(media: Iterable[Media], now: datetime) -> int:
    """Keep the pictures that are not kept yet; return how many those are.

    Raises ValueError for anything but what `images.take` makes: the child process that made it
    has read a stranger's file.
    """
    new = {one.name: one for one in media}
    for one in new.values():
        _check(one)
    for names in _chunks(new):
        for name in db.session.scalars(select(StoredMedia.name).where(StoredMedia.name.in_(names))):
            del new[name]
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    for one in new.values():  # row by row: a statement with all their bytes could be of any size
        db.session.execute(insert(StoredMedia).values(
            name=one.name, mime=one.mime, width=one.width, height=one.height, size=len(one.data), data=one.data,
            created_at=now).on_conflict_do_nothing())
    return len(new)


def _check(media: Media) -> None:
    whole = (media.name == sha256(media.data).hexdigest() and media.mime == MIME
             and media.data[:4] == b"RIFF" and media.data[8:12] == b"WEBP")
    if not whole or not (0 < media.width <= MAX_SIDE and 0 < media.height <= MAX_SIDE):
        raise ValueError(f"no picture of ours: {media.name}")


def picture(name: str) -> Media | None:
    """The picture of this name."""
    row = db.session.execute(select(*_COLUMNS).where(StoredMedia.name == name)).one_or_none()
    return None if row is None else Media(*row)


def pictures(names: Iterable[str]) -> tuple[Media, ...]:
    """The pictures of these names, in their order; those that are not kept are left out."""
    wanted = list(dict.fromkeys(names))
    found = {}
    for chunk in _chunks(wanted):
        for row in db.session.execute(select(*_COLUMNS).where(StoredMedia.name.in_(chunk))):
            found[row.name] = Media(*row)
    return tuple(found[name] for name in wanted if name in found)


def pictures_of(drafts: Sequence[Draft]) -> tuple[Media, ...]:
    """The pictures that drafts with markup show, in their order."""
    return pictures(name for draft in drafts if draft.markup for text in _texts(draft) for name in pictures_in(text))


def _texts(draft: Draft) -> Iterator[str]:
    yield draft.stem
    yield from draft.options
    yield from draft.parts
    for gap in draft.gaps:
        yield from (answer.text for answer in gap.answers)
    yield draft.explanation or ""


def _chunks(names: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(list(names))
    while chunk := list(islice(waiting, _AT_ONCE)):
        yield chunk
