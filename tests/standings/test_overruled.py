"""Organisers overrule a sitting before its board is settled, and not alone from then on."""

import re

import pytest
from sqlalchemy import select

from contest.delivery.models import Attempt
from contest.delivery.record_models import AttemptChange
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Account
from contest.marking import arranging, queries
from contest.standings import operations, overruled
from contest.standings.board_models import Board
from contest.standings.models import Result
from tests.factories import account, signed_in
from tests.marking.cast import AFTER, Stage, finish
from tests.standings.hall import CLOSES, MINUTE, NOW, SETTLED, WHY, Hall

OVERRULE = {
    "annul": lambda id_, now: overruled.annul(id_, WHY, give_back=True, by=None, now=now),
    "reopen": lambda id_, now: overruled.reopen(id_, 5, WHY, by=None, now=now),
    "collect": lambda id_, now: overruled.collect(id_, WHY, by=None, now=now),
    "restore": lambda id_, now: overruled.restore(id_, WHY, by=None, now=now)}


@pytest.fixture
def hall(app):
    return Hall(app, sittings=1, prediction="participants", board_shown="after_close")


def refusal(act, *args, **named):
    with pytest.raises(Refusal) as told:
        act(*args, **named)
    db.session.rollback()
    return told.value.code, told.value.status


def all_of(hall):
    """Everything that an overruled sitting would change."""
    rows = [sorted(map(str, db.session.execute(select(model.__table__)))) for model in (Attempt, Result, AttemptChange)]
    return *rows, sorted(hall.listed()), db.session.get(Board, hall.round).actual


@pytest.mark.parametrize("act", OVERRULE)
def test_nothing_of_a_settled_board_changes_by_one_person(app, hall, act):
    hall.reset(scored=True)
    with app.app_context():
        if act == "restore":
            hall.annul(0)
        hall.settle()
        before = all_of(hall)
        assert refusal(OVERRULE[act], hall.ids[0], SETTLED) == ("board_stands", 409)
        operations.publish_results(hall.round, by=None, now=SETTLED)
        db.session.commit()
        assert refusal(OVERRULE[act], hall.ids[0], SETTLED + MINUTE) == ("board_stands", 409)
        assert all_of(hall) == before
        with pytest.raises(Missing):
            OVERRULE[act](hall.round, SETTLED)


def test_who_is_brought_back_is_scored_and_counted_as_before(app, hall):
    hall.reset(scored=True)
    with app.app_context():
        before = hall.listed()
        hall.annul(0)
        assert hall.ids[0] not in hall.listed()
        hall.restore(0)
        assert hall.ids[0] not in hall.scored()  # the worker finds it again
        while operations.score_pending(NOW):
            db.session.commit()
        assert hall.listed() == before
    hall.prove()
    assert hall.settled_on() == (8, 8)


def test_essays_come_back_only_while_somebody_can_mark_them(app):
    with app.app_context():
        held = Stage().begin()
        essay = held.essays()[0]
        overruled.annul(essay.attempt_id, WHY, give_back=False, by=held.organiser, now=AFTER)
        for other in held.essays():
            if other.attempt_id != essay.attempt_id:
                for place in (1, 2):
                    finish(held.before(other, place), 50)
        arranging.close(held.round.id, by=held.organiser, now=AFTER)
        db.session.commit()
        assert refusal(overruled.restore, essay.attempt_id, WHY, by=None, now=AFTER) == ("marking_over", 409)
        arranging.reopen(held.round.id, WHY, by=held.organiser, now=AFTER)
        overruled.restore(essay.attempt_id, WHY, by=None, now=AFTER)
        operations.score_pending(AFTER)
        assert queries.left(held.round.id) == 1
        assert db.session.get(Result, essay.attempt_id).pending == 1


class TestPages:
    @pytest.fixture
    def client(self, app, hall):
        with app.app_context():
            who = account(roles=("organiser",))
            db.session.commit()
            who = db.session.get(Account, who.id)
            db.session.expunge(who)
        return signed_in(app.test_client(), who)

    def address(self, hall, rest=""):
        return f"/to-chuc/dot-thi/{hall.round}/theo-doi{rest}"

    def post(self, client, hall, act, *numbers, **form):
        token = client.get("/api/v1/session").json["csrf_token"]
        return client.post(self.address(hall, f"/{act}"), data={
            "csrf_token": token, "attempt": [hall.ids[n] for n in numbers], **form})

    @pytest.mark.parametrize("published", [False, True])
    def test_a_settled_board_offers_the_way_to_a_grading_run_and_no_button(self, app, hall, client, hands, published):
        hall.reset(scored=True)
        hands.set(CLOSES + MINUTE / 6)
        shown = client.get(self.address(hall, "?xem=da-nop")).text
        assert "/huy-bai" in shown
        assert "/cham-lai/chon" not in shown
        hall.settle()
        hands.set(SETTLED)
        if published:
            with app.app_context():
                operations.publish_results(hall.round, by=None, now=SETTLED)
                db.session.commit()
        shown = client.get(self.address(hall, "?xem=da-nop")).text
        assert not re.search("/huy-bai|/mo-lai|/thu-bai|/khoi-phuc|type=.checkbox", shown)
        assert f"/to-chuc/dot-thi/{hall.round}/cham-lai/chon#ma" in shown
        for form in ({}, {"reason": "Thi hộ"}):
            refused = self.post(client, hall, "huy-bai", 2, **form)
            assert refused.status_code == 409
            assert "có người thứ hai duyệt mới có hiệu lực" in refused.text
            assert f"/to-chuc/dot-thi/{hall.round}/cham-lai/chon?luot={hall.ids[2]}" in refused.text
            assert 'name="reason"' not in refused.text
        assert set(hall.states().values()) == {"submitted"}
        assert hall.settled_on() == (8, 8)
        chosen = client.get(f"/to-chuc/dot-thi/{hall.round}/cham-lai/chon?luot={hall.ids[2]}").text
        assert f'value="{hall.ids[2]}" checked' in chosen

    def test_what_the_worker_settles_between_the_question_and_the_act_is_refused_too(self, hall, client, hands,
                                                                                     monkeypatch):
        hall.reset(scored=True)
        hands.set(SETTLED)
        hold = overruled._hold

        def late(attempt_id):
            operations.score_pending(SETTLED)
            return hold(attempt_id)

        monkeypatch.setattr(overruled, "_hold", late)
        hall_settled = self.post(client, hall, "huy-bai", 2, reason="Thi hộ")
        assert "Bảng xếp hạng của đợt thi đã chốt" in hall_settled.text
        assert set(hall.states().values()) == {"submitted"}

    def test_an_annulment_by_mistake_is_taken_back(self, app, hall, client, hands):
        hall.reset(scored=True)
        hands.set(NOW)
        assert self.post(client, hall, "huy-bai", 1, reason="Thi hộ").status_code == 303
        listed = client.get(self.address(hall, "?xem=huy")).text
        assert "/khoi-phuc" in listed
        assert "/huy-bai" not in listed
        asked = self.post(client, hall, "khoi-phuc", 1)
        assert (asked.status_code, hall.states()[hall.ids[1]]) == (200, "void")
        assert "Lượt thi được tính lại như trước khi hủy" in asked.text
        assert self.post(client, hall, "khoi-phuc", 1, reason=" ").status_code == 422
        done = self.post(client, hall, "khoi-phuc", 1, reason="Nhầm tên", xem="huy")
        assert done.location.endswith("?xem=huy")
        assert hall.states()[hall.ids[1]] == "submitted"
        again = self.post(client, hall, "khoi-phuc", 1, reason="Nhầm tên")
        assert again.status_code == 422
        assert "Lượt thi này không bị hủy ở trang theo dõi." in again.text
        record = client.get(f"/to-chuc/luot-thi/{hall.ids[1]}").text
        assert re.search("Khôi phục lượt thi</b>[^<]*Nhầm tên", record)
        with app.app_context():
            owner = db.session.get(Account, hall.people[1])
            db.session.expunge(owner)
        receipt = signed_in(app.test_client(), owner).get(f"/luot-thi/{hall.ids[1]}/da-nop").text
        assert "Đã nộp bài</h1>" in receipt
        assert receipt.index("Ban Tổ chức đã khôi phục lượt thi") < receipt.index("Ban Tổ chức đã hủy lượt thi")
