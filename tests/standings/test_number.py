"""A number that is guessed and told afterwards: by whom, when, how often, and what it settles."""

from datetime import timedelta

import pytest

from contest.audit.models import AuditEvent
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.models import Round
from contest.standings import operations
from contest.standings.board_models import Board
from contest.standings.explained import explain
from contest.standings.operations import SETTLE, give_number, score_pending
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import post
from tests.standings.cast import sit, stage

CLOSES = NOON + timedelta(hours=1)
AFTER = CLOSES + SETTLE + timedelta(minutes=1)
ASKED = "Năm 2026 tỉnh tiếp nhận bao nhiêu hồ sơ trực tuyến?"


def guessed(*guesses, **columns):
    columns = {"prediction": "number", "prediction_text": ASKED, "closes_at": CLOSES,
               "scoring": {"chain": ["points", "distance"]}} | columns
    _contest, bank, round_, (unit,) = stage(**columns)
    people = [factories.account(unit=unit) for _ in guesses]
    for who, guess in zip(people, guesses, strict=True):
        sit(round_, bank, who, unit=unit, right=2, wrong=2).prediction = guess
    db.session.commit()
    return round_, people


def refusal(act, *args, **kwargs):
    with pytest.raises(Refusal) as refused:
        act(*args, **kwargs)
    db.session.rollback()
    return refused.value.code


def test_the_board_waits_for_the_number_and_is_then_settled_by_the_worker(app):
    with app.app_context():
        round_, people = guessed(900, 1_030, None)
        score_pending(AFTER)
        assert [explain(round_.id, who.id).rank for who in people] == [1, 1, 1]
        assert refusal(operations.publish_results, round_.id, by=None, now=AFTER) == "number_not_given"
        score_pending(AFTER)
        give_number(round_.id, 5_000, by=people[0].id, now=AFTER)
        give_number(round_.id, 1_000, by=people[0].id, now=AFTER)
        assert [event.details["value"] for event in db.session.query(AuditEvent).filter_by(
            action="round.number_given").order_by(AuditEvent.id)] == [5_000, 1_000]
        assert score_pending(AFTER) == 0
        assert db.session.get(Board, round_.id).actual == 1_000
        assert [explain(round_.id, who.id).rank for who in people] == [2, 1, 3]
        assert refusal(give_number, round_.id, 900, by=None, now=AFTER) == "board_settled"


@pytest.mark.parametrize(("columns", "value", "now", "code"), [
    ({}, 5, CLOSES - timedelta(milliseconds=1), "number_too_early"), ({}, -1, CLOSES, "bad_number"),
    ({}, 1_000_000_000, CLOSES, "bad_number"), ({"prediction": "participants"}, 5, CLOSES, "no_number_asked"),
    ({"results_published_at": CLOSES}, 5, CLOSES, "board_settled")])
def test_when_it_may_not_be_told(app, columns, value, now, code):
    with app.app_context():
        round_, _people = guessed(**columns)
        assert refusal(give_number, round_.id, value, by=None, now=now) == code


def test_organisers_tell_it_on_the_page_of_figures(app, hands):
    with app.app_context():
        round_, _people = guessed(900)
        organiser = factories.account(roles=("organiser",))
        viewer = factories.account(roles=("report_viewer",))
        db.session.commit()
        for who in (organiser, viewer):
            db.session.refresh(who)
            db.session.expunge(who)
        page = f"/thong-ke/{round_.id}"
        round_id = round_.id
    client, reader = (factories.signed_in(app.test_client(), who) for who in (organiser, viewer))
    assert "Ghi được sau khi đợt thi kết thúc." in client.get(page).get_data(as_text=True)
    hands.set(AFTER)
    text = client.get(page).get_data(as_text=True)
    assert ASKED in text
    assert 'name="value"' in text
    assert 'name="value"' not in reader.get(page).get_data(as_text=True)
    assert post(reader, f"{page}/gia-tri-dung", value="5").status_code == 403
    assert post(client, f"{page}/gia-tri-dung", value="nhiều").status_code == 422
    assert post(client, f"{page}/gia-tri-dung", value="1.000").status_code == 303
    with app.app_context():
        assert db.session.get(Round, round_id).prediction_given == 1_000
        score_pending(AFTER)
        db.session.commit()
    assert "Bảng xếp hạng đã chốt theo số này." in client.get(page).get_data(as_text=True)
