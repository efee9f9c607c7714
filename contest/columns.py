"""Column types and keys that every table shares."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import uuid_utils.compat as uuid_utils
from sqlalchemy import CHAR, BigInteger, Dialect, String
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
_ID = re.compile(r"[0-9a-f]{32}")


def to_ms(instant: datetime) -> int:
    """Milliseconds since 1970-01-01T00:00Z. Raises ValueError for a naive instant."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone")
    return (instant - EPOCH) // MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """The aware UTC instant."""
    return EPOCH + milliseconds * MILLISECOND


def is_id(text: str) -> bool:
    """Whether this, from an address or a form, may be an id: any other text is one of nothing."""
    return _ID.fullmatch(text) is not None


def new_id() -> str:
    """A fresh id: a UUIDv7 as 32 hexadecimal digits. It tells its creation time: never a secret."""
    return uuid_utils.uuid7().hex


def sort_text(length: int) -> String:
    """The type of a sort key: compared by code point, whatever collation a PostgreSQL database has.

    A linguistic collation ignores the signs that these keys are made of.
    """
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as whole milliseconds since 1970 in UTC.

    A number compares the same in both databases and in raw statements; SQLite has no instants.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_ms(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_ms(value)


class Id(TypeDecorator[str]):
    """An id of 32 hexadecimal digits: `uuid` in PostgreSQL, `CHAR(32)` in SQLite."""

    impl = CHAR(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(UUID(as_uuid=True))
        return dialect.type_descriptor(CHAR(32))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        if value is not None and dialect.name == "postgresql" and len(bytes.fromhex(value.replace("-", ""))) != 16:
            raise ValueError(value)
        return value

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(getattr(value, "hex", value))
