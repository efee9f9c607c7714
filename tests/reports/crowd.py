"""A closed round that many people sat: the able know more, everybody who errs takes one wrong option or another."""

import random
from datetime import timedelta

from contest.extensions import db
from contest.questions.keys import AnswerKey
from contest.standings.operations import SETTLE, score_round
from tests import factories as make
from tests.factories import NOON
from tests.standings.cast import save, sit, stage, versions

CLOSED = NOON + timedelta(hours=2)
LATER = CLOSED + SETTLE + timedelta(hours=1)


class Crowd:
    """`people` people on one paper of `items` questions; with `wrong_key` the first question's key is another option.

    Acts need a context; `ids` are kept for outside of one.
    """

    def __init__(self, people=60, items=6, *, wrong_key=False, units=("Sở Nội vụ",), seed=5, **columns):
        dice = random.Random(seed)
        self.contest, self.bank, self.round, rows = stage(units=units, questions=items, closes_at=CLOSED, **columns)
        self.versions = versions(self.bank)
        self.keys = [db.session.get(AnswerKey, one.id).correct[0] for one in self.versions]
        self.tokens = [[option["id"] for option in one.options] for one in self.versions]
        self.people, self.attempts, self.chosen = [], [], []
        for number in range(people):
            unit = rows[number % len(rows)]
            self.people.append(make.account(unit=unit, name=f"Người {number}"))
            able = (number + 0.5) / people
            self.answered(self.people[-1], unit, [
                key if dice.random() < able else dice.choice([one for one in tokens if one != key])
                for key, tokens in zip(self.keys, self.tokens, strict=True)])
        if wrong_key:
            db.session.get(AnswerKey, self.versions[0].id).correct = [self.tokens[0][1]]
        self.organiser = make.account(roles=("organiser",), name="Người tổ chức")
        self.second = make.account(roles=("administrator",))
        db.session.flush()

    def answered(self, person, unit, chosen):
        """Let a person answer so, None for nothing."""
        attempt = sit(self.round, self.bank, person, unit=unit, items=len(self.versions),
                      minutes=5 + len(self.attempts) % 9)
        for slot, token in enumerate(chosen, 1):
            if token is not None:
                save(attempt, slot, [token], NOON + timedelta(seconds=slot))
        self.attempts.append(attempt)
        self.chosen.append(chosen)
        return attempt

    def settle(self):
        """Score all for good. Commits."""
        score_round(self.round.id, LATER)
        self.ids = {"round": self.round.id, "contest": self.contest.id, "bank": self.bank.id,
                    "organiser": self.organiser.id, "second": self.second.id, "person": self.people[0].id,
                    "versions": [one.id for one in self.versions], "attempts": [one.id for one in self.attempts]}
        db.session.commit()
        return self
