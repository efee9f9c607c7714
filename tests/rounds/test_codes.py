"""Entry codes: made for people or for nobody yet, used on any device, called in, counted."""

from datetime import timedelta

import pytest

from contest.audit.models import AuditEvent
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Account, Grant, SignIn, SignInFailure
from contest.identity.operations import LIMITS
from contest.rounds import barring, codes, entering
from contest.rounds.admission import code_digest
from contest.rounds.code_figures import CodeLine, code_lines
from contest.rounds.models import Contest, EntryCode
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import DAY, cast, client_of, post
from tests.statements import counted

KEY = "a key for tests only, 32 characters"
WRONG = "Mã dự thi không đúng hoặc không còn dùng được."


def refusal(act, *args, **kwargs):
    with pytest.raises(Refusal) as refused:
        act(*args, **kwargs)
    db.session.rollback()
    return refused.value.code, refused.value.status


def blank(app, ids, *, audience="official", unit=True):
    with app.app_context():
        [slip] = codes.make_blank(ids.contest, ids.unit if unit else None, audience, 1, KEY, by=None, now=NOON)
        db.session.commit()
        return slip.code


def personal(app, ids):
    with app.app_context():
        slips = codes.make_for_roster(ids.contest, ids.unit, KEY, by=None, now=NOON)
        db.session.commit()
        return slips


def who(client):
    account = client.get("/api/v1/session").json["account"]
    return account and account["name"]


def test_a_code_for_everyone_of_a_unit_who_has_none(app):
    ids = cast(app)
    with app.app_context():
        unit = db.session.get(factories.Unit, ids.unit)
        below = factories.unit("Phòng Cải cách hành chính", parent=unit)
        part = factories.account(name="Trần Bình", unit=below)
        factories.account(name="Lãnh Đạo", unit=unit, roles=("contestant", "organiser"))
        factories.account(name="Đã Nghỉ", unit=unit).active = False
        barred = factories.account(name="Bị Loại", unit=unit)
        factories.account(name="Nơi Khác", unit=factories.unit("Sở Khác"))
        barring.bar(ids.contest, [barred.id], "Tổ ra đề", by=None, now=NOON)
        slips = codes.make_for_roster(ids.contest, ids.unit, KEY, by=ids.organiser, now=NOON)
        assert {(slip.name, slip.unit) for slip in slips} == {
            ("Trần Bình", "Phòng Cải cách hành chính"), ("Nguyễn Thị Hồng Hạnh", "Sở Nội vụ")}
        assert [slip.number for slip in slips] == [1, 2]
        rows = db.session.query(EntryCode).order_by(EntryCode.number).all()
        assert [row.digest for row in rows] == [code_digest(slip.code, KEY) for slip in slips]
        assert {row.account_id for row in rows} == {part.id, ids.contestant}
        assert refusal(codes.make_for_roster, ids.contest, ids.unit, KEY, by=None, now=NOON) == (
            "nobody_without_code", 422)
        with pytest.raises(Missing):
            codes.make_for_roster(ids.contest, "0" * 32, KEY, by=None, now=NOON)


def test_blank_codes_are_numbered_on_counted_and_called_in(app):
    ids = cast(app)
    with app.app_context():
        first = codes.make_blank(ids.contest, ids.unit, "official", 3, KEY, by=ids.organiser, now=NOON)
        more = codes.make_blank(ids.contest, None, "citizen", 2, KEY, by=None, now=NOON)
        assert [slip.number for slip in (*first, *more)] == [1, 2, 3, 4, 5]
        assert len({slip.code for slip in (*first, *more)}) == 5
        row = entering.live_code(code_digest(first[0].code, KEY), NOON)
        entering.use_code(row, "Lê An", None, NOON)
        assert codes.revoke_code(ids.contest, 2, by=ids.organiser, now=NOON) == 1
        assert codes.revoke_code(ids.contest, 2, by=None, now=NOON) == 0
        assert code_lines(ids.contest) == [
            CodeLine(ids.unit, "Sở Nội vụ", 3, 1, 1, 1), CodeLine(None, None, 2, 0, 2, 0)]
        assert codes.revoke_unused(ids.contest, ids.unit, by=None, now=NOON) == 1
        assert codes.revoke_unused(ids.contest, None, by=None, now=NOON) == 2
        assert entering.live_code(code_digest(first[0].code, KEY), NOON) is not None
        for count in (0, codes.MOST + 1):
            assert refusal(codes.make_blank, ids.contest, None, "official", count, KEY, by=None, now=NOON) == (
                "code_count", 422)


def test_a_persons_code_signs_that_person_in_on_any_device(app, hands):
    ids = cast(app)
    [slip] = personal(app, ids)
    for typed in (slip.code, slip.code.lower().replace("-", " ")):
        client = app.test_client()
        page = client.get(f"/vao/{slip.code}").get_data(as_text=True)
        assert f'value="{slip.code}"' in page
        assert who(client) is None
        answer = post(client, "/vao", code=typed)
        assert answer.headers["Location"] == f"/cuoc-thi/{ids.code}"
        assert who(client) == "Nguyễn Thị Hồng Hạnh"
    with app.app_context():
        assert db.session.query(SignIn).filter_by(account_id=ids.contestant).count() == 2
        assert db.session.query(EntryCode).one().used_at == NOON
        assert db.session.query(AuditEvent).filter_by(action="contest.code_used").count() == 1


def test_what_a_sign_in_by_code_costs(app, hands):
    ids = cast(app)
    [slip] = personal(app, ids)
    client = app.test_client()
    for _what in ("the code with its person, its use, that on record, the sign-in",
                  "the device's tries, the code with its person, the sign-in, the end of the one before"):
        with counted(app) as statements:
            assert client.post("/api/v1/session", json={"code": slip.code}).status_code == 200
        assert len(statements) == 4


def test_a_blank_code_belongs_to_whoever_uses_it_first(app, hands):
    ids = cast(app)
    code = blank(app, ids, audience="citizen")
    client = app.test_client()
    asked = post(client, "/vao", code=code)
    assert asked.status_code == 200
    assert "Mã này chưa có ai dùng." in asked.get_data(as_text=True)
    assert who(client) is None
    nameless = post(client, "/vao", code=code, asked="1", name=" ")
    assert nameless.status_code == 422
    assert "Ghi họ và tên" in nameless.get_data(as_text=True)
    assert post(client, "/vao", code=code, asked="1", name="  Lê  An ", phone="+84 912 345 678").status_code == 303
    assert who(client) == "Lê An"
    other = app.test_client()
    assert post(other, "/vao", code=code, asked="1", name="Người Khác").status_code == 303
    assert who(other) == "Lê An"
    with app.app_context():
        account = db.session.get(Account, db.session.query(EntryCode).one().account_id)
        assert (account.unit_id, account.audience, account.password_hash, account.phone, account.login) == (
            ids.unit, "citizen", None, "0912345678", f"{ids.code}.1")
        assert [grant.role for grant in account.grants] == ["contestant"]


def test_a_login_that_is_taken_gets_an_ending(app):
    ids = cast(app)
    code = blank(app, ids, unit=False)
    with app.app_context():
        factories.account(f"{ids.code}.1")
        row = entering.live_code(code_digest(code.replace("-", ""), KEY), NOON)
        account = db.session.get(Account, entering.use_code(row, "Lê An", None, NOON))
        assert account.login.startswith(f"{ids.code}.1.")
        assert account.unit_id is None


def broken(app, ids, how):
    """A code that opens nothing for this reason; what to type."""
    if how == "unknown":
        return "K7QM-3F8T-W2XY"
    if how == "malformed":
        return "không phải mã"
    [slip] = personal(app, ids)
    with app.app_context():
        account = db.session.get(Account, ids.contestant)
        contest = db.session.get(Contest, ids.contest)
        if how == "revoked":
            codes.revoke_code(ids.contest, slip.number, by=None, now=NOON)
        elif how == "inactive":
            account.active = False
        elif how == "staff":
            db.session.add(Grant(account_id=account.id, role="administrator"))
        elif how == "archived":
            contest.archived_at = NOON
        elif how == "over":
            factories.round_(contest, db.session.get(factories.Bank, ids.bank),
                             opens_at=NOON - 40 * DAY, closes_at=NOON - entering.AFTERWARDS)
        db.session.commit()
    return slip.code


@pytest.mark.parametrize("how", ["unknown", "malformed", "revoked", "inactive", "staff", "archived", "over"])
def test_every_code_that_opens_nothing_gets_one_answer(app, hands, how):
    ids = cast(app)
    client = app.test_client()
    answer = post(client, "/vao", code=broken(app, ids, how))
    assert answer.status_code == 401
    assert WRONG in answer.get_data(as_text=True)
    assert who(client) is None
    with app.app_context():
        assert db.session.query(SignInFailure.login).all() == [("code",)]


def test_results_can_be_looked_at_for_a_while(app):
    ids = cast(app)
    [slip] = personal(app, ids)
    with app.app_context():
        factories.round_(db.session.get(Contest, ids.contest), db.session.get(factories.Bank, ids.bank))
        closed = NOON + timedelta(hours=6)
        digest = code_digest(slip.code, KEY)
        assert entering.live_code(digest, closed + entering.AFTERWARDS - timedelta(milliseconds=1)) is not None
        assert entering.live_code(digest, closed + entering.AFTERWARDS) is None


def test_wrong_codes_are_counted_by_device_never_by_address(app, hands):
    ids = cast(app)
    [slip] = personal(app, ids)
    client = app.test_client()
    for _ in range(LIMITS[0][0]):
        assert post(client, "/vao", code="K7QM3F8TW2XY").status_code == 401
    assert post(client, "/vao", code=slip.code).status_code == 429
    assert post(app.test_client(), "/vao", code=slip.code).status_code == 303
    hands.advance(minutes=15)
    assert post(client, "/vao", code=slip.code).status_code == 303


def test_a_computer_that_many_enter_at_is_not_worn_out(app, hands):
    ids = cast(app)
    [slip] = personal(app, ids)
    client = app.test_client()
    for _ in range(3):
        for _ in range(LIMITS[0][0] - 1):
            assert post(client, "/vao", code="K7QM3F8TW2XY").status_code == 401
        assert post(client, "/vao", code=slip.code).status_code == 303


def test_a_program_enters_by_a_code(app, hands):
    ids = cast(app)
    [slip] = personal(app, ids)
    code = blank(app, ids)
    client = app.test_client()
    assert client.post("/api/v1/session", json={"code": slip.code}).json["account"]["id"] == ids.contestant
    refused = client.post("/api/v1/session", json={"code": "K7QM3F8TW2XY"})
    assert (refused.status_code, refused.json["code"]) == (401, "wrong_code")
    refused = client.post("/api/v1/session", json={"code": code})
    assert (refused.status_code, refused.json["code"]) == (422, "name_required")
    assert client.post("/api/v1/session", json={"code": code, "name": "Lê An"}).json["account"]["name"] == "Lê An"
    for body in ({"code": code, "login": "x", "password": "y"}, {"login": "x"}, {}, {"name": "x"},
                 {"code": code, "password": "y"}, {"code": code, "roles": []}):
        assert client.post("/api/v1/session", json=body).status_code == 422


def test_a_form_of_another_site_enters_nobody(app, hands):
    ids = cast(app)
    [slip] = personal(app, ids)
    client = app.test_client()
    assert client.post("/vao", data={"code": slip.code}).status_code in (400, 403)
    assert who(client) is None


def test_entering_ends_the_sign_in_before_and_takes_a_new_token(app, hands):
    ids = cast(app)
    [slip] = personal(app, ids)
    client = client_of(app, ids.organiser)
    with client.session_transaction() as session:
        token = session["token"]
    assert "Máy này đang đăng nhập tên Trần Văn Bình" in client.get("/vao").get_data(as_text=True)
    post(client, "/vao", code=slip.code)
    with client.session_transaction() as session:
        assert session["token"] != token
    with app.app_context():
        assert db.session.query(SignIn).filter_by(account_id=ids.organiser).one().revoked_at == NOON


def test_the_organisers_page_counts_and_calls_in(app, hands):
    ids = cast(app)
    blank(app, ids)
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/cuoc-thi/{ids.contest}/ma-du-thi"
    assert "Sở Nội vụ" in client.get(path).get_data(as_text=True)
    assert post(client, f"{path}/huy", number="x").status_code == 303
    assert post(client, f"{path}/huy", number="99999999999").status_code == 303
    assert post(client, f"{path}/huy", unit=ids.unit).status_code == 303
    with app.app_context():
        assert db.session.query(EntryCode).one().revoked_at == NOON
    for other in (ids.viewer, ids.contestant):
        assert client_of(app, other).get(path).status_code == 403
        assert post(client_of(app, other), f"{path}/huy", number="1").status_code == 403
