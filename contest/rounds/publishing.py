"""A round goes public: its rules and pool freeze; from then on what changes is on record, with its reason."""

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from contest.audit.operations import record
from contest.columns import to_ms
from contest.errors import Refusal
from contest.extensions import db
from contest.questions.paper import RULE, PoolItem
from contest.questions.usage import mark_used
from contest.rounds import pools, queries
from contest.rounds.adding_up import mixes
from contest.rounds.blueprint import Group, lacking, place_in, total
from contest.rounds.events import round_cancelled
from contest.rounds.models import Contest, Round, RoundChange, RoundQuestion, RulesVersion
from contest.rounds.operations import RULE_FIELDS, draft, locked
from contest.rounds.participation import refresh_units
from contest.rounds.problems import Problem


def problems(round_: Round, groups: list[Group], now: datetime) -> list[Problem]:
    """Everything that keeps this draft from being published, in the order of the form.

    `groups`: the usable questions of the round's banks.
    """
    contest = round_.contest
    checks = [
        ("contest_archived", contest.archived_at is not None),
        ("no_hotline", not (contest.hotline_technical.strip() or contest.hotline_content.strip()
                            or contest.hotline_zalo.strip())),
        ("window_over", round_.closes_at <= now),
        ("duration_exceeds_window", round_.duration_ms > to_ms(round_.closes_at) - to_ms(round_.opens_at)),
        ("no_bank", not round_.banks),
        ("no_blueprint", not round_.blueprint),
        ("no_rules", not round_.rules.strip()),
        ("freeze_outside", not freeze_within(round_.board_freezes_at, round_)),
        ("seed_used", _seed_used(round_)),
        ("nothing_to_guess", round_.prediction == "none" and "distance" in round_.scoring.get("chain", ())),
        ("mixed_predictions", mixes(round_)),
        ("number_unasked", round_.prediction == "number" and not round_.prediction_text.strip()),
    ]
    found = [Problem(code) for code, wrong in checks if wrong]
    if round_.banks:
        found += [Problem("shortage", {**vars(place), "needed": short.needed, "available": short.available})
                  for place, short in lacking(groups, round_.blueprint)]
    return found


def freeze_within(at: datetime | None, round_: Round) -> bool:
    """True where the board would freeze while the round is open, or not at all."""
    return at is None or round_.opens_at <= at <= round_.closes_at


def _seed_used(round_: Round) -> bool:
    """True where another round of the contest draws lots from the same text: the same people would win again."""
    def seed(row: Round) -> str:
        return str(row.scoring.get("seed", "")) if "draw" in row.scoring.get("chain", ()) else ""
    return bool(seed(round_)) and seed(round_) in {
        seed(other) for other in round_.contest.rounds if other.id != round_.id and other.state == "published"}


def publish_round(round_id: str, *, by: str | None, now: datetime) -> Round:
    """Freeze the rules and the pool and show the round to its participants.

    Raises `Missing`; 409 `rules_frozen` where it is no draft; 422 `round_not_ready` with
    `problems`, all of them at once.
    """
    row = draft(round_id)
    # As it is now, and until this round is published: nobody takes up other rules for its board meanwhile.
    db.session.scalar(select(Contest).where(Contest.id == row.contest_id).with_for_update(key_share=True),
                      execution_options={"populate_existing": True})
    pool = pools.pool_of(row)
    found = problems(row, pools.counted(pool), now)
    if found:
        raise Refusal("round_not_ready", 422, count=len(found), problems=[problem.code for problem in found])
    refresh_units(row.contest_id)
    row.state, row.rules_version = "published", 1
    content = snapshot(row, pool)
    digest = sha256(content)
    db.session.add(RulesVersion(round_id=row.id, number=1, content=content, sha256=digest,
                                published_at=now, published_by=by))
    db.session.flush()
    db.session.execute(insert(RoundQuestion), [
        {"round_id": row.id, "version_id": item.version_id, "bank_id": item.bank_id, "topic": item.topic,
         "level": item.level, "documents": sorted(item.documents), "exclusion_group": pools.group_name(item.group),
         "used": item.used} for item in pool])
    mark_used([item.version_id for item in pool], now)
    record("round.publish", "round", row.id, by=by, now=now, rules_version=1, sha256=digest, pool=len(pool))
    return row


def snapshot(row: Round, pool: list[PoolItem]) -> dict[str, Any]:
    """The rules as plain JSON values: what each attempt is held under. Instants in ms since 1970 UTC."""
    values = {name: getattr(row, name) for name in RULE_FIELDS}
    values |= instants(row)
    titles = {bank.id: bank for bank in queries.banks()}
    return {
        **values,
        "contest": {name: getattr(row.contest, name) for name in
                    ("id", "code", "title", "agency_parent", "agency_name", "target_percent")},
        "banks": sorted(({"id": b.bank_id, "code": titles[b.bank_id].code, "title": titles[b.bank_id].title}
                         for b in row.banks), key=lambda bank: bank["code"]),
        "blueprint": [{**vars(place_in(cell)), "count": cell["count"]} for cell in row.blueprint],
        "draw": RULE,
        "questions": total(row.blueprint),
        "pool": sorted(item.version_id for item in pool),
    }


def instants(row: Round) -> dict[str, int | None]:
    """The instants among the rules, in ms since 1970 UTC."""
    return {"opens_at": to_ms(row.opens_at), "closes_at": to_ms(row.closes_at),
            "board_freezes_at": to_ms(row.board_freezes_at) if row.board_freezes_at else None}


def sha256(content: dict[str, Any]) -> str:
    """The digest of canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def extend_round(round_id: str, closes_at: datetime, reason: str, *, by: str | None, now: datetime) -> RoundChange:
    """Let the round close later, on record. Open attempts keep their own time limit.

    Raises `Missing`; 409 `not_extendable` unless it is open or upcoming; 422 `reason_required`;
    422 `closes_too_early` unless the new instant is later than the old one and than `now`.
    """
    row = locked(round_id)
    if queries.state(row, now) not in ("open", "upcoming"):
        raise Refusal("not_extendable", 409)
    reason = said(reason)
    if closes_at <= row.closes_at or closes_at <= now:
        raise Refusal("closes_too_early", 422, closes_at=row.closes_at)
    before, row.closes_at = row.closes_at, closes_at
    return changed(row, "extended", reason, before, by, now)


def cancel_round(round_id: str, reason: str, *, by: str | None, now: datetime) -> RoundChange:
    """Call the round off, on record; nobody can sit it or save to it any more.

    Raises `Missing`; 409 `not_cancellable` for a draft, a cancelled round or published results;
    422 `reason_required`.
    """
    row = locked(round_id)
    if queries.state(row, now) not in ("open", "upcoming", "closed") or row.results_published_at is not None:
        raise Refusal("not_cancellable", 409)
    reason = said(reason)
    row.state = "cancelled"
    round_cancelled.send(round_id=row.id)
    return changed(row, "cancelled", reason, row.closes_at, by, now)


def publish_results(round_id: str, *, by: str | None, now: datetime) -> Round:
    """Make the results official, as they are: standings settles them before.

    Raises `Missing`; 409 `not_closed` unless the round has just closed.
    """
    row = locked(round_id)
    if queries.state(row, now) != "closed" or row.results_published_at is not None:
        raise Refusal("not_closed", 409)
    row.results_published_at = now
    record("round.publish_results", "round", row.id, by=by, now=now)
    db.session.flush()
    return row


def said(reason: str) -> str:
    """The reason without outer spaces. Raises 422 `reason_required`."""
    if not reason.strip():
        raise Refusal("reason_required", 422)
    return reason.strip()


def changed(row: Round, kind: str, reason: str, before: datetime, by: str | None, now: datetime, *,
            rules_version: int | None = None) -> RoundChange:
    """Put a change of a published round on record, for everybody to read and in the trail."""
    change = RoundChange(round_id=row.id, kind=kind, reason=reason, closes_before=before,
                         closes_after=row.closes_at, at=now, account_id=by, rules_version=rules_version)
    db.session.add(change)
    record(f"round.{kind}", "round", row.id, by=by, now=now, reason=reason,
           closes_at=[to_ms(before), to_ms(row.closes_at)],
           **({"rules_version": rules_version} if rules_version else {}))
    db.session.flush()
    return change
