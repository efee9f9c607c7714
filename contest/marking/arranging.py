"""How a round's essays are marked is chosen; marking begins, ends, and the codes are opened."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom

from sqlalchemy import exists, insert, or_, select

from contest.audit.operations import record
from contest.columns import new_id
from contest.delivery import timing
from contest.delivery.models import UNSETTLED, Attempt, PaperItem
from contest.delivery.queries import counted_choices
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Account
from contest.identity.people import grant_role
from contest.identity.queries import login_of
from contest.marking import assigning, queries
from contest.marking.events import marking_reopened
from contest.marking.models import CODE_LENGTH, Essay, Marker, Marking
from contest.marking.rubrics import begin
from contest.rounds.admission import SIGNS
from contest.rounds.models import Round
from contest.rounds.operations import locked
from contest.scoring.essays import Terms

CHUNK = 500  # sittings at a time
LEAST_MARKERS = 2
_lot = SystemRandom()


@dataclass(frozen=True)
class Choices:
    """What an organiser chooses: see `Marking`."""

    terms: Terms
    units_apart: bool
    told: bool


def choose(round_id: str, choices: Choices, *, by: str, now: datetime) -> Marking:
    """Let the round be marked so. Raises `Missing`; 409 `marking_begun` where a mark is finished and more than `told`
    would change."""
    locked(round_id)
    marking = begin(round_id)
    new = {**vars(choices.terms), "units_apart": choices.units_apart, "told": choices.told}
    changed = {name: [getattr(marking, name), value] for name, value in new.items() if getattr(marking, name) != value}
    if changed.keys() - {"told"} and queries.begun(round_id):
        raise Refusal("marking_begun", 409)
    for name, (_before, value) in changed.items():
        setattr(marking, name, value)
    record("marking.terms", "round", round_id, by=by, now=now, changed=changed)
    db.session.flush()
    return marking


def add_markers(round_id: str, logins: Sequence[str], *, by: str, now: datetime) -> tuple[int, list[str]]:
    """Let these people mark essays of the round: (how many are new, the names nobody has).

    Whoever lacks the marker's role is given it, and signs in anew. Raises `Missing`, 409 `marking_closed`.
    """
    locked(round_id)
    if begin(round_id).closed_at is not None:
        raise Refusal("marking_closed", 409)
    wanted = dict.fromkeys(login for login in map(login_of, logins) if login)
    found = {row.login: row.id for row in db.session.execute(
        select(Account.login, Account.id).where(Account.login.in_(wanted), Account.active))}
    added = 0
    for account_id in found.values():
        row = db.session.get(Marker, (round_id, account_id))
        if row is None or not row.active:
            row = row or Marker(round_id=round_id, account_id=account_id)
            row.active = True
            db.session.add(row)
            record("marking.marker", "round", round_id, by=by, now=now, account_id=account_id)
            added += 1
        grant_role(account_id, "marker", by=by, now=now)
    db.session.flush()
    return added, [login for login in wanted if login not in found]


def drop_marker(round_id: str, account_id: str, *, by: str, now: datetime) -> tuple[int, int]:
    """A marker drops out: what they have not finished goes to others (how many), the rest waits (how many).

    Raises `Missing` where the person is no marker of the round, 409 `marking_closed`.
    """
    locked(round_id)
    marking, row = begin(round_id), db.session.get(Marker, (round_id, account_id))
    if row is None or not row.active:
        raise Missing
    if marking.closed_at is not None:
        raise Refusal("marking_closed", 409)
    row.active = False
    db.session.flush()
    given, waiting = assigning.hand_over(marking, [account_id])
    record("marking.dropped", "round", round_id, by=by, now=now, account_id=account_id, given=given, waiting=waiting)
    return given, waiting


def start(round_id: str, *, by: str, now: datetime) -> tuple[int, int]:
    """Draw codes for essays that have none and lay them before markers: (how many codes, places without a marker).

    Again once people are added, or where a sitting came back. Raises `Missing`; 409 `marking_too_early` while an
    answer may be on its way, `marking_closed`, `rubric_missing`, `few_markers`, `no_essays`.
    """
    round_ = locked(round_id)
    marking = begin(round_id)
    if marking.closed_at is not None:
        raise Refusal("marking_closed", 409)
    if not _all_in(round_, now):
        raise Refusal("marking_too_early", 409)
    new = _answered(round_)
    held = queries.rubrics(round_id)
    if any(version_id not in held for _attempt, _slot, version_id in new):
        raise Refusal("rubric_missing", 409)
    if len(assigning.able_markers(round_id)) < LEAST_MARKERS:
        raise Refusal("few_markers", 409)
    if not new and marking.started_at is None:
        raise Refusal("no_essays", 409)
    _draw_codes(round_id, new)
    marking.started_at = marking.started_at or now
    lacking = assigning.assign(marking)
    record("marking.started", "round", round_id, by=by, now=now, codes=len(new), lacking=lacking)
    db.session.flush()
    return len(new), lacking


def close(round_id: str, *, by: str, now: datetime) -> Marking:
    """End the marking: no mark changes from now on. Raises `Missing`; 409 `marking_not_started`, `marks_left`."""
    locked(round_id)
    marking = begin(round_id)
    if marking.started_at is None:
        raise Refusal("marking_not_started", 409)
    if count := queries.left(round_id):
        raise Refusal("marks_left", 409, count=count)
    if marking.closed_at is None:
        marking.closed_at = now
        record("marking.closed", "round", round_id, by=by, now=now)
        db.session.flush()
    return marking


def reopen(round_id: str, reason: str, *, by: str, now: datetime) -> Marking:
    """Let markers take their marks up again. Raises `Missing`; 409 `results_published`, `marking_not_closed`,
    `codes_opened` once somebody knows whose codes they are; 422 `marking_reason`."""
    round_ = locked(round_id)
    marking = begin(round_id)
    if round_.results_published_at is not None:
        raise Refusal("results_published", 409)
    if marking.closed_at is None:
        raise Refusal("marking_not_closed", 409)
    if marking.codes_opened_at is not None:
        raise Refusal("codes_opened", 409)
    if not reason.strip():
        raise Refusal("marking_reason", 422)
    marking.closed_at = None
    record("marking.reopened", "round", round_id, by=by, now=now, reason=reason.strip())
    db.session.flush()
    marking_reopened.send(None, round_id=round_id)
    return marking


def open_codes(round_id: str, *, by: str, now: datetime) -> Marking:
    """Put on record that somebody learns whose code is whose. Raises `Missing`, 409 `marking_not_closed`."""
    locked(round_id)
    marking = begin(round_id)
    if marking.closed_at is None:
        raise Refusal("marking_not_closed", 409)
    marking.codes_opened_at = marking.codes_opened_at or now
    record("marking.codes_opened", "round", round_id, by=by, now=now)
    db.session.flush()
    return marking


def _all_in(round_: Round, now: datetime) -> bool:
    """True once every sitting of the round is scored for good, and no start of one can be on its way."""
    going = exists().where(Attempt.round_id == round_.id, or_(Attempt.state == "open", UNSETTLED))
    return (round_.state == "published"
            and now >= round_.closes_at + timedelta(milliseconds=round_.grace_ms) + timing.SETTLE
            and db.session.scalar(select(going)) is False)


def _answered(round_: Round) -> list[tuple[str, int, str]]:
    """(sitting, slot, question) of every essay that was answered and has no code."""
    coded = exists().where(Essay.attempt_id == PaperItem.attempt_id, Essay.slot == PaperItem.slot)
    items = db.session.execute(
        select(PaperItem.attempt_id, PaperItem.slot, PaperItem.version_id)
        .join(Attempt, Attempt.id == PaperItem.attempt_id)
        .where(Attempt.round_id == round_.id, Attempt.state.in_(("submitted", "expired")), PaperItem.shape == "essay",
               ~coded).order_by(PaperItem.attempt_id, PaperItem.slot)).all()
    versions = {item.version_id for item in items}
    attempts = list(dict.fromkeys(item.attempt_id for item in items))
    found = []
    for at in range(0, len(attempts), CHUNK):
        chosen = counted_choices(attempts[at:at + CHUNK], versions)
        found += [(attempt_id, slot, version_id) for attempt_id, slot, version_id in items
                  if slot in chosen.get(attempt_id, {})]
    return found


def _draw_codes(round_id: str, essays: list[tuple[str, int, str]]) -> None:
    taken = set(db.session.scalars(select(Essay.code).where(Essay.round_id == round_id)))
    _lot.shuffle(essays)
    rows = []
    for attempt_id, slot, version_id in essays:
        code = _code()
        while code in taken:
            code = _code()
        taken.add(code)
        rows.append({"id": new_id(), "round_id": round_id, "attempt_id": attempt_id, "slot": slot,
                     "version_id": version_id, "code": code})
    if rows:
        db.session.execute(insert(Essay), rows)


def _code() -> str:
    return "".join(secrets.choice(SIGNS) for _ in range(CODE_LENGTH))
