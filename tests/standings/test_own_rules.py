"""Questions of one round with a rule and different parameters of their own: sat, marked, graded anew."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.delivery import operations, queries
from contest.delivery.save import Answer, save_answers
from contest.extensions import db
from contest.questions.content import Choice, Content
from contest.questions.keys import AnswerKey
from contest.questions.matching import Insert
from contest.questions.models import QuestionVersion
from contest.questions.operations import draw_rows, write_rows
from contest.standings import applying, building, regrading
from contest.standings.keys import Correction
from contest.standings.models import Result
from contest.standings.operations import SETTLE, score_round
from contest.standings.regrading import Changes
from contest.standings.results import attempt_result
from tests import factories
from tests.factories import NOON

CLOSED = NOON + timedelta(hours=6)
SETTLED = CLOSED + SETTLE + timedelta(minutes=1)
WHY = "Đáp án câu hai sai theo Nghị định 61/2018"


def asked(stem, kind, settings):
    return Content(kind, stem, (Choice("Một", True), Choice("Hai", kind == "multiple"), Choice("Ba", False)),
                   topic=stem, settings=tuple(sorted(settings.items())))


# In the paper's order: what each question says of its marking; each is answered with "Một" and "Ba", or with "Ba".
ASKED = [asked("a", "multiple", {"rule": "negative", "penalty_percent": "20"}),
         asked("b", "multiple", {"rule": "negative", "penalty_percent": "80"}),
         asked("c", "multiple", {"rule": "negative"}),
         asked("d", "single", {"rule": "all_or_nothing", "penalty_percent": "25"}),
         asked("e", "single", {"rule": "all_or_nothing", "penalty_percent": "50"}),
         asked("f", "single", {})]
# One right and one wrong of two: (1 - 0.2) / 2, (1 - 0.8) / 2, (1 - 1) / 2; wrong: -0.25, -0.50, 0.
MARKS = [40, 10, 0, -25, -50, 0]


class Sat:
    """A sitting through the product, finished, with its round scored."""

    def __init__(self, scoring=None):
        bank = factories.bank(0)
        write_rows(draw_rows(bank.id, [Insert(one.stem, one) for one in ASKED], (), by=None, now=NOON))
        db.session.flush()
        self.round = factories.round_(factories.contest(), bank, result_shown="review", shuffle_questions=False,
                                      scoring={"floor": False, **(scoring or {})})
        self.round.blueprint = [{"bank_id": None, "topic": one.topic, "level": None, "count": 1} for one in ASKED]
        self.author, self.second = factories.account(), factories.account()
        self.who = factories.account()
        sign_in = factories.sign_in(self.who, "phone")
        self.attempt = operations.start(self.round.id, self.who.id, sign_in.id, True, NOON).attempt_id
        items = queries.attempt_view(self.attempt, self.who.id, NOON).items
        assert [item.stem for item in items] == [one.stem for one in ASKED]
        self.told = [item.penalty for item in items]
        answers = [Answer(item.slot, 1, tuple(sorted(option.id for option in item.options if option.text in (
            ("Một", "Ba") if item.type == "multiple" else ("Ba",))))) for item in items]
        done = save_answers(db.session.connection(), self.attempt, sign_in.id, 1, answers, NOON)
        assert len(done.saved) == len(ASKED)
        operations.submit(self.attempt, self.who.id, NOON + timedelta(minutes=5))
        score_round(self.round.id, SETTLED)
        self.versions = [item.version_id for item in items]

    @property
    def marks(self):
        return [item.points for item in attempt_result(self.attempt, self.who.id, SETTLED + timedelta(days=1)).review]

    @property
    def points(self):
        db.session.expire_all()
        return db.session.get(Result, self.attempt).points

    def options(self, number):
        version = db.session.get(QuestionVersion, self.versions[number])
        return {option["text"]: option["id"] for option in version.options}

    def applied(self, run):
        steps = (applying.building_back if run.undoes_id else building.building)(run.id, SETTLED)
        assert all(done <= total for done, total in steps)
        applying.apply_run(run.id, "Đã kiểm tra", by=self.second.id, now=SETTLED)
        return run


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def test_each_question_is_marked_by_its_own_parameter(context):
    sat = Sat()
    assert sat.marks == MARKS
    assert sat.points == sum(MARKS)
    assert sat.told == ["part 20", "part 80", "part 100", "whole 25", "whole 50", ""]


def test_a_corrected_key_is_marked_by_the_same_parameters_and_undone_exactly(context):
    """Of the second question only "Hai" was right, of the fourth "Ba"."""
    sat = Sat()
    two, four = sat.options(1), sat.options(3)
    run = sat.applied(regrading.make_run(sat.round.id, Changes({
        sat.versions[1]: Correction("key", [two["Hai"]]), sat.versions[3]: Correction("key", [four["Ba"]])}, {}, None),
        WHY, by=sat.author.id, now=SETTLED))
    # Nothing right and two wrong: -2 × 0.8 ends at -1; the fourth has its whole point, the others stay.
    changed = [40, -100, 0, 100, -50, 0]
    assert (sat.marks, sat.points) == (changed, sum(changed))
    back = applying.undo_run(run.id, "Trả lại như cũ, nhầm câu", by=sat.author.id, now=SETTLED)
    sat.applied(back)
    assert (sat.marks, sat.points) == (MARKS, sum(MARKS))


def test_a_run_that_gives_the_round_a_rule_replaces_them_and_the_types_without_keep_theirs(context):
    sat = Sat()
    policy = {"floor": False, "marking": {"multiple": {"rule": "negative", "penalty_percent": 50}}}
    sat.applied(regrading.make_run(sat.round.id, Changes({}, {}, policy), WHY, by=sat.author.id, now=SETTLED))
    assert sat.marks == [25, 25, 25, -25, -50, 0]
    assert sat.points == 25 * 3 - 75


@pytest.mark.parametrize(("marking", "told"), [
    ({"multiple": {"rule": "partial"}}, ["", "", "", "whole 25", "whole 50", ""]),
    ({"single": {"rule": "all_or_nothing"}}, ["part 20", "part 80", "part 100", "", "", ""]),
    ({"multiple": {"rule": "credits", "below_zero": 1}},
     ["part 20", "part 80", "part 100", "whole 25", "whole 50", ""]),
])
def test_a_contestant_is_told_only_what_holds(context, marking, told):
    assert Sat({"marking": marking}).told == told


def test_the_same_rule_said_by_the_round_gives_the_same_marks(context):
    sat = Sat({"marking": {"multiple": {"rule": "negative", "penalty_percent": 80},
                           "single": {"rule": "all_or_nothing", "penalty_percent": 25}}})
    assert sat.marks == [10, 10, 10, -25, -25, -25]


def test_credits_of_a_round_leave_questions_without_credits_to_their_own_rule(context):
    """Else every answer to them would be worth nothing, the right one too."""
    sat = Sat({"marking": {kind: {"rule": "credits"} for kind in ("single", "multiple")}})
    assert sat.marks == MARKS


def test_a_rule_that_cannot_be_stops_the_scoring_of_its_round_by_name(context):
    sat = Sat()
    row = db.session.get(AnswerKey, sat.versions[0])
    row.settings = {"rule": "negative", "penalty_percent": "0"}
    db.session.flush()
    with pytest.raises(ValueError, match="negative: penalty_percent must be a whole number from 1 to 100"):
        attempt_result(sat.attempt, sat.who.id, SETTLED + timedelta(days=1))
    assert db.session.scalars(select(Result)).all()
