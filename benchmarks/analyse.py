"""`python -m benchmarks.analyse`: what a closed round's answers say, and which sittings are alike.

Sittings of 30 questions from a pool of 300 are written in bulk and scored by the product (`benchmarks.regrade`); then
the worker's two jobs are done: the analysis of the questions, and the comparison of the sittings, up to 10,000, since
more are copies. Told apart: reading the answers, judging them and writing the outcome. `--memory` judges made-up papers
alone, without a database, and tells the memory that it took.
"""

import argparse
import json
import random
import resource
import time
from typing import Any

from benchmarks.copies import multiply
from benchmarks.product import product
from benchmarks.regrade import COPIED, ITEMS, POOL, WRITTEN, seed
from contest import clock
from contest.extensions import db
from contest.reports import analysing, comparing
from contest.rounds.models import Round
from contest.scoring.analysis import Field
from contest.scoring.papers import Answered
from contest.scoring.reliability import reliability
from contest.standings.operations import SETTLE, score_round

OPTIONS = "abcd"


def measured(people: int, kind: str) -> dict[str, Any]:
    """Seconds of each part on this kind of database."""
    with product(kind) as made, made.app.app_context():
        round_id, _version, _organisers = seed(min(people, WRITTEN))
        score_round(round_id, clock.now() + SETTLE)
        db.session.commit()
        if people > WRITTEN:
            multiply(COPIED, people // WRITTEN)
        round_ = db.session.get_one(Round, round_id)
        spans: dict[str, Any] = {"people": people, "database": kind}
        begun = time.perf_counter()
        found = analysing.gather(round_, lambda _done, _total: None)
        spans["read_s"], begun = _since(begun)
        analysing.keep(round_id, found, clock.now())
        db.session.commit()
        spans["judge_and_write_s"], begun = _since(begun)
        if people > WRITTEN:  # copies are all alike
            return spans
        pairs = comparing.compare(db.session.get_one(Round, round_id), lambda _done, _total: None)
        spans["compare_s"], begun = _since(begun)
        spans |= {"pairs": len(pairs.report.pairs), "complete": pairs.report.complete}
    return spans


def judged(people: int) -> dict[str, Any]:
    """Seconds and megabytes of judging as many made-up papers."""
    dice = random.Random(1)
    papers, begun = Answered(), time.perf_counter()
    for number in range(people):
        able = dice.random()
        papers.add(f"{number:032x}", [
            (f"{place:032x}", 100 * right, "a" if right else dice.choice("bcd"))
            for place in dice.sample(range(POOL), ITEMS) for right in [dice.random() < able]])
    made, begun = _since(begun)
    field = Field(papers)
    field.items()
    for question in field.known:
        field.options(question, papers.chosen(question), OPTIONS, "a")
    reliability(papers)
    spent, _ = _since(begun)
    return {"people": people, "made_s": made, "judge_s": spent,
            "most_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


def _since(begun: float) -> tuple[float, float]:
    now = time.perf_counter()
    return round(now - begun, 2), now


def main() -> None:
    """Print one line of JSON a measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--memory", action="store_true")
    given = parser.parse_args()
    print(json.dumps(judged(given.people) if given.memory else measured(given.people, given.database)))


if __name__ == "__main__":
    main()
