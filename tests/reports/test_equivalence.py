import json
from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from contest.delivery import operations as sitting
from contest.delivery.models import Response
from contest.extensions import db
from contest.questions.keys import AnswerKey
from contest.questions.models import QuestionVersion
from contest.reports import facility
from contest.reports.equivalence import FULL, bins, guess, report
from contest.rounds import operations, publishing
from contest.rounds.models import Round
from contest.standings.run_models import GradingRun, KeyCorrection
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import DAY, cast, client_of, fields

POINTS = {"a": 100, "b": 100, "c": 200, "d": 100}
EASY = {"a": 10_000, "b": 5_000, "c": 5_000, "d": 0}


def test_the_figures_of_three_papers():
    found = report([("a", "c"), ("b", "c"), ("c", "d")], ["a", "b", "c", "d", "e"], EASY, POINTS)
    assert (found.low, found.mean, found.high) == (100, 150, 200)
    assert (found.deviation, found.spread, found.points, found.size) == (40, 6_666, 300, 2)
    assert (found.shared_mean, found.shared_most, found.overlap, found.jaccard) == (100, 1, 5_000, 3_333)
    assert found.exposure == (("c", 3), ("a", 1), ("b", 1), ("d", 1), ("e", 0))
    assert found.wide
    assert not found.alike


def test_one_paper_has_no_spread():
    found = report([("a", "b")], ["a", "b"], EASY, POINTS)
    assert (found.spread, found.overlap, found.deviation, [one.count for one in found.bins]) == (0, 0, 0, [1])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sets(st.sampled_from("abcd"), min_size=2, max_size=2).map(sorted), min_size=1, max_size=8))
def test_figures_agree_with_a_plain_count(papers):
    found = report(papers, list("abcd"), EASY, POINTS)
    scores = [sum(POINTS[key] * EASY[key] for key in paper) // FULL for paper in papers]
    assert (found.low, found.high) == (min(scores), max(scores))
    assert sum(one.count for one in found.bins) == len(papers)
    assert dict(found.exposure) == {key: sum(key in paper for paper in papers) for key in "abcd"}
    if len(papers) > 1:
        assert found.shared_most == max(len(set(one) & set(other)) for one, other in combinations(papers, 2))


@given(st.lists(st.integers(0, 2_000), min_size=1, max_size=30))
def test_every_score_lies_in_its_bin(scores):
    found = bins(scores)
    assert len(found) <= 12
    for one in found:
        assert one.count == sum(one.low <= score < one.high for score in scores)
    assert sum(one.count for one in found) == len(scores)


def test_guesses_fall_with_the_level():
    assert [guess(level) for level in ("NB", "TH", "VD", "VDC")] == sorted(
        (guess(level) for level in ("NB", "TH", "VD", "VDC")), reverse=True)
    assert guess(None) == guess("lạ")


@pytest.fixture
def answered(app, hands):
    """A round that 25 people sat, everyone choosing the first option in the bank's order, which is right."""
    ids = cast(app, questions=4)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(
            ids.bank, opens_at=NOON, closes_at=NOON + 6 * DAY, shuffle_options=False,
            blueprint=({"bank_id": None, "topic": None, "level": None, "count": 4},)), by=None, now=NOON)
        publishing.publish_round(row.id, by=None, now=NOON)
        for number in range(25):
            account = factories.account()
            started = sitting.start(row.id, account.id, "s", True, NOON + timedelta(hours=1))
            for item in started.view.items if number < 20 else ():
                db.session.add(Response(attempt_id=started.attempt_id, slot=item.slot, generation=1, seq=1,
                                        choice=json.dumps([item.options[0].id]),
                                        received_at=NOON + timedelta(hours=1, minutes=1)))
            sitting.submit(started.attempt_id, account.id, NOON + timedelta(hours=1, minutes=2))
        later = operations.create_round(ids.contest, fields(
            ids.bank, opens_at=NOON + 7 * DAY, closes_at=NOON + 9 * DAY,
            blueprint=({"bank_id": None, "topic": None, "level": None, "count": 2},)), by=None, now=NOON)
        db.session.commit()
        return ids, row.id, later.id


def test_a_draft_is_judged_by_the_answers_of_earlier_rounds(app, answered):
    ids, first, later = answered
    with app.app_context():
        found = facility.equivalence(db.session.get(Round, later))
        assert set(found.facility.values()) == {8_000}  # 20 of 25 were right
        assert len(found.known) == 4
        assert (found.report.papers, found.report.mean, found.report.spread) == (200, 160, 0)
        assert found.report == facility.equivalence(db.session.get(Round, later)).report
        own = facility.equivalence(db.session.get(Round, first))
        assert own.known == frozenset()  # its own answers are none of an earlier round
    page = client_of(app, ids.organiser).get(f"/to-chuc/dot-thi/{later}/do-tuong-duong").get_data(as_text=True)
    assert "Rút thử 200 đề" in page
    assert "câu có từ 20 lượt trả lời: 4/4 câu" in page
    assert client_of(app, ids.contestant).get(f"/to-chuc/dot-thi/{later}/do-tuong-duong").status_code == 403


@pytest.mark.parametrize(("kind", "expected"), [("key", 0), ("full", None), ("out", None)])
def test_facility_goes_by_the_keys_that_hold(app, answered, kind, expected):
    """One question's key is put right: nobody had that; what counted for everybody or nobody says nothing."""
    ids, first, later = answered
    with app.app_context():
        version = db.session.scalars(select(QuestionVersion).order_by(QuestionVersion.id)).first()
        wrong = next(option["id"] for option in version.options
                     if option["id"] not in db.session.get(AnswerKey, version.id).correct)
        run = GradingRun(round_id=first, number=1, state="applied", reason="Đáp án sai", made_at=NOON,
                         made_by=ids.organiser, decided_at=NOON, decided_by=ids.contestant, summary={})
        db.session.add(run)
        db.session.flush()
        db.session.add(KeyCorrection(run_id=run.id, version_id=version.id, kind=kind,
                                     correct=[wrong] if kind == "key" else None))
        db.session.flush()
        found = facility.shares(set(db.session.scalars(select(QuestionVersion.question_id))), later)
        assert found.pop(version.question_id, None) == expected
        assert set(found.values()) == {8_000}
        undo = GradingRun(round_id=first, number=2, state="applied", reason="Nhầm", made_at=NOON, undoes_id=run.id,
                          made_by=ids.organiser, decided_at=NOON, decided_by=ids.contestant, summary={})
        db.session.add(undo)
        db.session.flush()
        assert facility.shares({version.question_id}, later) == {version.question_id: 8_000}


def test_a_round_that_cannot_be_drawn_says_so(app, hands):
    ids = cast(app, questions=2)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(ids.bank), by=None, now=NOON)
        db.session.commit()
        key = row.id
    page = client_of(app, ids.organiser).get(f"/to-chuc/dot-thi/{key}/do-tuong-duong").get_data(as_text=True)
    assert "Chưa rút được đề" in page
