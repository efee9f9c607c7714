from click.testing import CliRunner
from sqlalchemy import select

from contest import cli
from contest.extensions import db
from contest.identity.models import Account
from contest.identity.operations import matches
from tests import factories


def run(app, monkeypatch, *arguments):
    monkeypatch.setattr(cli, "make_app", lambda: app)
    return CliRunner().invoke(cli.main, ["people", "add", *arguments])


def test_the_first_administrator(app, hands, monkeypatch):
    done = run(app, monkeypatch, "QuanTri", "--name", "Nguyễn  Văn An", "--role", "administrator")
    assert (done.exit_code, done.stderr) == (0, "")
    with app.app_context():
        account = db.session.scalars(select(Account)).one()
        assert (account.login, account.name, account.must_change_password) == ("quantri", "Nguyễn Văn An", True)
        assert {grant.role for grant in account.grants} == {"contestant", "administrator"}
        assert matches(account.password_hash, done.stdout.split()[-1])


def test_a_coordinator_is_bound_to_the_unit(app, hands, monkeypatch):
    with app.app_context():
        unit = factories.unit("Sở Nội vụ", code="SNV").id
        db.session.commit()
    done = run(app, monkeypatch, "dau.moi", "--name", "Lê Thị Ẩn", "--unit", "snv", "--role", "coordinator")
    assert done.exit_code == 0
    with app.app_context():
        account = db.session.scalars(select(Account)).one()
        assert account.unit_id == unit
        held = {(grant.role, grant.unit_id) for grant in account.grants}
        assert held == {("contestant", None), ("coordinator", unit)}


def test_what_cannot_be_added_leaves_nothing(app, hands, monkeypatch):
    for arguments in (["a b", "--name", "An"], ["an", "--name", "An", "--unit", "KHONG"],
                      ["an", "--name", "An", "--role", "coordinator"]):
        done = run(app, monkeypatch, *arguments)
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    with app.app_context():
        assert db.session.scalars(select(Account)).all() == []
