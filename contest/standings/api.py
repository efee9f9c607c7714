"""`/api/v1`: an attempt's result, the board, the units, one's own standing."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from contest import clock
from contest.clock import rfc3339
from contest.errors import Refusal
from contest.identity.access import allowed, person, policy
from contest.rounds.cards import cards
from contest.scoring import units as rules
from contest.standings import board as boards
from contest.standings import figures, queries
from contest.standings.explained import Explained, explain
from contest.standings.parts import Part, part_of
from contest.standings.results import AttemptResult, attempt_result

blueprint = Blueprint("standings_api", __name__, url_prefix="/api/v1")
REPORT = "report.read"


@blueprint.get("/attempts/<id:attempt_id>/result")
@policy("own.read")
def result(attempt_id: str) -> ResponseReturnValue:
    """What one's own attempt came to; 403 `not_yet` until it may be shown."""
    now = clock.now()
    found = attempt_result(attempt_id, person().id, now)
    return jsonify({
        "points": found.total.points, "max_points": found.total.max_points, "correct": found.total.correct,
        "answered": found.total.answered, "items": found.total.items, "unmarked": found.total.pending,
        "taken_ms": found.taken_ms,
        "number": found.view.number, "state": found.view.state, "finished_at": rfc3339(found.finished_at),
        "receipt": found.view.receipt, "provisional": found.provisional,
        "rank": found.rank[0] if found.rank else None, "of": found.rank[1] if found.rank else None,
        "passed": found.passed, "place": place_told(found.place),
        "outside": found.outside,
        "lacking": {"questions": found.lacking.questions, "guess": found.lacking.guess} if found.lacking else None,
        "review": _review(found),
    })


@blueprint.get("/rounds/<id:round_id>/leaderboard")
@policy("own.read")
def leaderboard(round_id: str) -> ResponseReturnValue:
    """A page of the board, or of a unit's or a bloc's part of it: rank, name, unit, points, time; nothing else."""
    now = clock.now()
    limit, audience = asked_limit(), asked_audience()
    round_ = queries.board_round(round_id, now, privileged=allowed(REPORT))
    seen = queries.shown(round_, now, privileged=allowed(REPORT))
    page = boards.board(seen.board_id, masked=round_.mask_names, audience=audience, after=request.args.get("after"),
                        limit=limit, part=asked_part(round_.contest_id))
    return jsonify({**lines_told(page), **_fresh(queries.freshness(round_, now, seen))})


def lines_told(page: boards.BoardPage) -> dict[str, Any]:
    """A page of a board, for programs."""
    return {"rows": [{"rank": row.rank, "rank_within": row.within, "name": row.name, "unit": row.unit,
                      "points": row.points, "taken_ms": row.taken_ms} for row in page.rows],
            "total": page.total, "after": page.after}


@blueprint.get("/rounds/<id:round_id>/units")
@policy("own.read")
def units(round_id: str) -> ResponseReturnValue:
    """Every participating unit. `rate` is people per head, null without a headcount, never capped."""
    now = clock.now()
    round_ = queries.board_round(round_id, now, privileged=allowed(REPORT))
    seen = queries.shown(round_, now, privileged=allowed(REPORT))
    return jsonify({
        "units": [_unit(line) for line in figures.participation(round_, seen.board_id).lines],
        **_fresh(queries.freshness(round_, now, seen)),
    })


@blueprint.get("/rounds/<id:round_id>/me")
@policy("own.read")
def me(round_id: str) -> ResponseReturnValue:
    """One's own attempts in the round, and the rank where the board is shown."""
    now = clock.now()
    round_ = queries.round_by_id(round_id, privileged=allowed(REPORT))
    attempts = queries.own_attempts(person().id, now, round_id=round_id)
    seen = queries.visible(round_, now)
    outside = any(one.outside for one in attempts)
    place = explain(seen.board_id, person().id) if seen and not outside else None
    used = cards([round_], now, person().id)[0].sittings.used
    return jsonify({
        "attempts_used": used, "attempts_allowed": round_.attempts_allowed,
        "rank": place.rank if place else None, "of": place.of if place else None, "place": place_told(place),
        "outside": outside,
        "attempts": [_attempt(one) for one in attempts], **_fresh(queries.freshness(round_, now, seen)),
    })


def place_told(found: Explained | None) -> dict[str, Any] | None:
    """A place with its reasons, for programs."""
    if found is None:
        return None
    return {"shared": found.shared, "lot": found.lot, **{
        side: None if one is None else {"rank": one.rank, "criterion": one.criterion,
                                        "mine": _figure(one.criterion, one.mine),
                                        "other": _figure(one.criterion, one.other)}
        for side, one in (("behind", found.behind), ("ahead", found.ahead))}}


def _figure(criterion: str, value: int | None) -> int | str | None:
    """A lot is larger than what a program takes for a whole number."""
    return f"{value:032x}" if criterion == "draw" and value is not None else value


def asked_limit() -> int:
    """How many lines a page is asked to have. Raises 422 `bad_limit`."""
    text = request.args.get("limit", "50")
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= 200):
        raise Refusal("bad_limit", 422)
    return int(text)


def asked_audience() -> str | None:
    """Whose ranks are asked for; None: everybody's. Raises 422 `bad_audience`."""
    audience = request.args.get("audience")
    if audience not in (None, *figures.AUDIENCES):
        raise Refusal("bad_audience", 422)
    return audience


def asked_part(contest_id: str) -> Part | None:
    """The part of the board that is asked for. Raises 404 for an unknown one, 422 `bad_part` for two at once."""
    return part_of(contest_id, unit_id=request.args.get("unit"), bloc=request.args.get("bloc"))


def _fresh(fresh: queries.Freshness) -> dict[str, Any]:
    return {"as_of": rfc3339(fresh.as_of), "provisional": fresh.provisional, "pending": fresh.pending,
            "amended_at": rfc3339(fresh.amended_at) if fresh.amended_at else None, "frozen": fresh.frozen}


def _unit(line: figures.UnitLine) -> dict[str, Any]:
    rate = rules.rate(line.tally)
    return {"id": line.id, "unit": line.name, "bloc": line.bloc, "headcount": line.tally.headcount,
            "people": line.tally.people, "attempts": line.tally.attempts, "blank": line.tally.blank,
            "invalid": line.tally.invalid,
            "rate": None if rate is None else round(float(rate), 6), "average": rules.average(line.tally)}


def _attempt(one: queries.OwnAttempt) -> dict[str, Any]:
    return {"id": one.id, "number": one.number, "state": one.state, "started_at": rfc3339(one.started_at),
            "finished_at": rfc3339(one.finished_at) if one.finished_at else None,
            "points": one.result.points if one.result else None,
            "max_points": one.result.max_points if one.result else None,
            "taken_ms": one.result.taken_ms if one.result else None, "valid": one.valid if one.result else None}


def _review(found: AttemptResult) -> list[dict[str, Any]] | None:
    if found.review is None:
        return None
    return [{"slot": item.slot, "stem": item.stem, "outcome": item.outcome, "kind": item.kind,
             "corrected": item.corrected, "explanation": item.explanation,
             "citation": item.citation, "points": item.points, "max_points": item.max_points, "markup": item.markup,
             "lines": [{"label": line.label, "given": line.given, "expected": line.expected, "right": line.right}
                       for line in item.lines],
             "options": [{"letter": o.letter, "text": o.text, "chosen": o.chosen, "right": o.right}
                         for o in item.options]} for item in found.review]
