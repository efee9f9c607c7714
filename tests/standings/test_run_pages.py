"""Grading a round anew through its pages: chosen, built by the worker, looked at, decided by somebody else."""

import random
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.errors import Missing
from contest.extensions import db
from contest.identity.models import Account
from contest.jobs.models import Job
from contest.jobs.running import run_next
from contest.questions.models import Bank
from contest.reports import minutes, minutes_words
from contest.rounds.barring import bar
from contest.rounds.models import Round
from contest.standings import building, previewing, recorded, regrading, run_jobs, run_models
from contest.standings.applying import apply_run
from contest.standings.board import board
from contest.standings.board_models import Board
from contest.standings.keys import Correction
from contest.standings.models import Result
from contest.standings.operations import SETTLE, score_round
from contest.standings.regrading import Changes
from contest.standings.run_models import GradingRun, RunMark, RunPlace
from tests import factories
from tests.factories import NOON, account, signed_in
from tests.standings.cast import sit, stage, versions
from tests.standings.test_regrading import CLOSED, GIVEN, LATER, NUMBER, RIGHT, WHY, Case
from tests.statements import counted


class Hall:
    """The five people of `Case`, two organisers, and a clock that stands an hour after all is settled."""

    def __init__(self, app, hands, **columns):
        self.app = app
        hands.set(LATER)
        with app.app_context():
            case = Case(**columns)
            roles = {"lap": "organiser", "duyet": "administrator", "donvi": "coordinator", "xem": "report_viewer"}
            self.who = {login: account(login, name=f"Người {login}", roles=(role,), unit=case.unit).id
                        for login, role in roles.items()}
            self.who |= {f"p{n}": one.id for n, one in enumerate(case.people)}
            self.round, self.version, self.right, self.wrong = case.round.id, case.version, case.right, case.wrong
            self.attempts = [one.id for one in case.attempts]
            self.receipts = [one.receipt for one in case.attempts]
            self.bank = case.bank.id
            db.session.commit()
        self.base = f"/to-chuc/dot-thi/{self.round}/cham-lai"

    def as_(self, login):
        with self.app.app_context():
            row = db.session.get(Account, self.who[login])
            db.session.expunge(row)
        return signed_in(self.app.test_client(), row)

    def post(self, client, path, **form):
        token = client.get("/api/v1/session").get_json()["csrf_token"]
        return client.post(path, data={"csrf_token": token, **form})

    def new(self, client, query=None, **form):
        query = query or f"cau={self.version}"
        return self.post(client, f"{self.base}/moi?{query}", **form)

    def made(self, **form):
        """A run for the other key, made by "lap"; its number's page."""
        sent = form or {f"kind-{self.version}": "key", f"key-{self.version}-": self.wrong, "reason": WHY}
        answer = self.new(self.as_("lap"), **sent)
        assert answer.status_code == 303, text(answer)
        return answer.location

    def work(self):
        with self.app.app_context():
            while run_next(run_jobs.HANDLERS):
                pass

    def points(self):
        with self.app.app_context():
            return [getattr(db.session.get(Result, one), "points", None) for one in self.attempts]


@pytest.fixture
def hall(app, hands):
    return Hall(app, hands)


def text(answer):
    bare = re.sub(r"</?b>", "", answer.get_data(as_text=True))
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", bare))


def test_a_run_waits_on_the_home_page_of_everybody_who_may_decide_it(hall):
    page = hall.made()
    said = "Chấm lại lần 1 chờ bạn duyệt"
    assert said not in text(hall.as_("duyet").get("/"))  # nothing to look at yet
    hall.work()
    shown = hall.as_("duyet").get("/")
    assert f"{said} Tuần 1 –" in text(shown)
    assert f"Người lap đề nghị: {WHY}" in text(shown)
    assert f'href="{page}"' in shown.get_data(as_text=True)
    for login in ("lap", "donvi", "xem", "p0"):
        assert said not in text(hall.as_(login).get("/"))
    hall.post(hall.as_("duyet"), f"{page}/duyet", note="")
    assert said not in text(hall.as_("duyet").get("/"))


def test_two_people_put_a_wrong_key_right(hall):
    lap, duyet = hall.as_("lap"), hall.as_("duyet")
    assert "Chưa chấm lại lần nào" in text(lap.get(hall.base))
    chosen = text(lap.get(f"{hall.base}/chon"))
    assert "3/5 · 60,00 %" in chosen  # the first question: three of five had the wrong key's answer
    assert "Hiện nay: A. A1" in text(lap.get(f"{hall.base}/moi?cau={hall.version}"))
    page = hall.made()
    assert page.endswith("/cham-lai/1")
    waiting = lap.get(page)
    assert "Đang chờ bắt đầu." in text(waiting)
    assert 'http-equiv="refresh"' in waiting.get_data(as_text=True)
    assert lap.get(f"{page}/tien-do").get_json() == {
        "words": "Đang chờ bắt đầu.", "done": 0, "total": None, "late": None, "over": False}
    before = hall.points()
    hall.work()
    assert lap.get(f"{page}/tien-do").get_json() == {"next": page}
    mine, theirs = lap.get(page), duyet.get(page)
    assert "Người đề nghị không tự duyệt được. Người duyệt được: Người duyet." in text(mine)
    assert "/duyet" not in mine.get_data(as_text=True)
    assert "/duyet" in theirs.get_data(as_text=True)
    assert "Lượt thi tăng điểm 1" in text(theirs)
    assert "Lượt thi giảm điểm 3" in text(theirs)
    assert "Đáp án cũ A. A1 Đáp án mới B. B2" in text(theirs)
    assert hall.points() == before
    refused = hall.post(lap, f"{page}/duyet", note="")
    assert "Người đề nghị không được tự duyệt" in text(lap.get(refused.location))
    assert hall.points() == before
    done = hall.post(duyet, f"{page}/duyet", note="Đã đối chiếu")
    assert "Đã duyệt. Kết quả và bảng xếp hạng" in text(duyet.get(done.location))
    assert hall.points() == [400, 200, 100, 0, 0]
    listed = text(lap.get(hall.base))
    assert "Có hiệu lực" in listed
    assert "Đã đối chiếu" in listed


def test_a_published_list_of_before_the_run_is_named_until_it_is_published_again(hall):
    client, behind = hall.as_("duyet"), "Danh sách đang công bố"
    assert hall.post(client, f"/to-chuc/dot-thi/{hall.round}/cong-bo-ket-qua").status_code == 303
    page = hall.made()
    hall.work()
    pages = (page, f"/thong-ke/{hall.round}")
    assert not any(f"{behind} vẫn theo" in text(client.get(one)) or f"{behind} khác" in text(client.get(one))
                   for one in pages)
    hall.post(client, f"{page}/duyet", note="")
    assert f"{behind} vẫn theo kết quả trước khi chấm lại. Công bố lại danh sách" in text(client.get(page))
    assert f"{behind} khác với hiện nay Đợt thi đã chấm lại" in text(client.get(pages[1]))
    hall.post(client, f"/to-chuc/dot-thi/{hall.round}/cong-bo-lai", note="Theo biên bản chấm lại số 1")
    assert f"{behind} vẫn theo" not in text(client.get(page))
    assert f"{behind} khác" not in text(client.get(pages[1]))


def test_an_undo_is_a_run_with_its_own_approval(hall):
    before = hall.points()
    page = hall.made()
    hall.work()
    hall.post(hall.as_("duyet"), f"{page}/duyet")
    asked = hall.post(hall.as_("duyet"), f"{page}/hoan-tac", reason="Đáp án cũ đúng")
    assert asked.location.endswith("/cham-lai/2")
    hall.work()
    shown = text(hall.as_("lap").get(asked.location))
    assert "Hoàn tác Lần 1" in shown
    assert "Đáp án cũ B. B2 Đáp án mới A. A1" in shown
    assert "Lượt thi tăng điểm 3" in shown
    hall.post(hall.as_("lap"), f"{asked.location}/duyet")
    assert hall.points() == before
    assert "Hoàn tác lần 1." in text(hall.as_("lap").get(hall.base))


def test_a_sitting_goes_by_the_code_of_its_receipt(hall):
    lap = hall.as_("lap")
    query = f"ma={hall.receipts[1].lower()}"
    assert "Lượt thi bị loại" in text(lap.get(f"{hall.base}/moi?{query}"))
    wrong = hall.new(lap, query, reason=WHY)
    assert wrong.status_code == 422
    assert "Ghi lý do loại lượt thi này." in text(wrong)
    page = hall.new(lap, query, reason=WHY, **{f"reason-{hall.attempts[1]}": "Nhờ người thi hộ"}).location
    hall.work()
    assert "Nhờ người thi hộ" in text(lap.get(page))
    hall.post(hall.as_("duyet"), f"{page}/duyet")
    assert hall.points()[1] is None
    unknown = text(lap.get(f"{hall.base}/moi?ma=khongco"))
    assert "Không có lượt thi đã nộp hoặc đã hủy nào của đợt này mang mã: KHONGCO" in unknown


def test_an_annulled_sitting_comes_back_by_the_code_of_its_receipt(hall):
    """What a run took out, here; what was annulled before the board was settled goes the same way."""
    lap, query = hall.as_("lap"), f"ma={hall.receipts[1]}"
    page = hall.new(lap, query, reason=WHY, **{f"reason-{hall.attempts[1]}": "Nhờ người thi hộ"}).location
    hall.work()
    hall.post(hall.as_("duyet"), f"{page}/duyet")
    sitting = lap.get(f"/to-chuc/luot-thi/{hall.attempts[1]}")
    assert "Khôi phục lượt thi này bằng một lần chấm lại" in text(sitting)
    assert f"/cham-lai/chon?lai={hall.attempts[1]}" in sitting.get_data(as_text=True)
    assert "đã hủy: khôi phục" in text(lap.get(f"{hall.base}/chon?lai={hall.attempts[1]}"))
    # From where sittings are to go, an annulled one is not offered to come back, nor the other way round.
    assert "đã hủy: khôi phục" not in text(lap.get(f"{hall.base}/chon?luot={hall.attempts[1]}"))
    assert "loại khỏi cuộc thi" not in text(lap.get(f"{hall.base}/chon?lai={hall.attempts[2]}"))
    asked = text(lap.get(f"{hall.base}/moi?{query}"))
    assert "Lượt thi khôi phục" in asked
    assert "Lý do loại." not in asked
    # A form that was filled in before it was annulled does not let it come back.
    flipped = hall.new(lap, query, reason=WHY, **{f"reason-{hall.attempts[1]}": "Nhờ người thi hộ"})
    assert "Ghi lý do khôi phục lượt thi này." in text(flipped)
    back = hall.new(lap, query, reason=WHY, **{f"back-{hall.attempts[1]}": "Giám thị ghi nhầm"}).location
    hall.work()
    shown = text(lap.get(back))
    assert "Lượt thi khôi phục 1" in shown
    assert "Giám thị ghi nhầm" in shown
    assert hall.points()[1] is None
    hall.post(hall.as_("duyet"), f"{back}/duyet")
    assert hall.points()[1] == 300
    with hall.app.app_context():
        line = recorded.run(hall.round, 2)
        told = minutes_words.data(minutes.of(db.session.get(Round, hall.round), line), ("", ""), lambda text_, _: text_)
    [section] = [one for one in told["sections"] if "Lượt thi khôi phục" in one["heading"]]
    assert section["tables"][0]["rows"][0][3] == "Lý do khôi phục"
    assert section["tables"][0]["rows"][1][2:] == [hall.receipts[1], "Giám thị ghi nhầm"]


@pytest.mark.parametrize(("form", "said"), [
    ({"kind": "key", "key": "right", "reason": WHY}, "Đáp án chọn trùng với đáp án hiện nay"),
    ({"kind": "key", "reason": WHY}, "Chọn hoặc ghi ít nhất một đáp án đúng"),
    ({"kind": "full", "reason": " "}, "Ghi lý do. Người dự thi sẽ đọc được lý do này."),
])
def test_what_is_missing_is_said_beside_it(hall, form, said):
    sent = {f"kind-{hall.version}": form["kind"], "reason": form["reason"]}
    if "key" in form:
        sent[f"key-{hall.version}-"] = hall.right
    answer = hall.new(hall.as_("lap"), **sent)
    assert answer.status_code == 422
    assert said in text(answer)
    with hall.app.app_context():
        assert db.session.scalar(select(GradingRun.id)) is None


def test_either_of_two_options_can_be_right(hall):
    hall.made(**{f"kind-{hall.version}": "key", f"key-{hall.version}-": [hall.right, hall.wrong], "reason": WHY})
    hall.work()
    hall.post(hall.as_("duyet"), f"{hall.base}/1/duyet")
    assert hall.points() == [400, 300, 200, 100, 0]


def test_nothing_before_the_closing_and_nothing_before_all_is_settled(app, hands, hall):
    lap = hall.as_("lap")
    hands.set(CLOSED - timedelta(minutes=1))
    page = text(lap.get(hall.base))
    assert "Đợt thi còn mở đến 14:00 ngày 01/12/2026" in page
    for path in ("/chon", f"/moi?cau={hall.version}"):
        answer = lap.get(hall.base + path)
        assert (answer.status_code, answer.location) == (303, hall.base)
    with app.app_context():
        db.session.get(Board, hall.round).settled_at = None
        db.session.commit()
    hands.set(CLOSED)
    assert "Điểm của đợt thi đang được chốt" in text(lap.get(hall.base))
    assert lap.get(f"{hall.base}/moi?cau={hall.version}").status_code == 303


def test_reading_keys_of_a_sealed_bank_is_on_record(app, hall):
    with app.app_context():
        bank = db.session.get(Bank, hall.bank)
        bank.sealed_at, bank.sealed_by = NOON, None
        db.session.commit()
    lap = hall.as_("lap")
    lap.get(f"{hall.base}/chon")
    lap.get(f"{hall.base}/moi?cau={hall.version}")
    assert hall.new(lap, reason="").status_code == 422
    page = hall.made()
    hall.work()
    lap.get(page)
    with app.app_context():
        found = db.session.scalars(select(AuditEvent.details).where(AuditEvent.action == "bank.reading")).all()
    assert [one["what"] for one in found] == ["regrade"] * 4


@pytest.mark.parametrize("who", ["p0", "donvi", "xem", None])
def test_nobody_but_organisers_reaches_a_run(hall, who):
    page = hall.made()
    hall.work()
    client = hall.as_(who) if who else hall.app.test_client()
    paths = [hall.base, f"{hall.base}/chon", f"{hall.base}/moi?cau={hall.version}", page, f"{page}/tien-do"]
    assert {client.get(path).status_code for path in paths} == ({403} if who else {303})
    if who:
        acts = ("duyet", "bo", "tinh-lai", "hoan-tac")
        assert {hall.post(client, f"{page}/{act}").status_code for act in acts} == {403}


def everything(client, hall, person):
    attempt = hall.attempts[person]
    paths = [f"/luot-thi/{attempt}/ket-qua", f"/api/v1/attempts/{attempt}/result", f"/dot-thi/{hall.round}",
             f"/dot-thi/{hall.round}/xep-hang", f"/api/v1/rounds/{hall.round}/leaderboard", "/ket-qua-cua-toi", "/",
             f"/dot-thi/{hall.round}/don-vi"]
    found = {}
    for path in paths:
        answer = client.get(path)
        body = re.sub(r'(name="(csrf_token|nonce)" value|data-csrf)="[^"]*"', "", answer.get_data(as_text=True))
        found[path] = answer.status_code, body, answer.headers.get("ETag")
    return found


def test_a_run_that_does_not_hold_changes_no_byte_for_participants(app, hands):
    hall = Hall(app, hands, result_shown="review", board_shown="after_close", mask_names=True)
    clients = [hall.as_(f"p{n}") for n in range(3)]
    before = [everything(client, hall, n) for n, client in enumerate(clients)]
    assert before[0][f"/luot-thi/{hall.attempts[0]}/ket-qua"][0] == 200
    page = hall.made()
    assert [everything(client, hall, n) for n, client in enumerate(clients)] == before
    hall.work()
    hall.as_("duyet").get(page)
    assert [everything(client, hall, n) for n, client in enumerate(clients)] == before
    hall.post(hall.as_("lap"), f"{page}/bo")
    assert [everything(client, hall, n) for n, client in enumerate(clients)] == before


@pytest.mark.parametrize("steps", [0, 1, 2, 3, 4])
def test_a_worker_that_dies_between_steps_leaves_all_whole_and_the_next_one_begins_anew(app, hands, hall, monkeypatch,
                                                                                          steps):
    monkeypatch.setattr(building, "CHUNK", 2)
    page, before = hall.made(), hall.points()

    class Killed(BaseException):
        pass

    def dying(params, progress):
        left = iter(range(steps))

        def told(done, total):
            if next(left, None) is None:
                raise Killed
        return run_jobs.build_run(params, told)

    with app.app_context(), pytest.raises(Killed):
        run_next({run_models.JOB: dying})
    with app.app_context():
        assert db.session.scalar(select(GradingRun.state)) == "building"
        assert db.session.scalar(select(Job.state)) == "running"
    assert hall.points() == before
    assert "Chấm lại lần 1" in text(hall.as_("lap").get(page))
    hands.advance(minutes=1)
    hall.work()
    with app.app_context():
        assert db.session.scalar(select(GradingRun.state)) == "ready"
        assert len(db.session.scalars(select(RunMark)).all()) == 4
    hall.post(hall.as_("duyet"), f"{page}/duyet")
    assert hall.points() == [400, 200, 100, 0, 0]


@pytest.mark.parametrize("name", ["digest", "_sittings"])
def test_whoever_saves_an_answer_does_not_wait_while_all_papers_are_looked_through(app, hall, monkeypatch, name):
    look, turns = getattr(building, name), []

    def looked(*args):
        found = look(*args)
        raw = db.session.connection().connection.dbapi_connection
        turns.append(getattr(raw, "queue", None))  # of SQLite; PostgreSQL has none
        return found

    monkeypatch.setattr(building, name, looked)
    hall.made()
    hall.work()
    assert turns == [None]
    with app.app_context():
        assert db.session.scalar(select(GradingRun.state)) == "ready"


def test_a_run_that_is_dropped_while_it_is_built_stays_dropped(app, hall):
    page = hall.made()

    def dropped(params, progress):
        hall.post(hall.as_("lap"), f"{page}/bo")
        return run_jobs.build_run(params, progress)

    with app.app_context():
        run_next({run_models.JOB: dropped})
    with app.app_context():
        assert db.session.scalar(select(GradingRun.state)) == "dropped"
        assert db.session.scalar(select(Job.state)) == "cancelled"


def test_a_run_is_built_anew_where_results_changed_since(app, hands, hall):
    page, duyet = hall.made(), hall.as_("duyet")
    hall.work()
    with app.app_context():
        bar(db.session.get(Round, hall.round).contest_id, [hall.who["p1"]], "Ban Tổ chức", by=None, now=LATER)
        db.session.commit()
    refused = hall.post(duyet, f"{page}/duyet")
    assert "Kết quả của đợt thi đã thay đổi sau khi tính" in text(duyet.get(refused.location))
    hall.post(duyet, f"{page}/tinh-lai")
    assert "Đang chờ bắt đầu." in text(duyet.get(page))
    hall.work()
    hall.post(duyet, f"{page}/duyet")
    assert hall.points()[0] == 400


def crowd(app, hands, kind):
    """Forty people, ties among them, and a run that moves some or all of them."""
    dice = random.Random(7)
    _contest, bank, round_, (unit,) = stage(closes_at=CLOSED, scoring={"chain": ["points"]})
    for n in range(40):
        sit(round_, bank, factories.account(name=f"Người {n:02}", unit=unit,
                                            audience=dice.choice(["official", "citizen"])),
            unit=unit, right=dice.randint(0, 4), wrong=0 if kind == "some" else 1)
    score_round(round_.id, CLOSED + SETTLE + timedelta(minutes=1))
    version = versions(bank)[1 if kind == "some" else 0]
    wrong = version.options[1]["id"]
    change = Correction("out") if kind == "all" else Correction("key", [wrong])
    run = regrading.make_run(round_.id, Changes({version.id: change}, {}), WHY, by=factories.account().id, now=LATER)
    list(building.building(run.id, LATER))
    run.summary = {**run.summary, "first": previewing.first(run)}
    return run


@pytest.mark.parametrize("kind", ["some", "all"])
@pytest.mark.parametrize("limit", [1, 3, 7, 50])
def test_the_first_places_are_those_that_the_board_then_has(app, hands, kind, limit):
    with app.app_context():
        run = crowd(app, hands, kind)
        found = {}
        held = {group: {row.name: row.rank for row in board(run.round_id, masked=False, audience=group, limit=100).rows}
                for group in previewing.AUDIENCES}
        for group in previewing.AUDIENCES:
            after, rows = None, []
            while True:
                page = previewing.first_places(run, group, after, limit)
                rows += page.rows
                after = page.after
                if after is None:
                    break
            found[group] = rows
            assert {(row.name, row.before_rank) for row in rows if row.before_rank} <= held[group].items()
            kept = previewing.kept_first(run, group)
            assert kept == previewing.first_places(run, group, limit=previewing.FIRST).rows
        searched = previewing.found(run, db.session.get(Round, run.round_id).contest_id, "nguoi 0")
        told = {row.name: (row.before_rank, row.after_rank) for rows in found.values() for row in rows}
        assert {row.name: (row.before_rank, row.after_rank) for row in searched} == {
            row.name: told.get(row.name, (held[row.audience].get(row.name), None)) for row in searched}
        apply_run(run.id, "", by=factories.account().id, now=LATER)
        for group in previewing.AUDIENCES:
            now = board(run.round_id, masked=False, audience=group, limit=100).rows
            assert [(row.rank, row.name, row.points) for row in now] == [
                (row.after_rank, row.name, row.after_points) for row in found[group]]


@pytest.mark.parametrize("kind", ["some", "all"])
@pytest.mark.parametrize("limit", [1, 3, 50])
def test_everybody_whom_a_run_changes_is_listed_once_and_nobody_else(app, hands, kind, limit):
    with app.app_context():
        run = crowd(app, hands, kind)
        for group in previewing.AUDIENCES:
            rows, page = [], previewing.changed(run, group, None, limit)
            while True:
                assert len(page.rows) <= limit
                rows += page.rows
                if page.after is None:
                    break
                page = previewing.changed(run, group, page.after, limit)
            touched = {place.entry_id: place for place in db.session.scalars(
                select(RunPlace).where(RunPlace.run_id == run.id, RunPlace.audience == group))}
            assert sorted(row.entry_id for row in rows) == sorted(touched)
            places = {row.entry_id: row for row in previewing.first_places(run, group, limit=1_000).rows}
            assert all(row == places[row.entry_id] for row in rows if row.after_rank is not None)
            ranked = [row.after_rank or 0 for row in rows]
            assert ranked == sorted(ranked)
            with pytest.raises(Missing):
                previewing.changed(run, group, "0" * 32)


def test_the_page_of_a_round_says_that_a_run_waits_for_a_decision(app, hands):
    with app.app_context():
        run = crowd(app, hands, "some")
        round_id, organiser = run.round_id, factories.account(roles=("organiser",))
        db.session.commit()
        db.session.refresh(organiser)
        db.session.expunge(organiser)
    hands.instant = LATER
    client, path = signed_in(app.test_client(), organiser), f"/to-chuc/dot-thi/{round_id}"
    assert "Chấm lại (1 chờ duyệt)" in client.get(path).text
    with app.app_context():
        apply_run(db.session.scalars(select(GradingRun.id)).one(), "", by=factories.account().id, now=LATER)
        db.session.commit()
    page = client.get(path).text
    assert "Chấm lại" in page
    assert "chờ duyệt" not in page


def test_a_preview_reads_no_more_for_more_people(app, hands):
    with app.app_context():
        run = crowd(app, hands, "some")
        db.session.flush()
        with counted(app) as statements:
            previewing.first_places(run, "official", limit=5)
        whole = [one for one in statements if "FROM standing" in one and "LIMIT" not in one and "count" not in one]
        assert whole == []


def applied(app, hands, kind, **columns):
    """A round that was graded anew with `kind` in place of the first question's key."""
    hall = Hall(app, hands, result_shown="review", **columns)
    page = hall.made(**{f"kind-{hall.version}": kind, f"key-{hall.version}-": hall.wrong, "reason": WHY})
    hall.work()
    hall.post(hall.as_("duyet"), f"{page}/duyet")
    return hall


def test_participants_are_told_of_a_run_that_holds_and_see_the_corrected_key(app, hands):
    hall = applied(app, hands, "key")
    page = text(hall.as_("p0").get(f"/luot-thi/{hall.attempts[0]}/ket-qua"))
    assert f"Đã chấm lại theo biên bản số 1, 15:01 ngày 01/12/2026. Lý do: {WHY}" in page
    first = page[page.index("Câu 1 "):page.index("Câu 2 ")]
    assert "B. B2 Đáp án đúng, đã chọn" in first
    assert "Đáp án của câu này đã được sửa khi chấm lại." in first
    assert "Vì kế hoạch ghi như vậy." not in first  # what explained the old key
    assert "Vì kế hoạch ghi như vậy." in page
    hall.post(hall.as_("duyet"), f"{hall.base}/1/hoan-tac", reason="Đáp án cũ đúng")
    hall.work()
    hall.post(hall.as_("lap"), f"{hall.base}/2/duyet")
    page = text(hall.as_("p0").get(f"/luot-thi/{hall.attempts[0]}/ket-qua"))
    assert "Kết quả đã trở lại như trước biên bản chấm lại số 1, theo biên bản số 2" in page
    assert "đã được sửa" not in page


@pytest.mark.parametrize(("kind", "word", "why"), [
    ("full", "Tính điểm cho mọi người", "ai có câu này trong đề đều được trọn điểm của câu"),
    ("out", "Không tính câu này", "câu này không tính điểm cho ai")])
def test_a_question_for_everybody_or_for_nobody_is_called_so_and_none_of_its_answers_right(app, hands, kind, word, why):
    hall = applied(app, hands, kind)
    for person in (0, 1, 4):
        page = text(hall.as_(f"p{person}").get(f"/luot-thi/{hall.attempts[person]}/ket-qua"))
        first = page[page.index("Câu 1 "):page.index("Câu 2 ")]
        assert word in first
        assert why in first
        assert "Đáp án đúng" not in first
        assert "Không trả lời" not in first


def rules(**changes):
    """The fields of the rules that hold by default, as the form sends them."""
    return {"counted": "best", "chain_1": "points", "chain_2": "taken_ms", "chain_3": "finished_at", "seed": "",
            "bands": "75, 25", "pass_percent": "", "reason": WHY, **changes}


def test_other_rules_are_previewed_decided_by_another_person_and_in_the_minutes(app, hands):
    hall = Hall(app, hands, result_shown="review", board_shown="after_close", mask_names=False)
    lap, duyet = hall.as_("lap"), hall.as_("duyet")
    chosen = lap.get(f"{hall.base}/chon").get_data(as_text=True)
    assert 'name="quy-tac"' in chosen
    form = lap.get(f"{hall.base}/moi?quy-tac=1").get_data(as_text=True)
    assert '<option selected value="taken_ms">' in form
    before = hall.points()
    made = hall.new(lap, "quy-tac=1", **rules(marking_single="all_or_nothing", penalty_single="50", pass_percent="50"))
    assert made.status_code == 303, text(made)
    hall.work()
    page = text(duyet.get(made.location))
    assert re.search("Cách chấm Theo từng câu hỏi .*đúng hết mới có điểm, trả lời sai trừ 50.% điểm của câu.", page)
    assert re.search("Mức đạt Không xét 50.%", page)
    assert "Thứ tự xếp hạng" not in page[page.index("Trước Sau"):page.index("Những hạng đầu")]
    assert hall.points() == before
    refused = hall.post(lap, f"{made.location}/duyet", note="")
    assert "không được tự duyệt" in text(lap.get(refused.location))
    hall.post(duyet, f"{made.location}/duyet", note="")
    assert hall.points() != before
    with app.app_context():
        line = recorded.run(hall.round, 1)
        told = minutes_words.data(minutes.of(db.session.get(Round, hall.round), line), ("", ""), lambda text_, _: text_)
    (section,) = [one for one in told["sections"] if "Quy tắc chấm" in one["heading"]]
    assert section["tables"][0]["rows"][2] == ["Mức đạt", "Không xét", "50 %"]
    assert "Đạt" in text(hall.as_("p0").get(f"/luot-thi/{hall.attempts[0]}/ket-qua"))
    undone = hall.post(duyet, f"{made.location}/hoan-tac", reason="Quy tắc cũ đúng thể lệ")
    hall.work()
    assert re.search("Mức đạt 50.% Không xét", text(lap.get(undone.location)))
    hall.post(lap, f"{undone.location}/duyet")
    assert hall.points() == before


def test_lots_of_other_rules_are_drawn_from_what_nobody_chooses_now(app, hands):
    hall = Hall(app, hands)
    lap = hall.as_("lap")
    form = lap.get(f"{hall.base}/moi?quy-tac=1").get_data(as_text=True)
    assert f"theo dòng chữ “{hall.round}”" in form
    assert 'name="seed"' not in form
    made = hall.new(lap, "quy-tac=1", **rules(chain_3="draw", seed="chọn sau"))
    assert made.status_code == 303, text(made)
    with app.app_context():
        assert recorded.run(hall.round, 1).run.policy["seed"] == hall.round


@pytest.fixture
def asked(app, hands):
    """A round that asks for a number, which was mistyped."""
    return Hall(app, hands, **NUMBER, scoring={"chain": ["distance", "points"]}, mask_names=False,
                board_shown="after_close", result_shown="score")


def test_a_mistyped_number_is_previewed_decided_by_another_person_and_in_the_minutes(app, asked):
    lap, duyet = asked.as_("lap"), asked.as_("duyet")
    overview = lap.get(f"/thong-ke/{asked.round}").get_data(as_text=True)
    [way] = re.findall(r'href="([^"]+)">Sửa bằng một lần chấm lại', overview)
    assert way == f"{asked.base}/moi?gia-tri-dung=1"
    assert "Sửa bằng một lần" not in text(asked.as_("xem").get(f"/thong-ke/{asked.round}"))
    chosen = lap.get(f"{asked.base}/chon?gia-tri-dung=1").get_data(as_text=True)
    assert re.search('name="gia-tri-dung"[^>]* checked>.*Sửa giá trị đúng đã ghi: 25.890', chosen)
    form = lap.get(way).get_data(as_text=True)
    assert 'value="25.890"' in form
    assert "chon?gia-tri-dung=1" in form  # the way back keeps the choice
    assert NUMBER["prediction_text"] in form
    made = asked.new(lap, "gia-tri-dung=1", given="25.980", reason="Ghi nhầm 25.980 thành 25.890")
    assert made.status_code == 303, text(made)
    asked.work()
    page = text(duyet.get(made.location))
    assert "Giá trị đúng của câu dự đoán: 25.890 → 25.980" in page
    assert "Giá trị cũ 25.890 Giá trị mới 25.980" in page
    assert "Lượt thi tăng điểm 0" in page
    assert "Người đổi kết quả xếp hạng 4" in page
    first = page[page.index("Hạng sau và trước khi chấm lại"):]
    assert re.search("Độ lệch cũ Độ lệch mới 1 lên 2 3 .*? 90 0 2 lên 2 4 .*? 91 1 ", first)
    assert "tự duyệt" in text(lap.get(asked.post(lap, f"{made.location}/duyet", note="").location))
    with app.app_context():
        assert db.session.get(Round, asked.round).prediction_given == GIVEN
    asked.post(duyet, f"{made.location}/duyet", note="")
    assert "25.980 Bảng xếp hạng đã chốt theo số này." in text(lap.get(f"/thong-ke/{asked.round}"))
    with app.app_context():
        line = recorded.run(asked.round, 1)
        facts = minutes.of(db.session.get(Round, asked.round), line)
        told = minutes_words.data(facts, ("", ""), lambda text_, _: text_)
    sections = {one["heading"].partition(". ")[2]: one for one in told["sections"]}
    assert sections["Giá trị đúng của câu dự đoán"]["lines"] == [
        "Câu dự đoán: Bao nhiêu hồ sơ?", "Giá trị cũ: 25.890; giá trị mới: 25.980."]
    assert not any("Giá trị đúng" in line for line in sections["Kết quả thay đổi"]["lines"])
    [table] = sections["Những hạng đầu trước và sau khi chấm lại"]["tables"]
    assert [row[:2] + row[6:] for row in table["rows"]] == [
        ["Hạng mới", "Hạng cũ", "Độ lệch cũ", "Độ lệch mới"], ["1", "3", "90", "0"], ["2", "4", "91", "1"],
        ["3", "2", "5", "85"], ["4", "1", "0", "90"]]
    assert lap.get(f"{made.location}/bien-ban.pdf").data.startswith(b"%PDF")
    undone = asked.post(duyet, f"{made.location}/hoan-tac", reason="Số cũ đúng")
    asked.work()
    assert "Giá trị cũ 25.980 Giá trị mới 25.890" in text(lap.get(undone.location))
    asked.post(lap, f"{undone.location}/duyet")
    with app.app_context():
        assert db.session.get(Round, asked.round).prediction_given == GIVEN
        assert db.session.get(Board, asked.round).actual == GIVEN


@pytest.mark.parametrize(("given", "reason", "sentences"), [
    ("25890", WHY, ["Số này trùng với số đang áp dụng."]), ("25.890", WHY, ["Số này trùng với số đang áp dụng."]),
    ("25,98", WHY, ["Ghi một số nguyên từ 0 đến 999.999.999."]), ("-5", WHY, ["Ghi một số nguyên từ 0"]),
    ("1" * 40, WHY, ["Ghi một số nguyên từ 0"]), (" ", "", ["Ghi một số nguyên từ 0", "Ghi lý do."])])
def test_a_number_that_cannot_be_makes_no_run(app, asked, given, reason, sentences):
    answer = asked.new(asked.as_("lap"), "gia-tri-dung=1", given=given, reason=reason)
    assert answer.status_code == 422
    for sentence in sentences:
        assert sentence in text(answer)
    assert f'value="{given}"' in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.scalar(select(GradingRun)) is None


@pytest.mark.parametrize("typed", ["25980", "25.980", "25 980", " 25980 "])
def test_a_number_is_read_as_people_write_it_beside_a_key(app, asked, typed):
    made = asked.new(asked.as_("lap"), f"cau={asked.version}&gia-tri-dung=1", given=typed, reason=WHY,
                     **{f"kind-{asked.version}": "full"})
    assert made.status_code == 303
    with app.app_context():
        run = db.session.scalars(select(GradingRun)).one()
        assert (run.given, len(recorded.versions_of(run))) == (RIGHT, 1)


def test_who_guesses_no_number_is_not_asked_for_one(hall):
    client = hall.as_("lap")
    assert "gia-tri-dung" not in client.get(f"{hall.base}/chon?gia-tri-dung=1").get_data(as_text=True).replace(
        "chon?gia-tri-dung=1", "")
    assert client.get(f"{hall.base}/moi?gia-tri-dung=1").location.endswith("/chon")
    assert 'name="given"' not in client.get(
        f"{hall.base}/moi?gia-tri-dung=1&cau={hall.version}").get_data(as_text=True)


@pytest.mark.parametrize(("changes", "sentences"), [
    ({}, ["Quy tắc chấm chưa khác gì quy tắc đang áp dụng."]),
    ({"chain_2": "draw", "bands": "1, 2"}, ["Bốc thăm chỉ đứng cuối", "Ghi từ 1 đến 6 mốc"]),
    ({"chain_2": "distance", "pass_percent": "101", "reason": ""}, [
        "Đợt thi này không hỏi câu dự đoán", "Mức đạt từ 0 đến 100", "Ghi lý do."])])
def test_rules_that_cannot_be_make_no_run(app, hall, changes, sentences):
    answer = hall.new(hall.as_("lap"), "quy-tac=1", **rules(**changes))
    assert answer.status_code == 422
    for sentence in sentences:
        assert sentence in text(answer)
    with app.app_context():
        assert db.session.scalar(select(GradingRun)) is None
