"""The statements that save an answer, each with every rule in it, and the one that tells why not.

Each is there for a batch, read from JSON, and for one token by itself.
"""

import re
from typing import Any, NamedTuple

_DIALECTS = ("sqlite", "postgresql")
_DEADLINE = "CASE WHEN a.time_limit_at < r.closes_at THEN a.time_limit_at ELSE r.closes_at END"
# Beside the answer as it is stored: the shapes that it fits, and what has to be among the offered.
_ROWS = {
    "sqlite": "(SELECT value ->> 'slot' AS slot, value ->> 'seq' AS seq, value ->> 'choice' AS choice,"
              " value ->> 'fits' AS fits, value ->> 'tokens' AS tokens, value ->> 'pairs' AS pairs"
              " FROM json_each(:answers)) x",
    "postgresql": "jsonb_to_recordset(CAST(:answers AS jsonb))"
                  " AS x (slot int, seq int, choice text, fits text, tokens jsonb, pairs jsonb)",
}
_TOKENS = {"sqlite": "json_each(x.tokens) t", "postgresql": "jsonb_array_elements_text(x.tokens) AS t (value)"}
_PAIRS = {"sqlite": "json_each(x.pairs) t", "postgresql": "jsonb_each_text(x.pairs) AS t (key, value)"}
_FIND = {"sqlite": "instr", "postgresql": "strpos"}
# As `answers.why_not` says it. An option that is looked up must not span several entries.
_TAKES = """{find}(x.fits, p.shape) > 0
    AND NOT EXISTS (SELECT 1 FROM {tokens} WHERE {find}(p.options, ' ' || t.value || ' ') = 0)
    AND NOT EXISTS (SELECT 1 FROM {pairs} WHERE {find}(p.options, ' =' || t.key || ' ') = 0
        AND ({find}(t.value, ' ') > 0 OR {find}(p.options, ' ' || t.key || ':' || t.value || ' ') = 0
            AND ({find}(p.options, ' +' || t.key || ' ') = 0 OR {find}(t.value, '+') = 1
                OR {find}(p.options, ' ' || t.value || ' ') = 0)))"""
# The usual answer, one token by itself, without JSON: that is a tenth of what a save costs PostgreSQL.
_ROW = {
    "sqlite": "(SELECT :slot AS slot, :seq AS seq, :choice AS choice, :fits AS fits, :token AS token) x",
    "postgresql": "(SELECT CAST(:slot AS int) AS slot, CAST(:seq AS int) AS seq, CAST(:choice AS text) AS choice,"
                  " CAST(:fits AS text) AS fits, CAST(:token AS text) AS token) x",
}
_TAKES_ONE = "{find}(x.fits, p.shape) > 0 AND {find}(p.options, ' ' || x.token || ' ') > 0"
# The sign-in lives, is the owner's, and the attempt takes what arrives now: see `timing.accepts`.
_MAY_SAVE = f"""
    a.id = :attempt AND a.owner = :sign_in AND s.id = :sign_in AND s.account_id = a.account_id
    AND s.revoked_at IS NULL AND s.expires_at > :now
    AND a.state <> 'void' AND r.state <> 'cancelled' AND {_DEADLINE} + r.grace_ms > :now
    AND (a.finished_at IS NULL OR a.finished_at > :now OR a.finished_at >= {_DEADLINE})"""
_RETURN_DEADLINE = f"""(SELECT {_DEADLINE} FROM attempt a JOIN round r ON r.id = a.round_id
    WHERE a.id = response.attempt_id)"""
_SAVE = f"""
INSERT INTO response (attempt_id, slot, generation, seq, choice, received_at)
SELECT a.id, x.slot, :generation, x.seq, x.choice, :now
FROM {{rows}}
CROSS JOIN attempt a JOIN round r ON r.id = a.round_id JOIN sign_in s ON s.id = a.owner
JOIN paper_item p ON p.attempt_id = a.id AND p.slot = x.slot
WHERE {_MAY_SAVE} AND :generation <= a.generation AND {{takes}}
ON CONFLICT (attempt_id, slot, generation, seq) DO UPDATE SET choice = response.choice
    WHERE response.choice IS NOT DISTINCT FROM excluded.choice
RETURNING slot, seq, EXISTS ({{later}} n.generation = response.generation AND n.seq > response.seq)
    OR EXISTS ({{later}} n.generation > response.generation), {_RETURN_DEADLINE}"""
# A form's save is numbered here. The same (nonce, choice) is a replay where it is the latest, or
# where another form or a script has saved since.
_SAVE_FORM = f"""
INSERT INTO response (attempt_id, slot, generation, seq, choice, received_at, nonce)
SELECT a.id, p.slot, a.generation, 1 + COALESCE((SELECT max(m.seq) FROM response m
    WHERE m.attempt_id = a.id AND m.slot = p.slot AND m.generation = a.generation), 0), x.choice, :now,
    CAST(:nonce AS text)
FROM {{rows}}
CROSS JOIN attempt a JOIN round r ON r.id = a.round_id JOIN sign_in s ON s.id = a.owner
JOIN paper_item p ON p.attempt_id = a.id AND p.slot = x.slot
WHERE {_MAY_SAVE} AND {{takes}} AND NOT EXISTS (
    SELECT 1 FROM response e WHERE e.attempt_id = a.id AND e.slot = p.slot AND e.nonce = CAST(:nonce AS text)
    AND e.choice IS NOT DISTINCT FROM x.choice
    AND (NOT EXISTS ({{newer}}) OR EXISTS ({{newer}} AND m.nonce IS DISTINCT FROM e.nonce)))
ON CONFLICT DO NOTHING
RETURNING slot, seq, 1 = 0, {_RETURN_DEADLINE}"""
# Asked in two halves: for one comparison of pairs SQLite walks through every older seq.
_LATER = "SELECT 1 FROM response n WHERE n.attempt_id = response.attempt_id AND n.slot = response.slot AND"
_NEWER = ("SELECT 1 FROM response m WHERE m.attempt_id = e.attempt_id AND m.slot = e.slot AND"
          " (m.generation, m.seq) > (e.generation, e.seq)")
_DIAGNOSE = f"""
SELECT s.account_id, a.account_id, a.owner, a.generation, a.state, a.finished_at, a.receipt, {_DEADLINE},
    r.grace_ms, r.state, x.slot, x.seq, p.options, p.shape, w.seq, w.choice
FROM {{rows}}
LEFT JOIN sign_in s ON s.id = :sign_in AND s.revoked_at IS NULL AND s.expires_at > :now
LEFT JOIN attempt a ON a.id = :attempt LEFT JOIN round r ON r.id = a.round_id
LEFT JOIN paper_item p ON p.attempt_id = a.id AND p.slot = x.slot
LEFT JOIN response w ON w.attempt_id = a.id AND w.slot = x.slot AND w.generation = :generation AND w.seq = x.seq"""


def filled(template: str) -> dict[tuple[str, bool], str]:
    """The template by database and whether it is for one token; constant text, so that drivers keep it prepared."""
    filled = {}
    for name in _DIALECTS:
        for token, rows, takes in ((False, _ROWS, _TAKES), (True, _ROW, _TAKES_ONE)):
            text = template.format(rows=rows[name], newer=_NEWER, later=_LATER, takes=takes.format(
                tokens=_TOKENS[name], pairs=_PAIRS[name], find=_FIND[name]))
            filled[name, token] = text if name == "sqlite" else re.sub(r"(?<!:):(\w+)", r"%(\1)s", text)
    return filled


SAVE, SAVE_FORM, DIAGNOSE = filled(_SAVE), filled(_SAVE_FORM), filled(_DIAGNOSE)


class Told(NamedTuple):
    """A row of the diagnosis: what stands where the answer wanted to go; None where nothing does."""

    person: Any
    account: Any
    owner: str | None
    generation: int | None
    state: str | None
    finished_at: Any
    receipt: str | None
    deadline: Any
    grace_ms: int | None
    round_state: str | None
    slot: int
    seq: int
    options: str | None
    shape: str | None
    stored: int | None
    stored_choice: str | None
