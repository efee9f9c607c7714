"""What people have had before decides what they get next, and can be recomputed from what is on record."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.delivery import exposure, operations, recomputing
from contest.delivery.models import Attempt, PaperItem
from contest.extensions import db
from contest.questions.models import Question, QuestionVersion
from contest.rounds import operations as planning
from contest.rounds import pools, publishing
from contest.rounds.models import Round, RoundQuestion
from tests import factories as make
from tests.delivery.conftest import NOON
from tests.rounds.cast import DAY, fields

HOUR = timedelta(hours=1)
NEEDED = 4


@pytest.fixture
def plan(in_app, monkeypatch):
    """A contest, a bank of 12 and two people; rounds are published as organisers do it, and sat in any order."""
    monkeypatch.setattr(operations, "BACK_MOST", timedelta(days=365))

    class Plan:
        def __init__(self):
            self.contest = make.contest(units=(make.unit(),))
            self.bank = make.bank(12)
            self.one, self.other = make.account(), make.account()
            self.days = 0
            db.session.commit()

        def round(self, **changes):
            now = NOON + self.days * DAY
            self.days += 10
            row = planning.create_round(self.contest.id, fields(self.bank.id, **{
                "opens_at": now, "closes_at": now + 6 * DAY, "attempts_allowed": 9,
                "blueprint": ({"bank_id": None, "topic": None, "level": None, "count": NEEDED},), **changes}),
                by=None, now=now)
            publishing.publish_round(row.id, by=None, now=now)
            db.session.commit()
            return row

        def sit(self, round_, account, after=HOUR):
            now = round_.opens_at + after
            started = operations.start(round_.id, account.id, "s", True, now)
            operations.submit(started.attempt_id, account.id, now + HOUR / 4)
            db.session.commit()
            return started.attempt_id

    return Plan()


def questions(attempt_id):
    return set(db.session.scalars(
        select(QuestionVersion.question_id).join(PaperItem, PaperItem.version_id == QuestionVersion.id)
        .where(PaperItem.attempt_id == attempt_id)))


def test_a_second_and_a_third_sitting_ask_what_was_not_seen(plan):
    round_ = plan.round()
    papers = [questions(plan.sit(round_, plan.one, n * HOUR)) for n in range(1, 4)]
    assert len(set().union(*papers)) == 3 * NEEDED
    assert len(questions(plan.sit(round_, plan.one, 4 * HOUR))) == NEEDED  # all were seen: any of them


def test_another_round_counts_and_so_does_another_version(plan):
    first = plan.round(blueprint=({"bank_id": None, "topic": None, "level": None, "count": 8},))
    had = questions(plan.sit(first, plan.one))
    for question in db.session.scalars(select(Question)):
        old = db.session.scalar(select(QuestionVersion).where(QuestionVersion.question_id == question.id))
        db.session.add(QuestionVersion(question_id=question.id, number=2, type="single", stem=old.stem + " (sửa)",
                                       topic=old.topic, level=old.level, options=old.options, points=100,
                                       search_text="", created_at=NOON))
        question.version = 2
    db.session.commit()
    second = plan.round()
    now_had = questions(plan.sit(second, plan.one))
    assert len(now_had) == NEEDED
    assert not had & now_had


def test_a_round_freezes_how_often_each_question_was_used(plan):
    first = plan.round()
    had = questions(plan.sit(first, plan.one))
    operations.start(first.id, plan.other.id, "s", True, first.opens_at + HOUR)  # not finished: does not count
    db.session.commit()
    draft = planning.create_round(plan.contest.id, fields(plan.bank.id), by=None, now=NOON)
    assert {item.question_id for item in pools.pool_of(draft) if item.used} == had
    second = plan.round()
    frozen = {item.question_id: item.used for item in pools.frozen(second.id)}
    assert {key for key, used in frozen.items() if used} == had
    assert set(frozen.values()) == {0, 1}
    stranger = make.account()
    assert not questions(plan.sit(second, stranger)) & had  # what nobody had comes first
    plan.sit(first, plan.other, 2 * HOUR)
    assert {item.question_id: item.used for item in pools.frozen(second.id)} == frozen


def test_void_attempts_were_seen_but_do_not_count_as_use(plan):
    first = plan.round()
    attempt = plan.sit(first, plan.one)
    db.session.get(Attempt, attempt).state = "void"
    db.session.commit()
    second = plan.round()
    assert {item.used for item in pools.frozen(second.id)} == {0}
    assert not questions(plan.sit(second, plan.one)) & questions(attempt)


def test_groups_are_frozen_and_kept_apart(plan):
    rows = db.session.scalars(select(Question).order_by(Question.position)).all()
    for question in rows[:9]:
        question.exclusion_group = "cùng một ý"
    db.session.commit()
    round_ = plan.round()
    for question in rows:
        question.exclusion_group = None
    db.session.commit()
    assert sum(item.group is not None for item in pools.frozen(round_.id)) == 9
    kept = {question.id for question in rows[:9]}
    for n in range(1, 6):
        assert len(questions(plan.sit(round_, plan.other, n * HOUR)) & kept) <= 1


@pytest.mark.parametrize("shuffle", [True, False])
def test_every_paper_can_be_drawn_again_from_what_is_on_record(plan, shuffle):
    rounds = [plan.round(shuffle_questions=shuffle, shuffle_options=shuffle) for _ in range(2)]
    attempts = [plan.sit(round_, account, n * HOUR) for round_ in rounds for account in (plan.one, plan.other)
                for n in (1, 2, 3)]
    for attempt in attempts:
        assert recomputing.recomputed(attempt) == recomputing.on_record(attempt)
    assert [len(db.session.get(Attempt, attempt).follows) for attempt in attempts] == [0, 1, 2] * 2 + [3, 4, 5] * 2
    for attempt in attempts:
        db.session.get(Attempt, attempt).follows = []
    db.session.commit()  # that all of them fell on unseen questions by chance: once in 10 million runs
    assert any(recomputing.recomputed(attempt) != recomputing.on_record(attempt) for attempt in attempts[:6])


def test_a_paper_of_another_rule_is_not_recomputed(plan):
    round_ = plan.round()
    attempt = plan.sit(round_, plan.one)
    rules = recomputing.db.session.get(recomputing.RulesVersion, (round_.id, 1))
    rules.content = {key: value for key, value in rules.content.items() if key != "draw"}
    db.session.commit()
    assert recomputing.recomputed(attempt) is None


def test_nothing_seen_is_nothing(plan):
    assert exposure.seen_by(plan.one.id) == exposure.NOTHING
    assert exposure.seen_in(()) == frozenset()
    round_ = plan.round()
    assert exposure.uses(round_.id) == {}
    assert db.session.get(Round, round_.id).rules_version == 1
    assert db.session.query(RoundQuestion).count() == 12
