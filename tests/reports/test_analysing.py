"""What a closed round's answers say of its questions, as the worker finds it and keys put it right."""

import pytest
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.delivery.models import Response
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.jobs.models import Job
from contest.jobs.running import run_next
from contest.questions.keys import AnswerKey
from contest.reports import analysing, analysis_jobs, sheets
from contest.reports.analysis_models import ANALYSE, ItemFigures, RoundAnalysis
from contest.rounds.barring import bar
from contest.rounds.models import Round
from contest.scoring.analysis import items
from contest.scoring.reliability import kr20
from contest.standings import applying, building, regrading
from contest.standings.keys import Correction
from contest.standings.operations import score_round
from contest.standings.regrading import Changes
from tests import factories as make
from tests.reports.crowd import LATER, Crowd
from tests.statements import counted


def analysed(crowd):
    """Ask, and let the worker work. Returns the round's figures by version."""
    analysing.ask(ANALYSE, crowd.ids["round"], by=crowd.ids["organiser"], now=LATER)
    db.session.commit()
    return worked(crowd)


def worked(crowd):
    while run_next(analysis_jobs.HANDLERS):
        pass
    assert set(db.session.scalars(select(Job.state))) <= {"done", "cancelled"}
    return {row.version_id: row for row in db.session.scalars(
        select(ItemFigures).where(ItemFigures.round_id == crowd.ids["round"]))}


def regraded(crowd, corrections):
    """Put keys right by two people, and build in between."""
    run = regrading.make_run(crowd.ids["round"], Changes(corrections, {}), "Đáp án sai", by=crowd.ids["organiser"],
                             now=LATER)
    list(building.building(run.id, LATER))
    applying.apply_run(run.id, "", by=crowd.ids["second"], now=LATER)
    db.session.execute(Job.__table__.delete().where(Job.kind == "run.build"))
    db.session.commit()


def plain(crowd):
    """Paper → question → hundredths, from what the crowd chose."""
    return {f"{number:03}": {one: 100 * (token == key) for one, token, key in zip(
        crowd.ids["versions"], chosen, crowd.keys, strict=True)} for number, chosen in enumerate(crowd.chosen)}


def test_the_figures_are_those_of_the_answers(app, hands):
    hands.set(LATER)
    with app.app_context():
        crowd = Crowd().settle()
        found = analysed(crowd)
        papers = plain(crowd)
        expected = items(papers)
        for place, version in enumerate(crowd.ids["versions"]):
            row, item = found[version], expected[version]
            assert (row.kind, row.asked) == ("key", 60)
            assert row.correct == sum(chosen[place] == crowd.keys[place] for chosen in crowd.chosen)
            assert [row.facility, row.correlation, row.upper, row.lower, row.discrimination] == [
                round(value * 10_000) for value in (item.facility, item.correlation, item.upper, item.lower,
                                                    item.discrimination)]
            assert row.verdict == item.verdict
            assert [(one["option"], one["papers"]) for one in row.choices] == [
                *((token, sum(chosen[place] == token for chosen in crowd.chosen)) for token in crowd.tokens[place]),
                ("", 0)]
            assert [one["option"] for one in row.choices if one["key"]] == [crowd.keys[place]]
        whole = db.session.get(RoundAnalysis, crowd.ids["round"])
        coefficient, sem = kr20(papers)
        assert (whole.method, whole.coefficient, whole.sem) == (
            "kr20", round(coefficient * 10_000), round(sem * 10_000))
        assert (whole.sittings, whole.questions, whole.runs, whole.as_of) == (60, 600, 0, LATER)


def test_a_wrong_key_is_noticed_and_gone_once_it_is_put_right(app, hands):
    hands.set(LATER)
    with app.app_context():
        crowd = Crowd(people=80, wrong_key=True).settle()
        first = crowd.ids["versions"][0]
        assert "probable_wrong_key" in analysed(crowd)[first].remarks
        before = db.session.get(RoundAnalysis, crowd.ids["round"]).coefficient
        regraded(crowd, {first: Correction("key", [crowd.keys[0]])})
        assert db.session.scalar(select(Job.state).where(Job.kind == ANALYSE, Job.state == "queued"))  # by itself
        found = worked(crowd)[first]
        assert "probable_wrong_key" not in found.remarks
        assert found.correct == sum(chosen[0] == crowd.keys[0] for chosen in crowd.chosen)
        whole = db.session.get(RoundAnalysis, crowd.ids["round"])
        assert whole.runs == 1
        assert whole.coefficient > before


@pytest.mark.parametrize("kind", ["full", "out"])
def test_what_counts_for_everybody_or_nobody_is_not_analysed(app, hands, kind):
    hands.set(LATER)
    with app.app_context():
        crowd = Crowd().settle()
        first = crowd.ids["versions"][0]
        regraded(crowd, {first: Correction(kind)})
        found = analysed(crowd)
        row = found.pop(first)
        assert (row.kind, row.asked, row.correct, row.facility, row.choices) == (kind, 60, 0, None, [])
        assert {one.kind for one in found.values()} == {"key"}
        assert db.session.get(RoundAnalysis, crowd.ids["round"]).questions == 500


def test_a_round_that_was_never_analysed_is_not_analysed_by_a_run(app, hands):
    hands.set(LATER)
    with app.app_context():
        crowd = Crowd().settle()
        regraded(crowd, {crowd.ids["versions"][0]: Correction("full")})
        assert db.session.scalars(select(Job.kind)).all() == []


def test_who_may_not_take_part_or_gave_no_answer_is_left_out(app, hands):
    hands.set(LATER)
    with app.app_context():
        crowd = Crowd()
        crowd.answered(make.account(), None, [None] * 6)
        crowd.answered(make.account(), None, [crowd.keys[0], *[None] * 5])
        crowd.settle()
        bar(crowd.ids["contest"], [crowd.ids["person"]], "Người ra đề", by=None, now=LATER)
        db.session.commit()
        found = analysed(crowd)
        row = found[crowd.ids["versions"][1]]
        assert row.asked == 60  # 60 people, one of them barred, one more with a single answer
        assert row.choices[-1] == {**row.choices[-1], "option": "", "papers": 1, "key": False}


def test_several_right_options_are_told_each_by_itself(app, hands):
    hands.set(LATER)
    with app.app_context():
        crowd = Crowd()
        version = crowd.versions[1]
        version.type = "multiple"
        db.session.get(AnswerKey, version.id).correct = sorted(crowd.tokens[1][:2])
        for attempt in crowd.attempts[:30]:
            db.session.get(Response, (attempt.id, 2, 1, 1)).choice = str(sorted(crowd.tokens[1][:2])).replace("'", '"')
        crowd.settle()
        row = analysed(crowd)[crowd.ids["versions"][1]]
        assert [(one["option"], one["key"]) for one in row.choices] == [
            (token, place < 2) for place, token in enumerate(crowd.tokens[1])]
        alone = [sum(chosen[1] == token for chosen in crowd.chosen[30:]) for token in crowd.tokens[1]]
        assert [one["papers"] for one in row.choices] == [30 + alone[0], 30 + alone[1], alone[2], alone[3]]
        assert row.correct == 30


def test_nothing_is_analysed_before_all_is_settled(app, hands):
    with app.app_context():
        crowd = Crowd(people=3)
        with pytest.raises(Refusal) as told:
            analysing.ask(ANALYSE, crowd.round.id, by=crowd.organiser.id, now=LATER)
        assert told.value.code == "not_settled"
        with pytest.raises(Missing):
            analysing.ask(ANALYSE, "0" * 32, by=crowd.organiser.id, now=LATER)
        crowd.settle()
        round_ = db.session.get(Round, crowd.ids["round"])
        analysing.ask(ANALYSE, round_.id, by=crowd.ids["organiser"], now=LATER)
        round_.state = "cancelled"  # while the job waits
        db.session.commit()
        assert run_next(analysis_jobs.HANDLERS)
        assert db.session.scalar(select(Job.error)) == "not_settled"
        assert db.session.get(RoundAnalysis, crowd.ids["round"]) is None


def test_asking_twice_is_one_job_on_record(app, hands):
    hands.set(LATER)
    with app.app_context():
        crowd = Crowd(people=3).settle()
        first = analysing.ask(ANALYSE, crowd.ids["round"], by=crowd.ids["organiser"], now=LATER)
        assert analysing.ask(ANALYSE, crowd.ids["round"], by=crowd.ids["second"], now=LATER) is first
        assert db.session.scalars(select(AuditEvent.account_id).where(
            AuditEvent.action == ANALYSE)).all() == [crowd.ids["organiser"]]


def test_a_run_while_it_is_read_has_it_read_again(app, hands):
    hands.set(LATER)
    with app.app_context():
        crowd = Crowd(people=3).settle()
        analysing.ask(ANALYSE, crowd.ids["round"], by=crowd.ids["organiser"], now=LATER).state = "running"
        analysing.renew(crowd.ids["round"], LATER)
        assert sorted(db.session.scalars(select(Job.state))) == ["queued", "running"]
        analysing.renew(crowd.ids["round"], LATER)
        assert sorted(db.session.scalars(select(Job.state))) == ["queued", "running"]


def test_the_worker_asks_by_bites(app, hands, monkeypatch):
    """Three statements for so many sittings at a time, whatever the number of questions."""
    hands.set(LATER)
    monkeypatch.setattr(sheets, "BITE", 10)
    with app.app_context():
        crowd = Crowd(people=30).settle()
    told = []
    with counted(app) as first, app.app_context():
        analysing.gather(db.session.get(Round, crowd.ids["round"]), lambda done, total: told.append((done, total)))
    assert told == [(10, 30), (20, 30), (30, 30)]
    with app.app_context():
        for one in (crowd.round, crowd.bank, *crowd.versions):
            db.session.add(one)
        for number in range(10):
            crowd.answered(make.account(), None, crowd.chosen[number])
        score_round(crowd.ids["round"], LATER)
        db.session.commit()
    with counted(app) as second, app.app_context():
        analysing.gather(db.session.get(Round, crowd.ids["round"]), lambda *_: None)
    assert len(second) - len(first) == 3
