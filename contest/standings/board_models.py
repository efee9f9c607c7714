"""Boards: what people came to in a round or a contest, and the counters that are kept beside it."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import Id, Instant, sort_text
from contest.extensions import Base

KEY = 120  # signs of a rank key at most: `ranking.packed`


class Board(Base):
    """One board: of a round (its id is the round's) or of a whole contest (the contest's).

    `actual` is the true value that predictions are compared with, fixed once everything of the round is
    scored for good: in whole people, or hundred-thousandths of a per cent. `settled_at`: every key has its
    distance from it. Changed only by who holds the round's row (the contest's, for a board of a contest).
    """

    __tablename__ = "board"
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    contest_id: Mapped[str] = mapped_column(ForeignKey("contest.id"), index=True)
    round_id: Mapped[str | None] = mapped_column(ForeignKey("round.id"), unique=True)
    policy: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)  # its rules: `scoring.policy`
    actual: Mapped[int | None] = mapped_column(BigInteger)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    kept_at: Mapped[datetime | None] = mapped_column(Instant)  # when it last changed
    # How often it may have changed (a contest's: has): instants of long work say nothing of their order.
    revision: Mapped[int] = mapped_column(default=0, server_default="0")


class Standing(Base):
    """What one person came to on one board. Kept by the scorer, read by every board and rank.

    A person who has only blank sittings or such as are not valid, or may not take part, has a row that is not `ranked`.
    """

    __tablename__ = "standing"
    __table_args__ = (
        Index("ix_standing_board", "board_id", "audience", "rank_key", "entry_id",
              sqlite_where=text("ranked"), postgresql_where=text("ranked")),
        Index("ix_standing_all", "board_id", "rank_key", "entry_id",
              sqlite_where=text("ranked"), postgresql_where=text("ranked")),
        Index("ix_standing_unit", "board_id", "unit_id", "rank_key", "entry_id", "audience",
              sqlite_where=text("ranked"), postgresql_where=text("ranked")),
        CheckConstraint("attempts >= 0 AND blank >= 0", name="attempts"),
        Index("ix_standing_entry", "entry_id"),
        Index("ix_standing_outside", "board_id", "entry_id", sqlite_where=text("outside"),
              postgresql_where=text("outside")),
        CheckConstraint("NOT ranked OR (attempts > 0 AND rank_key <> '' AND NOT outside)", name="ranked"),
    )

    board_id: Mapped[str] = mapped_column(ForeignKey("board.id"), primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("entry.id"), primary_key=True)
    # As the entry has them; once results are published neither moves any more.
    audience: Mapped[str] = mapped_column(String(10))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("contest_unit.id"))  # that the entry counts for
    ranked: Mapped[bool] = mapped_column(default=False, server_default=false())
    outside: Mapped[bool] = mapped_column(default=False, server_default=false())  # on the list of the barred
    attempts: Mapped[int]  # finished, with an answer
    blank: Mapped[int]  # finished, without
    attempt_id: Mapped[str | None] = mapped_column(ForeignKey("attempt.id"))  # that counts; None for a mean or several
    points: Mapped[int] = mapped_column(BigInteger)  # hundredths
    max_points: Mapped[int] = mapped_column(BigInteger)  # hundredths
    correct: Mapped[int]
    items: Mapped[int]
    passed: Mapped[bool] = mapped_column(default=False, server_default=false())  # the pass mark
    taken_ms: Mapped[int] = mapped_column(BigInteger)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    entered_at: Mapped[datetime] = mapped_column(Instant)
    distance: Mapped[int | None] = mapped_column(BigInteger)  # of the prediction from `Board.actual`
    earlier: Mapped[int | None]  # points in the round before, hundredths
    rank_key: Mapped[str] = mapped_column(sort_text(KEY), default="", server_default="")
    # Of its valid sittings with an answer, [[right answers, questions, how many], …] in order: for quality by sittings.
    papers: Mapped[list[list[int]]] = mapped_column(JSON, default=list, server_default="[]")


class RankStep(Base):
    """How many ranked people of a board have a key that begins so: a rank is a sum of some hundred of these."""

    __tablename__ = "rank_step"
    __table_args__ = (CheckConstraint("people >= 0", name="people"),)

    board_id: Mapped[str] = mapped_column(ForeignKey("board.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(String(10), primary_key=True)
    step: Mapped[str] = mapped_column(sort_text(KEY), primary_key=True)
    people: Mapped[int]


class UnitTally(Base):
    """What the people of one unit came to on one board, by audience: sums over its standings.

    `unit_key` is the participating unit's id, or the board's own for people who count for none.
    """

    __tablename__ = "unit_tally"
    __table_args__ = (
        CheckConstraint("people >= 0 AND attempts >= 0 AND blank >= 0 AND perfect >= 0 AND passed >= 0 "
                        "AND invalid >= 0", name="counts"),
    )

    board_id: Mapped[str] = mapped_column(ForeignKey("board.id"), primary_key=True)
    unit_key: Mapped[str] = mapped_column(Id, primary_key=True)
    audience: Mapped[str] = mapped_column(String(10), primary_key=True)
    people: Mapped[int] = mapped_column(default=0)  # took part: gave an answer
    invalid: Mapped[int] = mapped_column(default=0, server_default="0")  # of them, without a valid paper: not ranked
    attempts: Mapped[int] = mapped_column(default=0)  # of people who may take part
    blank: Mapped[int] = mapped_column(default=0)
    points: Mapped[int] = mapped_column(BigInteger, default=0)  # of the ranked, hundredths
    max_points: Mapped[int] = mapped_column(BigInteger, default=0)  # of the ranked, hundredths
    perfect: Mapped[int] = mapped_column(default=0)  # ranked, with everything right
    passed: Mapped[int] = mapped_column(default=0)  # ranked, at the pass mark or above


class ScoreTally(Base):
    """How many came to so many right answers of so many questions on one board, by audience: people, and sittings."""

    __tablename__ = "score_tally"
    __table_args__ = (CheckConstraint("people >= 0 AND attempts >= 0", name="counts"),)

    board_id: Mapped[str] = mapped_column(ForeignKey("board.id"), primary_key=True)
    audience: Mapped[str] = mapped_column(String(10), primary_key=True)
    correct: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    items: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    people: Mapped[int] = mapped_column(default=0)  # ranked, by what counts of theirs
    attempts: Mapped[int] = mapped_column(default=0)  # valid, with an answer, of people who may take part


COUNTERS = (RankStep, UnitTally, ScoreTally)


class Freeze(Base):
    """What a round's board showed when it was to stand still: a board of its own, whole once `done_at` is set."""

    __tablename__ = "freeze"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"), primary_key=True)
    board_id: Mapped[str] = mapped_column(ForeignKey("board.id"), unique=True)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
