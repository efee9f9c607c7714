"""Published boards: files that need no database, hashed and signed, changed by a new publication only."""

import json
from datetime import timedelta
from unittest.mock import patch

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

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
    assert post(client, hall, "cong-bo-lai", note=" ").status_code == 422
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
