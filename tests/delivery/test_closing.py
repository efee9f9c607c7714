"""The prediction before a submission, the receipt and the opinion after it."""

import re

import pytest
from sqlalchemy import select

from contest.delivery import operations
from contest.delivery.closing import opinions
from contest.delivery.models import Attempt
from contest.delivery.record_models import Opinion
from contest.extensions import db
from tests.delivery.conftest import NOON, counted, set_round
from tests.delivery.test_views import LIMIT, Browser
from tests.factories import NOON as START

ASK = "Anh/chị thấy đợt thi thế nào?"


@pytest.fixture
def phone(app, cast, hands):
    return Browser(app, "phone")


def asking(app, cast, kind, **more):
    with app.app_context():
        set_round(cast, prediction=kind, **more)


def kept(app):
    with app.app_context():
        return db.session.scalar(select(Attempt.prediction))


def api(phone, method, path, body):
    return phone.client.open(f"/api/v1/attempts/{path}", method=method, json=body,
                             headers={"X-CSRF-Token": phone.csrf})


def test_the_last_question_leads_over_the_prediction_to_the_check(app, cast, phone):
    asking(app, cast, "participants")
    attempt = phone.start(cast)
    moved = phone.post(f"/luot-thi/{attempt}/cau/4", go="next", nonce="n")
    assert moved.location == f"/luot-thi/{attempt}/du-doan"
    page = phone.get(moved.location).text
    assert "Dự đoán: có bao nhiêu người dự thi đợt này?" in page
    assert phone.post(moved.location, prediction="25.980").location == f"/luot-thi/{attempt}/kiem-tra"
    assert kept(app) == 25_980
    assert "25.980" in phone.get(f"/luot-thi/{attempt}/kiem-tra").text
    assert phone.post(f"/luot-thi/{attempt}/cau/4", go="next", nonce="m").location == f"/luot-thi/{attempt}/kiem-tra"
    phone.post(f"/luot-thi/{attempt}/nop-bai")
    assert "25.980" in phone.get(f"/luot-thi/{attempt}/da-nop").text


def test_a_number_is_asked_in_the_organisers_words(app, cast, phone):
    asking(app, cast, "number", prediction_text="Tỉnh có bao nhiêu thủ tục?")
    attempt = phone.start(cast)
    assert "Dự đoán: Tỉnh có bao nhiêu thủ tục?" in phone.get(f"/luot-thi/{attempt}/du-doan").text
    assert api(phone, "PUT", f"{attempt}/prediction", {"prediction": "1.987"}).status_code == 204
    assert kept(app) == 1_987
    page = phone.get(f"/luot-thi/{attempt}/kiem-tra").text
    assert "Tỉnh có bao nhiêu thủ tục?" in page
    assert "<b>1.987</b>" in page
    phone.post(f"/luot-thi/{attempt}/nop-bai")
    assert "1.987" in phone.get(f"/luot-thi/{attempt}/da-nop").text
    [told] = phone.client.get("/api/v1/rounds").json["rounds"]
    assert (told["prediction"], told["prediction_text"]) == ("number", "Tỉnh có bao nhiêu thủ tục?")


def test_what_is_no_number_is_told_and_stays_in_the_field(app, cast, phone):
    asking(app, cast, "perfect_percent")
    attempt = phone.start(cast)
    answer = phone.post(f"/luot-thi/{attempt}/du-doan", prediction="101")
    assert answer.status_code == 422
    assert 'value="101"' in answer.text
    assert "87,65432" in answer.text
    assert kept(app) is None
    assert "Chưa ghi dự đoán" in phone.get(f"/luot-thi/{attempt}/kiem-tra").text


def test_a_round_without_prediction_has_no_such_step(app, cast, phone):
    attempt = phone.start(cast)
    assert phone.get(f"/luot-thi/{attempt}/du-doan").status_code == 404
    assert "Câu dự đoán" not in phone.get(f"/luot-thi/{attempt}/kiem-tra").text
    assert api(phone, "POST", f"{attempt}/submit", {"prediction": "nhiều"}).status_code == 200
    assert kept(app) is None


@pytest.mark.parametrize(("sent", "status", "value"), [
    ({"prediction": 12}, 200, 12), ({"prediction": "25.980"}, 200, 25_980), ({"prediction": None}, 200, None),
    ({"prediction": "2,5"}, 422, None), ({"prediction": -1}, 422, None), ({"prediction": 2.5}, 422, None)])
def test_a_submission_brings_its_prediction(app, cast, phone, sent, status, value):
    asking(app, cast, "perfect_entries")
    attempt = phone.start(cast)
    answer = api(phone, "POST", f"{attempt}/submit", sent)
    assert answer.status_code == status
    assert kept(app) == value
    with app.app_context():
        assert db.session.scalar(select(Attempt.state)) == ("submitted" if status == 200 else "open")


def test_a_prediction_kept_before_counts_where_time_runs_out(app, cast, phone, hands):
    asking(app, cast, "participants")
    attempt = phone.start(cast)
    assert api(phone, "PUT", f"{attempt}/prediction", {"prediction": "1.234"}).status_code == 204
    assert api(phone, "PUT", f"{attempt}/prediction", {"prediction": "x"}).json["code"] == "bad_prediction"
    assert api(Browser(app, "others"), "PUT", f"{attempt}/prediction", {"prediction": 1}).status_code == 404
    hands.set(LIMIT)
    assert api(phone, "PUT", f"{attempt}/prediction", {"prediction": 9}).json["code"] == "closed"
    assert phone.post(f"/luot-thi/{attempt}/du-doan", prediction="9").location == f"/luot-thi/{attempt}/da-nop"
    assert kept(app) == 1_234
    assert "1.234" in phone.get(f"/luot-thi/{attempt}/da-nop").text


def test_a_submission_without_prediction_costs_no_more_than_before(app, cast, phone):
    attempt = phone.start(cast)
    with counted(app) as statements:
        api(phone, "POST", f"{attempt}/submit", {"prediction": None})
    assert len(statements) == 2


class TestReceipt:
    def code(self, phone, attempt):
        page = phone.get(f"/luot-thi/{attempt}/da-nop").text
        return re.search(r"Mã xác nhận bài làm</dt><dd>([A-Z2-7-]{19})</dd>", page)

    def test_it_proves_what_was_saved(self, app, cast, phone):
        attempt = phone.start(cast)
        with app.app_context():
            from contest.delivery.queries import attempt_view

            items = attempt_view(attempt, cast.account, NOON).items
        phone.post(f"/luot-thi/{attempt}/cau/2", choice=items[1].options[0].id, go="next", nonce="a")
        phone.post(f"/luot-thi/{attempt}/nop-bai")
        first = self.code(phone, attempt)[1]
        assert self.code(phone, attempt)[1] == first
        with app.app_context():
            db.session.execute(db.text("UPDATE response SET received_at = received_at - 1"))
            db.session.commit()
        assert self.code(phone, attempt)[1] != first

    def test_a_blank_sitting_has_nothing_to_prove(self, cast, phone):
        attempt = phone.start(cast)
        phone.post(f"/luot-thi/{attempt}/nop-bai")
        assert self.code(phone, attempt) is None

    def test_it_tells_what_organisers_did_and_the_rules_it_was_held_under(self, app, cast, phone):
        from contest.delivery.overruling import annul

        attempt = phone.start(cast)
        with app.app_context():
            annul(attempt, "Làm bài hộ người khác", give_back=False, by=None, now=NOON)
            db.session.commit()
        page = phone.get(f"/luot-thi/{attempt}/da-nop").text
        assert "Làm bài hộ người khác" in page
        assert "Lần công bố thứ 1" in page


class TestOpinion:
    def said(self, app):
        with app.app_context():
            return db.session.scalars(select(Opinion.text)).all()

    def test_it_is_asked_after_the_end_and_may_be_changed(self, app, cast, phone):
        asking(app, cast, "none", opinion=ASK)
        attempt = phone.start(cast)
        phone.post(f"/luot-thi/{attempt}/y-kien", opinion="Sớm quá")
        assert self.said(app) == []
        phone.post(f"/luot-thi/{attempt}/nop-bai")
        assert ASK in phone.get(f"/luot-thi/{attempt}/da-nop").text
        for text in ("  Hay  ", "Câu 3 khó hiểu"):
            phone.post(f"/luot-thi/{attempt}/y-kien", opinion=text)
        assert self.said(app) == ["Câu 3 khó hiểu"]
        assert "Câu 3 khó hiểu" in phone.get(f"/luot-thi/{attempt}/da-nop").text
        with app.app_context():
            rows, after = opinions(cast.round, None)
            assert ([(row.text, row.audience) for row in rows], after) == ([("Câu 3 khó hiểu", "official")], None)

    @pytest.mark.parametrize("text", ["", "   ", "x" * 2_001])
    def test_nothing_and_too_much_are_not_kept(self, app, cast, phone, text):
        asking(app, cast, "none", opinion=ASK)
        attempt = phone.start(cast)
        phone.post(f"/luot-thi/{attempt}/nop-bai")
        phone.post(f"/luot-thi/{attempt}/y-kien", opinion=text)
        assert self.said(app) == []

    def test_it_stands_still_once_results_are_published_and_is_nobody_elses(self, app, cast, phone):
        asking(app, cast, "none", opinion=ASK, results_published_at=START)
        attempt = phone.start(cast)
        phone.post(f"/luot-thi/{attempt}/nop-bai")
        phone.post(f"/luot-thi/{attempt}/y-kien", opinion="Muộn")
        assert self.said(app) == []
        assert Browser(app, "others").post(f"/luot-thi/{attempt}/y-kien", opinion="x").status_code == 404


def test_a_submission_keeps_the_prediction_that_was_there(app, cast):
    with app.app_context():
        set_round(cast, prediction="participants")
        attempt = cast.start().attempt_id
        operations.keep_prediction(attempt, cast.account, 7, NOON)
        operations.submit(attempt, cast.account, NOON)
        db.session.commit()
        assert db.session.scalar(select(Attempt.prediction)) == 7


def test_before_and_after_submitting_it_is_said_that_only_a_complete_paper_is_valid(app, cast, phone):
    asking(app, cast, "participants", scoring={"complete": True})
    attempt = phone.start(cast)
    page = phone.get(f"/luot-thi/{attempt}/kiem-tra").text
    assert "Còn 4 câu chưa trả lời" in page
    assert "Bài chỉ hợp lệ khi trả lời đủ" in page
    assert "Bài chỉ hợp lệ khi ghi cả dự đoán" in page
    phone.post(f"/luot-thi/{attempt}/du-doan", prediction="12")
    phone.post(f"/luot-thi/{attempt}/nop-bai")
    page = phone.get(f"/luot-thi/{attempt}/da-nop").text
    assert "Bài không hợp lệ" in page
    assert "Bài này còn 4 câu chưa trả lời." in page
    assert "Bài này chưa ghi dự đoán." not in page


def test_where_any_paper_is_valid_nothing_of_it_is_said(app, cast, phone):
    asking(app, cast, "participants")
    attempt = phone.start(cast)
    assert "hợp lệ" not in phone.get(f"/luot-thi/{attempt}/kiem-tra").text
    phone.post(f"/luot-thi/{attempt}/nop-bai")
    assert "hợp lệ" not in phone.get(f"/luot-thi/{attempt}/da-nop").text
