"""Pages of organisers and markers: who sees what, and that nothing typed is lost."""

import re
from collections import Counter
from types import SimpleNamespace

import openpyxl
import pytest
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.delivery.models import Attempt
from contest.extensions import db
from contest.identity.models import Account
from contest.marking import arranging
from contest.marking.models import Assignment, EssayMark, Marking
from tests import factories as make
from tests.marking.cast import AFTER, TEXT, Stage, finish
from tests.rounds.cast import post


class Place:
    """The application with a round that is being marked; ids only, since pages have contexts of their own."""

    def __init__(self, app, **columns):
        self.app = app
        with app.app_context():
            stage = Stage(texts=(TEXT, "Bài hai"), **columns).begin()
            self.round, self.organiser, self.people = stage.round.id, stage.organiser, stage.people
            self.attempts, self.version = stage.attempts, stage.essay_version
            essay = stage.essays()[0]
            self.essay, self.code, self.attempt = essay.id, essay.code, essay.attempt_id
            self.text = TEXT if essay.attempt_id == stage.attempts[0] else "Bài hai"
            self.rows = {place: stage.before(essay, place).id for place in (1, 2)}
            self.markers = {place: stage.before(essay, place).account_id for place in (1, 2)}
        self.page = f"/to-chuc/dot-thi/{self.round}/cham-tu-luan"

    def client(self, account_id):
        return make.signed_in(self.app.test_client(), SimpleNamespace(id=account_id))

    def mark(self, place, idea, words="0", act="finish", seq=0, **more):
        """A marker sends the form of the first essay."""
        sent = {"points-y": idea, "points-d": words, "comment": "Nhận xét kín", "act": act, "seq": str(seq)} | more
        return post(self.client(self.markers[place]), f"/cham-tu-luan/bai/{self.rows[place]}", **sent)

    def finish_all(self):
        with self.app.app_context():
            for row in db.session.scalars(select(Assignment).order_by(Assignment.essay_id, Assignment.place)):
                finish(row, 100 + 50 * (row.place == 2), 0, f"Nhận xét {row.place}")
            db.session.commit()

    def tell(self, told):
        with self.app.app_context():
            db.session.get_one(Marking, self.round).told = told
            db.session.commit()

    def close(self):
        with self.app.app_context():
            arranging.close(self.round, by=self.organiser, now=AFTER)
            db.session.commit()


@pytest.fixture
def place(app, hands):
    hands.set(AFTER)
    return Place(app)


def body(answer):
    return answer.get_data(as_text=True)


def test_a_marker_sees_the_text_and_the_rubric_and_nobody(place):
    assert place.mark(2, "2", "1").status_code == 303
    with place.app.app_context():
        attempt = db.session.get_one(Attempt, place.attempt)
        author = db.session.get_one(Account, attempt.account_id)
        secret = [attempt.id, attempt.entry_id, attempt.receipt, author.id, author.name, author.login,
                  author.unit.name, "Nhận xét kín", place.rows[2], place.essay]
    said = body(place.client(place.markers[1]).get(f"/cham-tu-luan/bai/{place.rows[1]}"))
    page = said[said.index("<main"):said.index("</main>")]
    assert place.text.split("\n")[0] in page
    assert place.code in page
    assert "Ý tưởng" in page
    assert [word for word in secret if word in page] == []
    assert not re.search(r"\d\d:\d\d", page), "no time of any kind"
    desk = body(place.client(place.markers[1]).get(f"/cham-tu-luan/{place.round}"))
    desk = desk[desk.index("<main"):desk.index("</main>")]
    assert [word for word in secret if word in desk] == []


def test_nobody_else_opens_it(place):
    address = f"/cham-tu-luan/bai/{place.rows[1]}"
    assert place.client(place.markers[2]).get(address).status_code == 404
    assert place.client(place.organiser).get(address).status_code == 403
    assert place.client(place.people[0]).get(address).status_code == 403
    assert place.app.test_client().get(address).status_code == 303
    assert place.client(place.markers[1]).get(place.page).status_code == 403
    assert place.client(place.people[0]).get(place.page + "/bang-diem.xlsx").status_code == 403
    sent = {"points-y": "1", "points-d": "0", "act": "save", "seq": "0"}
    assert post(place.client(place.markers[2]), address, **sent).status_code == 404


@pytest.mark.parametrize(("idea", "words", "said"), [
    ("9", "0", "Điểm từ 0 đến 2."), ("0,7", "0", "Điểm theo bước 0,5."), ("1", "một", "Ghi một số"),
    ("1", "", "Cho điểm tiêu chí này."), ("1", "-1", "Ghi một số")])
def test_what_is_wrong_is_said_and_what_was_typed_stays(place, idea, words, said):
    answer = place.mark(1, idea, words)
    assert answer.status_code == 422
    page = body(answer)
    assert said in page
    assert "Nhận xét kín" in page
    assert f'name="points-d" value="{words}"' in page
    with place.app.app_context():
        assert db.session.get_one(Assignment, place.rows[1]).state == "given"


def test_a_draft_may_lack_marks_and_comes_back(place):
    assert place.mark(1, "", "0,25", act="save").status_code == 303
    page = body(place.client(place.markers[1]).get(f"/cham-tu-luan/bai/{place.rows[1]}"))
    assert 'name="points-d" value="0,25"' in page
    assert 'name="seq" value="1"' in page
    assert "Nhận xét kín" in page


def test_of_two_windows_neither_loses_what_was_typed(place):
    place.mark(1, "2", "0,1", act="save")
    late = place.mark(1, "1", "0,9", seq=0)
    assert late.status_code == 409
    page = body(late)
    assert "vừa được lưu ở một cửa sổ khác" in page
    assert 'name="points-d" value="0,9"' in page
    assert 'name="seq" value="1"' in page
    assert place.mark(1, "1", "0,9", seq=1).status_code == 303


def test_what_was_typed_stays_where_marking_has_ended(place):
    place.finish_all()
    place.close()
    answer = place.mark(1, "1", "0,9", seq=1)
    assert answer.status_code == 409
    assert "đã kết thúc" in body(answer)
    assert 'name="points-d" value="0,9"' in body(answer)
    shown = body(place.client(place.markers[1]).get(f"/cham-tu-luan/bai/{place.rows[1]}"))
    assert "Mở lại bài chấm" not in shown


def test_from_one_essay_to_the_next_and_back(place):
    marker = place.markers[1]
    with place.app.app_context():
        mine = list(db.session.scalars(select(Assignment.id).where(Assignment.account_id == marker).order_by(
            Assignment.turn)))
    client = place.client(marker)
    seen = []
    for _ in mine:
        [address] = re.findall(r'href="(/cham-tu-luan/bai/[0-9a-f]{32})">Chấm tiếp', body(
            client.get(f"/cham-tu-luan/{place.round}")))
        seen.append(address[-32:])
        post(client, address, **{"points-y": "1", "points-d": "0", "act": "finish", "seq": "0"})
    assert seen == mine
    listed = body(client.get(f"/cham-tu-luan/{place.round}?xem=da-xong"))
    assert "Chấm tiếp" not in listed
    assert listed.count("/cham-tu-luan/bai/") == len(mine)
    assert post(client, f"/cham-tu-luan/bai/{mine[0]}/mo-lai").status_code == 303
    assert "Chấm tiếp" in body(client.get(f"/cham-tu-luan/{place.round}"))


def test_the_codes_open_once_marking_is_closed_and_on_record(place, tmp_path):
    client = place.client(place.organiser)
    assert post(client, place.page + "/hoi-phach").status_code == 409
    place.finish_all()
    assert cells(client.get(place.page + "/bang-diem.xlsx"), tmp_path) & names(place) == set()
    place.close()
    answer = post(client, place.page + "/hoi-phach")
    found = cells(answer, tmp_path)
    assert names(place) <= found
    assert {place.code, "Giám khảo 1", 1.5, 1.25, "Ý tưởng", "Nhận xét 1"} <= found
    with place.app.app_context():
        opened = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "marking.codes_opened")).all()
        assert [event.account_id for event in opened] == [place.organiser]
    assert "Trần Tổ Chức" in body(client.get(place.page))


def cells(answer, folder):
    assert answer.status_code == 200
    (folder / "marks.xlsx").write_bytes(answer.data)
    answer.close()
    book = openpyxl.load_workbook(folder / "marks.xlsx")
    return {cell.value for sheet in book for row in sheet for cell in row}


def names(place):
    with place.app.app_context():
        return set(db.session.scalars(select(Account.login).where(Account.id.in_(place.people))))


def result_page(place):
    with place.app.app_context():
        author = db.session.get_one(Attempt, place.attempt).account_id
    return body(place.client(author).get(f"/luot-thi/{place.attempt}/ket-qua"))


@pytest.mark.parametrize("told", [True, False])
def test_what_participants_see(place, told):
    assert "Còn 1 câu tự luận chờ chấm." in result_page(place)
    place.finish_all()
    place.tell(told)
    before = result_page(place)
    assert "Đã chấm: 1,25 trên 3 điểm" in before
    assert "Nhận xét 1" not in before, "not while marking goes on"
    place.close()
    after = result_page(place)
    assert ("Nhận xét 1" in after) is told
    assert ("Ý tưởng" in after) is told
    assert "Giám khảo" not in after


def test_organisers_arrange_it_on_pages(app, hands):
    with app.app_context():
        stage = Stage(markers=2)
        page, version = f"/to-chuc/dot-thi/{stage.round.id}/cham-tu-luan", stage.essay_version
        logins = [stage.login(one) for one in stage.markers]
        organiser = SimpleNamespace(id=stage.organiser)
    client = make.signed_in(app.test_client(), organiser)
    assert "0/1 câu" in body(client.get(page))
    sent = {"name_0": "Ý tưởng", "most_0": "2", "step_0": "0,3", "name_1": "Diễn đạt", "most_1": "1"}
    answer = post(client, f"{page}/huong-dan/{version}", **sent)
    assert answer.status_code == 422
    assert "Điểm tối đa phải chia hết cho bước điểm." in body(answer)
    assert 'value="Diễn đạt"' in body(answer)
    assert post(client, f"{page}/huong-dan/{version}", **(sent | {"step_0": "0.5"})).status_code == 303
    for gap, kind in (("101", "percent"), ("hai", "points"), ("", "percent")):
        assert post(client, f"{page}/quy-tac", gap=gap, gap_kind=kind, third="mean").status_code == 422
    assert post(client, f"{page}/quy-tac", gap="0,5", gap_kind="points", third="closest").status_code == 303
    assert post(client, f"{page}/giam-khao", logins="\n".join(logins)).status_code == 303
    assert post(client, f"{page}/lap-phach").status_code == 409
    assert post(client, f"{page}/huong-dan/{'0' * 32}", name_0="x").status_code == 404
    with app.app_context():
        held = db.session.scalars(select(Marking)).one()
        assert (held.gap, held.gap_kind, held.third, held.units_apart, held.told) == (50, "points", "closest", False,
                                                                                      False)
        assert db.session.scalar(select(EssayMark.total)) is None


def test_a_long_list_goes_on(place, monkeypatch):
    monkeypatch.setattr("contest.marking.progress.PAGE", 1)
    marker = next(one for one, count in loads(place).items() if count == 2)
    client = place.client(marker)
    first = body(client.get(f"/cham-tu-luan/{place.round}"))
    [after] = re.findall(r'rel="next" href="([^"]+)"', first)
    second = body(client.get(after.replace("&amp;", "&")))
    pages = [re.findall(r"/cham-tu-luan/bai/([0-9a-f]{32})\">[2-9A-Z]{6}<", one) for one in (first, second)]
    assert [len(page) for page in pages] == [1, 1]
    assert pages[0] != pages[1]
    assert 'rel="next"' not in second


def loads(place):
    with place.app.app_context():
        return Counter(db.session.scalars(select(Assignment.account_id)))


def test_organisers_are_told_on_the_figures_and_the_rounds_page(place):
    client = place.client(place.organiser)
    figures = f"/thong-ke/{place.round}"
    assert "Còn 2 bài tự luận chờ chấm" in body(client.get(figures))
    assert place.page in body(client.get(f"/to-chuc/dot-thi/{place.round}"))
    answer = post(client, f"/to-chuc/dot-thi/{place.round}/cong-bo-ket-qua")
    assert answer.status_code == 409
    assert "Còn 2 bài tự luận chờ chấm." in body(answer)
    assert f'<a href="{place.page}">Mở trang chấm tự luận</a>' in body(answer)
    place.finish_all()
    assert "tự luận chờ chấm" not in body(client.get(figures))


def test_the_way_on_from_a_closed_marking_is_offered(place):
    client = place.client(place.organiser)
    address = f'href="/to-chuc/dot-thi/{place.round}/cong-bo-ket-qua"'
    assert address not in body(client.get(place.page))
    place.finish_all()
    post(client, place.page + "/ket-thuc")
    page = body(client.get(place.page))
    assert address in page
    assert "Rút một giám khảo" not in page
    post(client, f"/to-chuc/dot-thi/{place.round}/cong-bo-ket-qua")
    assert address not in body(client.get(place.page))
