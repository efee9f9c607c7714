"""Which publication an address shows: the latest that is committed, whatever came between; none of a hidden board."""

import fcntl
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from contest import cli, serving
from contest.extensions import db
from contest.rounds import barring
from contest.rounds.models import Contest, Round
from contest.standings import outside, publications, published_files
from contest.standings.operations import SETTLE, publish_results, score_round
from tests import factories
from tests.factories import NOON, signed_in
from tests.standings.cast import sit, stage

CLOSED = NOON + timedelta(hours=2)
SETTLED = CLOSED + SETTLE + timedelta(minutes=1)
LINK = "Danh sách công bố (bản lưu)"


class Hall:
    """A contest whose two rounds add up, both closed, with one person in each; and its organiser's browser."""

    def __init__(self, app, **columns):
        self.app = app
        with app.app_context():
            contest, bank, first, (unit,) = stage(closes_at=CLOSED, mask_names=False, **columns)
            contest.overall = {"rounds": {"how": "sum"}}
            second = factories.round_(contest, bank, closes_at=CLOSED, attempts_allowed=3)
            who, staff = factories.account(name="Lê Thị An", unit=unit), factories.account(roles=("organiser",))
            sat = sit(first, bank, who, unit=unit, right=3)
            sit(second, bank, who, unit=unit, right=2)
            for round_ in (first, second):
                score_round(round_.id, SETTLED)
            db.session.commit()
            self.round, self.second, self.contest, self.code = first.id, second.id, contest.id, contest.code
            self.who, self.attempt, organiser = who.id, sat.id, staff.id
        self.client, self.contestant = (signed_in(app.test_client(), SimpleNamespace(id=one))
                                        for one in (organiser, self.who))

    def post(self, address, **data):
        token = self.client.get("/api/v1/session").json["csrf_token"]
        return self.client.post(address, data={"csrf_token": token, **data})

    def official(self, round_id=None):
        return self.post(f"/to-chuc/dot-thi/{round_id or self.round}/cong-bo-ket-qua")

    def add_up(self, **data):
        return self.post(f"/to-chuc/cuoc-thi/{self.contest}/cong-bo-bang-chung", **data)

    def public(self, rest="", board=None):
        """What a stranger gets."""
        return self.app.test_client().get(f"/cong-bo/{board or self.round}{rest}")

    def shown(self):
        """The number that the address without a number leads to; None: nothing is there."""
        found = self.public()
        return int(found.headers["Location"].split("/")[-2]) if found.status_code == 302 else None

    def publish(self, *notes):
        """One committed publication after the other, which none of them was let hold."""
        rows = []
        for note in notes:
            with self.app.test_request_context():
                rows.append(published_files.publish(self.round, note, by=None, now=SETTLED))
                db.session.commit()
                db.session.refresh(rows[-1])
                db.session.expunge(rows[-1])
        return rows

    def hold(self, row):
        with self.app.app_context():
            published_files.let_hold(row)

    def hide(self, round_id=None):
        with self.app.app_context():
            db.session.get(Round, round_id or self.round).board_shown = "never"
            db.session.commit()

    def numbers(self, board=None):
        with self.app.app_context():
            return [row.number for row in publications.publications_of(board or self.round)]


@pytest.fixture
def hall(app, hands):
    hands.set(SETTLED)
    return Hall(app)


@pytest.fixture
def two(app, hall):
    """Its results are official; two publications were committed, and wait."""
    with app.app_context():
        publish_results(hall.round, by=None, now=SETTLED)
        db.session.commit()
    return hall.publish("", "Lần hai")


class TestTheLatest:
    def test_stays_whoever_comes_late(self, hall, two):
        for row in reversed(two):
            hall.hold(row)
        assert hall.shown() == 2
        assert "Lần hai" in hall.public("/2/cbccvc-1.html").text

    def test_is_read_and_written_in_one_turn(self, app, hall, two, monkeypatch):
        """Between them nobody else, of any process, has theirs."""
        read, refused = published_files.held, []

        def read_while_another_asks(board_id):
            with (published_files.folder(board_id) / ".turn").open("w") as other:
                try:
                    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    refused.append(board_id)
            return read(board_id)

        monkeypatch.setattr(published_files, "held", read_while_another_asks)
        hall.hold(two[1])
        assert refused == [hall.round]
        with app.app_context(), (published_files.folder(hall.round) / ".turn").open("w") as other:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def test_is_shown_by_the_worker_where_the_server_stopped_after_the_commit(self, app, hall, two):
        hall.hold(two[0])
        assert hall.shown() == 1
        with app.app_context():
            serving.put_lists_right()
            assert published_files.behind() == []
        assert hall.shown() == 2

    def test_is_shown_as_soon_as_the_worker_starts(self, app, hall, two, monkeypatch):
        stop = threading.Event()
        monkeypatch.setattr(stop, "wait", lambda _seconds: stop.set())
        serving.work(app, stop)
        assert hall.shown() == 2

    def test_that_comes_while_the_worker_looks_is_not_undone(self, app, hall, two, monkeypatch):
        """The worker has seen that the first one should be shown; a third is committed before it has its turn."""
        look = published_files.behind

        def look_before(*_nothing):
            found = look()
            db.session.rollback()
            other = threading.Thread(target=lambda: hall.hold(*hall.publish("Lần ba")))
            other.start()
            other.join()
            return found

        monkeypatch.setattr(published_files, "behind", look_before)
        with app.app_context():
            assert published_files.put_right() == 1
        assert hall.shown() == 3

    def test_whose_files_are_gone_leaves_the_one_before(self, app, hall, two):
        hall.hold(two[0])
        with app.app_context():
            for file in (published_files.folder(hall.round) / "2").iterdir():
                file.unlink()
            assert published_files.put_right() == 0
        assert hall.shown() == 1


def test_verify_tells_where_an_older_one_is_shown(app, hall, two, monkeypatch):
    monkeypatch.setattr(cli, "make_app", lambda: app)

    def verify():
        done = CliRunner().invoke(cli.main, ["verify"])
        return done.exit_code, done.output

    assert "lần 2" in verify()[1]
    hall.hold(two[0])
    code, said = verify()
    assert (code, "đang hiện lần 1, bản mới nhất là lần 2" in said) == (1, True)
    hall.hold(two[1])
    assert verify()[0] == 0
    hall.hide()
    code, said = verify()
    assert (code, "không được công khai" in said) == (1, True)


@pytest.mark.parametrize("path", ["", "/1/board.json", "/1/cbccvc-1.html"])
def test_nothing_is_served_before_it_is_committed_nor_where_it_never_was(app, hall, path):
    with app.test_request_context():
        publish_results(hall.round, by=None, now=SETTLED)
        row = published_files.publish(hall.round, "", by=None, now=SETTLED)
        assert (published_files.folder(hall.round) / "1" / "board.json").is_file()
        assert hall.public(path).status_code == 404
        db.session.rollback()
    assert hall.public(path).status_code == 404
    assert row is not None
    assert hall.official().status_code == 303
    assert hall.public(path).status_code in (200, 302)


class TestALaterOne:
    """Says why the list is another; without that nothing is published, and the form is there again."""

    @pytest.mark.parametrize("note", ["", "  "])
    def test_of_a_round(self, hall, note):
        hall.official()
        self.turned_back(hall.post(f"/to-chuc/dot-thi/{hall.round}/cong-bo-lai", note=note), hall)
        assert hall.numbers() == [1]
        assert hall.post(f"/to-chuc/dot-thi/{hall.round}/cong-bo-lai", note="Sửa tên").status_code == 303
        assert hall.numbers() == [2, 1]

    def test_of_the_board_over_the_rounds(self, hall):
        hall.official()
        hall.add_up()
        self.turned_back(hall.add_up(), hall)
        assert hall.numbers(hall.contest) == [1]

    def turned_back(self, answer, hall):
        assert answer.status_code == 303
        page = hall.client.get(answer.headers["Location"]).text
        assert "Ghi lý do." in page
        assert "Công bố lại danh sách hiện tại" in page


class TestAHiddenBoard:
    """`board_shown` "never", or a practice round: official results, of which no list is public."""

    @pytest.mark.parametrize("columns", [{"board_shown": "never"}, {"kind": "practice"}])
    def test_is_made_official_without_a_list(self, app, hands, columns):
        hands.set(SETTLED)
        hall = Hall(app, **columns)
        assert "Không ghi danh sách công khai" in hall.client.get(
            f"/to-chuc/dot-thi/{hall.round}/cong-bo-ket-qua").text
        assert hall.official().status_code == 303
        assert [hall.public(path).status_code for path in ("", "/1/board.json", "/1/cbccvc-1.html")] == [404] * 3
        assert hall.numbers() == []
        with app.app_context():
            assert db.session.get(Round, hall.round).results_published_at == SETTLED
        page = hall.client.get(f"/thong-ke/{hall.round}").text
        assert "Không có danh sách công khai" in page
        assert "Công bố lại danh sách hiện tại" not in page
        again = hall.post(f"/to-chuc/dot-thi/{hall.round}/cong-bo-lai", note="Lần hai")
        assert (again.status_code, "không có danh sách công khai" in again.text) == (409, True)
        assert hall.public().status_code == 404

    def test_keeps_the_board_over_the_rounds_from_being_published(self, hall, hands):
        hall.hide()
        hall.official(hall.second)
        assert hall.add_up().status_code == 303  # of the other round alone: the hidden one is not official yet
        assert hall.public(board=hall.contest).status_code == 302
        hands.set(SETTLED + timedelta(minutes=1))
        hall.official()
        refused = hall.add_up(note="Thêm đợt 1")
        assert (refused.status_code, "công bố riêng ở trang thống kê" in refused.text) == (409, True)
        page = hall.client.get(f"/thong-ke/cuoc-thi/{hall.contest}/cong-bo").text
        assert "Bảng chung này không công bố được" in page
        assert "Công bố lại danh sách hiện tại" not in page
        assert hall.numbers(hall.contest) == [1]
        assert hall.public(board=hall.contest).status_code == 302

    def test_lets_who_is_barred_leave_it_at_once(self, app, hall):
        hall.hide()
        hall.official()
        with app.app_context():
            barring.bar(hall.contest, [hall.who], "Tổ ra đề", by=None, now=SETTLED + timedelta(minutes=1))
            db.session.commit()
            assert outside.waiting(hall.round).all == []

    def test_that_an_older_server_published_is_taken_down(self, app, hall):
        """A round's list, and that of the rounds together; not the one from before the hidden round was official."""
        hall.official(hall.second)
        hall.add_up()
        with app.app_context():
            later = SETTLED + timedelta(minutes=1)
            publish_results(hall.round, by=None, now=later)
            db.session.commit()
            for publish, board, note in ((published_files.publish, hall.round, ""),
                                         (published_files.publish_overall, hall.contest, "Thêm đợt 1")):
                with app.test_request_context():
                    row = publish(board, note, by=None, now=later)
                    db.session.commit()
                    published_files.let_hold(row)
        assert [hall.public(rest, board).status_code for rest, board in (
            ("/1/board.json", hall.round), ("/2/board.json", hall.contest))] == [200, 200]
        hall.hide()
        with app.app_context():
            assert published_files.put_right() == 2
            assert published_files.forged() == []
            barring.bar(hall.contest, [hall.who], "Tổ ra đề", by=None, now=later)
            assert outside.waiting(hall.round).all == []
        assert [hall.public(rest, board).status_code for rest, board in (
            ("", hall.round), ("/1/board.json", hall.round), ("/2/board.json", hall.contest),
            ("/1/board.json", hall.contest))] == [404, 404, 404, 200]


class TestTheWayToTheList:
    def pages(self, hall):
        return (hall.contestant.get(f"/dot-thi/{hall.round}/xep-hang").text,
                hall.contestant.get(f"/luot-thi/{hall.attempt}/ket-qua").text,
                hall.contestant.get(f"/cuoc-thi/{hall.code}").text,
                hall.app.test_client().get(f"/cuoc-thi/{hall.code}").text)

    def test_is_on_the_pages_of_the_board_the_result_and_the_contest(self, hall):
        assert [LINK in page for page in self.pages(hall)] == [False] * 4
        hall.official()
        link = f'href="/cong-bo/{hall.round}"'
        assert [(LINK in page, link in page) for page in self.pages(hall)] == [(True, True)] * 4
        whole = f'href="/cong-bo/{hall.contest}"'
        assert whole not in self.pages(hall)[3]
        assert hall.add_up().status_code == 303
        assert whole in self.pages(hall)[3]

    def test_is_nowhere_where_there_is_none(self, hall):
        hall.hide()
        hall.official()
        assert [LINK in page for page in self.pages(hall)] == [False] * 4

    @pytest.mark.parametrize(("masked", "told"), [(True, "họ tên viết tắt"), (False, "họ tên viết đầy đủ")])
    def test_is_told_before_it_is_written(self, app, hall, masked, told):
        with app.app_context():
            db.session.get(Round, hall.round).mask_names = masked
            db.session.commit()
        page = hall.client.get(f"/to-chuc/dot-thi/{hall.round}/cong-bo-ket-qua").text
        assert told in page
        assert f"/cong-bo/{hall.round}" in page
        assert "Ai cũng mở được, không cần đăng nhập" in page


def test_a_contest_without_a_board_over_its_rounds_has_no_link_to_one(app, hall):
    with app.app_context():
        db.session.get(Contest, hall.contest).overall = None
        db.session.commit()
    hall.official()
    assert f"/cong-bo/{hall.contest}" not in app.test_client().get(f"/cuoc-thi/{hall.code}").text
