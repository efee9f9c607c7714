from contest.audit.models import AuditEvent
from contest.extensions import db
from contest.rounds.admission import same_password
from contest.rounds.models import Contest
from tests import factories
from tests.rounds.cast import cast, client_of, post

FORM = {"title": "Tìm hiểu", "agency_name": "Sở Nội vụ"}


def kept(app, contest_id):
    with app.app_context():
        return db.session.get(Contest, contest_id).password_digest


def test_a_password_is_set_changed_and_removed_and_never_shown(app, hands):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/cuoc-thi/{ids.contest}/sua"
    assert post(client, path, **FORM, password=" ThiCCHC2026 ").status_code == 303
    first = kept(app, ids.contest)
    assert same_password("thicchc2026", first, app.config["SECRET_KEY"])
    for page in (path, f"/to-chuc/cuoc-thi/{ids.contest}"):
        text = client.get(page).get_data(as_text=True)
        assert "Đã đặt" in text
        assert first not in text
        assert "ThiCCHC2026" not in text
    post(client, path, **FORM)
    assert kept(app, ids.contest) == first
    post(client, path, **FORM, password="khac123", no_password="y")
    assert same_password("khac123", kept(app, ids.contest), app.config["SECRET_KEY"])
    post(client, path, **FORM, no_password="y")
    assert kept(app, ids.contest) is None
    with app.app_context():
        events = db.session.query(AuditEvent).filter_by(action="contest.password").order_by(AuditEvent.id).all()
        assert sorted(str(event.details) for event in events) == sorted(
            str(details) for details in ({"asked": True}, {"asked": True}, {"asked": False}))
    answer = post(client, path, **FORM, password="abc")
    assert answer.status_code == 422
    assert "Mật khẩu cuộc thi từ 4 đến 60 ký tự." in answer.get_data(as_text=True)


def test_a_new_contest_may_have_one_and_its_page_says_so(app, hands):
    ids = cast(app)
    post(client_of(app, ids.organiser), "/to-chuc/cuoc-thi/moi", **FORM, code="co-mat-khau", password="thicchc")
    with app.app_context():
        row = db.session.query(Contest).filter_by(code="co-mat-khau").one()
        assert row.password_digest
        factories.round_(row, db.session.get(factories.Bank, ids.bank))
        factories.round_(db.session.get(Contest, ids.contest), db.session.get(factories.Bank, ids.bank))
        db.session.commit()
    reader = app.test_client()
    assert "Cần mật khẩu cuộc thi" in reader.get("/cuoc-thi/co-mat-khau").get_data(as_text=True)
    assert "Cần mật khẩu cuộc thi" not in reader.get(f"/cuoc-thi/{ids.code}").get_data(as_text=True)
