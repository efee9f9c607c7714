"""A closed round with an essay question, its sittings, its markers; and acts of theirs in a word."""

import json
from collections import Counter
from datetime import timedelta

from sqlalchemy import select

from contest.delivery.models import Response
from contest.extensions import db
from contest.marking import arranging, operations, rubrics
from contest.marking.models import Assignment, Essay
from contest.marking.operations import Given
from contest.scoring.essays import Criterion, Terms
from contest.standings.operations import SETTLE, score_round
from tests import factories as make
from tests.factories import NOON
from tests.standings.cast import sit, stage, versions

CLOSES = NOON + timedelta(hours=1)
AFTER = CLOSES + SETTLE + timedelta(minutes=1)
CRITERIA = (Criterion("y", "Ý tưởng", 200, "Mới và làm được", 50), Criterion("d", "Diễn đạt", 100))
TEXT = "Đề xuất một cửa số cho mọi thủ tục của phường.\n\nKhông cần nộp lại giấy tờ đã có."
HALF = Terms(50, "points", "mean")  # half a point apart at most


class Stage:
    """A round of three questions with options and one essay of 3 points; `texts`: what its people wrote, None: nothing.

    Needs a context. Everybody has two questions right: 2 points.
    """

    def __init__(self, texts=(TEXT, TEXT, TEXT), *, units=("Sở Nội vụ", "Sở Tư pháp"), markers=3, **columns):
        columns = {"closes_at": CLOSES, "result_shown": "review"} | columns
        self.contest, self.bank, self.round, self.units = stage(units=units, questions=3, **columns)
        self.question = make.question(self.bank, type="essay", stem="Nêu một sáng kiến.", options=(), correct=(),
                                      points=300, position=4)
        self.essay_version = versions(self.bank)[3].id
        db.session.add(make.RoundQuestion(round_id=self.round.id, version_id=self.essay_version, bank_id=self.bank.id))
        self.people, self.attempts = [], []
        for n, text in enumerate(texts):
            self.sat(text, self.units[n % len(self.units)])
        self.organiser = make.account(name="Trần Tổ Chức", roles=("organiser",)).id
        self.markers = [make.account(name=f"Giám khảo {n}").id for n in range(markers)]
        db.session.commit()

    def sat(self, text, unit):
        who = make.account(unit=unit)
        attempt = sit(self.round, self.bank, who, unit=unit, right=2)
        if text is not None:
            db.session.add(Response(attempt_id=attempt.id, slot=4, generation=1, seq=1, choice=json.dumps(text),
                                    received_at=attempt.started_at + timedelta(minutes=2)))
        self.people.append(who.id)
        self.attempts.append(attempt.id)
        return attempt

    def login(self, account_id):
        return db.session.get_one(make.Account, account_id).login

    def arrange(self, terms=HALF, *, units_apart=False, told=False):
        """Rubric, terms and markers stand; nothing is begun."""
        rubrics.write_rubric(self.round.id, self.essay_version, CRITERIA, "", by=self.organiser, now=NOON)
        arranging.choose(self.round.id, arranging.Choices(terms, units_apart, told), by=self.organiser, now=NOON)
        arranging.add_markers(self.round.id, [self.login(one) for one in self.markers], by=self.organiser, now=NOON)
        db.session.commit()
        return self

    def begin(self, **arrangement):
        """As `arrange`; then the round closes, is scored, and codes are drawn."""
        self.arrange(**arrangement)
        score_round(self.round.id, AFTER)
        self.found = arranging.start(self.round.id, by=self.organiser, now=AFTER)
        db.session.commit()
        return self

    def essays(self):
        return list(db.session.scalars(select(Essay).order_by(Essay.code)))

    def before(self, essay, place):
        return db.session.scalar(select(Assignment).where(Assignment.essay_id == essay.id, Assignment.place == place))

    def mark(self, essay, place, idea, words=0, comment=""):
        """Somebody finishes the mark of this place."""
        row = self.before(essay, place)
        finish(row, idea, words, comment)
        db.session.commit()
        return row

    def load(self):
        return Counter(db.session.scalars(select(Assignment.account_id)))


def given(row, idea=None, words=None, comment=""):
    return Given({"y": idea, "d": words}, comment, row.seq)


def finish(row, idea, words=0, comment="", now=AFTER):
    return operations.finish(row.id, given(row, idea, words, comment), by=row.account_id, now=now)
