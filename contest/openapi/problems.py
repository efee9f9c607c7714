"""What the API says no with: each code, when it comes, and what it carries beside the code."""

from collections.abc import Mapping, Sequence

from contest.openapi.parts import Schema, instant, integer, obj, one_of, ref, rows, text

PROBLEM = obj(
    "An RFC 9457 problem. Programs go by `code`, which never changes its meaning; some codes carry further members.",
    type=text("Always `about:blank`.", const="about:blank"),
    title=text("What happened and what to do, for a person: Vietnamese, or the language of the `language` cookie."),
    status=integer("The HTTP status.", 400),
    code=text("The stable code."),
)

MEANINGS: Mapping[str, str] = {
    "attempt_void": "the attempt was annulled, or its round called off",
    "bad_audience": "`audience` is neither `official` nor `citizen`",
    "bad_cursor": "`after` is not the `after` of a page before",
    "bad_limit": "`limit` is not a whole number from 1 to 200",
    "bad_part": "`unit` and `bloc` are asked for together",
    "bad_prediction": "`prediction` is no number of the kind that the round asks for",
    "barred": "who organises the contest may not sit it",
    "bad_request": "the request cannot be read",
    "body_too_large": "the body is larger than `kilobytes`",
    "busy": "too many requests at once; the same request may be sent again, after `Retry-After` where it is given",
    "citizens_only": "the round is for citizens",
    "closed": "the attempt ended at `at`; what was saved before counts",
    "consent_required": "a new attempt needs `consent: true`",
    "contest_password_required": "the contest asks for its `password` once",
    "csrf": "the CSRF token is missing or not this session's, or the request comes from another site",
    "failure": "an error of ours; nothing of the request was kept",
    "malformed": "the body is not as described; `field` names the place",
    "no_attempts_left": "`used` of the `allowed` attempts are used up",
    "no_attempts_left_contest": "`used` of the `allowed` attempts of the whole contest are used up",
    "no_attempts_left_week": "`used` of the `allowed` attempts of this week are used up",
    "not_found": "no such object, or not one that this person may know of",
    "not_yet": "it may not be shown yet",
    "board_freezing": "the board stands still from now on and is being copied; ask again in a minute",
    "nothing_saved": "answers were refused and none was saved; `refused` says why for each",
    "officials_only": "the round is for officials",
    "other_units_only": "the round is for other units",
    "other_device": "another session saves this attempt; see take-over",
    "password_change_required": "a one-time password must first be replaced, on the web page",
    "clock_set_back": "the server's clock is behind what it was; nobody begins until it is right again",
    "queued": "too many start at once; after `wait_s` seconds the same request with this answer's cookies is let in",
    "round_cancelled": "the round was called off",
    "round_closed": "the round closed at `at`",
    "round_not_open": "the round opens at `at`",
    "sign_in_required": "no live session",
    "too_large": "the body is larger than the server reads",
    "too_many_tries": "wrong passwords or codes too often; wait `minutes`",
    "wrong_contest_password": "this is not the contest's password",
    "name_required": "the code is nobody's yet: `name` says whose it becomes",
    "wrong_code": "unknown, revoked, or its contest is over",
    "wrong_credentials": "unknown login or wrong password",
}

_SAVING = {
    "saved": rows(ref("AnswerId"), "Always empty here."),
    "stale": rows(ref("AnswerId"), "Answers kept, with a newer one that counts in their place."),
    "refused": rows(ref("RefusedAnswer"), "Answers not saved."),
}
CARRIES: Mapping[str, Mapping[str, Schema]] = {
    "clock_set_back": {"wait_s": integer("Whole seconds to wait, as `Retry-After` says.", 1)},
    "body_too_large": {"kilobytes": integer("The largest body, in kB of 1000 bytes.", 1)},
    "closed": {
        "at": instant("When the attempt ended."),
        "receipt": text("The receipt of the attempt."),
        "state": one_of(("submitted", "expired"), "How it ended."),
    },
    "malformed": {"field": text("The dotted path of the first wrong field; `body` for the whole.")},
    "no_attempts_left": {"used": integer("Attempts started."), "allowed": integer("Attempts allowed.", 1)},
    "nothing_saved": _SAVING,
    "queued": {
        "place": integer("The place in the queue, about.", 1),
        "wait_s": integer("Whole seconds to wait, as `Retry-After` says.", 1),
    },
    "round_closed": {"at": instant("The closing instant.")},
    "round_not_open": {"at": instant("The opening instant.")},
    "too_many_tries": {"minutes": integer("Whole minutes to wait, rounded up.", 1)},
}


def refusal(codes: Sequence[str]) -> Schema:
    """The response of a status with these codes."""
    carried = {name: schema for code in codes for name, schema in CARRIES.get(code, {}).items()}
    return {
        "description": "; ".join(f"`{code}`: {MEANINGS[code]}" for code in codes),
        "content": {"application/problem+json": {"schema": {"allOf": [
            ref("Problem"),
            {"type": "object", "properties": {"code": {"type": "string", "enum": list(codes)}, **carried}},
        ]}}},
    }
