"""People who were put on the list of who may not take part after they sat: no board, rank or figure counts them."""

from datetime import timedelta

import pytest

from contest.extensions import db
from contest.identity.models import Account
from contest.rounds import barring
from contest.rounds.models import Round
from contest.standings import figures, queries
from contest.standings.board import board
from contest.standings.explained import explain
from contest.standings.operations import score_round
from contest.standings.outside import is_outside, lines
from tests import factories
from tests.factories import NOON, signed_in
from tests.standings.cast import sit, stage
from tests.statements import counted

LATER = NOON + timedelta(hours=2)
CLOSED = NOON + timedelta(hours=7)
NAMES = ("Trần Văn An", "Lê Bình", "Võ Chi")


class Scene:
    """Three people of one unit with 4, 3, 2 right answers; the first is to be barred. Ids only."""

    def __init__(self, **columns):
        contest, bank, round_, (unit,) = stage(headcount=3, board_shown="live", mask_names=False, **columns)
        people = [factories.account(name=name, unit=unit) for name in NAMES]
        self.attempts = [sit(round_, bank, who, unit=unit, right=4 - i).id for i, who in enumerate(people)]
        sit(round_, bank, people[0], unit=unit, number=2)  # blank
        score_round(round_.id, LATER)
        self.contest, self.round = contest.id, round_.id
        self.people = [who.id for who in people]
        self.organiser = factories.account(name="Phạm Tổ Chức", roles=("organiser",)).id
        db.session.commit()

    @property
    def row(self):
        return db.session.get(Round, self.round)

    def bar(self, who=0, at=LATER):
        barring.bar(self.contest, [self.people[who]], "Tổ ra đề", by=self.organiser, now=at)
        db.session.commit()

    def standing(self):
        return [(row.rank, row.name) for row in board(self.row.id, masked=self.row.mask_names).rows]


@pytest.fixture
def scene(app, hands):
    hands.set(LATER)
    with app.app_context():
        return Scene()


def client_of(app, account_id):
    with app.app_context():
        account = db.session.get(Account, account_id)
        db.session.expunge(account)
    return signed_in(app.test_client(), account)


def test_ranks_close_up(app, scene):
    with app.app_context():
        assert scene.standing() == [(1, NAMES[0]), (2, NAMES[1]), (3, NAMES[2])]
        scene.bar()
        assert scene.standing() == [(1, NAMES[1]), (2, NAMES[2])]
        assert board(scene.row.id, masked=scene.row.mask_names).total == 2
        assert explain(scene.round, scene.people[0]) is None
        found = explain(scene.round, scene.people[1])
        assert (found.rank, found.of) == (1, 2)
        assert board(scene.row.id, masked=scene.row.mask_names, account_id=scene.people[0]).own is None
        assert is_outside(scene.contest, scene.people[0])
        barring.unbar(scene.contest, scene.people[0], by=None, now=LATER)
        assert scene.standing()[0] == (1, NAMES[0])
        assert lines(scene.row) == []


def test_another_contests_list_takes_nobody_out(app, scene):
    with app.app_context():
        barring.bar(factories.contest().id, scene.people, "Tổ ra đề", by=None, now=LATER)
        assert len(scene.standing()) == 3
        assert not is_outside(scene.contest, scene.people[0])


def test_no_figure_counts_them(app, scene):
    with app.app_context():
        scene.bar()
        everybody = figures.sides(scene.round)["all"]
        assert (everybody.people, everybody.attempts, everybody.blank, everybody.people_bands["all"]) == (2, 2, 0, 0)
        unit = figures.participation(scene.row).total
        assert (unit.people, unit.attempts, unit.blank) == (2, 2, 0)
        assert sum(count for _day, count in figures.days(scene.row, LATER)) == 2
        assert [one.people for one in queries.report_rounds(LATER)] == [2]


def test_organisers_see_them_with_the_reason(app, scene):
    with app.app_context():
        scene.bar()
        (one,) = lines(scene.row)
        assert (one.name, one.unit, one.reason, one.barred_at, one.author, one.points, one.max_points) == (
            NAMES[0], "Sở Nội vụ", "Tổ ra đề", LATER, "Phạm Tổ Chức", 400, 400)
    page = client_of(app, scene.organiser).get(f"/thong-ke/{scene.round}").text
    assert "Ngoài danh sách xếp hạng: 1 người" in page
    assert "Tổ ra đề" in page
    assert f'href="/to-chuc/cuoc-thi/{scene.contest}/khong-du-thi"' in page
    assert "2 người dự thi, 2 lượt thi" in page


def test_they_keep_their_own_result_with_a_sentence(app, scene):
    with app.app_context():
        scene.bar()
    for who, outside in ((0, True), (1, False)):
        client = client_of(app, scene.people[who])
        page = client.get(f"/luot-thi/{scene.attempts[who]}/ket-qua").text
        assert f"{4 - who}/4 câu đúng" in page
        assert ("Ngoài danh sách xếp hạng" in page) == outside
        assert ("Kết quả này vẫn được lưu, nhưng không xếp hạng và không xét giải." in page) == outside
        assert "Tổ ra đề" not in page
        assert ("<dt>Hạng</dt>" in page) != outside
        assert ("Ngoài danh sách xếp hạng" in client.get("/ket-qua-cua-toi").text) == outside


def test_programs_are_told_the_same(app, scene):
    with app.app_context():
        scene.bar()
    client = client_of(app, scene.people[0])
    page = client.get(f"/api/v1/rounds/{scene.round}/leaderboard").json
    assert ([row["name"] for row in page["rows"]], page["total"], page["amended_at"]) == (list(NAMES[1:]), 2, None)
    found = client.get(f"/api/v1/attempts/{scene.attempts[0]}/result").json
    assert (found["points"], found["rank"], found["outside"]) == (400, None, True)
    me = client.get(f"/api/v1/rounds/{scene.round}/me").json
    assert (me["rank"], me["outside"], len(me["attempts"])) == (None, True, 2)
    me = client_of(app, scene.people[1]).get(f"/api/v1/rounds/{scene.round}/me").json
    assert (me["rank"], me["of"], me["outside"]) == (1, 2, False)


@pytest.mark.parametrize(("at", "told"), [(CLOSED - timedelta(milliseconds=1), False), (CLOSED, False),
                                          (CLOSED + timedelta(milliseconds=1), True)])
def test_a_published_list_says_that_it_was_amended(app, hands, scene, at, told):
    hands.set(CLOSED + timedelta(hours=1))
    with app.app_context():
        scene.row.results_published_at = CLOSED
        scene.bar(at=at)
        assert queries.freshness(scene.row, hands.now()).amended_at == (at if told else None)
    for path in ("/xep-hang", "/don-vi"):
        page = client_of(app, scene.people[1]).get(f"/dot-thi/{scene.round}{path}").text
        assert ("sau khi công bố: có người ra khỏi danh sách xếp hạng." in page) == told


def test_who_has_not_sat_amends_nothing(app, hands, scene):
    with app.app_context():
        scene.row.results_published_at = CLOSED
        barring.bar(scene.contest, [scene.organiser], "Ban Tổ chức", by=None, now=CLOSED + timedelta(hours=1))
        assert queries.freshness(scene.row, CLOSED + timedelta(hours=2)).amended_at is None
        assert lines(scene.row) == []


def test_a_board_asks_as_much_with_a_list_as_without(app, scene):
    with app.app_context():
        with counted(app) as without:
            board(scene.row.id, masked=scene.row.mask_names, account_id=scene.people[1])
        scene.bar()
        scene.bar(2)
        with counted(app) as with_list:
            board(scene.row.id, masked=scene.row.mask_names, account_id=scene.people[1])
        assert len(with_list) == len(without)


def test_a_result_asks_as_much_of_somebody_outside(app, scene):
    """The gate, the sitting with its round, its answers, how the round is graded, the keys, who is barred."""
    client, address = client_of(app, scene.people[0]), f"/api/v1/attempts/{scene.attempts[0]}/result"
    for barred in (False, True):
        with app.app_context():
            scene.row.board_shown = "never"
            if barred:
                scene.bar()
            db.session.commit()
        client.get(address)
        with counted(app) as seen:
            assert client.get(address).json["outside"] == barred
        assert len(seen) == 6
