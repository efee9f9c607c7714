from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import Instant
from contest.extensions import Base


class StoredMedia(Base):
    """A picture of questions, known by its bytes; never changed. Texts name it: `formats.markup`."""

    __tablename__ = "media"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of `data`, hexadecimal
    mime: Mapped[str] = mapped_column(String(40))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]  # bytes
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(Instant)
