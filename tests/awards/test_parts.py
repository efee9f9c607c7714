"""Other parts of a contest: named, units marked by ticks and by codes, taken back, asked for by a formula."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.awards import entered, parts
from contest.awards import operations as awards
from contest.awards.models import PrizePlan
from contest.awards.part_models import ContestPart, PartAct, PartUnit
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.workbooks import workbook
from contest.rounds.models import ContestUnit
from contest.scoring.formulas import PARTS_MOST
from tests import factories
from tests.awards.stage import Desk, PlanFields, PrizeFields, text
from tests.factories import NOON

NAMES = ("Sở Nội vụ", "Sở Y tế", "Xã An Bình")
ASKED = PlanFields((PrizeFields("Giải Nhất", "collective", 1),), formula={
    "weights": [{"component": "rate", "percent": 100}], "group": "overall", "entered": ["Sáng kiến"]})


class Case:
    """A contest of three units with another part."""

    def __init__(self):
        rows = [factories.unit(name, code=f"DV-{number}") for number, name in enumerate(NAMES, 1)]
        self.contest = factories.contest(units=tuple(rows))
        self.author = factories.account(name="Phạm Ghi").id
        db.session.flush()
        self.units = [db.session.scalars(select(ContestUnit.id).where(ContestUnit.name == name)).one()
                      for name in NAMES]
        self.part = parts.add_part(self.contest.id, " Sáng  kiến ", by=self.author, now=NOON)

    def mark(self, *which, entered=True):
        return parts.mark_units(self.part.id, [self.units[n] for n in which], entered=entered, by=self.author, now=NOON)

    def has(self):
        held = entered.entered_units(self.contest.id)
        return [n for n, unit in enumerate(self.units) if "Sáng kiến" in held.get(unit, ())]

    def undo(self):
        """Take the latest act back."""
        return parts.undo_act(self.part.id, entered.acts_of(self.part)[0].row.id, by=self.author, now=NOON)


def refused(code, act, *args, **more):
    with pytest.raises(Refusal) as told:
        act(*args, **{"by": None, "now": NOON, **more})
    assert told.value.code == code


def test_units_are_marked_once_and_taken_back(app):
    with app.app_context():
        case = Case()
        assert case.part.name == "Sáng kiến"
        assert case.mark(0, 1) == 2
        assert case.mark(1, 2) == 1
        assert case.has() == [0, 1, 2]
        assert case.mark(0, 1, 2) == 0
        assert case.mark(1, entered=False) == 1
        assert case.mark(1, entered=False) == 0
        assert case.has() == [0, 2]
        acts = [(one.row.kind, len(one.row.units), one.by) for one in entered.acts_of(case.part)]
        assert sorted(acts) == [("entered", 1, "Phạm Ghi"), ("entered", 2, "Phạm Ghi"), ("withdrawn", 1, "Phạm Ghi")]
        told = [(row.action, row.details["part"], len(row.details["units"])) for row in db.session.scalars(
            select(AuditEvent).where(AuditEvent.action.in_(["part.entered", "part.withdrawn"])))]
        assert sorted(told) == [("part.entered", "Sáng kiến", 1), ("part.entered", "Sáng kiến", 2),
                                ("part.withdrawn", "Sáng kiến", 1)]


def test_an_act_is_undone_once_and_only_where_it_still_stands(app):
    with app.app_context():
        case = Case()
        case.mark(0, 1)
        first = entered.acts_of(case.part)[0].row.id
        case.mark(0, entered=False)
        case.mark(0)  # by another act: undoing the first leaves it
        assert parts.undo_act(case.part.id, first, by=case.author, now=NOON) == 1
        assert case.has() == [0]
        refused("act_undone", parts.undo_act, case.part.id, first)
        assert case.has() == [0]
        undoing = db.session.scalars(select(PartAct).where(PartAct.undoes_id == first)).one()
        assert parts.undo_act(case.part.id, undoing.id, by=case.author, now=NOON) == 1
        assert case.has() == [0, 1]


def test_a_withdrawal_is_undone_as_well(app):
    with app.app_context():
        case = Case()
        case.mark(0, 1)
        case.mark(0, 1, entered=False)
        act = db.session.scalars(select(PartAct).where(PartAct.kind == "withdrawn")).one()
        assert parts.undo_act(case.part.id, act.id, by=None, now=NOON) == 2
        assert case.has() == [0, 1]


def test_undoing_a_withdrawal_leaves_what_a_later_one_withdrew(app):
    with app.app_context():
        case = Case()
        acts = []
        for minute, (which, entered_) in enumerate([((0, 1), True), ((0, 1), False), ((0,), True), ((0,), False)]):
            parts.mark_units(case.part.id, [case.units[n] for n in which], entered=entered_, by=None,
                             now=NOON + timedelta(minutes=minute))
            acts.append(entered.acts_of(case.part, 1)[0].row.id)
        assert parts.undo_act(case.part.id, acts[1], by=None, now=NOON + timedelta(minutes=4)) == 1
        assert case.has() == [1]
        assert parts.undo_act(case.part.id, acts[3], by=None, now=NOON + timedelta(minutes=5)) == 1
        assert case.has() == [0, 1]


def test_what_is_not_of_the_contest_is_passed_over(app):
    with app.app_context():
        case = Case()
        other = factories.contest(units=(factories.unit("Sở Khác"),), title="Khác")
        db.session.flush()
        foreign = db.session.scalars(select(ContestUnit.id).where(ContestUnit.contest_id == other.id)).one()
        assert parts.mark_units(case.part.id, [foreign, "0" * 32], entered=True, by=None, now=NOON) == 0
        assert db.session.scalars(select(PartAct)).all() == []
        refused("no_units", parts.mark_units, case.part.id, [], entered=True)
        refused("too_many_units", parts.mark_units, case.part.id, [str(n) for n in range(parts.MOST + 1)], entered=True)
        with pytest.raises(Missing):
            parts.undo_act(case.part.id, "0" * 32, by=None, now=NOON)


def test_a_unit_that_leaves_the_contest_leaves_its_parts(app):
    with app.app_context():
        case = Case()
        case.mark(0, 1)
        db.session.delete(db.session.get_one(ContestUnit, case.units[0]))
        db.session.flush()
        assert [row.unit_id for row in db.session.scalars(select(PartUnit))] == [case.units[1]]
        assert case.undo() == 1
        assert case.has() == []


def test_names_are_told_apart(app):
    with app.app_context():
        case = Case()
        refused("part_exists", parts.add_part, case.contest.id, "sáng kiến")
        refused("part_name", parts.add_part, case.contest.id, "  ")
        for number in range(1, PARTS_MOST):
            parts.add_part(case.contest.id, f"Phần {number}", by=None, now=NOON)
        refused("too_many_parts", parts.add_part, case.contest.id, "Một phần nữa")


def test_a_renamed_part_is_asked_for_by_its_new_name(app):
    with app.app_context():
        case = Case()
        parts.add_part(case.contest.id, "Khẩu hiệu", by=None, now=NOON)
        both = replace(ASKED, formula={**ASKED.formula, "entered": ["Khẩu hiệu", "Sáng kiến"]})
        for round_id in (None, factories.round_(case.contest, factories.bank(4)).id):
            awards.change_plan(awards.plan_for(case.contest.id, round_id, NOON), both, by=None, now=NOON)
        elsewhere = factories.contest(title="Khác", units=(factories.unit("Sở Khác"),))
        parts.add_part(elsewhere.id, "Sáng kiến", by=None, now=NOON)
        other = awards.plan_for(elsewhere.id, None, NOON)
        awards.change_plan(other, ASKED, by=None, now=NOON)
        case.mark(0)
        later = NOON + timedelta(hours=1)
        assert parts.rename_part(case.part.id, " Ý  tưởng ", by=case.author, now=later)
        db.session.commit()
        plans = db.session.scalars(select(PrizePlan).where(PrizePlan.contest_id == case.contest.id)).all()
        assert [(plan.formula, plan.changed_at) for plan in plans] == [
            ({**ASKED.formula, "entered": ["Khẩu hiệu", "Ý tưởng"]}, later)] * 2
        assert (other.formula, other.changed_at) == (ASKED.formula, NOON)
        assert entered.entered_units(case.contest.id) == {case.units[0]: {"Ý tưởng"}}
        assert entered.needed_parts(case.contest.id) == {"Khẩu hiệu", "Ý tưởng"}
        told = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "part.rename")).one()
        assert (told.object_id, told.account_id, told.details) == (
            case.contest.id, case.author, {"name": "Ý tưởng", "was": "Sáng kiến"})


def test_a_new_name_is_told_apart_from_the_others_only(app):
    with app.app_context():
        case = Case()
        parts.add_part(case.contest.id, "Khẩu hiệu", by=None, now=NOON)
        refused("part_exists", parts.rename_part, case.part.id, "KHẨU HIỆU")
        refused("part_name", parts.rename_part, case.part.id, " ")
        assert not parts.rename_part(case.part.id, " Sáng kiến", by=None, now=NOON)
        assert parts.rename_part(case.part.id, "SÁNG KIẾN", by=None, now=NOON)
        assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "part.rename")).all()) == 1
        with pytest.raises(Missing):
            parts.rename_part("0" * 32, "Khác", by=None, now=NOON)


def test_a_list_keeps_the_name_of_its_time(app, hands):
    """A frozen one, and a draft, which is frozen as it says."""
    desk, where = desk_of(app, hands)
    with app.app_context():
        awards.change_plan(desk.plan(), ASKED, by=None, now=NOON)
        db.session.commit()
    draft = desk.draw_up()
    assert "Sáng kiến" in text(desk.client.get(draft))
    assert desk.post(where + "/doi-ten", name="Ý tưởng").status_code == 303
    assert "Sáng kiến" in text(desk.client.get(draft))
    assert "Đơn vị phải dự cả phần thi: Ý tưởng." in text(desk.client.get(desk.base))
    assert "Ý tưởng" in text(desk.client.get(desk.draw_up()))


def test_a_part_goes_only_while_nothing_hangs_on_it(app):
    with app.app_context():
        case = Case()
        plan = awards.plan_for(case.contest.id, None, NOON)
        awards.change_plan(plan, ASKED, by=None, now=NOON)
        refused("part_needed", parts.remove_part, case.part.id)
        awards.change_plan(plan, PlanFields(()), by=None, now=NOON)
        case.mark(0)
        refused("part_entered", parts.remove_part, case.part.id)
        case.undo()
        assert parts.remove_part(case.part.id, by=None, now=NOON) == case.contest.id
        assert db.session.scalars(select(ContestPart)).all() == []
        refused("part_unknown", awards.change_plan, plan, ASKED)


def desk_of(app, hands):
    """The organiser's desk with a part, and the part's address."""
    desk = Desk(app, hands, units=("Sở Nội vụ", "Sở Y tế"))
    answer = desk.post(f"/to-chuc/cuoc-thi/{desk.contest}/phan-thi", name="Sáng kiến")
    assert answer.status_code == 303
    return desk, answer.location.partition("?")[0]


def codes(app):
    with app.app_context():
        return {row.name: (row.id, row.unit.code) for row in db.session.scalars(select(ContestUnit))}


def test_the_page_marks_what_is_ticked_and_what_is_pasted(app, hands):
    desk, where = desk_of(app, hands)
    held = codes(app)
    (one, _code), (_id, two) = held["Sở Nội vụ"], held["Sở Y tế"]
    assert "0/2 đơn vị dự thi đã dự phần này." in text(desk.client.get(where))
    assert desk.post(where, unit=one, codes=f"{two.upper()}\tSở Y tế\n\n", do="entered").status_code == 303
    page = text(desk.client.get(where))
    assert "2/2 đơn vị dự thi đã dự phần này." in page
    assert "Ghi 2 đơn vị đã dự" in page
    assert "Phạm Tổ Chức" in page
    assert desk.post(where, unit=one, do="withdrawn").status_code == 303
    assert "Sở Nội vụ" not in table(desk.client.get(where + "?xem=da-du"))
    assert "Sở Nội vụ" in table(desk.client.get(where + "?xem=chua"))
    with app.app_context():
        act = db.session.scalars(select(PartAct).where(PartAct.kind == "withdrawn")).one().id
    assert desk.post(f"{where}/hoan-tac/{act}").status_code == 303
    assert desk.post(f"{where}/hoan-tac/{act}").status_code == 409
    assert "2/2 đơn vị" in text(desk.client.get(where))


def table(answer):
    """The table of units."""
    return answer.get_data(as_text=True).partition("<caption>")[2].partition("</table>")[0]


def test_one_code_that_is_not_known_marks_nobody(app, hands):
    desk, where = desk_of(app, hands)
    (_id, code) = codes(app)["Sở Y tế"]
    answer = desk.post(where, codes=f"{code}\nKHONG-CO", do="entered")
    assert answer.status_code == 422
    assert "1 mã không phải của đơn vị dự thi nào của cuộc thi này: KHONG-CO." in text(answer)
    assert code in answer.get_data(as_text=True)  # what was typed stays
    assert "0/2 đơn vị" in text(desk.client.get(where))
    assert desk.post(where, do="entered").status_code == 422


def test_the_page_gives_another_name(app, hands):
    desk, where = desk_of(app, hands)
    desk.post(f"/to-chuc/cuoc-thi/{desk.contest}/phan-thi", name="Khẩu hiệu")
    assert "<details class=\"more\"><summary>Đổi tên phần thi" in desk.client.get(where).get_data(as_text=True)
    answer = desk.post(where + "/doi-ten", name="khẩu hiệu")
    assert answer.status_code == 422
    assert "Cuộc thi đã có phần thi tên này." in text(answer)
    assert "<details class=\"more\" open>" in answer.get_data(as_text=True)
    assert "<title>Lỗi: Sáng kiến" in answer.get_data(as_text=True)
    assert desk.post(where + "/doi-ten", name="").status_code == 422
    assert "Sáng kiến" in text(desk.client.get(where))
    assert "Đã đổi tên phần thi." in text(desk.client.get(desk.post(where + "/doi-ten", name="Ý tưởng").location))
    assert "Ý tưởng" in text(desk.client.get(where))
    assert "Tên phần thi vẫn như cũ." in text(desk.client.get(desk.post(where + "/doi-ten", name="Ý tưởng").location))


def file(rows, header=("TT", "Mã đơn vị")):
    return io.BytesIO(workbook("Danh sách", header, rows)), "ds.xlsx"


def test_the_codes_of_a_file_are_marked_with_those_ticked_and_pasted(app, hands):
    desk, where = desk_of(app, hands)
    held = codes(app)
    (one, first), (_id, second) = held["Sở Nội vụ"], held["Sở Y tế"]
    assert desk.post(where, unit=one, file=file([["1", second.upper()], ["2", ""], ["3", second]]), do="entered"
                     ).status_code == 303
    assert "2/2 đơn vị" in text(desk.client.get(where))
    csv = io.BytesIO(f"Tên;Mã đơn vị\nSở Nội vụ;{first}\n".encode()), "ds.csv"
    assert desk.post(where, file=csv, codes=f"Mã đơn vị\tTên\n{second}", do="withdrawn").status_code == 303
    assert "0/2 đơn vị" in text(desk.client.get(where))


def test_a_file_with_codes_that_are_not_known_marks_nobody_and_says_the_lines(app, hands):
    desk, where = desk_of(app, hands)
    (_id, code) = codes(app)["Sở Y tế"]
    answer = desk.post(where, file=file([["1", code], ["2", "LA-1"], ["", ""], ["3", "LA-2"]]), codes="LA-3",
                       do="entered")
    assert answer.status_code == 422
    page = text(answer)
    assert "<title>Lỗi: Sáng kiến" in answer.get_data(as_text=True)
    assert "2 mã không phải của đơn vị dự thi nào của cuộc thi này: LA-1 (dòng 3), LA-2 (dòng 5)." in page
    assert "1 mã không phải của đơn vị dự thi nào của cuộc thi này: LA-3." in page
    assert "0/2 đơn vị" in text(desk.client.get(where))


@pytest.mark.parametrize(("sent", "said"), [
    (lambda: file([["1", "2"]], header=("TT", "Đơn vị")), "Không thấy cột Mã đơn vị"),
    (lambda: (io.BytesIO(b"PK\x03\x04 torn"), "ds.xlsx"), "Tệp bị hỏng"),
    (lambda: file([["", str(n)] for n in range(parts.MOST + 1)]), "Mỗi lần nhiều nhất 5.000 đơn vị."),
])
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(app, hands, sent, said):
    desk, where = desk_of(app, hands)
    answer = desk.post(where, file=sent(), do="entered")
    assert answer.status_code == 422
    assert said in text(answer)


@pytest.mark.parametrize(("asked", "found"), [("q=y te", ["Sở Y tế"]), ("q=so", ["Sở Nội vụ", "Sở Y tế"]),
                                              ("q=%25", []), ("q=khong co", [])])
def test_units_are_searched(app, hands, asked, found):
    desk, where = desk_of(app, hands)
    page = table(desk.client.get(f"{where}?{asked}"))
    assert [name for name in ("Sở Nội vụ", "Sở Y tế") if name in page] == found


def test_a_long_list_has_pages(app):
    with app.app_context():
        case = Case()
        first = entered.unit_page(case.part, limit=2)
        last = entered.unit_page(case.part, after=first.after, limit=2)
        assert [line.unit.name for line in [*first.lines, *last.lines]] == list(NAMES)
        assert last.after is None


def test_the_plan_asks_for_a_part_and_says_so(app, hands):
    desk, _where = desk_of(app, hands)
    page = desk.client.get(desk.base + "/co-cau").get_data(as_text=True)
    assert "Đơn vị phải dự cả phần thi" in page
    sent = {"do": "save", "name_1": "Giải Nhất", "count_1": "1", "kind_1": "collective", "tie_1": "undecided",
            "weight_rate": "100", "group": "overall"}
    assert desk.post(desk.base + "/co-cau", **sent, entered="Sáng kiến").status_code == 303
    with app.app_context():
        assert db.session.scalars(select(PrizePlan)).one().formula["entered"] == ["Sáng kiến"]
    assert "Đơn vị phải dự cả phần thi: Sáng kiến." in text(desk.client.get(desk.base))
    assert 'checked id="entered-0"' in desk.client.get(desk.base + "/co-cau").get_data(as_text=True)
    assert desk.post(desk.base + "/co-cau", **sent, entered="Không có").status_code == 422
    assert "giải tập thể yêu cầu dự phần này" in text(desk.client.get(f"/to-chuc/cuoc-thi/{desk.contest}/phan-thi"))
