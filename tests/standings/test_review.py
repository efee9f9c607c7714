"""What a person's result says of each answer, for every type of question; and that scoring counts it."""

from datetime import timedelta

import pytest

from contest.columns import new_id
from contest.delivery import operations
from contest.delivery.models import Response
from contest.delivery.save import Answer, save_answers
from contest.extensions import db
from contest.questions.keys import AnswerKey
from contest.questions.models import Question, QuestionVersion
from contest.rounds.models import RoundQuestion
from contest.scoring.judging import FULL
from contest.standings.models import Result
from contest.standings.operations import score_round
from contest.standings.results import attempt_result
from contest.standings.review import Line
from tests import factories
from tests.factories import NOON
from tests.standings.cast import counts

YES, NO = {"id": "d", "text": "Đúng", "fixed": True}, {"id": "s", "text": "Sai", "fixed": True}
PARTS = [{"id": "p", "text": "Một"}, {"id": "q", "text": "Hai"}]
GAPS = [{"id": "p", "kind": "text"}, {"id": "q", "kind": "number"},
        {"id": "r", "kind": "choice", "options": [{"id": "x", "text": "Mười"}, {"id": "y", "text": "Trăm"}]}]
# type → (options, parts, correct, credits, settings, answer, points of 100, outcome, lines)
CASES = {
    "single": ([YES, NO], [], ["d"], None, {}, ["d"], 100, "right", []),
    "multiple": ([YES, NO], [], ["d"], {"d": FULL, "s": -50_000}, {}, ["d", "s"], 50, "partial", []),
    "true_false": ([YES, NO], [], ["d"], None, {}, ["s"], 0, "wrong", []),
    "cluster": ([YES, NO], PARTS, {"p": "d", "q": "s"}, None, {"rule": "ladder"}, {"q": "s"}, 50, "partial",
                [Line("Một", None, ("Đúng",), False), Line("Hai", "Sai", ("Sai",), True)]),
    "matching": ([YES, NO], PARTS, {"p": "d", "q": "s"}, None, {}, {"p": "s", "q": "s"}, 50, "partial",
                 [Line("Một", "Sai", ("Đúng",), False), Line("Hai", "Sai", ("Sai",), True)]),
    "ordering": ([], PARTS, ["q", "p"], None, {}, {"p": "2", "q": "1"}, 100, "right",
                 [Line("Một", "2", ("2",), True), Line("Hai", "1", ("1",), True)]),
    "gaps": ([], GAPS, {"p": [["Sở *", FULL], ["Bộ", 40_000]], "q": [["1.5±0.5", FULL]], "r": [["x", FULL], ["y", 0]]},
             None, {}, {"p": "<b>so</b>", "q": "1,75", "r": "y"}, 33, "partial",
             [Line("1", "<b>so</b>", ("Sở …",), False), Line("2", "1,75", ("1,5±0,5",), True),
              Line("3", "Trăm", ("Mười",), False)]),
    "short_text": ([], [], [["Hòa Bình", FULL], ["Hoà*", 30_000]], None, {}, "hoa binh", 100, "right",
                   [Line("", "hoa binh", ("Hòa Bình",), True)]),
    "number": ([], [], [["1.5..2.5", FULL]], None, {}, "3", 0, "wrong", [Line("", "3", ("1,5 – 2,5",), False)]),
    "essay": ([], [], [], None, {}, "Bài viết", 0, "pending", [Line("", "Bài viết", (), None)]),
}


@pytest.fixture
def sat(app):
    """(attempt id, account id) of a finished attempt with one answered item of every type."""
    with app.app_context():
        bank = factories.bank(0)
        round_ = factories.round_(factories.contest(), bank, result_shown="review", shuffle_questions=False)
        for kind, (options, parts, correct, credits_, settings, *_rest) in CASES.items():
            question = Question(bank_id=bank.id, position=1, version=1, content_hash=new_id() * 2)
            db.session.add(question)
            db.session.flush()
            version = QuestionVersion(question_id=question.id, number=1, type=kind, stem=kind, topic=kind, points=100,
                                      options=options, parts=parts, search_text="", created_at=NOON)
            db.session.add(version)
            db.session.flush()
            db.session.add(AnswerKey(version_id=version.id, correct=correct, credits=credits_, settings=settings))
            db.session.add(RoundQuestion(round_id=round_.id, version_id=version.id, bank_id=bank.id, topic=kind,
                                         level=""))
        round_.blueprint = [{"bank_id": None, "topic": kind, "level": None, "count": 1} for kind in CASES]
        who = factories.account()
        sign_in = factories.sign_in(who, "phone")
        started = operations.start(round_.id, who.id, sign_in.id, True, NOON)
        done = save_answers(db.session.connection(), started.attempt_id, sign_in.id, 1, [
            Answer(slot, 1, case[5]) for slot, case in enumerate(CASES.values(), 1)], NOON)
        assert len(done.saved) == len(CASES)
        operations.submit(started.attempt_id, who.id, NOON + timedelta(minutes=5))
        ids = round_.id, started.attempt_id, who.id
        db.session.commit()
        yield ids


def label(line):
    return line.label


def test_the_review_of_every_type(sat):
    _round, attempt, who = sat
    found = attempt_result(attempt, who, NOON + timedelta(days=1))
    assert found.review is not None
    assert [item.type for item in found.review] == list(CASES)
    for item, case in zip(found.review, CASES.values(), strict=True):
        assert (item.points, item.max_points, item.outcome) == (case[6], 100, case[7]), item.type
        assert sorted(item.lines, key=label) == sorted(case[8], key=label), item.type
        assert [option.text for option in item.options] == (["Đúng", "Sai"] if item.slot <= 3 else [])
    assert [(option.chosen, option.right) for option in found.review[1].options] == [(True, True), (True, False)]


def test_the_total_says_what_a_person_has_still_to_mark(sat):
    round_, attempt, who = sat
    total = attempt_result(attempt, who, NOON + timedelta(days=1)).total
    assert (total.points, total.max_points, total.correct, total.answered, total.items, total.pending) == (
        sum(case[6] for case in CASES.values()), 1_000, 3, 10, 10, 1)
    score_round(round_, NOON + timedelta(days=1))
    row = db.session.get(Result, attempt)
    assert (row.points, row.max_points, row.correct, row.answered, row.items, counts(row)) == (
        total.points, 1_000, 3, 10, 10, True)


def test_blank_parts_and_items_are_said_to_be_blank(sat):
    _round, attempt, who = sat
    db.session.query(Response).filter_by(attempt_id=attempt).delete()
    found = attempt_result(attempt, who, NOON + timedelta(days=1))
    assert {item.outcome for item in found.review} == {"blank"}
    assert {line.given for item in found.review for line in item.lines} == {None}
    assert {line.right for item in found.review for line in item.lines} == {False, None}
    assert (found.total.points, found.total.answered, found.total.pending) == (0, 0, 0)
