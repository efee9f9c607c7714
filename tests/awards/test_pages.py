"""The organisers' pages about prizes: a plan, a list with its reasons, draws, declined prizes, the decision."""

import re

import pytest
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.awards.models import AwardList, Prize, PrizePlan, Refused
from contest.extensions import db
from contest.rounds.barring import bar
from tests.awards.stage import Desk, PlanFields, PrizeFields, text
from tests.awards.test_lists import SETTLED

NONE = PlanFields(())
ONE = (PrizeFields("Giải Nhất", "individual", 1),)


def kept(desk):
    """The plan as it is kept: prizes, then its formula."""
    with desk.app.app_context():
        plan = db.session.scalars(select(PrizePlan)).one()
        return [(row.name, row.kind, row.count, row.audience, row.bloc) for row in plan.prizes], plan.formula


def sent(desk, query="", **changes):
    """What the form of the plan sends as it stands, with these fields changed."""
    page = desk.client.get(desk.base + "/co-cau" + query).get_data(as_text=True)
    found = {name: value for name, value in re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page)
             if name not in ("csrf_token", "group")}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, flags=re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        found[name] = chosen[1] if chosen else ""
    boxes = re.findall(r'<input (checked)?[^>]*id="([^"]+)"[^>]*type="checkbox"', page)
    for checked, name in boxes:
        found.pop(name, None)
        if checked:
            found[name] = "y"
    group = re.search(r'<input checked[^>]*name="group"[^>]*value="([^"]+)"', page)
    return found | {"group": group[1] if group else "overall", "do": "save"} | changes


@pytest.mark.parametrize(("name", "prizes", "formula"), [
    ("bon-muc", [("Giải Nhất", 1), ("Giải Nhì", 2), ("Giải Ba", 3), ("Giải Khuyến khích", 4)], 100),
    ("hai-nhom", [(f"Giải {grade} ({group})", 1) for grade in ("Nhất", "Nhì", "Ba")
                  for group in ("CBCCVC", "Người dân")], 100),
    ("nguong", [("Giải Nhất", 1), ("Giải Nhì", 2), ("Giải Ba", 3), ("Giải Khuyến khích", 4),
                ("Giải cá nhân đúng và nhanh nhất", 10)], 100),
    ("khoi", [(f"Giải {grade} (Khối sở)", 1) for grade in ("Nhất", "Nhì", "Ba")], 60),
])
def test_a_structure_to_begin_with_is_saved_as_it_is_shown(app, hands, name, prizes, formula):
    desk = Desk(app, hands, NONE)
    assert "Bắt đầu từ mẫu" in text(desk.client.get(desk.base))
    answer = desk.post(desk.base + "/co-cau?mau=" + name, **sent(desk, "?mau=" + name))
    assert answer.status_code == 303, text(answer)
    found, how = kept(desk)
    assert [(row[0], row[2]) for row in found] == prizes
    assert how["weights"][0]["percent"] == formula
    if name == "nguong":
        assert how["thresholds"] == [{"below": 50, "percent": 30}, {"below": None, "percent": 25}]


def test_prizes_move_and_go(app, hands):
    desk = Desk(app, hands)
    answer = desk.post(desk.base + "/co-cau", **sent(desk, do="up.2"))
    assert re.findall(r'name="name_\d+"[^>]*value="(Giải [^"]+)"', answer.get_data(as_text=True)) == [
        "Giải Nhất", "Giải Ba", "Giải Nhì"]
    assert [row[0] for row in kept(desk)[0]] == ["Giải Nhất", "Giải Nhì", "Giải Ba"]  # only "save" writes
    desk.post(desk.base + "/co-cau", **sent(desk, name_2="", count_2=""))
    assert [row[0] for row in kept(desk)[0]] == ["Giải Nhất", "Giải Ba"]


@pytest.mark.parametrize(("changes", "field", "sentence"), [
    ({"name_1": ""}, "name_1", "Ghi tên giải"),
    ({"count_1": ""}, "count_1", "Ghi số lượng giải"),
    ({"count_1": "0"}, "count_1", "Số lượng từ 1 đến 10.000"),
    ({"weight_rate": "60"}, "weight_rate", "cộng lại bằng 100"),
    ({"weight_rate": "nhiều"}, "weight_rate", "Ghi một số nguyên"),
    ({"below_1": "50", "percent_1": "30"}, "below_1", "Dòng cuối cùng bỏ trống"),
    ({"below_1": "50", "percent_1": "30", "below_2": "40", "percent_2": "25"}, "below_2", "tăng dần"),
    ({"below_1": "50"}, "percent_1", "Ghi cả số CBCCVC và tỷ lệ"),
    ({"percent_1": "130"}, "percent_1", "Tỷ lệ từ 0 đến 100"),
    ({"equal_1": "people", "equal_2": "people"}, "equal_2", "đã chọn ở trên"),
    ({"group": "bloc", "kind_1": "collective"}, "bloc_1", "chọn khối cho giải tập thể"),
])
def test_what_is_wrong_stands_at_its_field(app, hands, changes, field, sentence):
    desk = Desk(app, hands)
    answer = desk.post(desk.base + "/co-cau", **sent(desk, **changes))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in re.search(rf'id="{field}-error".*?</p>', page, flags=re.S)[0]
    assert f'href="#{field}"' in page
    assert [row[0] for row in kept(desk)[0]] == ["Giải Nhất", "Giải Nhì", "Giải Ba"]


def test_a_list_says_why(app, hands):
    desk = Desk(app, hands, PlanFields((*ONE, PrizeFields("Giải Nhì", "individual", 20)), need_phone=True))
    with app.app_context():
        bar(desk.contest, [desk.people[0]], "Tổ giúp việc", by=None, now=SETTLED)
        db.session.commit()
    page = text(desk.client.get(desk.draw_up()))
    assert "Lê Văn 1 Sở Nội vụ 4 Hạng 1: nhiều điểm hơn (4 so với 3). Không nhận" in page
    assert ("Lê Văn 2 Sở Nội vụ 3 Hạng 2: cùng 3 điểm, làm bài nhanh hơn (07:00 so với 08:00). Không nhận"
            in page)  # one of twenty: had a place in any case
    assert "Lê Văn 0 Sở Nội vụ Giải Nhất 1 Có tên trong danh sách người không được dự thi." in page
    assert "14 Giải Nhì: Không còn ai đủ điều kiện." in page


def test_a_declined_prize_makes_the_next_list_and_can_be_taken_back(app, hands):
    desk = Desk(app, hands)
    first = desk.draw_up()
    award = re.search(r"/khong-nhan/([0-9a-f]{32})", desk.client.get(first).get_data(as_text=True))[1]
    assert desk.post(f"{first}/khong-nhan/{award}").status_code == 422
    second = desk.post(f"{first}/khong-nhan/{award}", reason="Có đơn từ chối").location
    page = text(desk.client.get(second))
    assert "Không nhận Giải Nhất: Có đơn từ chối." in page
    assert "So với danh sách lần 1" in page
    assert "Lê Văn 0 Sở Nội vụ Giải Nhất – mất giải" in page
    assert "Lê Văn 6 Sở Nội vụ – Giải Ba thêm giải" in page
    assert "lên thay 1 trường hợp đứng trên không nhận" in page
    assert "Không nhận</a>" not in desk.client.get(first).get_data(as_text=True)  # an older list is only read
    with app.app_context():
        row = db.session.scalars(select(Refused)).one()
        told = {"prize": row.prize_id, "holder": row.holder}
    assert desk.post(desk.base + "/nhan-lai", **told).status_code == 303
    assert desk.post(desk.base + "/nhan-lai", **told).status_code == 404
    assert "Lê Văn 0" in text(desk.client.get(desk.draw_up())).split("So với")[0]
    with app.app_context():
        acts = db.session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("awards.%"))).all()
        assert sorted(acts) == ["awards.accepted", "awards.draft", "awards.draft", "awards.draft", "awards.refused"]


def test_lots_are_read_number_by_number(app, hands):
    desk = Desk(app, hands, PlanFields(ONE), scoring={"chain": ["points"]})
    where = desk.draw_up()
    page = text(desk.client.get(where))
    assert "2 trường hợp bằng nhau ở hạng 1: 1 Giải Nhất; 1 trường hợp không được giải." in page
    assert "Chốt theo quyết định" not in page
    told = {"drawer": "Bà An", "witnesses": "Hội đồng", "held_on": "2026-12-02"}
    one, two = (f"lot-{desk.people[n]}" for n in (0, 1))
    answer = desk.post(where + "/boc-tham/0", **told, **{one: "2", two: "2"})
    assert answer.status_code == 422
    assert "Số này đã ghi cho người khác." in text(answer)
    assert "Ghi số từ 1 đến 2." in text(desk.post(where + "/boc-tham/0", **told, **{one: "3", two: "1"}))
    assert "Ghi người bốc thăm." in text(desk.post(where + "/boc-tham/0", **{one: "2", two: "1"}))
    made = desk.post(where + "/boc-tham/0", **told, **{one: "2", two: "1"}).location
    page = text(desk.client.get(made))
    assert "Lê Văn 1" in page
    assert "Hạng 1, bằng nhau; bốc thăm được số 1." in page
    assert desk.client.get(where + "/boc-tham/0").status_code == 404  # of an older list
    assert desk.client.get(made + "/boc-tham/0").status_code == 404  # there is none left


def test_lots_by_the_published_text_can_be_reckoned_by_anybody(app, hands):
    from contest.rounds.models import Entry
    from contest.scoring import ranking

    desk = Desk(app, hands, PlanFields(ONE), scoring={"chain": ["points"], "seed": "Xổ số ngày 01/12/2026"})
    where = desk.draw_up()
    assert "Xổ số ngày 01/12/2026" in text(desk.client.get(where + "/boc-tham/0"))
    made = desk.post(where + "/boc-tham/0", do="seed").location
    with app.app_context():
        entries = {number: db.session.scalars(select(Entry.id).where(Entry.account_id == desk.people[number])).one()
                   for number in (0, 1)}
        first = min(entries, key=lambda number: ranking.draw("Xổ số ngày 01/12/2026", entries[number]))
    assert f"Lê Văn {first} Sở Nội vụ 4 Hạng 1, bằng nhau; bốc thăm được số 1." in text(desk.client.get(made))


def test_without_a_published_text_no_lot_is_drawn_by_one(app, hands):
    desk = Desk(app, hands, PlanFields(ONE), scoring={"chain": ["points"]})
    where = desk.draw_up()
    answer = desk.post(where + "/boc-tham/0", do="seed")
    assert answer.status_code == 422
    assert "không có dòng chữ để bốc thăm" in text(answer)


def test_a_list_is_frozen_with_its_decision(app, hands):
    desk = Desk(app, hands)
    where = desk.draw_up()
    answer = desk.freeze(where, decision="", decided_on="", signer="")
    assert answer.status_code == 422
    assert all(one in text(answer) for one in ("Ghi số quyết định", "Chọn ngày ký", "Ghi họ tên người ký"))
    assert desk.freeze(where).status_code == 303
    page = text(desk.client.get(where))
    assert "Số 15/QĐ-SNV, ngày 01/12/2026" in page
    assert "Nguyễn Văn Mẫu, GIÁM ĐỐC" in page
    assert "Ghi ngày, tháng, năm" in text(desk.freeze(desk.draw_up(), decided_on="30/02/2026"))
    assert "đã chốt" in text(desk.freeze(where)).lower()
    with app.app_context():
        assert db.session.scalars(select(AwardList.state).order_by(AwardList.number)).all() == ["frozen", "draft"]


def test_a_draft_with_a_later_one_says_so_and_leads_there(app, hands):
    desk = Desk(app, hands)
    old, new = desk.draw_up(), desk.draw_up()
    for answer in (desk.client.get(old + "/chot"), desk.freeze(old)):
        assert "Chỉ chốt được danh sách mới nhất. Xem danh sách lần 2" in text(answer)
        assert f'href="{new}"' in answer.get_data(as_text=True)
        assert 'name="decision"' not in answer.get_data(as_text=True)
    assert 'name="decision"' in desk.client.get(new + "/chot").get_data(as_text=True)
    assert desk.freeze(new).status_code == 303
    frozen = desk.client.get(new + "/chot")
    assert "Danh sách này đã chốt Theo Quyết định số 15/QĐ-SNV ngày 01/12/2026." in text(frozen)
    assert 'name="decision"' not in frozen.get_data(as_text=True)


def test_what_changed_since_the_draft_is_told_before_it_is_frozen(app, hands):
    desk = Desk(app, hands)
    where = desk.draw_up()
    with app.app_context():
        bar(desk.contest, [desk.people[1]], "Tổ giúp việc", by=None, now=SETTLED)
        db.session.commit()
    answer = desk.freeze(where)
    assert answer.status_code == 422
    assert "Lập lại danh sách rồi hãy chốt." in text(answer)


def test_a_list_of_nobody_is_not_frozen(app, hands):
    desk = Desk(app, hands, PlanFields(ONE, need_pass=True))  # no pass mark: nobody passes
    where = desk.draw_up()
    page = text(desk.client.get(where))
    assert "Chưa ai được giải" in page
    assert "Chưa đạt mức điểm tối thiểu." in page
    answer = desk.freeze(where)
    assert answer.status_code == 422
    assert "nên không chốt được" in text(answer)


def test_no_list_before_the_results_are_official(app, hands):
    desk = Desk(app, hands, publish=False)
    assert "Công bố kết quả rồi mới lập danh sách" in text(desk.client.get(desk.base))
    assert desk.post(desk.base + "/lap-danh-sach").status_code == 409


def test_a_contest_as_a_whole_needs_a_board_of_its_rounds(app, hands):
    desk = Desk(app, hands)
    base = f"/to-chuc/cuoc-thi/{desk.contest}/giai-thuong"
    assert desk.post(base + "/co-cau?mau=bon-muc", **sent(desk)).status_code == 303
    assert "chưa có bảng xếp hạng chung" in text(desk.client.get(base))
    assert desk.post(base + "/lap-danh-sach").status_code == 409


def test_who_got_what_is_public_once_it_stands_in_a_decision(app, hands):
    desk = Desk(app, hands)
    stranger = app.test_client()
    page = f"/cuoc-thi/{desk.code}/giai-thuong"
    where = desk.draw_up()
    assert stranger.get(page).status_code == 404  # a draft is nobody's business
    assert "Kết quả trao giải" not in text(stranger.get(f"/cuoc-thi/{desk.code}"))
    desk.freeze(where)
    assert "Kết quả trao giải" in text(stranger.get(f"/cuoc-thi/{desk.code}"))
    assert "L. V. 0" in text(stranger.get(page))  # a round shortens names unless its organisers say otherwise
    assert "Lê Văn 0" not in text(stranger.get(page))
    desk.change_round(mask_names=False)
    assert "Lê Văn 0" in text(stranger.get(page))
    assert "Không nhận" not in text(stranger.get(page))
    desk.change_round(state="cancelled")
    assert stranger.get(page).status_code == 404


def test_long_lists_come_in_pages(app, hands, monkeypatch):
    from contest.awards import queries

    monkeypatch.setattr(queries.awards_page, "__defaults__", (0, 4))
    desk = Desk(app, hands)
    where = desk.draw_up()
    first = desk.client.get(where).get_data(as_text=True)
    after = re.search(r"\?sau=(\d+)", first)[1]
    second = text(desk.client.get(f"{where}?sau={after}"))
    assert "Lê Văn 3" in first
    assert "Lê Văn 4" not in first
    assert "Lê Văn 4" in second
    assert "Lê Văn 3" not in second


def test_a_practice_round_has_no_prizes(app, hands):
    desk = Desk(app, hands)
    desk.change_round(kind="practice")
    assert desk.client.get(desk.base).status_code == 404
    with app.app_context():
        assert db.session.scalars(select(Prize.name)).all()
