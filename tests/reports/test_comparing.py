"""Sittings more alike than chance explains: found by the worker, judged by a person, without consequence."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from contest.audit.models import AuditEvent
from contest.delivery.models import Attempt
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.jobs.models import Job
from contest.jobs.running import run_next
from contest.questions.models import Bank
from contest.reports import analysing, analysis_jobs, comparing
from contest.reports.analysis_models import COMPARE, Comparison, SimilarPair
from contest.serving import sweep
from contest.standings.keys import Correction
from contest.standings.models import Result
from tests import factories as make
from tests.factories import NOON
from tests.reports.crowd import LATER, Crowd
from tests.reports.test_analysing import regraded
from tests.reports.test_analysis_pages import text
from tests.rounds.cast import client_of, post
from tests.statements import counted

COPIED = 14  # wrong answers that the two planted papers share


def planted(units=("Sở Nội vụ",), copies=2, **columns):
    """A crowd of 50 and `copies` people with the same wrong answers to the first questions."""
    crowd = Crowd(people=50, items=20, units=units, **columns)
    answers = [tokens[1 + place % 3] if place < COPIED else key
               for place, (key, tokens) in enumerate(zip(crowd.keys, crowd.tokens, strict=True))]
    unit = db.session.get(make.Unit, crowd.people[0].unit_id)
    for number in range(copies):
        crowd.answered(make.account(unit=unit, name=f"Chép {number}"), unit, answers)
    return crowd.settle()


def compared(crowd):
    analysing.ask(COMPARE, crowd.ids["round"], by=crowd.ids["organiser"], now=LATER)
    db.session.commit()
    return worked()


def worked():
    while run_next(analysis_jobs.HANDLERS):
        pass
    return db.session.scalars(select(SimilarPair).order_by(SimilarPair.rarity.desc())).all()


@pytest.fixture(autouse=True)
def later(hands):
    hands.set(LATER)


def test_planted_copies_are_found_and_nobody_else(app):
    with app.app_context():
        crowd = planted()
        [pair] = compared(crowd)
        assert [pair.first_id, pair.second_id] == sorted(crowd.ids["attempts"][-2:])
        assert (pair.same_unit, pair.common, pair.wrong, len(pair.answers)) == (True, 20, COPIED, COPIED)
        assert sorted(pair.answers) == sorted(
            [version, tokens[1 + place % 3]] for place, (version, tokens) in enumerate(
                zip(crowd.ids["versions"][:COPIED], crowd.tokens, strict=False)))
        assert (pair.verdict, pair.found_at) == ("waiting", LATER)
        whole = db.session.get(Comparison, crowd.ids["round"])
        assert (whole.sittings, whole.in_units, whole.across) == (52, 52 * 51 // 2, 0)
        assert (whole.false_alarms, whole.complete, whole.found, whole.runs) == (10, True, 1, 0)
        assert 10 ** (-pair.rarity / 100) * whole.in_units < 0.1


def test_honest_people_are_not_named(app):
    with app.app_context():
        assert compared(Crowd(people=60, items=20).settle()) == []


def test_a_corrected_key_makes_identical_answers_right_ones(app):
    """What both chose turns out right: that is no sign of anything."""
    with app.app_context():
        crowd = planted()
        assert len(compared(crowd)) == 1
        regraded(crowd, {version: Correction("key", [tokens[1 + place % 3]]) for place, (version, tokens) in enumerate(
            zip(crowd.ids["versions"][:COPIED], crowd.tokens, strict=False))})
        assert worked() == []
        assert db.session.get(Comparison, crowd.ids["round"]).runs == 1


def test_questions_that_count_for_everybody_are_left_out(app):
    with app.app_context():
        crowd = planted()
        regraded(crowd, {version: Correction("full") for version in crowd.ids["versions"][:COPIED]})
        assert compared(crowd) == []


def test_a_verdict_is_on_record_stays_and_changes_nothing(app):
    with app.app_context():
        crowd = planted()
        [pair] = compared(crowd)
        before = told(crowd)
        args = (crowd.ids["round"], pair.id)
        for verdict, note, code in (("suspicious", " ", "note_required"), ("guilty", "x", "unknown_verdict"),
                                    ("cleared", "x" * 1001, "note_too_long")):
            with pytest.raises(Refusal) as refused:
                comparing.judge(*args, verdict, note, by=crowd.ids["organiser"], now=LATER)
            assert refused.value.code == code
        with pytest.raises(Missing):
            comparing.judge(crowd.ids["round"], "0" * 32, "cleared", "", by=crowd.ids["organiser"], now=LATER)
        comparing.judge(*args, "suspicious", "Ngồi cạnh nhau", by=crowd.ids["organiser"], now=LATER)
        db.session.commit()
        assert told(crowd) == before
        details = db.session.scalar(select(AuditEvent.details).where(AuditEvent.action == "pair.judged"))
        assert (details["verdict"], details["note"]) == ("suspicious", "Ngồi cạnh nhau")
        [again] = compared(crowd)
        assert (again.id, again.verdict, again.note) == (args[1], "suspicious", "Ngồi cạnh nhau")


def told(crowd):
    return (sorted(map(tuple, db.session.execute(select(Result.attempt_id, Result.points)))),
            sorted(map(tuple, db.session.execute(select(Attempt.id, Attempt.state)))))


@pytest.mark.parametrize("columns", [
    {"verdict": "suspicious", "note": "", "judged_at": LATER}, {"verdict": "cleared"}, {"verdict": "guilty"},
    {"judged_at": LATER}, {"swapped": True}])
def test_the_database_knows_no_other_pairs(app, columns):
    with app.app_context():
        crowd = planted()
        [pair] = compared(crowd)
        if columns.pop("swapped", False):
            columns = {"first_id": pair.second_id, "second_id": pair.first_id}
        for name, value in columns.items():
            setattr(pair, name, value)
        with pytest.raises(IntegrityError):
            db.session.flush()


@pytest.mark.parametrize(("verdict", "left"), [(None, 0), ("cleared", 0), ("suspicious", 1)])
def test_what_nobody_suspects_is_forgotten_after_30_days(app, hands, verdict, left):
    with app.app_context():
        crowd = planted()
        [pair] = compared(crowd)
        if verdict:
            comparing.judge(crowd.ids["round"], pair.id, verdict, "Lý do", by=crowd.ids["organiser"], now=LATER)
        db.session.commit()
        hands.set(LATER + timedelta(days=30) - timedelta(milliseconds=1))
        sweep()
        assert db.session.scalar(select(func.count()).select_from(SimilarPair)) == 1
        hands.advance(milliseconds=1)
        sweep()
        assert db.session.scalar(select(func.count()).select_from(SimilarPair)) == left


def test_more_sittings_than_can_be_compared_are_refused(app, monkeypatch):
    monkeypatch.setattr(comparing, "MOST_SITTINGS", 51)
    with app.app_context():
        crowd = planted()
        assert compared(crowd) == []
        assert db.session.scalar(select(Job.error)) == "too_many_sittings"


def test_only_the_least_likely_pairs_are_kept(app, monkeypatch):
    monkeypatch.setattr(comparing, "MOST_PAIRS", 2)
    with app.app_context():
        crowd = planted(copies=3)
        assert len(compared(crowd)) == 2
        assert db.session.get(Comparison, crowd.ids["round"]).found == 3


def base(crowd):
    return f"/to-chuc/dot-thi/{crowd.ids['round']}/bai-giong-nhau"


def test_from_asking_to_the_verdict(app):
    with app.app_context():
        crowd = planted()
    client = client_of(app, crowd.ids["organiser"])
    assert "So các bài thi" in text(client.get(base(crowd)))
    assert post(client, base(crowd)).status_code == 303
    assert "Đang chờ bắt đầu." in text(client.get(base(crowd)))
    with app.app_context():
        [pair] = worked()
        key = pair.id
    page = client.get(base(crowd)).get_data(as_text=True)
    assert "Chép 0 – Chép 1" in page
    assert f"{COPIED}/{COPIED} câu cùng sai" in page
    assert "trung bình cả đợt chỉ có 0,1 cặp bị nêu" in page
    beside = client.get(f"{base(crowd)}/{key}")
    assert text(beside).count("Cùng sai giống nhau") == COPIED + 1
    assert beside.get_data(as_text=True).count("mark right") == 2 * (20 - COPIED)
    refused = post(client, f"{base(crowd)}/{key}", verdict="suspicious", note="")
    assert refused.status_code == 422
    assert "Ghi lý do của kết luận nghi vấn." in text(refused)
    assert post(client, f"{base(crowd)}/{key}", verdict="suspicious", note="Ngồi cạnh nhau").status_code == 303
    listed = text(client.get(base(crowd) + "?xem=nghi-van"))
    assert "Người tổ chức" in listed
    assert "Chép 0" not in text(client.get(base(crowd) + "?xem=cho-xem"))
    shown = client.get(f"{base(crowd)}/{key}").get_data(as_text=True)
    run = re.search(r'href="([^"]*/cham-lai/chon\?[^"]*)"', shown)[1].replace("&amp;", "&")
    assert "Chép 0" in text(client.get(run))
    assert client.get(f"{base(crowd)}/{'0' * 32}").status_code == 404


def test_only_organisers_and_only_after_the_end(app):
    with app.app_context():
        crowd = planted()
        [pair] = compared(crowd)
        path = f"{base(crowd)}/{pair.id}"
        others = [make.account(roles=(role,), unit=make.unit()).id for role in (
            "contestant", "coordinator", "report_viewer", "reviewer")]
        db.session.commit()
    for other in others:
        assert {client_of(app, other).get(one).status_code for one in (base(crowd), path)} == {403}
    client = client_of(app, crowd.ids["organiser"])
    with app.app_context():
        db.session.add(crowd.round)
        crowd.round.closes_at = LATER.replace(year=2027)  # opened again
        db.session.commit()
    assert "Đợt thi còn mở" in text(client.get(base(crowd)))
    assert "Chép 0" not in text(client.get(base(crowd)))
    assert "mark right" not in client.get(path).get_data(as_text=True)


def test_a_page_costs_a_page(app):
    asked = []
    for copies in (2, 6):
        with app.app_context():
            crowd = planted(copies=copies)
            compared(crowd)
        client = client_of(app, crowd.ids["organiser"])
        client.get(base(crowd))
        with counted(app) as statements:
            page = client.get(base(crowd)).get_data(as_text=True)
        assert page.count("Chép") >= copies
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_reading_answers_to_a_sealed_bank_is_on_record(app):
    with app.app_context():
        crowd = planted()
        [pair] = compared(crowd)
        path = f"{base(crowd)}/{pair.id}"
        db.session.get(Bank, crowd.ids["bank"]).sealed_at = NOON
        db.session.commit()
    assert client_of(app, crowd.ids["organiser"]).get(path).status_code == 200
    with app.app_context():
        assert db.session.scalars(select(AuditEvent.details).where(
            AuditEvent.action == "bank.reading")).one()["what"] == "analysis"
