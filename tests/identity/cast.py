"""A small province and the people who act in it, and how a test presses a button."""

from dataclasses import dataclass

from contest.extensions import db
from tests.factories import account, signed_in, unit


@dataclass(frozen=True)
class Cast:
    """Ids of the units (a province, a commune with an office below it, another commune), and of people."""

    units: dict[str, str]
    people: dict[str, str]


PEOPLE = {
    # login: (name, unit, roles, scope)
    "an": ("Nguyễn Văn An", "mytho", ("contestant",), None),
    "be": ("Đỗ Thị Bé", "vanphong", ("contestant",), None),
    "chi": ("Lê Chi", "caolanh", ("contestant",), None),
    "donvi": ("Trần Đầu Mối", "mytho", ("contestant", "coordinator"), "mytho"),
    "totchuc": ("Phạm Tổ Chức", "tinh", ("organiser",), None),
    "baocao": ("Võ Báo Cáo", "tinh", ("report_viewer",), None),
    "quantri": ("Hồ Quản Trị", "mytho", ("administrator",), None),
}


def play(app) -> Cast:
    """Put the cast on stage."""
    with app.app_context():
        tinh = unit("UBND tỉnh Đồng Tháp", code="UBND", kind="province", bloc=None, headcount=None)
        mytho = unit("Phường Mỹ Tho", code="XMT", parent=tinh, kind="commune", bloc="Khối xã, phường", headcount=58)
        units = {"tinh": tinh, "mytho": mytho,
                 "vanphong": unit("Văn phòng phường Mỹ Tho", code="XMT-VP", parent=mytho, kind="office",
                                  bloc=None, headcount=12),
                 "caolanh": unit("Phường Cao Lãnh", code="XCL", parent=tinh, kind="commune",
                                 bloc="Khối xã, phường", headcount=71)}
        people = {login: account(login, name=name, unit=units[place], roles=roles,
                                 scope=units[scope] if scope else None).id
                  for login, (name, place, roles, scope) in PEOPLE.items()}
        ids = {name: row.id for name, row in units.items()}
        db.session.commit()
    return Cast(ids, people)


def enter(app, login: str):
    """A client that carries a sign-in of `login`."""
    from sqlalchemy import select

    from contest.identity.models import Account

    with app.app_context():
        row = db.session.scalar(select(Account).where(Account.login == login))
        db.session.expunge(row)
    return signed_in(app.test_client(), row)


def post(client, path: str, /, **form):
    """Press a button: a POST with this session's token."""
    token = client.get("/api/v1/session").json["csrf_token"]
    return client.post(path, data={"csrf_token": token, **form})


def fetch(app, statement):
    """One value of the database."""
    with app.app_context():
        return db.session.scalar(statement)
