"""A published round's rules change: a new version, on record, with its reason. The pool never does."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from contest.columns import to_ms
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds import cards, queries
from contest.rounds.models import Round, RoundChange, RulesVersion
from contest.rounds.operations import RULE_FIELDS, locked
from contest.rounds.publishing import changed, freeze_within, instants, said, sha256
from contest.scoring import policy

# Everything else decided which papers were drawn, or what they were drawn for.
AMENDABLE = ("title", "rules", "duration_ms", "attempts_allowed", "quota_scope", "audience", "open_units", "open_blocs",
             "barred_roles", "result_shown", "board_shown", "mask_names", "opinion", "scoring", "board_freezes_at",
             "appeal_days", "answer_days")


def amend_rules(round_id: str, values: dict[str, Any], reason: str, *, version: int, by: str | None,
                now: datetime) -> RoundChange:
    """Let `values`, of every name in `AMENDABLE`, hold from now on; attempts that run keep their time.

    `version`: of the rules that the values were made from. Raises `Missing`; 409 `rules_closed` for a
    draft, a cancelled round or published results, `rules_changed_meanwhile`, `quota_scope_kept` once
    somebody has started, `scoring_kept` once the round has opened, `freeze_kept` where the board has
    frozen or would at once; 422 `reason_required`, `nothing_changed`, `duration_exceeds_window`,
    `practice_quota`, `freeze_outside`; `BadPolicy`.
    """
    row = locked(round_id)
    if queries.state(row, now) not in ("open", "upcoming", "closed") or row.results_published_at is not None:
        raise Refusal("rules_closed", 409)
    if row.rules_version != version:
        raise Refusal("rules_changed_meanwhile", 409)
    reason = said(reason)
    new = {name: list(value) if isinstance(value := values[name], tuple) else value for name in AMENDABLE}
    new["scoring"] = policy.written(policy.read(values["scoring"], predicted=row.prediction != "none"))
    differing = [name for name in AMENDABLE if getattr(row, name) != new[name]]
    _check(row, new, differing, now)
    for name in differing:
        setattr(row, name, new[name])
    row.rules_version += 1
    _write_version(row, by, now)
    return changed(row, "rules", reason, row.closes_at, by, now, rules_version=row.rules_version)


def _check(row: Round, new: dict[str, Any], differing: list[str], now: datetime) -> None:
    if not differing:
        raise Refusal("nothing_changed", 422)
    if new["duration_ms"] > to_ms(row.closes_at) - to_ms(row.opens_at):
        raise Refusal("duration_exceeds_window", 422)
    if row.kind == "practice" and new["quota_scope"] != "round":
        raise Refusal("practice_quota", 422)
    # Who sat was told how it counts: from then on a grading run changes it, seen by two and on record.
    if "scoring" in differing and now >= row.opens_at:
        raise Refusal("scoring_kept", 409)
    if "board_freezes_at" in differing:
        if any(at is not None and at <= now for at in (row.board_freezes_at, new["board_freezes_at"])):
            raise Refusal("freeze_kept", 409)
        if not freeze_within(new["board_freezes_at"], row):
            raise Refusal("freeze_outside", 422)
    # Attempts are numbered within their scope from the start: those of before would count no more.
    if "quota_scope" in differing and _sat(row.id):
        raise Refusal("quota_scope_kept", 409)


def _sat(round_id: str) -> bool:
    """Whether somebody has started; whoever is just starting is waited for, as `locked` would not."""
    db.session.execute(select(Round.id).where(Round.id == round_id).with_for_update())
    return cards.sat(round_id)


def _write_version(row: Round, by: str | None, now: datetime) -> None:
    """The version before with the rules of today; its pool, blueprint and way of drawing stand."""
    before = db.session.get_one(RulesVersion, (row.id, row.rules_version - 1))
    rules = {name: getattr(row, name) for name in RULE_FIELDS}
    rules |= instants(row)
    content = before.content | rules
    db.session.add(RulesVersion(round_id=row.id, number=row.rules_version, content=content, sha256=sha256(content),
                                published_at=now, published_by=by))
    db.session.flush()
