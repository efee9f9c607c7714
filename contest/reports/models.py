from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from contest.columns import Id, Instant, new_id
from contest.extensions import Base
from contest.rounds.models import Round

MOST_VARIANTS = 24


class PrintedSet(Base):
    """Papers to be printed for a hall: so many variants of a round's blueprint, with their codes.

    `papers` holds the version ids of each variant in the order drawn; versions never change, and the
    order of options follows from the seed: the same files come out whenever they are asked for.
    """

    __tablename__ = "printed_set"
    __table_args__ = (
        CheckConstraint(f"variants BETWEEN 1 AND {MOST_VARIANTS}", name="variants"),
        CheckConstraint("first_code BETWEEN 1 AND 9900", name="first_code"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    seed: Mapped[str] = mapped_column(String(32))
    variants: Mapped[int]
    first_code: Mapped[int]  # mã đề of the first variant; the others follow
    same_questions: Mapped[bool]  # in every variant; else each draws its own
    motto: Mapped[bool]  # Quốc hiệu and Tiêu ngữ at the head
    papers: Mapped[list[list[str]]] = mapped_column(JSON)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    round: Mapped[Round] = relationship()
