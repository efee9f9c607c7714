"""The public page of a certificate's code."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from contest.awards.acts import refuse_prize
from contest.awards.models import Award
from contest.extensions import db
from contest.identity.models import SignInFailure
from tests.awards.winners import again, listed, winners
from tests.factories import NOON
from tests.statements import counted

LATER = NOON + timedelta(days=2)


@pytest.fixture
def made(app, hands):
    hands.set(LATER)
    with app.app_context():
        return winners()


def tries(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(SignInFailure))


def test_a_genuine_code_tells_what_the_paper_says_and_no_more(app, client, made):
    answer = client.get(f"/xac-nhan/{made.codes[0].lower()}")
    assert answer.status_code == 200
    for words in ("Giấy có thật và còn hiệu lực", "Lê Thị Hồng Gấm 0", "Sở Nội vụ", "Giải Nhất",
                  "Tìm hiểu cải cách hành chính năm 2026", "Tuần 1", "số 15/QĐ-SNV ngày 20/12/2026", "Nguyễn Văn Mẫu",
                  made.codes[0]):
        assert words in answer.text
    assert 'name="robots" content="noindex"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    for other in (made.people[0], made.codes[1], "Lê Thị Hồng Gấm 1", made.awards[0]):
        assert other not in answer.text
    assert tries(app) == 0


def test_a_typed_code_leads_to_its_own_page(client, made):
    assert client.get("/xac-nhan").status_code == 200
    typed = made.codes[2].replace("-", " ").lower()
    answer = client.get("/xac-nhan", query_string={"ma": typed})
    assert (answer.status_code, answer.location) == (303, f"/xac-nhan/{made.codes[2]}")
    assert "Tập thể" in client.get(answer.location).text


def test_signs_taken_for_one_another_still_find_the_certificate(app, client, made):
    with app.app_context():
        db.session.get(Award, made.awards[0]).code = "QQLJ-3F8T-W2"
        db.session.commit()
    answer = client.get("/xac-nhan?ma=0O1I-3f8t-w2")
    assert (answer.status_code, "Lê Thị Hồng Gấm 0" in answer.text) == (200, True)


@pytest.mark.parametrize("typed", ["K7QM-3F8T-W2", "abc", "<b>&", "K7QM-3F8T-W2" * 30])
def test_a_wrong_code_is_told_plainly_with_the_form_again(app, client, made, typed):
    answer = client.get("/xac-nhan", query_string={"ma": typed}, follow_redirects=True)
    assert answer.status_code == 404
    assert "Không có giấy nào mang mã này" in answer.text
    assert 'name="ma"' in answer.text
    assert "<b>&" not in answer.text
    assert tries(app) == 1


def test_a_draft_verifies_nobody(app, client, hands):
    hands.set(LATER)
    with app.app_context():
        draft = winners(frozen=False)
    answer = client.get(f"/xac-nhan/{draft.codes[0]}")
    assert (answer.status_code, "Hồng Gấm" in answer.text) == (404, False)


def test_codes_cannot_be_walked_through(app, client, made, hands):
    for number in range(10):
        assert client.get(f"/xac-nhan/2222-2222-2{'23456789AB'[number]}").status_code == 404
    blocked = client.get(f"/xac-nhan/{made.codes[0]}")
    assert (blocked.status_code, "Hồng Gấm" in blocked.text) == (429, False)
    assert tries(app) == 10
    assert app.test_client().get(f"/xac-nhan/{made.codes[0]}").status_code == 200  # another device
    hands.advance(minutes=15)
    assert client.get(f"/xac-nhan/{made.codes[0]}").status_code == 200


def test_what_no_longer_holds_is_said(app, client, made):
    with app.app_context():
        kept = db.session.get(Award, made.awards[0])
        refuse_prize(db.session.get(Award, made.awards[2]).prize_id, db.session.get(Award, made.awards[2]).unit_id,
                     "Nhường cho đơn vị khác", by=None, now=LATER)
        unit = client.get(f"/xac-nhan/{made.codes[2]}").text
        listed(made.plan, [again(kept)], number=2, decision="20/QĐ-SNV")
        db.session.commit()
    unit = client.get(f"/xac-nhan/{made.codes[2]}").text
    assert "Giấy không còn hiệu lực" in unit
    assert "Nhường" not in unit  # why is nobody's business
    old, gone = (client.get(f"/xac-nhan/{code}").text for code in made.codes[:2])
    for page in (old, gone):
        assert "Giấy đã được thay bằng danh sách mới" in page
        assert "còn hiệu lực</strong>" not in page
        assert "20/QĐ-SNV" in page
    assert "vẫn có tên này: Giải Nhất" in old
    assert "không còn tên này" in gone


def test_a_look_up_costs_the_same_for_ten_certificates_and_for_a_thousand(app, client, hands):
    hands.set(LATER)
    with app.app_context():
        few, many = winners(people=2), winners(people=60)
    client.get(f"/xac-nhan/{few.codes[0]}")
    costs = []
    for made in (few, many):
        with counted(app) as statements:
            client.get(f"/xac-nhan/{made.codes[0]}")
        costs.append(len(statements))
    assert costs[0] == costs[1] <= 6
