"""Other rules for a contest's board through its pages: proposed, looked at, let hold by somebody else, read by all."""

import io
import re
from datetime import timedelta

import docx
import pytest

from contest.extensions import db
from contest.identity.models import Account
from contest.identity.names import fold
from contest.jobs.running import run_next
from contest.rounds.models import Contest
from contest.scoring import policy
from contest.standings import overall_runs, run_jobs
from contest.standings.overall_models import OverallPlace, OverallRun
from tests.factories import signed_in
from tests.rounds.cast import post
from tests.standings.test_overall import SUM
from tests.standings.test_overall_runs import LATER, MARKS, WHY, Office

LAST = {"how": "last", "chain_1": "points", "chain_2": "taken_ms", "reason": WHY}


class Desk:
    """An office of two organisers, behind its addresses."""

    def __init__(self, app, hands, marks=MARKS, **named):
        self.app = app
        hands.set(LATER)
        with app.app_context():
            office = Office(marks, **named)
            self.id, self.code = office.id, office.season.contest.code
            self.who = {"maker": office.maker, "second": office.second,
                        **{f"p{n}": id_ for n, id_ in enumerate(office.people)}}
            for n, name in enumerate(("Lê Văn An", "Trần Thị Bình", "Phạm Chi", "Đỗ Văn Dũng")[:len(office.people)]):
                person = db.session.get(Account, office.people[n])
                person.name, person.search_text = name, fold(name)
            db.session.commit()
        self.base = f"/to-chuc/cuoc-thi/{self.id}/xep-hang-chung/sua"

    def as_(self, who):
        with self.app.app_context():
            row = db.session.get(Account, self.who[who])
            db.session.expunge(row)
        return signed_in(self.app.test_client(), row)

    def made(self, **other):
        answer = post(self.as_("maker"), f"{self.base}/moi", **{**LAST, **other})
        assert answer.status_code == 303, text(answer)
        return answer.location

    def work(self):
        with self.app.app_context():
            while run_next(run_jobs.HANDLERS):
                pass

    def built(self, **other):
        path = self.made(**other)
        self.work()
        return path

    def approved(self, **other):
        path = self.built(**other)
        assert post(self.as_("second"), f"{path}/duyet", note="Đã đối chiếu").status_code == 303
        return path


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.fixture
def desk(app, hands):
    return Desk(app, hands)


def test_the_way_from_the_form_of_before_to_a_proposal(desk):
    client = desk.as_("maker")
    page = client.get(f"/to-chuc/cuoc-thi/{desk.id}/xep-hang-chung").get_data(as_text=True)
    assert f'href="{desk.base}"' in page
    listed = client.get(desk.base).get_data(as_text=True)
    assert f'href="{desk.base}/moi"' in listed
    assert "Chưa sửa lần nào" in listed
    form = client.get(f"{desk.base}/moi").get_data(as_text=True)
    assert 'name="wanted"' not in form
    assert 'value="sum"' in form
    path = desk.made()
    assert path == f"{desk.base}/1"
    assert "Đang chờ bắt đầu." in text(client.get(path))
    assert client.get(f"{path}/tien-do").json["over"] is False
    assert f'href="{desk.base}/moi"' not in client.get(desk.base).get_data(as_text=True)
    desk.work()
    assert client.get(f"{path}/tien-do").json == {"next": path}
    assert "Chờ duyệt" in text(client.get(desk.base))


@pytest.mark.parametrize(("sent", "said"), [
    ({"reason": ""}, "Ghi lý do"), ({"how": "sum", "chain_2": ""}, "chưa khác gì"),
    ({"chain_2": "earlier"}, "Bảng chung không xét điểm của đợt trước."), ({"weights": "100, x"}, "Trọng số"),
    ({"how": "best", "k": ""}, "Số đợt tốt nhất")])
def test_a_form_says_what_is_wrong(desk, sent, said):
    if sent.get("how") == "sum":
        sent = {**sent, **{f"chain_{n}": key.name for n, key in enumerate(policy.read(SUM).chain, 1)}}
    answer = post(desk.as_("maker"), f"{desk.base}/moi", **{**LAST, **sent})
    assert answer.status_code == 422
    assert said in text(answer)
    with desk.app.app_context():
        assert db.session.query(OverallRun).count() == 0


def test_nobody_chooses_what_lots_are_drawn_from_once_results_are_known(desk):
    """The text of before, else what was given to the contest long ago; the page says which."""
    client = desk.as_("maker")
    form = client.get(f"{desk.base}/moi").get_data(as_text=True)
    assert f"theo dòng chữ “{desk.id}”" in form
    assert 'name="seed"' not in form
    answer = post(client, f"{desk.base}/moi", **{**LAST, "chain_3": "draw", "seed": "chọn sau"})
    assert answer.status_code == 303, text(answer)
    with desk.app.app_context():
        run = db.session.query(OverallRun).one()
        assert run.new_rules["seed"] == desk.id
        db.session.get(Contest, desk.id).overall = {**SUM, "chain": ["points", "draw"], "seed": "Xổ số ngày 1/12"}
        db.session.commit()
    assert "theo dòng chữ “Xổ số ngày 1/12”" in client.get(f"{desk.base}/moi").get_data(as_text=True)


def test_a_preview_shows_who_moves_and_nobody_may_approve_their_own(desk):
    path = desk.built()
    maker = desk.as_("maker")
    page = maker.get(path)
    said = text(page)
    assert "Người đổi điểm hoặc hạng 4 trong 4 người trên bảng" in said
    assert "Người đề nghị không tự duyệt được." in said
    assert f"{path}/duyet" not in page.get_data(as_text=True)
    assert "Trước: Cộng kết quả của tất cả các đợt. Sau: Tính đợt cuối mà người đó dự thi." in said
    post(maker, f"{path}/duyet")
    with desk.app.app_context():
        assert db.session.query(OverallRun).one().state == "ready"
    assert "Người đề nghị không được tự duyệt." in text(maker.get(path))
    home = text(desk.as_("second").get("/"))
    assert "Sửa cách xếp hạng chung chờ bạn duyệt" in home
    assert "chờ bạn duyệt" not in text(desk.as_("maker").get("/"))


def test_pages_of_who_moves_and_a_search(desk):
    path = desk.built()
    client = desk.as_("second")
    said = text(client.get(f"{path}?q=pham"))
    assert "Trước và sau khi sửa Hạng mới" in said
    assert "1 1 Phạm Chi" in said
    assert "Không có ai trên bảng chung khớp" in text(client.get(f"{path}?q=khongcoai"))
    with desk.app.app_context():
        entry = db.session.query(OverallPlace.entry_id).filter_by(audience="official", after_rank=1).scalar()
        other = db.session.query(OverallPlace.entry_id).filter_by(audience="citizen", after_rank=1).scalar()
    rest = client.get(f"{path}?doi={entry}")
    assert "3 lên" not in text(rest)
    assert rest.status_code == 200
    assert client.get(f"{path}?doi={other}").status_code == 404
    assert client.get(f"{path}?doi={other}&nhom=nguoi-dan").status_code == 200


def test_approved_it_holds_for_everybody_who_reads_what_was_changed_when_and_why(desk):
    person = desk.as_("p0")
    board = f"/cuoc-thi/{desk.code}/xep-hang-chung"
    before = text(person.get(board))
    assert "Cách xếp hạng chung được sửa" not in before
    path = desk.approved()
    after = text(person.get(board))
    assert "(lần 1) Lý do: " + WHY in after
    assert "Trước: Cộng kết quả của tất cả các đợt. Sau: Tính đợt cuối mà người đó dự thi." in after
    assert "Tính đợt cuối mà người đó dự thi. Xếp hạng theo điểm" in after
    assert person.get(f"/api/v1/contests/{desk.id}/leaderboard").json["rows"][0]["points"] == 400
    page = text(desk.as_("second").get(path))
    assert "Có hiệu lực" in page
    assert "Đã đối chiếu" in page
    assert "Hoàn tác lần sửa này" in page
    assert "Bỏ đề nghị này" not in page


def test_undone_it_is_as_before_and_both_stay_on_record(desk):
    person, board = desk.as_("p0"), f"/api/v1/contests/{desk.id}/leaderboard"
    before = person.get(board).json["rows"]
    path = desk.approved()
    assert person.get(board).json["rows"] != before
    assert post(desk.as_("second"), f"{path}/hoan-tac", reason="").location == path
    assert post(desk.as_("second"), f"{path}/hoan-tac", reason="Nhầm").location == f"{desk.base}/2"
    desk.work()
    assert post(desk.as_("maker"), f"{desk.base}/2/duyet", note="").status_code == 303
    assert person.get(board).json["rows"] == before
    listed = text(desk.as_("maker").get(desk.base))
    assert "Hoàn tác đề nghị 1." in listed
    assert listed.count("Có hiệu lực") == 2
    assert "(lần 2)" in text(person.get(f"/cuoc-thi/{desk.code}/xep-hang-chung"))


def test_a_published_list_is_told_to_be_of_before(desk):
    assert post(desk.as_("maker"), f"/to-chuc/cuoc-thi/{desk.id}/cong-bo-bang-chung").status_code == 303
    path = desk.built()
    lists = f"/thong-ke/cuoc-thi/{desk.id}/cong-bo"
    first = desk.app.test_client().get(f"/cong-bo/{desk.id}/1/board.json").get_data()
    assert "Danh sách chung đã công bố (lần 1) không tự đổi" in text(desk.as_("second").get(path))
    assert "khác với hiện nay" not in text(desk.as_("second").get(lists))
    post(desk.as_("second"), f"{path}/duyet")
    assert "giữ nguyên cho đến khi công bố lại" in text(desk.as_("second").get(path))
    assert "khác với hiện nay" in text(desk.as_("second").get(lists))
    assert desk.app.test_client().get(f"/cong-bo/{desk.id}/1/board.json").get_data() == first


def test_declined_and_worked_out_anew(desk):
    path = desk.built()
    post(desk.as_("second"), f"{path}/tinh-lai")
    assert "Đang chờ bắt đầu." in text(desk.as_("second").get(path))
    assert desk.as_("second").get(f"{path}/bien-ban.pdf").status_code == 409
    assert desk.as_("second").get(f"{path}/giai-thuong").status_code == 409
    desk.work()
    post(desk.as_("second"), f"{path}/bo", note="Chưa đủ căn cứ")
    page = text(desk.as_("maker").get(path))
    assert "Đã bỏ" in page
    assert "Chưa đủ căn cứ" in page
    assert desk.as_("maker").get(f"{desk.base}/9").status_code == 404
    assert post(desk.as_("maker"), f"{path}/khong-co").status_code == 404


def test_where_the_worker_is_refused_the_page_says_so(desk, hands, monkeypatch):
    monkeypatch.setattr(overall_runs, "LARGE", 1)
    path = desk.built()
    post(desk.as_("second"), f"{path}/duyet", note="")
    assert "Đang chờ bắt đầu." in text(desk.as_("second").get(path))
    with desk.app.app_context():
        run = db.session.query(OverallRun).one()
        run.basis = [[one, number, revision + 1] for one, number, revision in run.basis]
        db.session.commit()
    desk.work()
    assert "Kết quả các đợt đã thay đổi sau khi tính." in text(desk.as_("second").get(path))
    hands.set(LATER + timedelta(minutes=1))
    post(desk.as_("second"), f"{path}/tinh-lai")
    desk.work()
    assert "Kết quả các đợt đã thay đổi" not in text(desk.as_("second").get(path))
    post(desk.as_("second"), f"{path}/duyet", note="")
    desk.work()
    assert "Có hiệu lực" in text(desk.as_("second").get(path))


def test_minutes_tell_rules_places_and_people(desk):
    path = desk.built()
    client = desk.as_("second")
    assert client.get(f"{path}/bien-ban.pdf").get_data().startswith(b"%PDF")
    assert "DỰ THẢO" in words_of(client.get(f"{path}/bien-ban.docx"))
    assert client.get(f"{path}/bien-ban.odt").status_code == 404
    post(client, f"{path}/duyet", note="Đã đối chiếu")
    told = words_of(client.get(f"{path}/bien-ban.docx"))
    for said in ("Sửa cách xếp hạng chung", WHY, "Tính đợt cuối mà người đó dự thi.", "Đã đối chiếu",
                 "đổi điểm hoặc hạng: 4.", "Trần Thị Bình"):
        assert said in told
    assert "DỰ THẢO" not in told


def words_of(answer):
    document = docx.Document(io.BytesIO(answer.get_data()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def test_before_any_round_is_official_the_form_stays_as_it_is(app, hands):
    desk = Desk(app, hands, publish=())
    client = desk.as_("maker")
    assert "Lưu cách xếp hạng chung" in client.get(f"/to-chuc/cuoc-thi/{desk.id}/xep-hang-chung").get_data(as_text=True)
    listed = client.get(desk.base).get_data(as_text=True)
    assert "sửa thẳng, không cần người thứ hai duyệt" in listed
    assert f"{desk.base}/moi" not in listed
    assert "không cần người thứ hai duyệt" in text(post(client, f"{desk.base}/moi", **LAST))
