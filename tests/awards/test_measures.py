"""Prizes that go by one measure alone: most contestants of a round, most first prizes over the rounds of a contest."""

import pytest
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.awards import acts, candidates, firsts, naming, words
from contest.awards import operations as awards
from contest.awards.models import Lot
from contest.awards.operations import PlanFields, PrizeFields
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.adding_up import set_overall
from contest.rounds.models import ContestUnit
from contest.standings.operations import publish_results
from tests import factories
from tests.awards.stage import Desk, text
from tests.awards.test_lists import CLOSED, DECISION, NOON, SETTLED, Case, given
from tests.factories import account, signed_in
from tests.standings.cast import sit, stage

UNITS = ("Sở Nội vụ", "Sở Y tế", "Xã Mẫu")
MOST = PrizeFields("Đông người nhất", "collective", 1, measure="people")
MEASURED = PlanFields((PrizeFields("Nhất tập thể", "collective", 1), MOST,
                       PrizeFields("Nhiều lượt nhất", "collective", 2, measure="attempts")))
PEOPLE = (PrizeFields("Nhất", "individual", 1, audience="official"),
          PrizeFields("Nhì", "individual", 1, audience="official"),
          PrizeFields("Nhất (dân)", "individual", 1, audience="citizen"))
FIRSTS = PlanFields((PrizeFields("Nhiều giải Nhất", "collective", 1, measure="firsts"),))


@pytest.fixture
def page(app):
    """Inside the application, as a page is."""
    with app.test_request_context():
        yield
        db.session.rollback()


def refused(code, act, *args, **more):
    with pytest.raises(Refusal) as told:
        act(*args, **more)
    assert told.value.code == code
    return told.value


def said(row):
    return [words.given(one).replace("\u00a0", " ") for one in row.awards]


def test_most_contestants_stands_beside_the_formula(page):
    """Three of 30, 30 and two of 10: the smallest unit has the best rate, the plan's tie decides among the others."""
    case = Case(MEASURED, units=UNITS)
    for name, headcount in zip(UNITS, (30, 30, 10), strict=True):
        db.session.query(ContestUnit).filter_by(name=name).one().headcount = headcount
    row = case.draw_up()
    assert given(row) == [("Nhất tập thể", "Xã Mẫu", 1), ("Đông người nhất", "Sở Nội vụ", 1),
                          ("Nhiều lượt nhất", "Sở Nội vụ", 1), ("Nhiều lượt nhất", "Sở Y tế", 2)]
    assert said(row) == [
        "Hạng 1: nhiều điểm hơn (20,00 so với 10,00).",
        "Hạng 1: cùng số người dự thi (3), chất lượng cao hơn (66,67 % so với 58,33 %).",
        "Hạng 1: cùng số lượt thi (3), chất lượng cao hơn (66,67 % so với 58,33 %).",
        "Hạng 2: số lượt thi nhiều hơn (3 so với 2)."]
    assert [words.by_points(one) for one in row.awards] == [True, False, False, False]
    case.freeze(row)
    assert not awards.moved_on(row)


def test_a_measure_alone_asks_no_threshold_and_no_other_part(page):
    asks = {"weights": [{"component": "rate", "percent": 100}], "thresholds": [{"below": None, "percent": 90}],
            "group": "overall"}
    case = Case(PlanFields((MOST,), formula=asks), units=UNITS[:2])
    row = case.draw_up()
    assert [(one.name, one.reason) for one in row.awards] == []
    assert len(row.undecided[0]["candidate_ids"]) == 2  # four each, and nothing else decides
    acts.draw_lots(case.plan, "collective", row.undecided[0]["candidate_ids"], "Bốc thăm", measure="people", by=None,
                   now=SETTLED)
    assert said(case.draw_up()) == ["Hạng 1, bằng nhau; bốc thăm được số 1. Số người dự thi: 4."]


def test_a_draw_decides_for_its_own_measure_alone(page):
    """Sở Nội vụ won the draw of people; a later draw of something else moves nothing there, and decides nothing."""
    case = Case(PlanFields((MOST, PrizeFields("Nhiều lượt nhất", "collective", 1, measure="attempts")), formula={
        "weights": [{"component": "rate", "percent": 100}], "group": "overall"}), units=UNITS)
    row = case.draw_up()
    assert [one["scope"]["measure"] for one in row.undecided] == ["people", "attempts"]
    first, second = row.undecided[0]["candidate_ids"]
    third = db.session.query(ContestUnit.id).filter(ContestUnit.id.not_in([first, second])).scalar()
    acts.draw_lots(case.plan, "collective", [first, second], "Bốc thăm", measure="people", by=None, now=SETTLED)
    row = case.draw_up()
    assert [(one.prize_name, one.unit_id) for one in row.awards] == [("Đông người nhất", first)]
    assert [one["scope"]["measure"] for one in row.undecided] == ["attempts"]
    acts.draw_lots(case.plan, "collective", [third, first], "Bốc thăm", measure="attempts", by=None, now=SETTLED)
    assert [(one.prize_name, one.unit_id) for one in case.draw_up().awards] == [("Đông người nhất", first)]


def test_another_figure_is_another_list(page):
    """The rank and the printed share stay, the number that the prize is for does not."""
    case = Case(PlanFields((MOST,)), units=UNITS[:1])
    row = case.draw_up()
    assert said(row) == ["Hạng 1. Số người dự thi: 8."]
    row.awards[0].params = {**row.awards[0].params, "numerator": 7, "denominator": 7}
    refused("list_outdated", case.freeze, row)


def test_only_what_fits_the_kind(page):
    case = Case(PlanFields(()))
    for fields in (PrizeFields("Trẻ nhất", "individual", 1, measure="people"),
                   PrizeFields("Sai", "collective", 1, measure="age")):
        refused("bad_prize", awards.change_plan, case.plan, PlanFields((fields,)), by=None, now=NOON)
    for fields in (FIRSTS, PlanFields((), formula={"weights": [{"component": "firsts", "percent": 100}]}),
                   PlanFields((), formula={"weights": [{"component": "rate", "percent": 100}], "ties": ["firsts"]})):
        assert refused("firsts_of_round", awards.change_plan, case.plan, fields, by=None, now=NOON).status == 422


class Weeks:
    """Two rounds of a contest with three units and five people; the third unit's best is a citizen.

    The first week Sở Nội vụ has the official's first prize, the second Sở Y tế; Xã Mẫu the citizens' of both.
    """

    def __init__(self):
        self.contest, bank, first, self.units = stage(units=UNITS, closes_at=CLOSED)
        self.rounds = [first, factories.round_(self.contest, bank, closes_at=CLOSED)]
        self.rounds[0].title, self.rounds[1].title = "Tuần một", "Tuần hai"
        self.people = [account(name=f"Lê Văn {n}", unit=self.units[n % 3], audience="citizen" if n == 2 else "official")
                       for n in range(5)]
        for round_, marks in zip(self.rounds, ((4, 3, 4, 2, 1), (2, 4, 4, 1, 3)), strict=True):
            for n, right in enumerate(marks):
                sit(round_, bank, self.people[n], unit=self.units[n % 3], right=right, minutes=5 + n)
        db.session.flush()
        set_overall(self.contest.id, {"rounds": {"how": "sum"}}, by=None, now=NOON)
        for round_ in self.rounds:
            publish_results(round_.id, by=None, now=SETTLED)
            awards.change_plan(awards.plan_for(self.contest.id, round_.id, NOON), PlanFields(PEOPLE), by=None, now=NOON)
        self.plan = awards.plan_for(self.contest.id, None, NOON)
        awards.change_plan(self.plan, FIRSTS, by=None, now=NOON)

    def freeze(self, *weeks):
        """Frozen lists of these weeks' prizes."""
        rows = [awards.make_list(awards.plan_for(self.contest.id, self.rounds[n].id, NOON), by=None, now=SETTLED)
                for n in weeks]
        return [awards.freeze_list(row.id, DECISION, by=None, now=SETTLED) for row in rows]

    def held(self):
        names = {row.id: row.name for row in db.session.query(ContestUnit)}
        return {names[unit]: number for unit, number in firsts.held(self.contest.id).items()}


def test_first_prizes_are_those_of_the_latest_frozen_lists(page):
    weeks = Weeks()
    assert weeks.held() == {}
    (first,) = weeks.freeze(0)
    assert weeks.held() == {"Sở Nội vụ": 1}  # no second prize, no citizen's
    weeks.freeze(1)
    assert weeks.held() == {"Sở Nội vụ": 1, "Sở Y tế": 1}
    acts.refuse_prize(first.awards[0].prize_id, weeks.people[0].id, "Từ chối", by=None, now=SETTLED)
    assert weeks.held() == {"Sở Y tế": 1}
    weeks.freeze(0)  # the next of them has it by now
    assert weeks.held() == {"Sở Y tế": 2}
    weeks.rounds[1].state = "cancelled"
    assert weeks.held() == {"Sở Y tế": 1}


def test_a_plan_changed_since_takes_no_first_prize_from_a_frozen_list(page):
    weeks = Weeks()
    weeks.freeze(0)
    plan = awards.plan_for(weeks.contest.id, weeks.rounds[0].id, NOON)
    best = PrizeFields("Đặc biệt", "individual", 1, audience="official")
    awards.change_plan(plan, PlanFields((best, *rows_of(plan))), by=None, now=NOON)
    assert weeks.held() == {"Sở Nội vụ": 1}
    weeks.freeze(0)  # the same person has the better one
    awards.change_plan(plan, PlanFields(tuple(reversed(rows_of(plan)))), by=None, now=NOON)
    assert weeks.held() == {"Sở Nội vụ": 1}


def rows_of(plan):
    return [PrizeFields(one.name, one.kind, one.count, one.audience, id=one.id) for one in plan.prizes]


def test_each_audience_and_bloc_has_its_first_and_whoever_is_named_none(page):
    weeks = Weeks()
    plan = awards.plan_for(weeks.contest.id, weeks.rounds[0].id, NOON)
    clip = PrizeFields("Tuyên truyền", "individual", 1, audience="official", measure="named")
    awards.change_plan(plan, PlanFields((
        clip, *PEOPLE, PrizeFields("Nhất khối", "individual", 1, bloc="Khối sở"),
        PrizeFields("Nhì khối", "individual", 1, bloc="Khối sở"))), by=None, now=NOON)
    naming.name(plan.prizes[0].id, [weeks.people[4].id], "Lan tỏa", by=None, now=NOON)
    (row,) = weeks.freeze(0)
    assert [(one.prize_name, one.name) for one in row.awards] == [
        ("Tuyên truyền", "Lê Văn 4"), ("Nhất", "Lê Văn 0"), ("Nhì", "Lê Văn 1"), ("Nhất (dân)", "Lê Văn 2"),
        ("Nhất khối", "Lê Văn 3")]
    assert weeks.held() == {"Sở Nội vụ": 2}


def test_the_unit_with_most_first_prizes(page):
    """One each: the average decides, as the default formula says."""
    weeks = Weeks()
    weeks.freeze(0, 1)
    row = awards.make_list(weeks.plan, by=None, now=SETTLED)
    assert given(row) == [("Nhiều giải Nhất", "Sở Y tế", 1)]
    assert said(row) == ["Hạng 1: cùng số giải Nhất (1), chất lượng cao hơn (68,75 % so với 56,25 %)."]
    found = candidates.figures_of(weeks.plan, candidates.scope_of(weeks.plan, weeks.plan.prizes[0]), {})[0]
    assert [(one.reason, words.unranked(one.reason, one.params)) for one in found.unranked] == [
        ("no_firsts", "Chưa có CBCCVC nào được giải Nhất ở các đợt.")]
    awards.freeze_list(row.id, DECISION, by=None, now=SETTLED)


@pytest.mark.parametrize("formula", [None, {"weights": [{"component": "rate", "percent": 100}], "group": "overall",
                                            "ties": ["firsts", "average"]}])
def test_a_list_by_first_prizes_waits_for_the_lists_of_the_rounds(page, formula):
    weeks = Weeks()
    if formula:
        awards.change_plan(weeks.plan, PlanFields((PrizeFields("Tập thể", "collective", 1),), formula=formula), by=None,
                           now=NOON)
    row = awards.make_list(weeks.plan, by=None, now=SETTLED)
    told = refused("firsts_not_frozen", awards.freeze_list, row.id, DECISION, by=None, now=SETTLED)
    assert (told.status, told.params["rounds"]) == (409, "Tuần một; Tuần hai")
    weeks.freeze(0, 1)
    row = awards.make_list(weeks.plan, by=None, now=SETTLED)
    assert awards.freeze_list(row.id, DECISION, by=None, now=SETTLED).state == "frozen"


def test_who_goes_by_no_first_prizes_waits_for_nobody(page):
    weeks = Weeks()
    awards.change_plan(weeks.plan, PlanFields((PrizeFields("Tập thể", "collective", 1),)), by=None, now=NOON)
    row = awards.make_list(weeks.plan, by=None, now=SETTLED)
    assert awards.freeze_list(row.id, DECISION, by=None, now=SETTLED).state == "frozen"


def test_the_pages_say_which_rounds_are_waited_for(app, hands):
    hands.set(SETTLED)
    with app.app_context():
        weeks = Weeks()
        weeks.freeze(0)
        row = awards.make_list(weeks.plan, by=None, now=SETTLED)
        where, contest, round_ = f"/to-chuc/giai-thuong/{row.id}", weeks.contest.id, weeks.rounds[0].id
        who = account("totchuc", roles=("organiser",))
        db.session.commit()
        db.session.refresh(who)
        db.session.expunge(who)
    client = signed_in(app.test_client(), who)
    for path in (where, where + "/chot"):
        shown = text(client.get(path))
        assert "mà còn đợt chưa chốt danh sách trao giải: Tuần hai ." in shown
        assert "Chốt theo quyết định" not in shown
        assert "Số quyết định" not in shown
    shown = text(client.get(f"/to-chuc/cuoc-thi/{contest}/giai-thuong/tap-the"))
    assert "Giải xét theo số giải Nhất: đơn vị cao nhất đứng đầu; bằng nhau thì xét lần lượt: chất lượng." in shown
    assert "1 đơn vị được xếp hạng" in shown
    assert "Số giải Nhất" in text(client.get(f"/to-chuc/cuoc-thi/{contest}/giai-thuong/co-cau"))
    assert "giải Nhất" not in text(client.get(f"/to-chuc/dot-thi/{round_}/giai-thuong/co-cau"))


def test_the_figures_of_each_measure(app, hands):
    desk = Desk(app, hands, MEASURED)
    shown = text(desk.client.get(desk.base))
    assert "Tập thể · theo số người dự thi" in shown
    assert "Giải xét theo số lượt thi: đơn vị cao nhất đứng đầu; bằng nhau thì xét lần lượt: chất lượng." in shown
    assert "Tỷ lệ tham gia: 8/10 = 80,00 % × 100 % = 80,00" in text(desk.client.get(desk.base + "/tap-the"))
    shown = text(desk.client.get(desk.base + "/tap-the?theo=people"))
    assert "1 8 Sở Nội vụ" in shown
    assert "× 100 %" not in shown
    assert "Tỷ lệ tham gia: 8/10" in text(desk.client.get(desk.base + "/tap-the?theo=firsts"))  # no prize goes by it


def test_the_form_keeps_what_a_prize_goes_by(app, hands):
    desk = Desk(app, hands, PlanFields(()))
    row = {"name_1": "Đông nhất", "count_1": "1", "kind_1": "individual", "measure_1": "people", "tie_1": "share",
           "weight_rate": "100", "group": "overall"}
    answer = desk.post(desk.base + "/co-cau", **row)
    assert answer.status_code == 422
    assert "Chỉ giải tập thể xét theo mục này." in text(answer)
    assert desk.post(desk.base + "/co-cau", **row | {"kind_1": "collective"}).status_code == 303
    assert 'value="people" selected' in desk.client.get(desk.base + "/co-cau").get_data(as_text=True).replace(
        'selected value="people"', 'value="people" selected')
    answer = desk.post(desk.base + "/co-cau", **row | {"kind_1": "collective", "measure_1": "firsts"})
    assert answer.status_code == 422
    with app.app_context():
        assert [(one.measure, one.kind) for one in desk.plan().prizes] == [("people", "collective")]


@pytest.mark.parametrize("whole", [True, False])
def test_the_structure_of_special_prizes(app, hands, whole):
    desk = Desk(app, hands, PlanFields(()), units=UNITS[:1])
    base = f"/to-chuc/cuoc-thi/{desk.contest}/giai-thuong" if whole else desk.base
    shown = desk.client.get(base + "/co-cau?mau=chuyen-de").get_data(as_text=True)
    assert "Giải Đơn vị có nhiều người dự thi nhất (Khối sở)" in shown
    assert ("Giải Đơn vị đạt nhiều giải Nhất" in shown) is whole
    assert "Giải Người đạt giải trẻ tuổi nhất" in shown


def test_a_share_below_nothing_is_told_as_it_is():
    """Wrong answers may cost points: a unit can have less than none of them."""
    assert [words.measured("average", part, 1000).replace("\u00a0", " ") for part in (-505, -5, 0, 7069)] == [
        "-50,50 %", "-0,50 %", "0,00 %", "706,90 %"]


def test_the_page_of_a_draw_keeps_the_measure(app, hands):
    desk = Desk(app, hands, PlanFields((MOST,), formula={
        "weights": [{"component": "rate", "percent": 100}], "group": "overall"}), units=UNITS[:2])
    where = desk.draw_up()
    with app.app_context():
        units = db.session.scalars(select(ContestUnit.id).order_by(ContestUnit.name)).all()
    made = desk.post(where + "/boc-tham/0", drawer="Bà An", witnesses="Hội đồng", held_on="2026-12-02",
                     **{f"lot-{units[0]}": "2", f"lot-{units[1]}": "1"}).location
    assert "Sở Y tế Khối xã – Hạng 1, bằng nhau; bốc thăm được số 1. Số người dự thi: 4." in text(desk.client.get(made))
    with app.app_context():
        assert db.session.scalars(select(Lot.measure)).all() == ["people", "people"]
        assert db.session.scalars(select(AuditEvent.details).where(AuditEvent.action == "awards.lots")).one()[
            "measure"] == "people"
