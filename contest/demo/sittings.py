"""Invented sittings: papers drawn as the product draws them, answers by people of uneven knowledge."""

import json
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, text

from contest.columns import new_id
from contest.delivery.answers import offer
from contest.delivery.models import Attempt, PaperItem, Response
from contest.extensions import db
from contest.identity.models import Account
from contest.questions.keys import AnswerKey
from contest.questions.models import QuestionVersion
from contest.questions.paper import SHAPE_OF, Plan, options
from contest.rounds.entries import ensure_entry
from contest.rounds.models import Entry, Round
from contest.rounds.pools import cells, frozen


class Sitter:
    """Fills one round with sittings; keeps the pool, the options and the keys at hand. `texts`: what people write."""

    def __init__(self, round_: Round, rng: random.Random, texts: Sequence[str] = ()) -> None:
        self.round = round_
        self.rng = rng
        self.texts = texts
        self.pool = frozen(round_.id)
        self.plan = Plan(self.pool, cells(round_.blueprint))
        self.questions = {item.version_id: item.question_id for item in self.pool}
        self.seen: dict[str, dict[str, set[str]]] = {}  # account → attempt → questions
        ids = [item.version_id for item in self.pool]
        for account_id, key, question_id in db.session.execute(
                select(Attempt.account_id, Attempt.id, QuestionVersion.question_id)
                .join(PaperItem, PaperItem.attempt_id == Attempt.id)
                .join(QuestionVersion, QuestionVersion.id == PaperItem.version_id)):
            self.seen.setdefault(account_id, {}).setdefault(key, set()).add(question_id)
        versions = db.session.scalars(select(QuestionVersion).where(QuestionVersion.id.in_(ids)))
        self.versions = {version.id: version for version in versions}
        keys = db.session.scalars(select(AnswerKey).where(AnswerKey.version_id.in_(ids)))
        self.keys = {key.version_id: key.correct for key in keys}
        found = db.session.scalars(select(Entry).where(Entry.contest_id == round_.contest_id))
        self.entries = {entry.account_id: entry for entry in found}
        self.attempts: list[dict[str, Any]] = []
        self.items: list[dict[str, Any]] = []
        self.responses: list[dict[str, Any]] = []

    def sit(self, account: Account, started_at: datetime, knowledge: float, number: int = 1,
            slowest_ms: int = 45_000) -> None:
        """One finished sitting; `knowledge` in 0…1 is the chance of a right answer: 1 leaves none out. `slowest_ms`:
        the most that one takes."""
        if account.id not in self.entries:
            self.entries[account.id] = ensure_entry(self.round.contest_id, account, started_at)
        entry = self.entries[account.id]
        attempt_id, seed = new_id(), f"{self.rng.getrandbits(128):032x}"
        limit = started_at + timedelta(milliseconds=self.round.duration_ms)
        moment = started_at
        before = self.seen.setdefault(account.id, {})
        paper = self.plan.questions(seed, set().union(*before.values()), shuffle=self.round.shuffle_questions)
        follows = sorted(before)
        before[attempt_id] = {self.questions[version_id] for version_id in paper}
        for slot, version_id in enumerate(paper, 1):
            choices = self.versions[version_id].options
            tokens = options([o["id"] for o in choices], {o["id"] for o in choices if o["fixed"]}, seed, slot,
                             shuffle=self.round.shuffle_options)
            self.items.append({"attempt_id": attempt_id, "slot": slot, "version_id": version_id,
                               "options": offer(tokens),
                               "shape": SHAPE_OF[self.versions[version_id].type]})
            moment += timedelta(milliseconds=self.rng.randint(6_000, slowest_ms))
            if moment >= limit or self.rng.random() < min(0.01, 1 - knowledge):
                continue
            self.responses.append({"attempt_id": attempt_id, "slot": slot, "generation": 1, "seq": 1,
                                   "choice": self._choice(version_id, tokens, knowledge), "received_at": moment,
                                   "nonce": None})
        finished = moment + timedelta(milliseconds=self.rng.randint(4_000, 30_000))
        expired = finished >= limit
        self.attempts.append({
            "id": attempt_id, "round_id": self.round.id, "entry_id": entry.id, "account_id": account.id,
            "scope": f"round:{self.round.id}", "number": number, "rules_version": self.round.rules_version,
            "seed": seed, "follows": follows, "generation": 1, "owner": "demo",
            "state": "expired" if expired else "submitted",
            "started_at": started_at, "time_limit_at": limit, "finished_at": min(finished, limit),
            "consented_at": started_at, "receipt": f"MAU-{len(self.attempts):05d}-{self.round.position}"[:20]})

    def _choice(self, version_id: str, tokens: tuple[str, ...], knowledge: float) -> str:
        if self.versions[version_id].type == "essay":
            return json.dumps(self.rng.choice(self.texts))
        right = self.keys[version_id]
        if self.rng.random() < knowledge:
            return json.dumps(sorted(right))
        wrong = [token for token in tokens if token not in right]
        return json.dumps(sorted([self.rng.choice(wrong), *right[1:]]))

    def write(self) -> int:
        """Store what was sat; returns the number of attempts."""
        db.session.flush()
        for table, rows in ((Attempt, self.attempts), (PaperItem, self.items), (Response, self.responses)):
            if rows:
                db.session.execute(insert(table), rows)
        count_rows()
        return len(self.attempts)


def count_rows() -> None:
    """Let PostgreSQL count what was written: of rows that are not committed it knows nothing, and joins one by one."""
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("ANALYZE"))
