"""What a grading run would do to the prizes, told before it holds: the same as what it does once it does."""

import random
from datetime import timedelta

import pytest

from contest.awards import operations as awards
from contest.awards import under_run
from contest.awards.models import AwardList, PrizePlan
from contest.awards.operations import PlanFields, PrizeFields
from contest.extensions import db
from contest.identity.models import Account
from contest.rounds.adding_up import set_overall
from contest.rounds.barring import bar
from contest.standings import applying, building, overall_building, overall_runs, regrading, run_totals
from contest.standings import overall as overalls
from contest.standings.board_models import Board
from contest.standings.keys import Correction
from contest.standings.operations import publish_results, score_round
from contest.standings.regrading import Changes
from contest.standings.run_models import GradingRun, RunTotal
from tests.awards.stage import text
from tests.awards.test_lists import CLOSED, NOON, SETTLED
from tests.factories import account, round_, signed_in
from tests.standings.cast import save, sit, stage, versions
from tests.standings.test_regrading import LATER, WHY

MINUTE = timedelta(minutes=1)
UNITS = ("Sở Nội vụ", "Xã Mẫu", "Sở Y tế")
PRIZES = (PrizeFields("Nhất", "individual", 2), PrizeFields("Nhì", "individual", 3, audience="official"),
          PrizeFields("Nhì (dân)", "individual", 1, audience="citizen"),
          PrizeFields("Khối xã", "individual", 2, bloc="Khối xã"), PrizeFields("Tập thể", "collective", 2),
          PrizeFields("Đúng hết nhiều nhất", "collective", 1, measure="perfect"))
FIRSTS = PrizeFields("Nhiều giải Nhất", "collective", 1, measure="firsts")
FORMULA = {"weights": [{"component": "average", "percent": 60}, {"component": "perfect", "percent": 40}],
           "group": "overall", "ties": ["people"]}


ASKED = {"prediction": "number", "prediction_text": "Bao nhiêu hồ sơ?", "prediction_given": 1_000}


class Case:
    """Fourteen people of three units; who answers what is drawn by lot."""

    def __init__(self, lots, *, chain=("points", "taken_ms"), **rules):
        self.contest, self.bank, self.round, units = stage(
            units=UNITS, closes_at=CLOSED, scoring={"chain": list(chain), "pass_percent": 50, "seed": "Xổ số"},
            **(ASKED if "distance" in chain else {}))
        self.author, self.second = account(roles=("organiser",)), account(roles=("organiser",))
        self.people = [account(name=f"Lê Văn {n}", unit=units[n % 3], audience="citizen" if n % 4 == 3 else "official")
                       for n in range(14)]
        self.attempts = []
        first = versions(self.bank)[0]
        for n, who in enumerate(self.people):
            who.phone = None if lots.random() < 0.2 else "0912345678"
            made = sit(self.round, self.bank, who, unit=units[n % 3], right=lots.randint(0, 4), wrong=4,
                       minutes=5 + lots.randint(0, 3))
            save(made, 1, [lots.choice(first.options)["id"]], made.started_at.replace(microsecond=5000), seq=9)
            made.prediction = lots.randint(900, 1_100) if "distance" in chain else None
            self.attempts.append(made)
        bar(self.contest.id, [self.people[lots.randint(0, 13)].id], "Ban Tổ chức", by=None, now=NOON)
        score_round(self.round.id, SETTLED)
        publish_results(self.round.id, by=None, now=SETTLED)
        self.plan = awards.plan_for(self.contest.id, self.round.id, NOON)
        awards.change_plan(self.plan, PlanFields(PRIZES, formula=FORMULA, **rules), by=None, now=NOON)
        self.options = [one["id"] for one in first.options]
        self.version = first.id

    def run(self, correction, gone=(), given=None):
        made = regrading.make_run(self.round.id, Changes(
            {self.version: correction} if correction else {}, dict.fromkeys(gone, "Thi hộ"), given=given), WHY,
            by=self.author.id, now=LATER)
        list(building.building(made.id, LATER))
        return made


def told(found):
    """An outcome without the order of equal ones, which decides nothing."""
    outcome, names = found
    return (sorted((one.prize_id, one.holder, one.reason, sorted(one.params.items())) for one in outcome.awards),
            sorted((one.prize_id, one.holder, one.reason, one.params["rank"]) for one in outcome.passed),
            sorted((one.rank, sorted(one.candidate_ids), one.places) for one in outcome.undecided),
            sorted((one.prize_id, one.places, one.reason) for one in outcome.unfilled),
            {id_: (holder.name, holder.points) for (_scope, id_), holder in names.items()})


@pytest.mark.parametrize("seed", range(8))
def test_the_preview_is_what_applying_gives(app, seed, monkeypatch):
    lots = random.Random(seed)
    monkeypatch.setattr(awards, "FIRST", lots.choice((-8, 200)))
    with app.app_context():
        case = Case(lots, chain=("points",) if seed % 2 else ("points", "taken_ms"), need_pass=seed % 3 == 0,
                    need_phone=seed % 3 == 1, one_per_person=seed % 4 != 3)
        correction = lots.choice((Correction("out"), Correction("full"), Correction("key", [case.options[1]]), None))
        gone = [one.id for one in lots.sample(case.attempts, 0 if correction else 3)]
        before = told(awards.outcome_of(case.plan))
        made = case.run(correction, gone)
        preview = told(awards.outcome_of(case.plan, under_run.of_round(made).read))
        assert told(awards.outcome_of(case.plan)) == before  # nothing holds yet
        applying.apply_run(made.id, "", by=case.second.id, now=LATER)
        after = told(awards.outcome_of(case.plan))
        assert preview[:4] == after[:4]
        shared = preview[4].keys() & after[4].keys()
        assert {id_: preview[4][id_] for id_ in shared} == {id_: after[4][id_] for id_ in shared}
        assert preview != before or correction is None


@pytest.mark.parametrize("seed", range(4))
def test_so_is_that_of_a_number_that_was_mistyped(app, seed):
    """Nobody's points change: only who is nearer."""
    lots = random.Random(seed)
    with app.app_context():
        case = Case(lots, chain=("distance", "draw") if seed % 2 else ("points", "distance", "draw"))
        before = told(awards.outcome_of(case.plan))
        made = case.run(None, given=1_100 if seed < 2 else 900)
        preview = told(awards.outcome_of(case.plan, under_run.of_round(made).read))
        assert preview[0] != before[0] == told(awards.outcome_of(case.plan))[0]
        applying.apply_run(made.id, "", by=case.second.id, now=LATER)
        assert told(awards.outcome_of(case.plan))[:4] == preview[:4]
        back = applying.undo_run(made.id, "Số cũ đúng", by=case.author.id, now=LATER)
        list(applying.building_back(back.id, LATER))
        assert told(awards.outcome_of(case.plan, under_run.of_round(back).read))[:4] == before[:4]


class Season(Case):
    """The same with a second round, which most of the people sat as well, and prizes of the contest as a whole."""

    def __init__(self, lots, overall, **rules):
        super().__init__(lots, **rules)
        second = round_(self.contest, self.bank, closes_at=CLOSED)
        for who in self.people:
            if lots.random() < 0.7:
                sit(second, self.bank, who, right=lots.randint(0, 4), wrong=4, minutes=5 + lots.randint(0, 3))
        db.session.flush()
        set_overall(self.contest.id, overall, by=None, now=NOON)
        overalls.renew(self.contest.id, SETTLED)
        publish_results(second.id, by=None, now=SETTLED)
        self.whole = awards.plan_for(self.contest.id, None, NOON)
        awards.change_plan(self.whole, PlanFields((*PRIZES, FIRSTS), formula=FORMULA, **rules), by=None, now=NOON)


@pytest.mark.parametrize("seed", range(8))
def test_of_the_whole_contest_too(app, seed, monkeypatch):
    lots = random.Random(seed)
    monkeypatch.setattr(awards, "FIRST", lots.choice((-8, 200)))
    monkeypatch.setattr(run_totals, "CHUNK", 3)
    how = ({"how": "sum"}, {"how": "best", "k": 1}, {"how": "sum", "weights": [100, 0]}, {"how": "last"})[seed % 4]
    with app.app_context():
        case = Season(lots, {"rounds": how}, need_phone=seed % 3 == 1, one_per_person=seed % 4 != 3)
        correction = lots.choice((Correction("out"), Correction("full"), Correction("key", [case.options[1]]), None))
        gone = [one.id for one in lots.sample(case.attempts, 0 if correction else 5)]
        before = told(awards.outcome_of(case.whole))
        made = case.run(correction, gone)
        assert run_totals.current(made)
        overalls.renew(case.contest.id, NOON)  # whatever instant it bears, the board may be another by now
        assert not run_totals.current(made)
        list(building.building(made.id, SETTLED))
        assert run_totals.current(made)
        preview = told(awards.outcome_of(case.whole, under_run.of_contest(made).read))
        assert told(awards.outcome_of(case.whole)) == before
        applying.apply_run(made.id, "", by=case.second.id, now=LATER)
        after = told(awards.outcome_of(case.whole))
        assert preview[:4] == after[:4]
        shared = preview[4].keys() & after[4].keys()
        assert {id_: preview[4][id_] for id_ in shared} == {id_: after[4][id_] for id_ in shared}
        assert db.session.query(RunTotal).count() == 0  # decided: nobody asks any more
        back = applying.undo_run(made.id, "Nhầm", by=case.author.id, now=LATER)
        list(applying.building_back(back.id, LATER))
        assert told(awards.outcome_of(case.whole, under_run.of_contest(back).read))[:4] == before[:4]


def test_the_page_names_the_prizes_of_the_whole_contest(app, hands):
    hands.set(LATER)
    with app.app_context():
        case = Season(random.Random(7), {"rounds": {"how": "sum"}})
        leader = awards.outcome_of(case.whole)[0].awards[0]
        name = db.session.get_one(Account, leader.holder).name
        made = case.run(None, [one.id for one in case.attempts if one.account_id == leader.holder])
        page, decider, contest = address(case, made), case.second.id, case.contest.id
        db.session.commit()
    client = as_organiser(app, decider)
    whole = text(client.get(page + "/giai-thuong")).partition("Giải chung của cuộc thi")[2]
    assert f"{name} " in whole
    assert "mất giải" in whole
    assert "Số giải Nhất của đơn vị tính theo danh sách đã chốt của các đợt" in whole
    with app.app_context():
        overalls.renew(contest, LATER + MINUTE)
        db.session.commit()
    assert "Bảng xếp hạng chung đã thay đổi từ khi lập bản xem trước này." in text(client.get(page + "/giai-thuong"))


def test_a_round_that_is_not_official_changes_nothing_of_the_whole(app, hands):
    hands.set(LATER)
    with app.app_context():
        case = Season(random.Random(7), {"rounds": {"how": "sum"}})
        case.round.results_published_at = None
        overalls.renew(case.contest.id, SETTLED)
        made = case.run(Correction("full"))
        assert db.session.query(RunTotal).count() == 0
        page, who = address(case, made), case.second.id
        db.session.commit()
    assert "Bảng xếp hạng chung chưa tính đợt này" in text(as_organiser(app, who).get(page + "/giai-thuong"))


def address(case, made):
    return f"/to-chuc/dot-thi/{case.round.id}/cham-lai/{made.number}"


def as_organiser(app, account_id):
    with app.app_context():
        row = db.session.get_one(Account, account_id)
        db.session.expunge(row)
    return signed_in(app.test_client(), row)


def test_the_page_names_who_gains_and_who_loses(app, hands):
    hands.set(LATER)
    with app.app_context():
        case = Case(random.Random(5), chain=("points", "taken_ms", "draw"))
        first = awards.outcome_of(case.plan)
        leader = next(one for one in first[0].awards if one.prize_id == case.plan.prizes[0].id)
        attempt = next(one.id for one in case.attempts if one.account_id == leader.holder)
        name = db.session.get_one(Account, leader.holder).name
        made = case.run(None, [attempt])
        page, decider = address(case, made), case.second.id
        db.session.commit()
    client = as_organiser(app, decider)
    assert "làm thay đổi giải thưởng ra sao" in text(client.get(page))
    told_ = text(client.get(page + "/giai-thuong"))
    assert f"{name} " in told_
    assert "Nhất – mất giải" in told_
    assert "đổi giải" in told_
    assert "trường hợp thay đổi" in told_
    with app.app_context():
        applying.apply_run(db.session.query(GradingRun).one().id, "", by=decider, now=LATER)
        db.session.commit()
    assert client.get(page + "/giai-thuong").status_code == 409  # it holds: nothing is left to tell


def test_without_prizes_the_page_says_where_to_plan_them(app, hands):
    hands.set(LATER)
    with app.app_context():
        case = Case(random.Random(1))
        awards.change_plan(db.session.get_one(PrizePlan, case.plan.id), PlanFields(()), by=None, now=NOON)
        made = case.run(Correction("full"))
        page, who = address(case, made), case.second.id
        db.session.commit()
    assert "Đợt thi chưa có cơ cấu giải thưởng" in text(as_organiser(app, who).get(page + "/giai-thuong"))


@pytest.mark.parametrize("seed", range(6))
def test_of_other_rules_of_the_contest_s_board_too(app, seed, monkeypatch):
    lots = random.Random(seed)
    monkeypatch.setattr(awards, "FIRST", lots.choice((-8, 200)))
    monkeypatch.setattr(overall_building, "CHUNK", 3)
    old, new = lots.sample(({"how": "sum"}, {"how": "best", "k": 1}, {"how": "sum", "weights": [100, 0]},
                            {"how": "sum", "weights": [50, 200]}, {"how": "last"}), 2)
    with app.app_context():
        case = Season(lots, {"rounds": old}, need_phone=seed % 3 == 1, one_per_person=seed % 4 != 3)
        before = told(awards.outcome_of(case.whole))
        run = overall_runs.make_run(case.contest.id, {"rounds": new, "chain": ["points", "correct"]}, WHY,
                                    by=case.author.id, now=LATER)
        list(overall_building.building(run.id, LATER))
        preview = told(awards.outcome_of(case.whole, under_run.of_rules(run).read))
        assert told(awards.outcome_of(case.whole)) == before
        assert preview != before
        overall_runs.apply_run(run.id, "", by=case.second.id, now=LATER)
        after = told(awards.outcome_of(case.whole))
        assert preview[:4] == after[:4]
        shared = preview[4].keys() & after[4].keys()
        assert {id_: preview[4][id_] for id_ in shared} == {id_: after[4][id_] for id_ in shared}


def test_the_page_of_other_rules_names_prizes_and_the_frozen_list(app, hands):
    hands.set(LATER)
    with app.app_context():
        case = Season(random.Random(2), {"rounds": {"how": "sum"}}, need_phone=False)
        decision = awards.Decision("15/QĐ", SETTLED.date(), "Nguyễn Văn Mẫu")
        awards.change_plan(case.whole, PlanFields((PrizeFields("Giải Nhất chung", "individual", 1),)), by=None,
                           now=SETTLED)
        row = awards.make_list(case.whole, by=None, now=SETTLED)
        awards.freeze_list(row.id, decision, by=case.author.id, now=SETTLED)
        run = overall_runs.make_run(case.contest.id, {"rounds": {"how": "sum", "weights": [0, 100]}}, WHY,
                                    by=case.author.id, now=LATER)
        path = f"/to-chuc/cuoc-thi/{case.contest.id}/xep-hang-chung/sua/{run.number}/giai-thuong"
        db.session.commit()
        list(overall_building.building(run.id, LATER))
        db.session.commit()
        second, list_id, run_id = db.session.get(Account, case.second.id), row.id, run.id
        contest_id = case.contest.id
        db.session.expunge(second)
    client = signed_in(app.test_client(), second)
    page = text(client.get(path))
    assert "Giải Nhất chung" in page
    assert "Theo cách tính mới" in page
    assert "Danh sách đó không tự đổi; nếu cách tính mới được duyệt" in page
    with app.app_context():
        before = [(one.name, one.prize_name) for one in db.session.get(AwardList, list_id).awards]
        overall_runs.apply_run(run_id, "", by=second.id, now=LATER)
        db.session.commit()
        assert [(one.name, one.prize_name) for one in db.session.get(AwardList, list_id).awards] == before
    assert client.get(path).status_code == 409
    with app.app_context():
        back = overall_runs.undo_run(run_id, WHY, by=second.id, now=LATER)
        list(overall_building.building(back.id, LATER))
        db.session.get(Board, contest_id).revision += 1
        db.session.commit()
    assert "Chưa so được giải chung" in text(client.get(path.replace("/1/", "/2/")))
