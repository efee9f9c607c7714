"""Who gets what: from a round's own standings, with the reasons, frozen with its decision."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from contest.awards import acts, candidates
from contest.awards import operations as awards
from contest.awards.models import Award, AwardList, Prize, Refused
from contest.awards.operations import Decision, PlanFields, PrizeFields
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds.barring import bar
from contest.scoring.prizes import Scope
from contest.standings.applying import apply_run
from contest.standings.building import building
from contest.standings.keys import Correction
from contest.standings.operations import SETTLE, publish_results, score_round
from contest.standings.publications import publish_board
from contest.standings.regrading import Changes, make_run
from tests import factories
from tests.factories import NOON
from tests.standings.cast import sit, stage, versions

CLOSED = NOON + timedelta(hours=2)
SETTLED = CLOSED + SETTLE + timedelta(minutes=1)
DECISION = Decision("15/QĐ-SNV", date(2026, 12, 1), "Nguyễn Văn Mẫu", "GIÁM ĐỐC")
HUE = (PrizeFields("Giải Nhất", "individual", 1), PrizeFields("Giải Nhì", "individual", 2),
       PrizeFields("Giải Ba", "individual", 3))


class Case:
    """Eight people with 4, 4, 3, 3, 2, 2, 1, 1 right answers, each a minute slower than the one before."""

    def __init__(self, fields, *, units=("Sở Nội vụ",), publish=True, **columns):
        self.contest, self.bank, self.round, self.units = stage(units=units, closes_at=CLOSED, **columns)
        self.author = factories.account()
        self.people = [factories.account(name=f"Lê Văn {n}", unit=self.units[n % len(units)]) for n in range(8)]
        for n, who in enumerate(self.people):
            who.phone = "0912345678"
            sit(self.round, self.bank, who, unit=self.units[n % len(units)], right=4 - n // 2, minutes=5 + n)
        score_round(self.round.id, SETTLED)
        if publish:
            publish_results(self.round.id, by=None, now=SETTLED)
        self.plan = awards.plan_for(self.contest.id, self.round.id, NOON)
        awards.change_plan(self.plan, fields, by=None, now=NOON)

    def draw_up(self):
        return awards.make_list(self.plan, by=self.author.id, now=SETTLED)

    def freeze(self, row):
        return awards.freeze_list(row.id, DECISION, by=self.author.id, now=SETTLED)


def given(row):
    return [(one.prize_name, one.name, one.rank) for one in row.awards]


def test_prizes_go_down_the_ranks(app):
    with app.app_context():
        row = Case(PlanFields(HUE)).draw_up()
        assert given(row) == [
            ("Giải Nhất", "Lê Văn 0", 1), ("Giải Nhì", "Lê Văn 1", 2), ("Giải Nhì", "Lê Văn 2", 3),
            ("Giải Ba", "Lê Văn 3", 4), ("Giải Ba", "Lê Văn 4", 5), ("Giải Ba", "Lê Văn 5", 6)]
        assert (row.number, row.state, row.undecided, row.unfilled) == (1, "draft", [], [])
        assert len({one.code for one in row.awards}) == 6


def test_who_may_not_get_one_is_named_with_the_reason(app):
    with app.app_context():
        case = Case(PlanFields(HUE[:2], need_pass=True, need_phone=True), scoring={"pass_percent": 75})
        bar(case.contest.id, [case.people[0].id], "Thành viên Tổ giúp việc", by=None, now=SETTLED)
        case.people[2].phone = None
        db.session.flush()
        row = case.draw_up()
        assert given(row) == [("Giải Nhất", "Lê Văn 1", 1), ("Giải Nhì", "Lê Văn 3", 3)]
        assert [(one.name, one.reason) for one in row.passed if one.reason != "below_pass_mark"] == [
            ("Lê Văn 0", "barred"), ("Lê Văn 2", "no_phone")]
        assert {one.reason for one in row.passed if one.name not in ("Lê Văn 0", "Lê Văn 2")} == {"below_pass_mark"}
        assert row.unfilled == [{"prize_id": case.plan.prizes[1].id, "places": 1, "reason": "no_candidates"}]


def test_a_declined_prize_passes_on_and_the_old_list_stays(app):
    with app.app_context():
        case = Case(PlanFields(HUE[:2]))
        first = case.freeze(case.draw_up())
        before = given(first)
        prize = first.awards[0].prize_id
        for _ in range(2):  # twice is as once
            acts.refuse_prize(prize, case.people[0].id, "Không đến nhận", by=None, now=SETTLED)
        second = case.draw_up()
        assert given(second) == [("Giải Nhất", "Lê Văn 1", 2), ("Giải Nhì", "Lê Văn 2", 3), ("Giải Nhì", "Lê Văn 3", 4)]
        assert (given(first), first.state, second.number) == (before, "frozen", 2)
        assert [(one.name, one.reason) for one in second.passed] == [("Lê Văn 0", "declined")]


def test_a_list_is_frozen_with_its_decision_and_then_stands(app):
    with app.app_context():
        case = Case(PlanFields(HUE))
        row = case.draw_up()
        with pytest.raises(Refusal) as told:
            awards.freeze_list(row.id, Decision(" ", date(2026, 12, 1), ""), by=case.author.id, now=SETTLED)
        assert told.value.code == "decision_required"
        with pytest.raises(Refusal) as told:
            awards.freeze_list(row.id, Decision("15/QĐ-SNV", date(2026, 12, 2), "Nguyễn Văn Mẫu"), by=case.author.id,
                               now=SETTLED)
        assert (told.value.code, told.value.status) == ("decision_to_come", 422)
        case.freeze(row)
        assert (row.state, row.decision, row.decided_on, row.signer, row.signer_title) == (
            "frozen", "15/QĐ-SNV", date(2026, 12, 1), "Nguyễn Văn Mẫu", "GIÁM ĐỐC")
        with pytest.raises(Refusal) as told:
            case.freeze(row)
        assert told.value.code == "list_frozen"


def test_what_changed_since_the_draft_is_drawn_up_anew(app):
    with app.app_context():
        case = Case(PlanFields(HUE))
        row = case.draw_up()
        bar(case.contest.id, [case.people[1].id], "Ban Tổ chức", by=None, now=SETTLED)
        with pytest.raises(Refusal) as told:
            case.freeze(row)
        assert told.value.code == "list_outdated"
        case.freeze(case.draw_up())


def test_a_frozen_list_that_results_have_moved_on_from_is_told(app):
    with app.app_context():
        case = Case(PlanFields(HUE))
        row = case.draw_up()
        case.freeze(row)
        assert not awards.moved_on(row)
        run = make_run(case.round.id, Changes({versions(case.bank)[0].id: Correction("out")}, {}), "Câu 1 sai",
                       by=case.author.id, now=SETTLED)
        assert all(building(run.id, SETTLED))
        apply_run(run.id, "", by=case.people[7].id, now=SETTLED)
        assert awards.moved_on(row)


def test_a_draft_whose_winners_stay_but_not_their_points_is_drawn_up_anew(app):
    with app.app_context():
        case = Case(PlanFields(HUE[:1]))
        row = case.draw_up()
        run = make_run(case.round.id, Changes({versions(case.bank)[0].id: Correction("out")}, {}), "Câu 1 sai",
                       by=case.author.id, now=SETTLED)
        assert all(building(run.id, SETTLED))
        apply_run(run.id, "", by=case.people[7].id, now=SETTLED)
        with pytest.raises(Refusal) as told:
            case.freeze(row)
        assert told.value.code == "list_outdated"
        again = case.freeze(case.draw_up())
        assert given(again) == given(row) == [("Giải Nhất", "Lê Văn 0", 1)]
        assert ([one.points for one in row.awards], [one.points for one in again.awards]) == ([400], [300])


def test_prizes_go_by_the_published_list_so_that_is_published_anew_first(app):
    with app.app_context():
        case = Case(PlanFields(HUE))
        publish_board(case.round.id, "", key="k" * 32, by=None, now=SETTLED)
        draft = case.draw_up()
        bar(case.contest.id, [case.people[0].id], "Ban Tổ chức", by=None, now=SETTLED)
        for act in (case.draw_up, lambda: case.freeze(draft)):
            with pytest.raises(Refusal) as told:
                act()
            assert told.value.code == "list_differs"
        publish_board(case.round.id, "Thành viên Ban Tổ chức", key="k" * 32, by=None, now=SETTLED)
        assert "Lê Văn 0" not in [name for _prize, name, _rank in given(case.draw_up())]


def test_a_tie_across_the_border_waits_for_a_draw(app):
    with app.app_context():
        case = Case(PlanFields(HUE[:1]), scoring={"chain": ["points"]})
        row = case.draw_up()
        assert given(row) == []
        assert [sorted(one["candidate_ids"]) for one in row.undecided]
        with pytest.raises(Refusal) as told:
            case.freeze(row)
        assert told.value.code == "list_undecided"
        acts.draw_lots(case.plan, "individual", [case.people[1].id, case.people[0].id], "Bốc thăm trước Hội đồng",
                         by=None, now=SETTLED)
        assert given(case.freeze(case.draw_up())) == [("Giải Nhất", "Lê Văn 1", 1)]
        with pytest.raises(Refusal) as told:
            acts.draw_lots(case.plan, "individual", [case.people[1].id], "Lần nữa", by=None, now=SETTLED)
        assert told.value.code == "already_drawn"


def test_who_drew_in_vain_draws_again_among_others(app):
    """Equal ones of a bloc draw for its prize; those left are equal to others for the prize of all."""
    with app.app_context():
        fields = PlanFields((PrizeFields("Nhất khối xã", "individual", 1, bloc="Khối xã"),
                             PrizeFields("Nhất", "individual", 1)))
        case = Case(fields, units=("Sở Nội vụ", "Xã Mẫu"), scoring={"chain": ["points"]})
        for who in case.people[2:4]:  # another two with all right: 0 and 2 of the office, 1 and 3 of the commune
            sit(case.round, case.bank, who, right=4, number=2, minutes=9)
        score_round(case.round.id, SETTLED)
        first, second, third, fourth = (one.id for one in case.people[:4])
        assert [len(one["candidate_ids"]) for one in case.draw_up().undecided] == [2]
        acts.draw_lots(case.plan, "individual", [second, fourth], "Bốc thăm", by=None, now=SETTLED)
        row = case.draw_up()
        assert given(row) == [("Nhất khối xã", "Lê Văn 1", 1)]
        assert [len(one["candidate_ids"]) for one in row.undecided] == [3]
        acts.draw_lots(case.plan, "individual", [fourth, third, first], "Bốc thăm", by=None, now=SETTLED)
        assert given(case.freeze(case.draw_up())) == [("Nhất khối xã", "Lê Văn 1", 1), ("Nhất", "Lê Văn 3", 1)]


def test_units_go_by_the_formula_and_those_it_does_not_rank_are_named(app):
    with app.app_context():
        fields = PlanFields((PrizeFields("Giải tập thể", "collective", 1),), formula={
            "weights": [{"component": "rate", "percent": 60}, {"component": "average", "percent": 40}],
            "thresholds": [{"below": None, "percent": 10}], "group": "overall"})
        case = Case(fields, units=("Sở Nội vụ", "Sở Y tế", "Sở Xây dựng"))
        row = case.draw_up()
        [best] = row.awards
        # 3 of 10 people: 30 % x 60 = 18; 8 of 12 points: 66,67 % x 40 = 26,67 (the first, fourth and seventh person)
        assert (best.name, best.points, best.entry_id) == ("Sở Nội vụ", 4467, None)
        assert best.unit_id is not None


def test_no_list_before_the_results_are_official(app):
    with app.app_context():
        case = Case(PlanFields(HUE), publish=False)
        with pytest.raises(Refusal) as told:
            case.draw_up()
        assert told.value.code == "results_not_published"


def test_a_plan_keeps_the_prizes_that_a_list_names(app):
    with app.app_context():
        case = Case(PlanFields(HUE))
        ids = [row.id for row in case.plan.prizes]
        case.freeze(case.draw_up())
        kept = [PrizeFields(one.name, one.kind, one.count, id=id_) for one, id_ in zip(HUE, ids, strict=True)]
        awards.change_plan(case.plan, PlanFields((kept[2], kept[0], kept[1])), by=None, now=SETTLED)
        assert [row.id for row in case.plan.prizes] == [ids[2], ids[0], ids[1]]
        assert [row.position for row in case.plan.prizes] == [1, 2, 3]
        with pytest.raises(Refusal) as told:
            awards.change_plan(case.plan, PlanFields(tuple(kept[:2])), by=None, now=SETTLED)
        assert told.value.code == "prize_awarded"
        db.session.rollback()


def test_a_prize_that_only_drafts_name_takes_them_along(app):
    with app.app_context():
        case = Case(PlanFields(HUE))
        first = case.freeze(case.draw_up())
        added = [PrizeFields(one.name, one.kind, one.count, id=row.id)
                 for one, row in zip(HUE, case.plan.prizes, strict=True)]
        awards.change_plan(case.plan, PlanFields((*added, PrizeFields("Giải phụ", "individual", 1))), by=None,
                           now=SETTLED)
        draft = case.draw_up()
        acts.refuse_prize(case.plan.prizes[3].id, case.people[6].id, "Vắng", by=None, now=SETTLED)
        gone = draft.id
        awards.change_plan(case.plan, PlanFields(tuple(added)), by=None, now=SETTLED)
        db.session.expire_all()
        assert db.session.scalars(select(AwardList.id)).all() == [first.id]
        assert not db.session.scalars(select(Award.id).where(Award.list_id == gone)).all()
        assert not db.session.scalars(select(Refused.holder)).all()
        assert len(first.awards) == 6


@pytest.mark.parametrize(("fields", "code"), [
    (PlanFields((PrizeFields("", "individual", 1),)), "bad_prize"),
    (PlanFields((PrizeFields("Giải", "individual", 0),)), "bad_prize"),
    (PlanFields((PrizeFields("Giải", "team", 1),)), "bad_prize"),
    (PlanFields((), formula={"weights": []}), "bad_formula"),
    (PlanFields(HUE * 21), "too_many_prizes"),
])
def test_what_no_plan_can_be(app, fields, code):
    with app.app_context():
        contest, _bank, round_, _units = stage()
        plan = awards.plan_for(contest.id, round_.id, NOON)
        with pytest.raises(Refusal) as told:
            awards.change_plan(plan, fields, by=None, now=NOON)
        assert told.value.code == code


def test_prizes_of_an_audience_and_a_bloc_have_lists_of_their_own(app):
    with app.app_context():
        fields = PlanFields((PrizeFields("Nhất khối xã", "individual", 1, bloc="Khối xã"),
                             PrizeFields("Nhất", "individual", 1)))
        case = Case(fields, units=("Sở Nội vụ", "Xã Mẫu"))
        assert given(case.draw_up()) == [("Nhất khối xã", "Lê Văn 1", 1), ("Nhất", "Lê Văn 0", 1)]
        assert candidates.scope_of(case.plan, case.plan.prizes[0]) == Scope("individual", case.round.id, "", "Khối xã")


def test_more_candidates_are_read_where_the_first_are_not_enough(app, monkeypatch):
    monkeypatch.setattr(awards, "FIRST", 0)
    with app.app_context():
        case = Case(PlanFields((PrizeFields("Giải Nhất", "individual", 1),), need_phone=True))
        for who in case.people[:7]:
            who.phone = None
        db.session.flush()
        row = case.draw_up()
        assert given(row) == [("Giải Nhất", "Lê Văn 7", 8)]
        assert len(row.passed) == 7
        assert db.session.scalars(select(AwardList)).all() == [row]
        assert db.session.scalars(select(Prize.count)).all() == [1]


def test_who_is_outside_takes_no_rank_and_makes_no_tie(app):
    with app.app_context():
        case = Case(PlanFields((PrizeFields("Giải Nhất", "individual", 2), PrizeFields("Giải Nhì", "individual", 2))),
                    scoring={"chain": ["points"]})
        bar(case.contest.id, [case.people[2].id], "Ban Tổ chức", by=None, now=SETTLED)
        row = case.draw_up()
        # 4 4 (3) 3 2 2: the two with 4 points share rank 1, the one left with 3 has rank 3 beside the barred one
        assert given(row) == [("Giải Nhất", name, 1) for name in sorted(
            ("Lê Văn 0", "Lê Văn 1"), key=[one.name for one in row.awards].index)] + [("Giải Nhì", "Lê Văn 3", 3)]
        assert [(one.name, one.rank, one.reason) for one in row.passed] == [("Lê Văn 2", 3, "barred")]
        assert [one["rank"] for one in row.undecided] == [4]


def test_nobody_reads_on_where_nobody_behind_can_get_a_prize(app, monkeypatch):
    monkeypatch.setattr(awards, "FIRST", 0)
    with app.app_context():
        case = Case(PlanFields((PrizeFields("Giải Nhất", "individual", 3),), need_pass=True),
                    scoring={"pass_percent": 100})
        row = case.draw_up()
        assert [one.name for one in row.awards] == ["Lê Văn 0", "Lê Văn 1"]
        assert [one.name for one in row.passed] == ["Lê Văn 2"]  # of the first three that were read


def test_no_list_of_a_round_that_was_called_off_or_is_a_draft(app):
    with app.app_context():
        case = Case(PlanFields(HUE))
        for state in ("cancelled", "draft"):
            case.round.state = state
            db.session.flush()
            with pytest.raises(Refusal) as told:
                case.draw_up()
            assert told.value.code == "results_not_published"
