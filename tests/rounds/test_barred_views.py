import pytest

from contest.audit.models import AuditEvent
from contest.delivery import operations as sittings
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds import barring
from contest.rounds.barred import barred_accounts
from contest.rounds.models import Barred
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import cast, client_of, post


def address(ids):
    return f"/to-chuc/cuoc-thi/{ids.contest}/khong-du-thi"


def test_people_are_found_put_on_the_list_and_taken_off_it(app, hands):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    page = client.get(address(ids)).get_data(as_text=True)
    assert "Danh sách chưa có ai" in page
    assert "Gợi ý: Người tổ chức, Người thẩm định câu hỏi, Người tổng hợp báo cáo, Quản trị" in page
    assert f'value="{ids.organiser}"' in page
    assert f'value="{ids.contestant}"' not in page
    found = client.get(f"{address(ids)}?q=hong+hanh").get_data(as_text=True)
    assert f'value="{ids.contestant}"' in found
    assert post(client, address(ids), account=[ids.contestant, ids.organiser], reason="Tổ ra đề").status_code == 303
    with app.app_context():
        assert barred_accounts(ids.contest) == {ids.contestant, ids.organiser}
        row = db.session.get(Barred, (ids.contest, ids.contestant))
        assert (row.reason, row.by, row.at) == ("Tổ ra đề", ids.organiser, NOON)
        event = db.session.query(AuditEvent).filter_by(action="contest.bar").one()
        assert event.details == {"accounts": sorted([ids.contestant, ids.organiser]), "reason": "Tổ ra đề"}
    page = client.get(address(ids)).get_data(as_text=True)
    assert "Tổ ra đề" in page
    assert "2 người" in client.get(f"/to-chuc/cuoc-thi/{ids.contest}").get_data(as_text=True)
    assert post(client, f"{address(ids)}/{ids.contestant}/bo").status_code == 303
    post(client, f"{address(ids)}/{ids.contestant}/bo")
    with app.app_context():
        assert barred_accounts(ids.contest) == {ids.organiser}
        assert db.session.query(AuditEvent).filter_by(action="contest.unbar").count() == 1


def test_logins_are_pasted(app, hands):
    ids = cast(app)
    with app.app_context():
        for login in ("hanh", "binh"):
            factories.account(login)
        db.session.commit()
    client = client_of(app, ids.organiser)
    answer = post(client, address(ids), logins="Hanh\nlan; binh", reason="Tổ giúp việc")
    assert answer.status_code == 422
    assert "tên đăng nhập: lan. Chưa thêm ai." in answer.get_data(as_text=True)
    with app.app_context():
        assert barred_accounts(ids.contest) == frozenset()
    post(client, address(ids), logins="Hanh\r\nbinh\r\nhanh", reason="Tổ giúp việc")
    post(client, address(ids), logins="hanh", reason="Lần nữa")
    with app.app_context():
        assert len(barred_accounts(ids.contest)) == 2
        assert db.session.query(AuditEvent).filter_by(action="contest.bar").count() == 1


@pytest.mark.parametrize(("form", "sentence"), [
    ({"reason": "x"}, "Chọn ít nhất một người"), ({"reason": " ", "account": ["0" * 32]}, "Ghi lý do."),
    ({"reason": "x", "account": ["'; DROP"]}, "Chọn ít nhất một người"),
    ({"reason": "x" * 201, "account": ["0" * 32]}, "Tối đa 200 ký tự."),
])
def test_what_is_missing_is_named(app, hands, form, sentence):
    ids = cast(app)
    answer = post(client_of(app, ids.organiser), address(ids), **form)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_organisers_only(app, hands):
    ids = cast(app)
    for who in (ids.viewer, ids.contestant):
        client = client_of(app, who)
        assert client.get(address(ids)).status_code == 403
        assert post(client, address(ids), account=[ids.organiser], reason="x").status_code == 403
        assert post(client, f"{address(ids)}/{ids.organiser}/bo").status_code == 403


def test_whoever_is_on_the_list_cannot_start(app, hands):
    ids = cast(app)
    with app.app_context():
        round_id = factories.round_(db.session.get(factories.Contest, ids.contest),
                                    db.session.get(factories.Bank, ids.bank)).id
        assert barring.bar(ids.contest, [ids.contestant, "0" * 32], "Tổ ra đề", by=None, now=NOON) == 1
        assert barring.bar(ids.contest, [ids.contestant], "Tổ ra đề", by=None, now=NOON) == 0
        with pytest.raises(Refusal) as refused:
            sittings.start(round_id, ids.contestant, "s" * 64, True, NOON)
        assert (refused.value.code, refused.value.status) == ("barred", 403)
        with pytest.raises(Refusal) as refused:
            barring.bar(ids.contest, [f"{n:032}" for n in range(barring.MOST + 1)], "x", by=None, now=NOON)
        assert refused.value.code == "too_many_people"
