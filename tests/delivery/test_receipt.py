"""What a contestant reads of what organisers did: on the receipt, and before the next start."""

from datetime import timedelta

import pytest

from contest.delivery import operations, overruling
from contest.delivery.granting import Reach, grant_time
from contest.extensions import db
from tests.delivery.conftest import NOON, Cast, set_round
from tests.delivery.test_views import Browser, text

MINUTE = timedelta(minutes=1)


@pytest.fixture
def phone(app, cast, hands):
    return Browser(app, "phone")


@pytest.fixture
def receipt(app, cast: Cast, phone, hands):
    """The address of the receipt of a sitting that was handed in after five minutes."""
    with app.app_context():
        set_round(cast, attempts_allowed=1)
        attempt = operations.start(cast.round, cast.account, cast.phone, True, NOON, roles=frozenset()).attempt_id
        operations.submit(attempt, cast.account, NOON + 5 * MINUTE)
        db.session.commit()
    hands.set(NOON + 6 * MINUTE)
    return f"/luot-thi/{attempt}/da-nop"


def annul(app, receipt):
    with app.app_context():
        overruling.annul(receipt.split("/")[2], "Thi hộ người khác", give_back=True, by=None, now=NOON + 6 * MINUTE)
        db.session.commit()


def test_why_a_sitting_is_void_stands_in_its_place_and_once(app, phone, receipt):
    annul(app, receipt)
    page = text(phone.get(receipt))
    assert "Lý do: Thi hộ người khác" in page.partition("Người dự thi")[0]
    assert page.count("Thi hộ người khác") == 1
    assert "để biết lý do" not in page


def test_a_number_beyond_what_is_allowed_is_told_without_it(app, cast, phone, receipt):
    assert "Lượt 1 trong 1" in text(phone.get(receipt))
    annul(app, receipt)
    again = phone.start(cast)
    phone.post(f"/luot-thi/{again}/nop-bai")
    page = text(phone.get(f"/luot-thi/{again}/da-nop"))
    assert "Lượt 2" in page
    assert "Lượt 2 trong" not in page


def test_what_is_kept_on_the_machine_is_offered_for_a_week_to_who_may_be_reopened(app, cast, phone, receipt, hands):
    assert "data-w-kept" in phone.get(receipt).text
    hands.advance(days=7)
    with app.app_context():
        set_round(cast, closes_at=NOON + timedelta(days=30))
    assert "data-w-kept" not in Browser(app, "phone").get(receipt).text
    hands.set(NOON + 6 * MINUTE)
    annul(app, receipt)
    assert "data-w-kept" not in phone.get(receipt).text


def test_time_granted_beforehand_is_told_before_the_start(app, cast, phone, hands):
    with app.app_context():
        grant_time(cast.round, Reach(account_id=cast.account), 5, "Khuyết tật", by=None, now=NOON)
        set_round(cast, closes_at=NOON + 25 * MINUTE)
    address = f"/dot-thi/{cast.round}"
    assert "Đồng hồ 20 phút và 5 phút được cộng thêm chạy ngay khi bấm." in text(phone.get(address))
    hands.advance(minutes=1)
    assert "nên chỉ còn 24:00 để làm bài thay vì 25 phút." in text(phone.get(address))
