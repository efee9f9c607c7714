"""`python -m benchmarks.regrade`: a wrong key is found after the closing, and everybody's score is put right.

Sittings of 30 questions, a quarter of them perfect, are written in bulk and scored by the product; then
one question's key is corrected: the preview is built, and the run applied. Goal P11: 1,000 sittings
within 1 s, 1,000,000 within 60 s; Moodle 4.5 took 53 s for 856.
"""

import argparse
import json
import random
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from benchmarks.copies import multiply
from benchmarks.product import SHAPES, product
from contest import clock
from contest.columns import new_id
from contest.delivery.models import Attempt, PaperItem, Response
from contest.extensions import db
from contest.identity.models import Account
from contest.identity.names import fold, name_sort_key
from contest.questions.keys import AnswerKey
from contest.questions.models import Question, QuestionVersion
from contest.rounds.models import ContestUnit, Entry
from contest.standings import applying, building, counters
from contest.standings.keys import Correction
from contest.standings.operations import SETTLE, score_round
from contest.standings.regrading import Changes, make_run
from tests import factories as make

ITEMS, POOL, CHUNK = 30, 300, 2_000
WRITTEN = 10_000  # sittings written one by one and scored; more are copies of them, results and standings too
COPIED = {
    "account": ("id", "login"), "entry": ("id", "account_id"),
    "attempt": ("id", "entry_id", "account_id", "receipt"), "paper_item": ("attempt_id",), "response": ("attempt_id",),
    "result": ("attempt_id", "entry_id"), "standing": ("entry_id", "attempt_id"),
}
GOALS = {1_000: 1.0, 1_000_000: 60.0}


def seed(people: int) -> tuple[str, str, list[str]]:
    """(round, the question that is put right, two organisers): a closed round with finished sittings."""
    dice = random.Random(1)
    now = clock.now()
    opens = now - timedelta(days=3)
    contest = make.contest(units=tuple(make.unit() for _ in range(40)))
    units = list(db.session.scalars(select(ContestUnit).where(ContestUnit.contest_id == contest.id)))
    bank = make.bank(POOL)
    round_ = make.round_(contest, bank, questions=ITEMS, opens_at=opens, closes_at=now - timedelta(days=1))
    organisers = [make.account().id for _ in range(2)]
    keys = {row.id: (row.options, row.correct) for row in db.session.execute(
        select(QuestionVersion.id, QuestionVersion.options, AnswerKey.correct)
        .join(AnswerKey, AnswerKey.version_id == QuestionVersion.id)
        .join(Question, Question.id == QuestionVersion.question_id).where(Question.bank_id == bank.id))}
    db.session.commit()
    for start in range(0, people, CHUNK):
        rows = list(_people(dice, min(CHUNK, people - start), contest.id, round_.id, units, keys, opens))
        for place, table in enumerate((Account, Entry, Attempt, PaperItem, Response)):
            db.session.execute(insert(table), [one for row in rows for one in row[place]])
        db.session.commit()
    return round_.id, next(iter(keys)), organisers


def _people(dice: random.Random, count: int, contest_id: str, round_id: str, units: list[ContestUnit],
            keys: dict[str, Any], opens: Any) -> Iterator[tuple[list[dict[str, Any]], ...]]:
    """One person after the other, each as rows of account, entry, attempt, paper and answers."""
    for _ in range(count):
        unit, begun = dice.choice(units), opens + timedelta(seconds=dice.randint(0, 86_400))
        account_id, entry_id, attempt_id = new_id(), new_id(), new_id()
        name = f"Người dự thi {dice.randint(1, 999)}"
        account = {"id": account_id, "login": f"n{account_id}", "name": name, "unit_id": unit.unit_id,
                   "audience": "official", "must_change_password": False, "active": True,
                   "sort_key": name_sort_key(name), "search_text": fold(name), "created_at": begun}
        entry = {"id": entry_id, "contest_id": contest_id, "account_id": account_id, "unit_id": unit.unit_id,
                 "counted_unit_id": unit.id, "audience": "official", "created_at": begun}
        ended = begun + timedelta(milliseconds=dice.randint(60_000, 1_200_000))
        attempt = {"id": attempt_id, "round_id": round_id, "entry_id": entry_id, "account_id": account_id,
                   "scope": f"round:{round_id}", "number": 1, "rules_version": 1, "seed": "0" * 32, "owner": "x" * 64,
                   "state": "submitted", "started_at": begun, "time_limit_at": begun + timedelta(minutes=30),
                   "finished_at": ended, "receipt": secrets.token_hex(9), "follows": []}
        perfect, paper, answers = dice.random() < 0.25, [], []
        for slot, version_id in enumerate(dice.sample(list(keys), ITEMS), 1):
            options, correct = keys[version_id]
            chosen = correct if perfect or dice.random() < 0.7 else [dice.choice(options)["id"]]
            paper.append({"attempt_id": attempt_id, "slot": slot, "version_id": version_id, "shape": "one",
                          "options": " ".join(["", *(option["id"] for option in options), ""])})
            answers.append({"attempt_id": attempt_id, "slot": slot, "generation": 1, "seq": 1,
                            "choice": json.dumps(sorted(chosen)), "received_at": begun + timedelta(seconds=slot)})
        yield [account], [entry], [attempt], paper, answers


def measure(name: str, people: int) -> dict[str, float]:
    """Seconds of each step on one database."""
    found: dict[str, float] = {}
    with product(name) as made, made.app.app_context():
        round_id, version_id, (author, second) = seed(min(people, WRITTEN))
        now = clock.now() + SETTLE
        begun = time.perf_counter()
        score_round(round_id, now)
        db.session.commit()
        found["scored"] = time.perf_counter() - begun
        if people > WRITTEN:
            multiply(COPIED, people // WRITTEN)
            counters.recount(round_id)
            db.session.commit()
        begun = time.perf_counter()
        key = db.session.get_one(AnswerKey, version_id)
        wrong = next(option["id"] for option in db.session.get_one(QuestionVersion, version_id).options
                     if option["id"] not in key.correct)
        run = make_run(round_id, Changes({version_id: Correction("key", [wrong])}, {}), "Đáp án sai", by=author,
                       now=now)
        for _done in building.building(run.id, now):
            db.session.commit()
        found["build the preview"], begun = time.perf_counter() - begun, time.perf_counter()
        applying.apply_run(run.id, "", by=second, now=now)
        db.session.commit()
        found["apply it"] = time.perf_counter() - begun
        if wrong_counters := counters.differences(round_id):
            raise RuntimeError(f"counters differ: {wrong_counters[:3]}")
        changed = sum(run.summary["sittings"].values())
    return found | {"changed": changed}


def main() -> None:
    """Measure and print; exit 0 whatever the figures are."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--people", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    options = parser.parse_args()
    for name in tuple(SHAPES) if options.database == "both" else (options.database,):
        for people in options.people:
            found = measure(name, people)
            regrade = found["build the preview"] + found["apply it"]
            goal = GOALS.get(people)
            verdict = "" if goal is None else f" (goal {goal:g} s: {'reached' if regrade <= goal else 'MISSED'})"
            print(f"{name}, {people:,} sittings of {ITEMS} questions: {min(people, WRITTEN):,} scored in"
                  f" {found['scored']:.2f} s; preview {found['build the preview']:.2f} s,"
                  f" applied {found['apply it']:.2f} s"
                  f", {found['changed']:,.0f} sittings changed; regrade {regrade:.2f} s{verdict}")


if __name__ == "__main__":
    main()
