"""One worked example of each real rule about prizes: who is given what, and the line that shows how.

Sources of the rules: contest/scoring/README.md. All figures here are invented.
"""

import pytest
from sqlalchemy import select

from contest.awards import operations as awards
from contest.awards import parts, ready_made
from contest.awards.models import PrizePlan
from contest.extensions import db
from contest.rounds.models import ContestUnit, Round
from contest.standings.board_models import Board, UnitTally
from contest.standings.operations import publish_results, score_round
from tests import factories
from tests.awards.stage import Desk, PlanFields, text
from tests.awards.test_lists import CLOSED, NOON, SETTLED, given
from tests.standings.cast import sit, stage


class Province:
    """A round whose units came to these counts. name → (bloc, headcount, people, average in per cent)."""

    def __init__(self, app, hands, units, formula, *, one_prize=None):
        self.app = app
        hands.set(SETTLED)
        with app.app_context():
            contest, _bank, round_, _units = stage(units=())
            db.session.add(Board(id=round_.id, contest_id=contest.id, round_id=round_.id))
            db.session.flush()
            for name, (bloc, headcount, people, average) in units.items():
                self._unit(contest, round_, name, bloc, headcount, people, average)
            round_.results_published_at = SETTLED
            plan = awards.plan_for(contest.id, round_.id, NOON)
            awards.change_plan(plan, PlanFields(one_prize or (), formula=formula), by=None, now=NOON)
            self.plan, self.round = plan.id, round_.id
            who = factories.account("totchuc", roles=("organiser",))
            db.session.commit()
            db.session.refresh(who)
            db.session.expunge(who)
        self.client = factories.signed_in(app.test_client(), who)

    @staticmethod
    def _unit(contest, round_, name, bloc, headcount, people, average):
        unit = factories.unit(name, bloc=bloc, headcount=headcount)
        row = ContestUnit(contest_id=contest.id, unit_id=unit.id, name=name, bloc=bloc, headcount=headcount,
                          sort_key=unit.sort_key)
        db.session.add(row)
        db.session.flush()
        db.session.add(UnitTally(board_id=round_.id, unit_key=row.id, audience="official", people=people,
                                 attempts=people, points=people * average * 20, max_points=people * 2000))

    def page(self, query=""):
        return text(self.client.get(f"/to-chuc/dot-thi/{self.round}/giai-thuong/tap-the{query}"))

    def given(self):
        with self.app.app_context():
            row = awards.make_list(db.session.get_one(PrizePlan, self.plan), by=None, now=SETTLED)
            return given(row), [(one.name, one.reason) for one in row.passed]


def test_soc_trang_2022_thresholds_by_size(app, hands):
    """Under 50 people 30 % must take part, others 25 %; the rate decides."""
    units = {"Sở Nội vụ": ("Khối sở", 40, 12, 80),  # 30 % exactly: 12 of 12 needed
             "Sở Y tế": ("Khối sở", 49, 14, 90),  # 28,57 %: 15 needed
             "Sở Giáo dục": ("Khối sở", 50, 13, 70),  # 26 %, over 25 %
             "Sở Tư pháp": ("Khối sở", None, 5, 70)}
    prizes = (awards.PrizeFields("Giải Nhất", "collective", 1), awards.PrizeFields("Giải Nhì", "collective", 2))
    case = Province(app, hands, units, ready_made.THRESHOLDS, one_prize=prizes)
    page = case.page()
    assert "1 30,00 Sở Nội vụ Khối sở Tỷ lệ tham gia: 12/40 = 30,00 % × 100 % = 30,00" in page
    assert "Ngưỡng của đơn vị cỡ này: ít nhất 30 %, tức 12 người." in page
    assert "2 26,00 Sở Giáo dục Khối sở Tỷ lệ tham gia: 13/50 = 26,00 % × 100 % = 26,00" in page
    assert "Sở Y tế Khối sở Có 14/49 CBCCVC dự thi; đơn vị cỡ này cần ít nhất 30 %, tức 15 người." in page
    assert "Sở Tư pháp Khối sở Chưa có số CBCCVC nên chưa tính được." in page
    found, passed = case.given()
    assert found == [("Giải Nhất", "Sở Nội vụ", 1), ("Giải Nhì", "Sở Giáo dục", 2)]
    assert sorted(passed) == [("Sở Tư pháp", "no_headcount"), ("Sở Y tế", "below_threshold")]


def test_soc_trang_2022_a_unit_must_have_sent_an_initiative_as_well(app, hands):
    """Besides the threshold: organisers mark the units whose initiative has come, the others can't get the prize."""
    units = {"Sở Nội vụ": ("Khối sở", 40, 12, 80), "Sở Y tế": ("Khối sở", 40, 40, 90)}
    case = Province(app, hands, units, ready_made.THRESHOLDS,
                    one_prize=(awards.PrizeFields("Giải Nhất", "collective", 1),))
    with app.app_context():
        plan = db.session.get_one(PrizePlan, case.plan)
        part = parts.add_part(plan.contest_id, "Sáng kiến", by=None, now=NOON)
        unit = db.session.scalars(select(ContestUnit.id).where(ContestUnit.name == "Sở Nội vụ")).one()
        parts.mark_units(part.id, [unit], entered=True, by=None, now=NOON)
        fields = PlanFields((awards.PrizeFields("Giải Nhất", "collective", 1),),
                            formula={**ready_made.THRESHOLDS, "entered": ["Sáng kiến"]})
        awards.change_plan(plan, fields, by=None, now=NOON)
        db.session.commit()
    page = case.page()
    assert "Đơn vị phải dự cả phần thi: Sáng kiến." in page
    assert "1 30,00 Sở Nội vụ Khối sở" in page
    assert "Sở Y tế Khối sở Chưa dự phần thi: Sáng kiến." in page
    assert case.given() == ([("Giải Nhất", "Sở Nội vụ", 1)], [])


def test_hue_collective_by_bloc_rate_and_quality(app, hands):
    units = {"Sở Nội vụ": ("Khối sở", 1004, 812, 66), "Sở Y tế": ("Khối sở", 100, 105, 50),
             "Xã Mẫu": ("Khối xã", 60, 30, 90)}
    prizes = tuple(awards.PrizeFields(f"Nhất {bloc}", "collective", 1, bloc=bloc) for bloc in ("Khối sở", "Khối xã"))
    case = Province(app, hands, units, ready_made.QUALITY, one_prize=prizes)
    page = case.page()
    assert "Xếp hạng riêng trong từng khối." in page
    # 105 of 100 count as 100 %: 60 + 20 = 80; 80,88 % x 60 + 66 % x 40 = 48,53 + 26,40 = 74,93
    assert ("1 80,00 Sở Y tế Khối sở Tỷ lệ tham gia: 105/100 = 105,00 %, chỉ tính 100 % × 60 % = 60,00 "
            "Chất lượng: 1.050,00/2.100,00 = 50,00 % × 40 % = 20,00 Cộng: 60,00 + 20,00 = 80,00") in page
    assert ("2 74,93 Sở Nội vụ Khối sở Tỷ lệ tham gia: 812/1.004 = 80,88 % × 60 % = 48,53 Chất lượng: "
            "10.718,40/16.240,00 = 66,00 % × 40 % = 26,40 Cộng: 48,53 + 26,40 = 74,93") in page
    assert "1 66,00 Xã Mẫu Khối xã" in page
    assert "Sở Y tế" not in case.page("?khoi=Khối xã")
    assert case.given()[0] == [("Nhất Khối sở", "Sở Y tế", 1), ("Nhất Khối xã", "Xã Mẫu", 1)]


def test_the_unit_with_the_most_contestants_2024(app, hands):
    formula = {"weights": [{"component": "people", "percent": 100}], "group": "overall", "ties": ["rate"]}
    units = {"Sở Nội vụ": ("Khối sở", 400, 300, 50), "Sở Y tế": ("Khối sở", 310, 300, 50),
             "Xã Mẫu": ("Khối xã", 20, 20, 50)}
    case = Province(app, hands, units, formula, one_prize=(awards.PrizeFields("Đông nhất", "collective", 1),))
    page = case.page()
    assert "1 100,00 Sở Y tế Khối sở Số người dự thi: 300/300 = 100,00 % × 100 % = 100,00" in page
    assert "Bằng điểm thì xét: tỷ lệ tham gia 300/310 = 96,77 %." in page
    assert "3 6,67 Xã Mẫu Khối xã Số người dự thi: 20/300 = 6,67 %" in page
    assert case.given()[0] == [("Đông nhất", "Sở Y tế", 1)]


def test_a_sum_of_rounded_parts_may_be_a_hundredth_off_and_says_so(app, hands):
    formula = {"weights": [{"component": "rate", "percent": 50}, {"component": "people", "percent": 50}]}
    case = Province(app, hands, {"Sở Nội vụ": (None, 400, 1, 50), "Sở Y tế": (None, 400, 400, 50)}, formula)
    # 1/400 x 50 = 0,125, twice: 0,25
    assert "Cộng: 0,13 + 0,13 = 0,25 (cộng từ số chưa làm tròn)" in case.page()
    assert "Cộng: 50,00 + 50,00 = 100,00 Sở" not in case.page()


@pytest.mark.parametrize(("name", "wanted"), [
    ("hai-nhom", ["Giải Nhất (CBCCVC)", "Giải Nhất (Người dân)", "Giải Nhì (CBCCVC)", "Giải Nhì (Người dân)",
                  "Giải Ba (CBCCVC)", "Giải Ba (Người dân)"]),  # Huế 2025: six a week
    ("bon-muc", ["Giải Nhất", *["Giải Nhì"] * 2, *["Giải Ba"] * 3, *["Giải Khuyến khích"] * 4]),  # Lâm Đồng 2023
    ("rong", ["Giải Nhất", *["Giải Nhì"] * 5, *["Giải Ba"] * 10,
              *["Giải Khuyến khích"] * 20]),  # Ministry of Justice 2021: 36
])
def test_individual_prizes_of_real_contests(app, name, wanted):
    """Two people more than prizes, every other one a citizen, each a minute slower than the one before."""
    with app.app_context():
        contest, bank, round_, units = stage(closes_at=CLOSED)
        for n in range(len(wanted) + 2):
            who = factories.account(name=f"Lê Văn {n}", unit=units[0], audience="citizen" if n % 2 else "official")
            sit(round_, bank, who, unit=units[0], right=4, minutes=5 + n)
        score_round(round_.id, SETTLED)
        publish_results(round_.id, by=None, now=SETTLED)
        plan = awards.plan_for(contest.id, round_.id, NOON)
        with app.test_request_context():
            fields = ready_made.plan(name, [], whole=False)
        awards.change_plan(plan, fields, by=None, now=NOON)
        row = awards.make_list(plan, by=None, now=SETTLED)
        assert [one.prize_name for one in row.awards] == wanted
        assert [one.name for one in row.awards] == [f"Lê Văn {n}" for n in range(len(wanted))]
        assert (row.unfilled, row.undecided) == ([], [])


def test_a_round_that_is_open_shows_figures_to_organisers_only_as_provisional(app, hands):
    desk = Desk(app, hands, publish=False)
    page = text(desk.client.get(desk.base + "/tap-the"))
    assert "Tạm tính" in page
    assert "Tỷ lệ tham gia: 8/10 = 80,00 % × 100 % = 80,00" in page
    with app.app_context():
        assert db.session.scalars(select(Round.results_published_at)).one() is None
    assert desk.as_(desk.people[0]).get(desk.base + "/tap-the").status_code == 403
