"""Published boards: files that need no database, hashed and signed, changed by a new publication only."""

import json
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from contest.audit.models import AuditEvent
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Account
from contest.rounds import barring
from contest.rounds.models import Contest, Round
from contest.standings import counters, figures, publications, published_files
from contest.standings.board import board
from contest.standings.operations import SETTLE, score_round
from contest.standings.run_models import Publication
from tests import factories
from tests.factories import NOON, signed_in
from tests.standings.cast import sit, stage

CLOSED = NOON + timedelta(hours=2)
SETTLED = CLOSED + SETTLE + timedelta(minutes=1)
KEY = "a key for tests only, 32 characters"


@pytest.fixture
def hall(app, hands):
    """A closed round of three people; its organiser, signed in."""
    with app.app_context():
        contest, bank, round_, (unit,) = stage(closes_at=CLOSED)
        for n, name in enumerate(("Lê Thị An", "Trần Văn Bình", "Hồ Chí Cường")):
            sit(round_, bank, factories.account(name=name, unit=unit), unit=unit, right=4 - n, minutes=5 + n)
        score_round(round_.id, SETTLED)
        organiser = factories.account(roles=("organiser",))
        db.session.commit()
        ids = {"round": round_.id, "contest": contest.id, "organiser": organiser.id}
    hands.set(SETTLED)
    return ids


def organiser(app, hall):
    with app.app_context():
        account = db.session.get(Account, hall["organiser"])
        db.session.expunge(account)
    return signed_in(app.test_client(), account)


def post(client, hall, what, **data):
    token = client.get("/api/v1/session").json["csrf_token"]
    return client.post(f"/to-chuc/dot-thi/{hall['round']}/{what}", data={"csrf_token": token, **data})


def publish(app, hall):
    client = organiser(app, hall)
    assert post(client, hall, "cong-bo-ket-qua").status_code == 303
    return client


def test_results_are_published_as_pages_that_need_no_database(app, hall):
    """For strangers and for who is signed in alike. Any other page, the control, fails meanwhile."""
    client = publish(app, hall)
    with app.app_context():
        db.session.remove()
        pool = db.engine.pool
    with patch.object(pool, "connect", side_effect=OperationalError("", {}, Exception("gone"))):
        assert client.get(f"/dot-thi/{hall['round']}/xep-hang").status_code == 503
        for reader in (client, app.test_client()):
            first = reader.get(f"/cong-bo/{hall['round']}", follow_redirects=True)
            assert first.status_code == 200
            assert reader.get(f"/cong-bo/{hall['round']}/1/board.json").status_code == 200
    assert "L. T. An" in first.text
    assert "Lê Thị An" not in first.text
    assert first.text.index("L. T. An") < first.text.index("T. V. Bình") < first.text.index("H. C. Cường")
    assert first.headers["Cache-Control"] == "public, max-age=300"
    assert "Set-Cookie" not in first.headers


def test_its_data_are_hashed_and_signed(app, hall):
    publish(app, hall)
    text = app.test_client().get(f"/cong-bo/{hall['round']}/1/board.json").text
    with app.app_context():
        row = db.session.scalar(select(Publication))
        assert publications.sha256(json.loads(text)) == row.sha256
        assert publications.genuine(text, row.signature, KEY)
        assert not publications.genuine(text.replace("400", "401"), row.signature, KEY)
        assert not publications.genuine(text, row.signature, "another key of the same length ...")
        assert row.people == 3


def test_a_later_change_needs_a_new_publication_with_its_reason(app, hall):
    client = publish(app, hall)
    before = app.test_client().get(f"/cong-bo/{hall['round']}/1/cbccvc-1.html").data
    with app.app_context():
        db.session.get(Round, hall["round"]).mask_names = False
        db.session.commit()
    assert post(client, hall, "cong-bo-lai", note=" ").status_code == 303
    assert post(client, hall, "cong-bo-lai", note="Ghi đủ họ tên").status_code == 303
    anybody = app.test_client()
    assert anybody.get(f"/cong-bo/{hall['round']}").headers["Location"].endswith("/2/cbccvc-1.html")
    assert "Lê Thị An" in anybody.get(f"/cong-bo/{hall['round']}/2/cbccvc-1.html").text
    assert anybody.get(f"/cong-bo/{hall['round']}/1/cbccvc-1.html").data == before


def test_a_publication_that_is_not_committed_leaves_the_last_one(app, hall):
    publish(app, hall)
    with app.test_request_context():
        published_files.publish(hall["round"], "Thử", by=None, now=SETTLED)
        db.session.rollback()
    assert app.test_client().get(f"/cong-bo/{hall['round']}").headers["Location"].endswith("/1/cbccvc-1.html")
    assert app.test_client().get(f"/cong-bo/{hall['round']}/2/board.json").status_code == 404
    client = organiser(app, hall)
    assert post(client, hall, "cong-bo-lai", note="Lần hai").status_code == 303
    assert "Lần hai" in app.test_client().get(f"/cong-bo/{hall['round']}/2/cbccvc-1.html").text


def test_long_lists_have_pages(app, hall, monkeypatch):
    monkeypatch.setattr(published_files, "ROWS", 2)
    publish(app, hall)
    anybody = app.test_client()
    first, second = (anybody.get(f"/cong-bo/{hall['round']}/1/cbccvc-{n}.html").text for n in (1, 2))
    assert 'href="cbccvc-2.html"' in first
    assert 'href="cbccvc-1.html"' in second
    assert "H. C. Cường" in second
    assert "H. C. Cường" not in first
    assert anybody.get(f"/cong-bo/{hall['round']}/1/cbccvc-3.html").status_code == 404


@pytest.mark.parametrize("path", ["", "/1/cbccvc-1.html", "/1/board.json"])
def test_nothing_is_there_before(app, hall, path):
    assert app.test_client().get(f"/cong-bo/{hall['round']}{path}").status_code == 404


@pytest.mark.parametrize("name", ["first", "..%2flatest", "latest", "cbccvc-0.html", "board.json.part", "%2e%2e"])
def test_no_other_file_is_served(app, hall, name):
    publish(app, hall)
    assert app.test_client().get(f"/cong-bo/{hall['round']}/1/{name}").status_code == 404


def test_no_board_is_published_before_the_results_are_official(app, hall):
    with app.app_context(), pytest.raises(Refusal) as told:
        publications.publish_board(hall["round"], "", key=KEY, by=None, now=SETTLED)
    assert told.value.code == "not_published"


def barred(app, hall, name, undo=False):
    with app.app_context():
        who = db.session.scalars(select(Account.id).where(Account.name == name)).one()
        if undo:
            barring.unbar(hall["contest"], who, by=None, now=SETTLED)
        else:
            barring.bar(hall["contest"], [who], "Tổ ra đề", by=None, now=SETTLED + timedelta(minutes=1))
        db.session.commit()
        row = db.session.get(Account, who)
        db.session.expunge(row)
    return signed_in(app.test_client(), row)


def shown(app, hall, client):
    """(the live board's names, the published list's names, people in the figures)."""
    lines = client.get(f"/api/v1/rounds/{hall['round']}/leaderboard").json["rows"]
    listed = app.test_client().get(f"/cong-bo/{hall['round']}", follow_redirects=True).text
    with app.app_context():
        people = figures.sides(hall["round"])["all"].people
        round_ = db.session.get(Round, hall["round"])
        assert sum(count for _day, count in figures.days(round_, SETTLED)) == people  # one sitting each
    return [row["name"] for row in lines], [one for one in ("An", "Bình", "Cường") if one in listed], people


@pytest.mark.parametrize("overall", [False, True])
def test_whoever_is_barred_stays_on_the_published_list_until_another_one_is_published(app, hall, overall):
    if overall:
        with app.app_context():
            db.session.get(Contest, hall["contest"]).overall = {"rounds": {"how": "sum"}}
            db.session.commit()
    client = publish(app, hall)
    before = shown(app, hall, client)
    assert before == (["L. T. An", "T. V. Bình", "H. C. Cường"], ["An", "Bình", "Cường"], 3)
    own = barred(app, hall, "Trần Văn Bình")
    assert shown(app, hall, client) == before
    page = client.get(f"/thong-ke/{hall['round']}").text
    assert "1 người đã được ghi vào danh sách không được dự thi nhưng còn trong bảng." in page
    assert "Điều chỉnh lúc" not in page
    attempt = own.get(f"/api/v1/rounds/{hall['round']}/me").json
    assert (attempt["rank"], attempt["outside"]) == (None, True)
    post(client, hall, "cong-bo-lai", note="Thành viên Tổ ra đề")
    assert shown(app, hall, client) == (["L. T. An", "H. C. Cường"], ["An", "Cường"], 2)
    page = client.get(f"/thong-ke/{hall['round']}").text
    assert "nhưng còn trong bảng" not in page
    with app.app_context():
        assert counters.differences(hall["round"]) == []
        if overall:
            assert [row.rank for row in board(hall["contest"], masked=True).rows] == [1, 2]
    barred(app, hall, "Trần Văn Bình", undo=True)
    assert len(shown(app, hall, client)[0]) == 2
    assert "nhưng chưa có lại trong bảng." in client.get(f"/thong-ke/{hall['round']}").text
    post(client, hall, "cong-bo-lai", note="Ghi nhầm người")
    assert shown(app, hall, client) == before


@pytest.fixture
def season(app, hands):
    """A contest of two closed rounds that add up, three people in each; the organiser, signed in."""
    with app.app_context():
        contest, bank, first, (unit,) = stage(closes_at=CLOSED)
        contest.overall = {"rounds": {"how": "sum", "weights": [100, 200]}}
        second = factories.round_(contest, bank, closes_at=CLOSED, attempts_allowed=3)
        for n, name in enumerate(("Lê Thị An", "Trần Văn Bình", "Hồ Chí Cường")):
            who = factories.account(name=name, unit=unit, audience="citizen" if n == 2 else "official")
            sit(first, bank, who, unit=unit, right=4 - n, minutes=5 + n)
            sit(second, bank, who, unit=unit, right=1 + n, minutes=5 + n)
        for round_ in (first, second):
            round_.audience = "all"
            score_round(round_.id, SETTLED)
        staff = factories.account(roles=("organiser",))
        ids = {"contest": contest.id, "code": contest.code, "rounds": [first.id, second.id], "organiser": staff.id}
        db.session.commit()
    hands.set(SETTLED)
    return ids


def publish_rounds(app, season, client, *numbers):
    for number in numbers:
        assert post(client, {"round": season["rounds"][number]}, "cong-bo-ket-qua").status_code == 303


def publish_overall(client, season, **data):
    token = client.get("/api/v1/session").json["csrf_token"]
    return client.post(f"/to-chuc/cuoc-thi/{season['contest']}/cong-bo-bang-chung",
                       data={"csrf_token": token, **data}).status_code


def test_a_board_over_rounds_is_published_like_a_round_s(app, season):
    """Files that need no database, hashed, signed, on record; masked names, each audience's own pages."""
    client = organiser(app, season)
    assert publish_overall(client, season) == 409
    publish_rounds(app, season, client, 0, 1)
    assert publish_overall(client, season) == 303
    with app.app_context():
        db.session.remove()
        pool = db.engine.pool
    with patch.object(pool, "connect", side_effect=OperationalError("", {}, Exception("gone"))):
        first = app.test_client().get(f"/cong-bo/{season['contest']}", follow_redirects=True)
        citizens = app.test_client().get(f"/cong-bo/{season['contest']}/1/nguoi-dan-1.html")
        text = app.test_client().get(f"/cong-bo/{season['contest']}/1/board.json").text
    assert (first.status_code, citizens.status_code) == (200, 200)
    assert "Bảng xếp hạng chung</h1>" in first.text
    assert "Trọng số theo thứ tự đợt: 100 %; 200 %" in first.text
    assert first.text.index("T. V. Bình") < first.text.index("L. T. An")
    assert "H. C. Cường" in citizens.text
    told = json.loads(text)
    assert [(line[0], line[1], line[3]) for line in told["lines"]["official"]] == [
        (1, "T. V. Bình", 700), (2, "L. T. An", 600)]
    assert told["rounds"] == [{"round": "Tuần 1", "publication": 1, "regraded_by_runs": []}] * 2
    with app.app_context():
        row = db.session.scalar(select(Publication).where(Publication.board_id == season["contest"]))
        assert publications.genuine(text, row.signature, KEY)
        assert (row.people, row.masked, row.published_by) == (3, True, season["organiser"])
        event = db.session.scalar(select(AuditEvent).where(AuditEvent.object_id == season["contest"],
                                                           AuditEvent.action == "board.publish"))
        assert (event.object_type, event.details) == ("contest", {"number": 1, "sha256": row.sha256})
        assert published_files.forged() == []
        path = published_files.folder(season["contest"]) / "1" / "board.json"
        path.write_text(text.replace("700", "701"))
        assert published_files.forged() == [row]


def test_a_published_board_over_rounds_says_when_it_is_another_by_now(app, season, hands):
    client = organiser(app, season)
    path = f"/thong-ke/cuoc-thi/{season['contest']}/cong-bo"
    assert "Chưa đợt nào có kết quả chính thức" in client.get(path).text
    publish_rounds(app, season, client, 0)
    assert "Chưa công bố lần nào." in client.get(path).text
    hands.set(SETTLED + timedelta(minutes=1))
    assert publish_overall(client, season) == 303
    changed = "Danh sách đang công bố khác với hiện nay"
    assert changed not in client.get(path).text
    with app.app_context():  # whoever is barred stays until the round's own list is published again
        who = db.session.scalars(select(Account.id).where(Account.name == "Trần Văn Bình")).one()
        barring.bar(season["contest"], [who], "Tổ ra đề", by=None, now=SETTLED + timedelta(minutes=2))
        db.session.commit()
    assert changed not in client.get(path).text
    hands.set(SETTLED + timedelta(minutes=3))
    assert post(client, {"round": season["rounds"][0]}, "cong-bo-lai", note="Tổ ra đề").status_code == 303
    assert changed in client.get(path).text
    assert "T. V. Bình" in app.test_client().get(f"/cong-bo/{season['contest']}", follow_redirects=True).text
    assert publish_overall(client, season, note=" ") == 303
    hands.set(SETTLED + timedelta(minutes=4))
    assert publish_overall(client, season, note="Theo danh sách mới của đợt 1") == 303
    assert changed not in client.get(path).text
    latest = app.test_client().get(f"/cong-bo/{season['contest']}", follow_redirects=True).text
    assert "T. V. Bình" not in latest
    assert "Theo danh sách mới của đợt 1" in latest
    assert "T. V. Bình" in app.test_client().get(f"/cong-bo/{season['contest']}/1/cbccvc-1.html").text
    hands.set(SETTLED + timedelta(minutes=5))
    publish_rounds(app, season, client, 1)
    assert changed in client.get(path).text


def test_a_change_stamped_before_the_list_was_published_is_told_too(app, season, hands):
    """Long work bears the instant at which it began, and ends after a publication in between."""
    client = organiser(app, season)
    publish_rounds(app, season, client, 0)
    began = hands.instant
    hands.advance(seconds=30)
    assert publish_overall(client, season) == 303
    hands.set(began)
    publish_rounds(app, season, client, 1)
    assert "Danh sách đang công bố khác với hiện nay" in client.get(
        f"/thong-ke/cuoc-thi/{season['contest']}/cong-bo").text


def test_names_are_written_out_only_where_every_round_does(app, season):
    client = organiser(app, season)
    with app.app_context():
        db.session.get(Round, season["rounds"][0]).mask_names = False
        db.session.commit()
    publish_rounds(app, season, client, 0)
    assert publish_overall(client, season) == 303
    assert "Lê Thị An" in app.test_client().get(f"/cong-bo/{season['contest']}", follow_redirects=True).text
    publish_rounds(app, season, client, 1)
    assert publish_overall(client, season, note="Thêm đợt 2") == 303
    assert "Lê Thị An" not in app.test_client().get(f"/cong-bo/{season['contest']}", follow_redirects=True).text


def test_there_is_nothing_to_publish_where_rounds_do_not_add_up(app, hall):
    client = publish(app, hall)
    assert publish_overall(client, hall) == 404
    assert client.get(f"/thong-ke/cuoc-thi/{hall['contest']}/cong-bo").status_code == 404


def test_only_who_runs_the_contest_publishes_its_board(app, season):
    client = organiser(app, season)
    publish_rounds(app, season, client, 0)
    with app.app_context():
        people = {role: factories.account(roles=(role,)).id for role in ("report_viewer", "contestant")}
        db.session.commit()
    clients = {role: signed_in(app.test_client(), SimpleNamespace(id=id_)) for role, id_ in people.items()}
    for role, page in (("report_viewer", 200), ("contestant", 403)):
        assert publish_overall(clients[role], season) == 403
        found = clients[role].get(f"/thong-ke/cuoc-thi/{season['contest']}/cong-bo")
        assert found.status_code == page
        assert "Công bố danh sách hiện tại" not in found.text


def test_the_board_over_rounds_leads_to_its_published_list(app, season):
    client = organiser(app, season)
    publish_rounds(app, season, client, 0)
    board_page = f"/cuoc-thi/{season['code']}/xep-hang-chung"
    assert f"/cong-bo/{season['contest']}" not in client.get(board_page).text
    assert f"/thong-ke/cuoc-thi/{season['contest']}/cong-bo" in client.get(board_page).text
    publish_overall(client, season)
    assert f"/cong-bo/{season['contest']}" in client.get(board_page).text
