"""What predictions are compared with is told wherever results may be seen, in its unit, and nowhere before."""

import json
from datetime import timedelta

import openpyxl
import pytest

from contest.awards import candidates, deciding
from contest.awards import operations as awards
from contest.awards.operations import PlanFields, PrizeFields
from contest.extensions import db
from contest.reports.exports import write_results
from contest.rounds.adding_up import set_overall
from contest.rounds.models import Round
from contest.serving import worker_tick
from contest.standings import applying, building, published_files
from contest.standings.board_models import Board
from contest.standings.operations import SETTLE, give_number, publish_results, score_round
from contest.standings.regrading import Changes, make_run
from tests import factories
from tests.awards.stage import text
from tests.factories import NOON
from tests.rounds.cast import client_of
from tests.standings.cast import sit, stage
from tests.statements import counted

FREEZES = NOON + timedelta(minutes=30)
CLOSES = NOON + timedelta(hours=1)
AFTER = CLOSES + SETTLE + timedelta(minutes=1)
LABEL = "Giá trị đúng của câu dự đoán"
BY_GUESS = {"chain": ["points", "distance"]}
TOLD = {"perfect_percent": "33,33333 %", "participants": "3", "perfect_entries": "1", "number": "25.980"}
STORED = {"perfect_percent": 3_333_333, "participants": 3, "perfect_entries": 1, "number": 25_980}


class Hall:
    """A round of three: An has everything right, Bình and Chi the same; of them Chi guesses rightly, Bình 10 off.

    With a second round that asks nothing, and a board over both by distances.
    """

    def __init__(self, app, hands, kind="perfect_percent", *, settled=True, **columns):
        self.app, self.hands, self.kind = app, hands, kind
        columns = {"closes_at": CLOSES, "mask_names": False, "audience": "official", "scoring": BY_GUESS} | columns
        with app.app_context():
            contest, bank, round_, (unit,) = stage(questions=4, prediction=kind, prediction_text="Bao nhiêu hồ sơ?",
                                                   **columns)
            set_overall(contest.id, {"rounds": {"how": "sum"}, **BY_GUESS}, by=None, now=NOON)
            people = [factories.account(name=name, unit=unit) for name in ("An", "Bình", "Chi")]
            office, other = (factories.account(roles=("organiser",)) for _ in range(2))
            guesses = (None, STORED[kind] + 10, STORED[kind])
            self.attempts = []
            for who, right, guess in zip(people, (4, 3, 3), guesses, strict=True):
                attempt = sit(round_, bank, who, unit=unit, right=right, wrong=1 if right < 4 else 0)
                attempt.prediction = guess
                self.attempts.append(attempt.id)
            self.round, self.contest, self.code, self.other = round_.id, contest.id, contest.code, other.id
            self.ids = [who.id for who in people]
            self.author = office.id
            db.session.commit()
        self.an, self.binh, self.chi = (client_of(app, id_) for id_ in self.ids)
        self.office = client_of(app, self.author)
        hands.set(AFTER)
        if settled:
            self.settle()

    def settle(self):
        with self.app.app_context():
            if self.kind == "number":
                give_number(self.round, 25_980, by=None, now=AFTER)
            score_round(self.round, AFTER)
            db.session.commit()
            worker_tick()

    def publish(self):
        with self.app.test_request_context():
            publish_results(self.round, by=None, now=AFTER)
            row = published_files.publish(self.round, "", by=None, now=AFTER)
            db.session.commit()
            published_files.let_hold(row)

    def own(self, client, n):
        return text(client.get(f"/luot-thi/{self.attempts[n]}/ket-qua"))

    def board(self):
        return text(self.binh.get(f"/dot-thi/{self.round}/xep-hang"))

    def listed(self, number, name):
        with self.binh.get(f"/cong-bo/{self.round}/{number}/{name}") as answer:
            return answer.get_data(as_text=True) if answer.status_code == 200 else None


@pytest.mark.parametrize("kind", TOLD)
def test_it_stands_with_one_s_own_guess_on_the_board_and_in_the_published_list(app, hands, tmp_path, kind):
    hall, told = Hall(app, hands, kind), TOLD[kind]
    hall.publish()
    off = {"perfect_percent": "0,0001 %"}.get(kind, "10")
    guess = {"perfect_percent": "33,33343 %", "number": "25.990"}.get(kind, str(STORED[kind] + 10))
    assert f"Dự đoán {guess} {LABEL} {told} Dự đoán lệch {off} " in hall.own(hall.binh, 1)
    assert f"Dự đoán Không ghi {LABEL} {told} Hạng" in hall.own(hall.an, 0)
    assert f"{LABEL}: {told} " in hall.board()
    data = json.loads(hall.listed(1, "board.json"))
    assert data["prediction"] == {"kind": kind, "actual": STORED[kind]}
    assert f'{LABEL}: <b class="num">{told}</b>'.replace(" %", "\u00a0%") in hall.listed(1, "cbccvc-1.html")
    assert told in text(hall.office.get(f"/thong-ke/{hall.round}"))
    with app.app_context():
        write_results(hall.round, tmp_path / "x.xlsx", AFTER)
    book = openpyxl.load_workbook(tmp_path / "x.xlsx")
    for sheet in ("Tổng hợp", "Thí sinh", "Lượt thi"):
        found = {row[0].value: row[1] for row in book[sheet].iter_rows(max_col=2)}[LABEL]
        assert found.value == (STORED[kind] / 10_000_000 if kind == "perfect_percent" else STORED[kind])
        assert found.number_format == ("0.00000%" if kind == "perfect_percent" else "#,##0")


def test_a_round_that_asks_for_none_says_nothing_of_it(app, hands):
    hall = Hall(app, hands, scoring={"chain": ["points", "finished_at"]})
    with app.app_context():
        db.session.get(Round, hall.round).prediction = "none"
        db.session.commit()
    hall.publish()
    for page in (hall.own(hall.binh, 1), hall.board(), hall.listed(1, "cbccvc-1.html"),
                 text(hall.office.get(f"/thong-ke/{hall.round}"))):
        assert "dự đoán" not in page.lower()
    assert "prediction" not in json.loads(hall.listed(1, "board.json"))


@pytest.mark.parametrize(("columns", "settled"), [
    ({"board_shown": "never"}, True), ({"board_shown": "after_close", "board_freezes_at": FREEZES}, True),
    ({"board_shown": "after_close"}, False)])
def test_nowhere_while_the_board_is_hidden_stands_still_or_is_not_settled(app, hands, columns, settled):
    hall = Hall(app, hands, result_shown="score", settled=False, **columns)
    hands.set(FREEZES)
    with app.app_context():
        worker_tick()
    hands.set(AFTER)
    if settled:
        hall.settle()
        with app.app_context():
            assert db.session.get(Board, hall.round).actual == STORED["perfect_percent"]
    page = hall.own(hall.binh, 1)
    assert "Dự đoán 33,33343 %" in page  # one's own is nobody's secret
    assert LABEL not in page
    assert "lệch" not in page
    assert LABEL not in hall.board()
    assert (LABEL in text(hall.office.get(f"/thong-ke/{hall.round}"))) is settled


def test_a_published_list_keeps_its_value_when_a_run_changes_it(app, hands):
    hall = Hall(app, hands, "participants")
    hall.publish()
    with app.test_request_context():
        run = make_run(hall.round, Changes({}, {hall.attempts[0]: "Thi hộ"}), "Thi hộ", by=hall.author, now=AFTER)
        list(building.building(run.id, AFTER))
        applying.apply_run(run.id, "", by=hall.other, now=AFTER)
        row = published_files.publish(hall.round, "Chấm lại", by=None, now=AFTER)
        db.session.commit()
        published_files.let_hold(row)
        assert published_files.forged() == []
    assert [json.loads(hall.listed(number, "board.json"))["prediction"]["actual"] for number in (1, 2)] == [3, 2]
    assert f"{LABEL}: 2 " in hall.board()
    assert f"{LABEL} 2 Dự đoán lệch 11" in hall.own(hall.binh, 1)


def test_the_board_over_rounds_and_its_prizes_tell_percentages_as_such(app, hands):
    hall = Hall(app, hands)
    hall.publish()
    page = text(hall.binh.get(f"/cuoc-thi/{hall.code}/xep-hang-chung"))
    assert f"{LABEL}: Tuần 1: 33,33333 %" in page
    assert "Sau hạng 2 vì dự đoán xa hơn: lệch 0,0001 so với 0." in page
    with app.test_request_context():
        row = published_files.publish_overall(hall.contest, "", by=None, now=AFTER)
        plan = awards.plan_for(hall.contest, None, NOON)
        awards.change_plan(plan, PlanFields((PrizeFields("Giải Nhất", "individual", 2),)), by=None, now=NOON)
        found, _names = awards.outcome_of(plan)
        reasons = deciding.decided(plan, found, candidates.scopes_of(plan)).values()
        told = [one for one in reasons if one["criterion"] == "distance"]
        assert [(one["mine"], one["other"], one["prediction"]) for one in told] == [(0, 10, "perfect_percent")]
        folder = published_files.folder(hall.contest) / str(row.number)
        (one,) = json.loads((folder / "board.json").read_text())["rounds"]
        assert one["prediction"] == {"kind": "perfect_percent", "actual": 3_333_333}
        assert f'{LABEL}: Tuần 1: <b class="num">33,33333\u00a0%</b></p>' in (folder / "cbccvc-1.html").read_text()
        db.session.rollback()


def test_as_many_statements_as_before_where_nothing_is_guessed(app, hands):
    """Of the board's page: 9 as `test_views` counts them, and one for the value where the round asks."""
    hall = Hall(app, hands)
    counts = []
    for kind in ("perfect_percent", "none"):
        with app.app_context():
            db.session.get(Round, hall.round).prediction = kind
            db.session.commit()
        hall.board()
        with counted(app) as seen:
            hall.board()
        counts.append(len(seen))
    assert counts[0] - counts[1] == 1
