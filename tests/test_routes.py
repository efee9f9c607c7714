"""Every route has a policy, and answers each kind of person as the table of permissions says.

Routes of new rooms join by themselves: nothing here names a page but a few that answer in a way
of their own.
"""

import re

import pytest

from contest.extensions import db
from contest.identity.permissions import ACTIONS
from tests.factories import account
from tests.identity import cast
from tests.identity.cast import enter, fetch
from tests.identity.test_permissions import TABLE

ACTORS = {None: None, "contestant": "an", "coordinator": "donvi", "organiser": "totchuc", "reviewer": "thamdinh",
          "marker": "giamkhao", "report_viewer": "baocao", "administrator": "quantri"}
SAFE = {"GET", "HEAD", "OPTIONS"}
# Unsafe routes that take no token, each with another defence; see their docstrings.
WITHOUT_TOKEN = {"identity_api.sign_in"}
# Routes that do all they do for an empty form.
ENOUGH = {"identity.sign_out": 303, "identity_api.sign_out": 204}


def play(app):
    cast.play(app)
    with app.app_context():
        for role in ("reviewer", "marker"):
            account(ACTORS[role], roles=(role,))
        db.session.commit()


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def address(rule) -> str:
    """The rule with ids that belong to nothing."""
    def fill(found):
        kind = (found[1] or "").partition(":")[0]
        return {"id": "0" * 32, "int": "1", "": "khong-co", "string": "khong-co"}[kind if ":" in found[0] else ""]

    return re.sub(r"<([a-z]+:)?[a-z_]+>", fill, rule.rule)


def outcome(answer) -> str:
    if answer.status_code == 401 or (answer.status_code == 303 and answer.location.startswith("/dang-nhap")):
        return "sign in"
    assert answer.status_code < 500, answer.request.path
    return "refused" if answer.status_code == 403 else "let in"


def expected(action: str, role: str | None) -> str:
    who = TABLE[action]
    if "anyone" in who:
        return "let in"
    if role is None:
        return "sign in"
    return "let in" if "signed in" in who or role in who else "refused"


def test_every_route_has_a_policy(app):
    for rule in rules(app):
        assert app.view_functions[rule.endpoint].__dict__["policy"] in ACTIONS, rule


def test_the_table_names_every_action():
    assert set(TABLE) == ACTIONS


@pytest.mark.parametrize("role", ACTORS)
def test_who_may_read_which_page(app, hands, role):
    play(app)
    client = enter(app, ACTORS[role]) if role else app.test_client()
    found, wanted = {}, {}
    for rule in rules(app):
        if "GET" in rule.methods:
            view = app.view_functions[rule.endpoint].__dict__
            answer = client.get(address(rule))
            found[rule.rule] = outcome(answer)
            wanted[rule.rule] = expected(view["policy"], role)
            if wanted[rule.rule] == "let in" and not rule.arguments:
                assert answer.status_code in (200, 303, 400, 422), rule
    assert found == wanted


@pytest.mark.parametrize("role", [None, "administrator"])
def test_nothing_is_changed_without_the_token(app, hands, role):
    from sqlalchemy import func, select

    from contest.audit.models import AuditEvent

    play(app)
    client = enter(app, ACTORS[role]) if role else app.test_client()
    for rule in rules(app):
        for method in sorted(rule.methods - SAFE):
            if rule.endpoint not in WITHOUT_TOKEN:
                answer = client.open(address(rule), method=method, data={"csrf_token": "forged"})
                assert answer.status_code in ((401, 403, 303) if role is None else (403,)), (method, rule.rule)
                assert outcome(answer) != "let in", (method, rule.rule)
    assert fetch(app, select(func.count()).select_from(AuditEvent)) == 0


@pytest.mark.parametrize("foreign", [{"Origin": "https://elsewhere.vn"}, {"Origin": "http://localhost:81"},
                                     {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}], ids=str)
def test_nothing_is_changed_from_a_page_of_another_site_even_with_the_token(app, hands, foreign):
    play(app)
    client = enter(app, ACTORS["administrator"])
    token = client.get("/api/v1/session").json["csrf_token"]
    before = held(app)
    for rule in rules(app):
        for method in sorted(rule.methods - SAFE):
            answer = client.open(address(rule), method=method, headers={"X-CSRF-Token": token, **foreign}, json={})
            assert answer.status_code == 403, (method, rule.rule)
    assert held(app) == before


@pytest.mark.parametrize("role", [role for role in ACTORS if role])
def test_who_may_press_which_button(app, hands, role):
    """With the token and an empty form, on objects that do not exist: the right may be lacking, else the object is.

    Nothing is changed but by the buttons that need no more than a press.
    """
    play(app)
    client = enter(app, ACTORS[role])
    token = client.get("/api/v1/session").json["csrf_token"]
    before = held(app)
    for rule in rules(app):
        view = app.view_functions[rule.endpoint].__dict__
        if view["light"] or rule.endpoint in ENOUGH:
            continue
        for method in sorted(rule.methods - SAFE):
            answer = client.open(address(rule), method=method, headers={"X-CSRF-Token": token})
            assert outcome(answer) == expected(view["policy"], role), (method, rule.rule, answer.status_code)
    assert held(app) == before


@pytest.mark.parametrize("role", [role for role in ACTORS if role])
@pytest.mark.parametrize("endpoint", sorted(ENOUGH))
def test_a_press_alone_ends_a_sign_in_and_no_more(app, hands, role, endpoint):
    play(app)
    client = enter(app, ACTORS[role])
    token = client.get("/api/v1/session").json["csrf_token"]
    (rule,) = app.url_map.iter_rules(endpoint)
    before = held(app)
    method = next(iter(rule.methods - SAFE))
    answer = client.open(address(rule), method=method, headers={"X-CSRF-Token": token})
    assert answer.status_code == ENOUGH[endpoint]
    after = held(app)
    assert {name for name in after if after[name] != before[name]} == {"sign_in"}
    assert len(set(before["sign_in"]) - set(after["sign_in"])) == 1


def held(app):
    """Table → its rows, as text."""
    with app.app_context():
        return {table.name: sorted(map(str, db.session.execute(table.select()))) for table in db.metadata.sorted_tables}
