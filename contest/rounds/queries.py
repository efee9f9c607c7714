"""Contests and rounds as pages show them. Nothing here can reach an answer key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.identity.names import fold
from contest.questions.document_models import BankCitation, Document, Section
from contest.questions.document_queries import name_of
from contest.questions.models import Bank, QuestionVersion
from contest.rounds.eligibility import Terms, state_of
from contest.rounds.headcounts import Figure
from contest.rounds.models import Contest, ContestUnit, Round, RoundBank, RoundChange, RoundQuestion, RulesVersion

RUNNING_FIRST = ("open", "upcoming", "closed", "published", "cancelled", "draft")


@dataclass(frozen=True)
class PageOwner:
    """Whose name and hotlines a page carries. `hotline`: "technical", "content", "zalo" → what is printed, or ""."""

    agency_parent: str
    agency_name: str
    seal: str
    hotline: dict[str, str]


def seal(agency_name: str) -> str:
    """Two letters for the round mark: the last two capitalised words. "Sở Nội vụ tỉnh Đồng Tháp" → "ĐT"."""
    capitals = [word[0] for word in agency_name.split() if word[0].isupper()]
    return "".join(capitals[-2:]) or "CC"


def owner_of(contest: Contest) -> PageOwner:
    """The name and hotlines of one contest's pages."""
    return PageOwner(contest.agency_parent, contest.agency_name or contest.title,
                     seal(contest.agency_name or contest.title),
                     {"technical": contest.hotline_technical, "content": contest.hotline_content,
                      "zalo": contest.hotline_zalo})


def page_owner(now: datetime) -> PageOwner | None:
    """The owner of the contest that runs now, else opens next, else closed last; None before the first one.

    Of several that run, the one that opened first: a contest published later takes no page from it.
    """
    open_now = (Round.opens_at <= now) & (Round.closes_at > now)
    to_come = Round.opens_at > now
    contest = db.session.scalar(
        select(Contest).join(Round)
        .where(Round.state == "published", Contest.archived_at.is_(None))
        .order_by(open_now.desc(), to_come.desc(), case((Round.closes_at > now, Round.opens_at)),
                  Round.closes_at.desc(), Contest.id).limit(1)
    )
    return owner_of(contest) if contest else None


def state(round_: Round, now: datetime) -> str:
    """upcoming, open, closed, published, cancelled or draft."""
    return state_of(round_.state, round_.opens_at, round_.closes_at, round_.results_published_at, now)


def terms_of(round_: Round) -> Terms:
    """What a round says about who may sit it when."""
    return Terms(round_.state, round_.opens_at, round_.closes_at, round_.audience, round_.open_units,
                 round_.open_blocs, round_.barred_roles)


def contest_state(rounds: Sequence[Round], now: datetime) -> str:
    """The state that a contest shows: that of its liveliest round; "draft" without rounds."""
    states = {state(round_, now) for round_ in rounds}
    return next((word for word in RUNNING_FIRST if word in states), "draft")


def get_contest(contest_id: str) -> Contest:
    """The contest with its rounds. Raises `Missing`."""
    return _one(Contest.id == contest_id)


def contest_by_code(code: str) -> Contest:
    """The contest with its rounds. Raises `Missing`."""
    return _one(Contest.code == code)


def _one(which: ColumnElement[bool]) -> Contest:
    contest = db.session.scalar(select(Contest).where(which).options(selectinload(Contest.rounds)))
    if contest is None:
        raise Missing
    return contest


def get_round(round_id: str) -> Round:
    """The round with its contest. Raises `Missing`."""
    row = db.session.scalar(select(Round).where(Round.id == round_id).options(joinedload(Round.contest)))
    if row is None:
        raise Missing
    return row


def asks_essays(round_: Round) -> bool:
    """True where a published round may draw a question that a person has to mark."""
    return db.session.scalar(select(exists().where(
        RoundQuestion.round_id == round_.id, RoundQuestion.version_id == QuestionVersion.id,
        QuestionVersion.type == "essay"))) is True


def registration_open(contest: Contest, now: datetime) -> bool:
    """May people register themselves now? Until the last published round has closed."""
    return contest.registration and contest.archived_at is None and any(
        row.state == "published" and now < row.closes_at for row in contest.rounds)


@dataclass(frozen=True)
class ContestLine:
    """A contest in the organisers' list."""

    contest: Contest
    state: str
    rounds: int
    units: int
    headcount: int
    opens_at: datetime | None
    closes_at: datetime | None


def contest_lines(now: datetime, *, archived: bool = False) -> list[ContestLine]:
    """The contests, newest first: running ones, or those put away."""
    which = Contest.archived_at.is_not(None) if archived else Contest.archived_at.is_(None)
    contests = db.session.scalars(
        select(Contest).where(which).options(selectinload(Contest.rounds))
        .order_by(Contest.created_at.desc(), Contest.id)
    ).all()
    figures = {contest_id: (units, int(people or 0)) for contest_id, units, people in db.session.execute(
        select(ContestUnit.contest_id, func.count(), func.coalesce(func.sum(ContestUnit.headcount), 0))
        .join(Contest).where(which).group_by(ContestUnit.contest_id)
    )}
    return [
        ContestLine(contest, contest_state(contest.rounds, now), len(contest.rounds),
                    *figures.get(contest.id, (0, 0)),
                    min((r.opens_at for r in contest.rounds), default=None),
                    max((r.closes_at for r in contest.rounds), default=None))
        for contest in contests
    ]


def contest_counts() -> tuple[int, int]:
    """(running contests, archived contests)."""
    rows = {bool(gone): count for gone, count in db.session.execute(
        select(Contest.archived_at.is_not(None), func.count()).group_by(Contest.archived_at.is_not(None)))}
    return rows.get(False, 0), rows.get(True, 0)


def banks() -> list[Bank]:
    """Every bank, by title."""
    return list(db.session.scalars(select(Bank).order_by(Bank.title, Bank.id)))


def has_been_published(contest_id: str) -> bool:
    """True once a round of the contest was published: its units and headcounts then stand still."""
    return db.session.scalar(
        select(Round.id).where(Round.contest_id == contest_id, Round.rules_version > 0).limit(1)) is not None


def contest_units(contest_id: str) -> list[ContestUnit]:
    """The participating units as recorded, bloc by bloc in Vietnamese order."""
    return list(db.session.scalars(
        select(ContestUnit).where(ContestUnit.contest_id == contest_id)
        .order_by(ContestUnit.bloc, ContestUnit.sort_key, ContestUnit.id)))


def expected(round_: Round) -> int:
    """How many people may come: the headcount of the participating units that may sit the round, else every account."""
    units = select(func.sum(ContestUnit.headcount)).where(ContestUnit.contest_id == round_.contest_id)
    if round_.open_units or round_.open_blocs:
        below = [Unit.path.contains(f"{unit_id}/") for unit_id in round_.open_units or ()]
        units = units.join(Unit, Unit.id == ContestUnit.unit_id).where(
            or_(ContestUnit.bloc.in_(round_.open_blocs or ()), *below))
    return db.session.scalar(units) or db.session.scalar(
        select(func.count()).select_from(Account).where(Account.active)) or 0


def unit_tree() -> list[Unit]:
    """Every unit with its parent, in Vietnamese order."""
    return list(db.session.scalars(
        select(Unit).options(joinedload(Unit.parent)).order_by(Unit.sort_key, Unit.id)))


def units_named(unit_ids: Collection[str]) -> list[Unit]:
    """These units with the one above each, in Vietnamese order; unknown ids are passed over."""
    if not unit_ids:
        return []
    return list(db.session.scalars(select(Unit).where(Unit.id.in_(unit_ids)).options(joinedload(Unit.parent))
                                   .order_by(Unit.sort_key, Unit.id)))


def units_found(text: str, limit: int = 40) -> list[Unit]:
    """The first units whose name holds every word of `text`, accents and case aside; none for no text."""
    words = fold(text).split()
    if not words:
        return []
    named = [Unit.search_text.contains(word, autoescape=True) for word in words]
    return list(db.session.scalars(select(Unit).where(*named).options(joinedload(Unit.parent))
                                   .order_by(Unit.sort_key, Unit.id).limit(limit)))


def contest_blocs(contest_id: str) -> list[str]:
    """The blocs of the participating units, in order."""
    return sorted(filter(None, db.session.scalars(
        select(ContestUnit.bloc).where(ContestUnit.contest_id == contest_id).distinct())))


def figures(units: Sequence[Unit]) -> list[Figure]:
    """What the roll-up of headcounts needs of the units."""
    return [Figure(unit.id, unit.path, unit.headcount, unit.headcount_on) for unit in units]


def unit_path(unit_id: str | None) -> str | None:
    """The path of a unit."""
    return db.session.scalar(select(Unit.path).where(Unit.id == unit_id)) if unit_id else None


def unit_of(contest_id: str, unit_path: str) -> ContestUnit | None:
    """The participating unit that people of the unit at `unit_path` count for: the nearest upwards."""
    chain = [key for key in unit_path.split("/") if key]
    found = {row.unit_id: row for row in db.session.scalars(
        select(ContestUnit).where(ContestUnit.contest_id == contest_id, ContestUnit.unit_id.in_(chain)))}
    return next((found[key] for key in reversed(chain) if key in found), None)


@dataclass(frozen=True)
class Change:
    """An extension, change of the rules or cancellation, with who wrote it down (None: the command line)."""

    row: RoundChange
    author: str | None


def changes(round_ids: Sequence[str]) -> dict[str, list[Change]]:
    """Round → its extensions, changes of the rules and cancellation, newest first."""
    found: dict[str, list[Change]] = {key: [] for key in round_ids}
    for row, author in db.session.execute(
        select(RoundChange, Account.name).outerjoin(Account, Account.id == RoundChange.account_id)
        .where(RoundChange.round_id.in_(round_ids)).order_by(RoundChange.at.desc(), RoundChange.id.desc())
    ):
        found[row.round_id].append(Change(row, author))
    return found


def rules_version(round_: Round, number: int | None = None) -> RulesVersion | None:
    """The rules as published, those of today or an earlier version of them; None for a draft."""
    number = number or round_.rules_version
    return db.session.get(RulesVersion, (round_.id, number)) if round_.rules_version else None


def study_documents(round_ids: Sequence[str]) -> dict[str, list[str]]:
    """Document → the locators of its sections, of the banks that these rounds draw from."""
    found: dict[str, list[str]] = {}
    for document, locator in db.session.execute(
        select(Document, Section.locator).join(Section, Section.document_id == Document.id)
        .where(Section.id.in_(select(BankCitation.section_id).where(
            BankCitation.listed,
            BankCitation.bank_id.in_(select(RoundBank.bank_id).where(RoundBank.round_id.in_(round_ids))))))
        .order_by(Document.title, Document.id, Section.position)
    ):
        found.setdefault(name_of(document), []).append(locator)
    return found
