"""Prizes whose holders the organisers name: for an initiative, for propaganda, the youngest."""

import io

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.awards import acts, naming, nominees, under_run, words
from contest.awards import operations as awards
from contest.awards.models import Nominee, PrizePlan
from contest.awards.operations import PlanFields, PrizeFields
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Account
from contest.rounds.barring import bar
from contest.rounds.models import Contest, ContestUnit
from contest.standings.applying import apply_run
from contest.standings.building import building
from contest.standings.keys import Correction
from contest.standings.regrading import Changes, make_run
from tests import factories
from tests.awards.stage import Desk, text
from tests.awards.test_lists import SETTLED, Case, given
from tests.factories import NOON
from tests.standings.cast import versions

UNITS = ("Sở Nội vụ", "Xã Mẫu")
FIRST = PrizeFields("Nhất", "individual", 1)
CLIP = PrizeFields("Tuyên truyền", "individual", 2, measure="named")
INITIATIVE = PrizeFields("Sáng kiến", "collective", 2, measure="named")
WHY = "Clip được xem nhiều nhất"


class Named(Case):
    """The eight of `test_lists` in two units: a first prize, two for propaganda, two for initiatives of units."""

    def __init__(self, fields=(FIRST, CLIP, INITIATIVE), **rules):
        super().__init__(PlanFields(fields, **rules), units=UNITS, scoring={"pass_percent": 75})
        self.ids = {one.name: one.id for one in self.plan.prizes}
        self.counted = [db.session.scalars(select(ContestUnit.id).where(ContestUnit.name == name)).one()
                        for name in UNITS]

    def name(self, prize, *holders, why=WHY):
        return naming.name(self.ids[prize], holders, why, by=self.author.id, now=SETTLED)

    def change(self, **columns):
        """The plan with the prize for propaganda changed."""
        rows = [PrizeFields(one.name, one.kind, one.count, one.audience, one.bloc, one.tie, one.worth, one.measure,
                            one.id) for one in self.plan.prizes]
        awards.change_plan(self.plan, PlanFields(tuple(
            PrizeFields(**vars(one) | columns) if one.name == CLIP.name else one for one in rows)), by=None, now=NOON)


@pytest.fixture
def page(app):
    """Inside the application, as a page is."""
    with app.test_request_context():
        yield
        db.session.rollback()


def refused(code, status, act, *args, **more):
    with pytest.raises(Refusal) as told:
        act(*args, **more)
    assert (told.value.code, told.value.status) == (code, status)


def over(row):
    return [(one.name, one.reason) for one in row.passed]


def test_who_goes_with_another_kind_keeps_no_place(page):
    """Two people are named; the one place of the prize of units is nobody's yet."""
    case = Named()
    case.name("Tuyên truyền", case.people[1].id, case.people[2].id)
    case.change(kind="collective", count=1)
    assert nominees.counts(case.plan) == {}


def test_a_unit_that_left_the_contest_takes_no_place(page):
    """As long as nothing is published, organisers may still choose other units."""
    case = Named((PrizeFields("Sáng kiến", "collective", 1, measure="named"),))
    left = ContestUnit(contest_id=case.contest.id, unit_id=factories.unit("Sở Y tế").id, name="Sở Y tế", sort_key="y")
    db.session.add(left)
    db.session.flush()
    case.name("Sáng kiến", left.id)
    db.session.delete(left)
    db.session.flush()
    assert nominees.counts(case.plan) == {}
    assert case.name("Sáng kiến", case.counted[0]) == 1
    assert given(case.draw_up()) == [("Sáng kiến", "Sở Nội vụ", 1)]


def test_those_named_stand_in_the_list_with_the_reason(page):
    case = Named()
    assert case.name("Tuyên truyền", case.people[7].id, case.people[3].id) == 2
    assert case.name("Sáng kiến", case.counted[1], why="Số hóa hồ sơ đất đai.") == 1
    row = case.draw_up()
    assert given(row) == [("Nhất", "Lê Văn 0", 1), ("Tuyên truyền", "Lê Văn 7", 1), ("Tuyên truyền", "Lê Văn 3", 2),
                          ("Sáng kiến", "Xã Mẫu", 1)]
    assert [words.given(one) for one in row.awards][1:] == [
        "Ban Tổ chức chọn: Clip được xem nhiều nhất."] * 2 + ["Ban Tổ chức chọn: Số hóa hồ sơ đất đai."]
    assert row.unfilled == [{"prize_id": case.ids["Sáng kiến"], "places": 1, "reason": "not_named"}]
    assert not any(words.by_points(one) or "decided" in one.params for one in row.awards[1:])
    case.freeze(row)
    assert not awards.moved_on(row)


def test_each_prize_has_those_named_for_it(page):
    case = Named((CLIP, PrizeFields("Trẻ tuổi nhất", "individual", 1, measure="named"), FIRST))
    case.name("Trẻ tuổi nhất", case.people[2].id, why="19 tuổi")
    case.name("Tuyên truyền", case.people[3].id)
    assert given(case.draw_up()) == [("Tuyên truyền", "Lê Văn 3", 1), ("Trẻ tuổi nhất", "Lê Văn 2", 1),
                                     ("Nhất", "Lê Văn 0", 1)]


def test_naming_is_on_record_and_twice_is_as_once(page):
    case = Named()
    who = case.people[4].id
    assert case.name("Tuyên truyền", who, who) == 1
    assert case.name("Tuyên truyền", who, why="Khác") == 0
    naming.take_back(case.ids["Tuyên truyền"], who, by=case.author.id, now=SETTLED)
    with pytest.raises(Missing):
        naming.take_back(case.ids["Tuyên truyền"], who, by=case.author.id, now=SETTLED)
    told = [(row.action, row.details) for row in db.session.scalars(
        select(AuditEvent).where(AuditEvent.action.in_(["awards.named", "awards.unnamed"])).order_by(AuditEvent.id))]
    assert sorted(told, key=str) == [("awards.named", {"holders": [who], "reason": WHY}),
                                     ("awards.unnamed", {"holder": who, "was": WHY})]
    assert nominees.counts(case.plan) == {}


def test_never_more_than_the_prize_has_places(page):
    case = Named()
    case.name("Tuyên truyền", case.people[1].id)
    refused("too_many_named", 409, case.name, "Tuyên truyền", case.people[2].id, case.people[3].id)
    case.name("Tuyên truyền", case.people[2].id)
    refused("too_many_named", 409, case.name, "Tuyên truyền", case.people[3].id)
    refused("more_named", 409, case.change, count=1)
    naming.take_back(case.ids["Tuyên truyền"], case.people[1].id, by=None, now=SETTLED)
    case.change(count=1)
    assert given(case.draw_up())[1:] == [("Tuyên truyền", "Lê Văn 2", 1)]


def test_who_is_not_of_the_contest_or_the_prize_is_not_named(page):
    case = Named((CLIP, INITIATIVE, PrizeFields("Dân", "individual", 1, audience="citizen", measure="named"),
                  PrizeFields("Khối xã", "collective", 1, bloc="Khối xã", measure="named"), FIRST))
    stranger = factories.account(name="Trần Ngoài")
    refused("not_of_prize", 422, case.name, "Tuyên truyền", case.people[1].id, stranger.id)
    refused("not_of_prize", 422, case.name, "Tuyên truyền", case.counted[0])
    refused("not_of_prize", 422, case.name, "Sáng kiến", case.people[1].id)
    refused("not_of_prize", 422, case.name, "Dân", case.people[1].id)
    refused("not_of_prize", 422, case.name, "Khối xã", case.counted[0])
    refused("nobody_named", 422, case.name, "Sáng kiến")
    refused("reason_required", 422, case.name, "Sáng kiến", case.counted[0], why=" ")
    with pytest.raises(Missing):
        case.name("Nhất", case.people[1].id)
    assert case.name("Khối xã", case.counted[1]) == 1


@pytest.mark.parametrize(("rules", "reason"), [({"need_phone": True}, "no_phone"), ({"need_pass": True},
                                                                                    "below_pass_mark")])
def test_the_rules_of_the_plan_hold_for_those_named(page, rules, reason):
    """Number 4 has 2 of 4 right and no phone."""
    case = Named(**rules)
    case.people[4].phone = None
    case.name("Tuyên truyền", case.people[4].id, case.people[1].id)
    row = case.draw_up()
    assert given(row) == [("Nhất", "Lê Văn 0", 1), ("Tuyên truyền", "Lê Văn 1", 2)]
    assert over(row) == [("Lê Văn 4", reason)]
    assert row.unfilled[0] == {"prize_id": case.ids["Tuyên truyền"], "places": 1, "reason": "not_named"}


def test_who_is_barred_declines_or_has_a_better_prize_is_passed_over(page):
    case = Named()
    bar(case.contest.id, [case.people[5].id], "Tổ giúp việc", by=None, now=SETTLED)
    case.name("Tuyên truyền", case.people[5].id, case.people[0].id)
    case.name("Sáng kiến", *case.counted)
    acts.refuse_prize(case.ids["Sáng kiến"], case.counted[0], "Không nhận", by=None, now=SETTLED)
    row = case.draw_up()
    assert given(row) == [("Nhất", "Lê Văn 0", 1), ("Sáng kiến", "Xã Mẫu", 2)]
    assert over(row) == [("Lê Văn 5", "barred"), ("Lê Văn 0", "has_prize"), ("Sở Nội vụ", "declined")]


def test_a_named_prize_that_stands_first_is_kept(page):
    case = Named((CLIP, FIRST, INITIATIVE))
    case.name("Tuyên truyền", case.people[0].id)
    assert given(case.draw_up()) == [("Tuyên truyền", "Lê Văn 0", 1), ("Nhất", "Lê Văn 1", 2)]


def test_another_reason_is_another_list(page):
    case = Named()
    case.name("Tuyên truyền", case.people[4].id)
    row = case.draw_up()
    naming.take_back(case.ids["Tuyên truyền"], case.people[4].id, by=None, now=SETTLED)
    case.name("Tuyên truyền", case.people[4].id, why="Bài viết hay nhất")
    refused("list_outdated", 409, case.freeze, row)
    case.freeze(case.draw_up())


def test_a_prize_that_changes_has_nobody_named_any_more(page):
    case = Named()
    case.name("Tuyên truyền", case.people[4].id)
    case.change(audience="citizen")  # still named, and said why not
    assert over(case.draw_up()) == [("Lê Văn 4", "other_scope")]
    case.change(measure="")
    assert nominees.counts(case.plan) == {}
    (told,) = [row.details["unnamed"] for row in db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "prizes.change")) if row.details["unnamed"]]
    assert told == [[case.ids["Tuyên truyền"], case.people[4].id]]
    case.change(measure="named", audience="")
    assert nominees.counts(case.plan) == {}
    case.name("Tuyên truyền", case.people[4].id)
    awards.change_plan(case.plan, PlanFields((FIRST,)), by=None, now=NOON)
    assert db.session.scalars(select(Nominee)).all() == []


def test_a_run_is_shown_with_those_named(page):
    """The pass mark of the round moves with the run: number 4 reaches it once the fourth question counts for nobody."""
    case = Named(need_pass=True)
    case.name("Tuyên truyền", case.people[4].id, case.people[7].id)
    run = make_run(case.round.id, Changes({one.id: Correction("out") for one in versions(case.bank)[2:4]}, {}),
                   "Câu 3 và 4 sai", by=case.author.id, now=SETTLED)
    assert all(building(run.id, SETTLED))
    before = awards.outcome_of(case.plan)[0]
    preview = awards.outcome_of(case.plan, under_run.of_round(run).read)[0]
    apply_run(run.id, "", by=case.people[7].id, now=SETTLED)
    after = awards.outcome_of(case.plan)[0]
    assert [one.reason for one in before.awards] == ["by_rank"]
    assert [one.reason for one in preview.awards] == [one.reason for one in after.awards] == ["by_rank", "named"]
    assert [(one.holder, one.reason) for one in preview.passed] == [(one.holder, one.reason) for one in after.passed]


def desk_of(app, hands):
    """The organiser's desk, and the addresses of the pages of both named prizes."""
    desk = Desk(app, hands, PlanFields((FIRST, CLIP, INITIATIVE)), units=UNITS)
    with app.app_context():
        return desk, *(f"/to-chuc/giai/{one.id}/chon" for one in desk.plan().prizes[1:])


def test_from_the_search_to_the_list_and_its_files(app, hands):
    desk, clip, initiative = desk_of(app, hands)
    page = text(desk.client.get(desk.base))
    assert "Sáng kiến Chọn đơn vị nhận : Sáng kiến đã chọn 0/2 2 Tập thể · Ban Tổ chức chọn" in page
    page = text(desk.client.get(clip))
    assert "Hệ thống không giữ ngày sinh: tuổi xem trên căn cước khi trao giải" in page
    assert "Chưa chọn ai" in page
    with app.app_context():
        code = db.session.scalars(select(ContestUnit).where(ContestUnit.name == "Xã Mẫu")).one().unit.code
        login = db.session.get_one(Account, desk.people[5]).login
        unit = db.session.scalars(select(ContestUnit.id).where(ContestUnit.name == "Xã Mẫu")).one()
    assert "Lê Văn 5" in text(desk.client.get(f"{clip}?q={login}"))
    assert "Xã Mẫu" in text(desk.client.get(f"{initiative}?q={code}"))
    assert "Sở Nội vụ" not in text(desk.client.get(f"{initiative}?q=xa mau")).partition("Kết quả tìm")[2].partition(
        "Lý do")[0]
    assert "Không thấy đơn vị nào trong số đơn vị dự thi" in text(desk.client.get(initiative + "?q=Hà Nội"))
    answer = desk.post(initiative, q="xã", reason="Số hóa")
    assert answer.status_code == 422
    assert "Đánh dấu người hoặc đơn vị trong kết quả tìm." in text(answer)
    answer = desk.post(clip, q="Lê", holder=desk.people[5])
    assert answer.status_code == 422
    assert "Ghi lý do" in text(answer)
    assert f'value="{desk.people[5]}" checked' in answer.get_data(as_text=True)
    assert desk.post(clip, q="Lê", holder=desk.people[5], reason=WHY).status_code == 303
    assert desk.post(initiative, holder=unit, reason="Số hóa").status_code == 303
    assert f"{WHY} " in text(desk.client.get(clip))
    where = desk.draw_up()
    page = text(desk.client.get(where))
    assert f"Tuyên truyền Lê Văn 5 Xã Mẫu – Ban Tổ chức chọn: {WHY}." in page
    assert ("1 Sáng kiến: Ban Tổ chức chưa chọn đủ, hoặc có trường hợp được chọn mà không trao được. "
            "Chọn nhận giải") in page
    assert desk.freeze(where).status_code == 303
    public = text(app.test_client().get(f"/cuoc-thi/{desk.code}/giai-thuong"))
    assert "Sáng kiến Xã Mẫu" in public
    document = Document(io.BytesIO(desk.client.get(where + "/danh-sach.docx").data))
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert ["1", "Xã Mẫu", "Khối xã", "Sáng kiến", "Ban Tổ chức chọn: Số hóa."] in rows
    book = load_workbook(io.BytesIO(desk.client.get(where + "/danh-sach.xlsx").data))
    (line,) = [row for row in book["Tập thể"].iter_rows(values_only=True) if row[0] == 1]
    assert line[1:] == ("Sáng kiến", "", "Xã Mẫu", "Khối xã", None, None, "Ban Tổ chức chọn: Số hóa.")


def test_a_search_says_that_it_shows_the_first_of_many(app, hands):
    desk, clip, _initiative = desk_of(app, hands)
    more = "Chỉ hiện 20 kết quả đầu."
    for count in (12, 1):  # 20 and 21 beside the eight of the stage
        with app.app_context():
            contest = db.session.get_one(Contest, desk.plan().contest_id)
            for _ in range(count):
                factories.entry(contest, factories.account(name="Lê Văn Thêm"))
            db.session.commit()
        page = desk.client.get(clip + "?q=le van")
        assert page.get_data(as_text=True).count('name="holder"') == 20
        assert (more in text(page)) == (count == 1)


def test_who_is_named_already_changes_nothing(app, hands):
    desk, clip, _initiative = desk_of(app, hands)
    said = []
    for _ in range(2):
        desk.post(clip, holder=desk.people[1], reason=WHY)
        said.append("Đã chọn thêm 1." in text(desk.client.get(clip)))
    assert said == [True, False]


def test_those_named_have_no_rank_where_they_are_passed_over(app, hands):
    desk, clip, _initiative = desk_of(app, hands)
    desk.post(clip, holder=desk.people[1], reason=WHY)
    with app.app_context():
        bar(desk.plan().contest_id, [desk.people[1]], "Ban Giám khảo", by=None, now=NOON)
        db.session.commit()
    where = desk.draw_up()
    assert "Lê Văn 1 Xã Mẫu Tuyên truyền – Có tên trong danh sách" in text(desk.client.get(where))
    book = load_workbook(io.BytesIO(desk.client.get(where + "/danh-sach.xlsx").data))
    (line,) = [row for row in book["Không được xét"].iter_rows(values_only=True) if row[0] == "Lê Văn 1"]
    assert line[2:4] == ("Tuyên truyền", None)


def test_taken_back_on_the_page_and_full(app, hands):
    desk, clip, _initiative = desk_of(app, hands)
    desk.post(clip, holder=desk.people[1:3], reason=WHY)
    page = desk.client.get(clip)
    assert "Đã chọn 2 trong 2 giải." in text(page)
    assert 'name="q"' not in page.get_data(as_text=True)
    assert "Giải này có 2 suất, chỉ chọn thêm được 0." in text(desk.post(clip, holder=desk.people[3], reason=WHY))
    assert desk.post(f"{clip}/{desk.people[1]}/bo").status_code == 303
    page = text(desk.client.get(clip))
    assert "Đã chọn 1 trong 2 giải." in page
    assert "Lê Văn 1" not in page
    assert desk.client.get(clip.replace(clip.split("/")[3], "0" * 32)).status_code == 404


def test_who_can_not_have_it_is_told_where_they_are_named(app, hands):
    desk, clip, _initiative = desk_of(app, hands)
    desk.post(clip, holder=desk.people[1], reason=WHY)
    with app.app_context():
        db.session.scalars(select(PrizePlan)).one().need_phone = True
        db.session.get_one(Account, desk.people[1]).phone = None
        db.session.commit()
    assert "Chưa trao được: Chưa có số điện thoại để liên hệ trao giải." in text(desk.client.get(clip))


def test_a_long_list_has_pages(app, hands, monkeypatch):
    monkeypatch.setattr(nominees.page, "__defaults__", (0, 1))
    desk, clip, _initiative = desk_of(app, hands)
    desk.post(clip, holder=desk.people[1:3], reason=WHY)
    first = text(desk.client.get(clip))
    assert ("Lê Văn 1" in first, "Lê Văn 2" in first) == (True, False)
    second = text(desk.client.get(clip + "?sau=1"))
    assert ("Lê Văn 1" in second, "Lê Văn 2" in second) == (False, True)
