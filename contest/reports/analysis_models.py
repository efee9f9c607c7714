"""What the answers of closed rounds say: of each question, and of sittings that are more alike than chance explains.

Shares, correlations and coefficients are whole ten-thousandths.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import Id, Instant, new_id
from contest.extensions import Base

ANALYSE, COMPARE = "round.analyse", "round.compare"  # the kinds of the jobs, each about a round


class RoundAnalysis(Base):
    """What the answers of a round say of its questions together, and as of when: `scoring.reliability`."""

    __tablename__ = "round_analysis"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"), primary_key=True)
    as_of: Mapped[datetime] = mapped_column(Instant)
    runs: Mapped[int]  # the number of the last grading run applied by then, 0 for none
    sittings: Mapped[int]  # with an answer, of people who may take part
    method: Mapped[str] = mapped_column(String(10))  # kr20, alpha, nested or none
    reason: Mapped[str] = mapped_column(String(20), default="", server_default="")  # of none
    coefficient: Mapped[int | None]
    sem: Mapped[int | None]  # of the whole paper
    questions: Mapped[int]  # on a paper, mean, hundredths


class ItemFigures(Base):
    """A question of an analysed round, by the key that holds: `scoring.analysis`.

    None where it can't be told. `kind` as in `KeyCorrection`; of what counts for everybody or nobody only `asked`
    is told. `choices`: [{"option", "key", "papers", "upper", "middle", "lower", "remark"}] in the bank's order.
    """

    __tablename__ = "item_figures"
    __table_args__ = (
        CheckConstraint("kind IN ('key', 'full', 'out')", name="kind"),
        CheckConstraint("correct BETWEEN 0 AND asked", name="correct"),
        Index("ix_item_figures_version", "version_id"),
    )

    round_id: Mapped[str] = mapped_column(ForeignKey("round_analysis.round_id", ondelete="CASCADE"), primary_key=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("question_version.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(4))
    asked: Mapped[int]  # sittings that had it
    correct: Mapped[int]  # with all its points
    facility: Mapped[int | None]  # the mean share of its points
    correlation: Mapped[int | None]  # with the rest of the paper
    upper: Mapped[int | None]
    lower: Mapped[int | None]
    discrimination: Mapped[int | None]
    verdict: Mapped[str] = mapped_column(String(10))
    remarks: Mapped[list[str]] = mapped_column(JSON)  # `analysis.REMARKS`
    choices: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class Comparison(Base):
    """The search of a round for sittings more alike than chance explains: `scoring.similarity.Report`."""

    __tablename__ = "comparison"

    round_id: Mapped[str] = mapped_column(ForeignKey("round.id"), primary_key=True)
    as_of: Mapped[datetime] = mapped_column(Instant)
    runs: Mapped[int]  # as in `RoundAnalysis`
    sittings: Mapped[int]
    in_units: Mapped[int] = mapped_column(BigInteger)  # pairs there are within units, and across them
    across: Mapped[int] = mapped_column(BigInteger)
    compared: Mapped[int] = mapped_column(BigInteger)
    false_alarms: Mapped[int]  # expected at most, hundredths
    complete: Mapped[bool]
    found: Mapped[int]  # pairs; the least likely are kept


class SimilarPair(Base):
    """Two sittings with more identical wrong answers than chance explains: a person says what is to be made of it.

    Without a verdict, or cleared, it is forgotten 30 days after it was found.
    """

    __tablename__ = "similar_pair"
    __table_args__ = (
        UniqueConstraint("round_id", "first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="places"),
        CheckConstraint("verdict IN ('waiting', 'suspicious', 'cleared')", name="verdict"),
        CheckConstraint("(verdict = 'waiting') = (judged_at IS NULL)", name="judged"),
        CheckConstraint("verdict <> 'suspicious' OR note <> ''", name="note"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True, default=new_id)
    round_id: Mapped[str] = mapped_column(ForeignKey("comparison.round_id"))
    first_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"))
    second_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"))
    same_unit: Mapped[bool]
    common: Mapped[int]  # questions that both answered
    wrong: Mapped[int]  # that both had wrong
    answers: Mapped[list[list[str]]] = mapped_column(JSON)  # the identical wrong ones: [version, choice]
    rarity: Mapped[int]  # hundredths of the decimal exponent: 650 is a chance of 10^-6.5
    found_at: Mapped[datetime] = mapped_column(Instant)
    verdict: Mapped[str] = mapped_column(String(10), default="waiting", server_default="waiting")
    note: Mapped[str] = mapped_column(Text, default="", server_default="")
    judged_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
    judged_at: Mapped[datetime | None] = mapped_column(Instant)
