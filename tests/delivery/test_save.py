"""Every clause of the saving statement, broken in turn; both sides of every boundary."""

from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import delete, update

from contest.columns import new_id
from contest.delivery import operations, queries
from contest.delivery.models import PaperItem
from contest.delivery.save import SAVE
from contest.extensions import db
from contest.identity.models import SignIn
from tests.delivery.conftest import EDGES, NOON, SECOND, counted, set_attempt, set_round
from tests.delivery.sitting import Sitting

pytestmark = pytest.mark.usefixtures("in_app")
LIMIT = NOON + timedelta(minutes=20)
ZERO = timedelta(0)


@pytest.fixture
def sitting(cast):
    return Sitting(cast)


def test_an_answer_is_stored_as_it_arrived(sitting):
    done = sitting.save((2, 1, sitting.choose(2, 0)), now=NOON + SECOND)
    assert (done.saved, done.stale, done.refused, done.deadline) == (((2, 1),), (), (), LIMIT)
    [(slot, generation, seq, choice, received_at)] = sitting.rows
    assert (slot, generation, seq, received_at) == (2, 1, 1, NOON + SECOND)
    assert choice == f'["{sitting.tokens[2][0]}"]'


def test_several_options_are_stored_sorted_and_once(sitting):
    one, two = sorted(sitting.choose(1, 0, 1))
    sitting.save((1, 1, [two, one, two]))
    assert sitting.rows[0][3] == f'["{one}","{two}"]'
    assert sitting.save((1, 1, [one, two])).saved == ((1, 1),)  # the same choice in another order
    assert sitting.counted == {1: (one, two)}


@pytest.mark.parametrize("nothing", [None, []])
def test_a_cleared_choice_is_an_answer_that_counts_as_none(sitting, nothing):
    sitting.save((2, 1, sitting.choose(2, 0)))
    assert sitting.save((2, 2, nothing)).saved == ((2, 2),)
    assert sitting.rows[1][3] is None
    assert sitting.counted == {}


def test_a_repeated_request_leaves_one_row_and_the_first_arrival(sitting):
    answer = (2, 1, sitting.choose(2, 0))
    assert sitting.save(answer) == sitting.save(answer, now=NOON + SECOND)
    assert [row[4] for row in sitting.rows] == [NOON]


def test_the_same_seq_with_another_choice_is_a_conflict_and_changes_nothing(sitting):
    sitting.save((2, 1, sitting.choose(2, 0)))
    for other in (sitting.choose(2, 1), None):
        done = sitting.save((2, 1, other))
        assert (done.saved, done.refused, done.nothing_saved) == ((), ((2, 1, "conflict"),), True)
    assert sitting.counted == {2: tuple(sitting.choose(2, 0))}


def test_a_cleared_answer_conflicts_with_a_choice_of_the_same_seq(sitting):
    sitting.save((2, 1, None))
    assert sitting.save((2, 1, sitting.choose(2, 0))).refused == ((2, 1, "conflict"),)


def test_an_older_seq_is_stale_and_never_wins(sitting):
    sitting.save((2, 5, sitting.choose(2, 0)))
    done = sitting.save((2, 4, sitting.choose(2, 1)), now=NOON + SECOND)
    assert (done.saved, done.stale, done.nothing_saved) == ((), ((2, 4),), False)
    assert sitting.counted == {2: tuple(sitting.choose(2, 0))}


def test_a_batch_saves_what_is_valid_and_names_the_rest(sitting):
    sitting.save((4, 1, sitting.choose(4, 0)), (4, 9, sitting.choose(4, 0)))
    done = sitting.save(
        (1, 1, sitting.choose(1, 0, 1)),
        (2, 1, sitting.choose(2, 0, 1)),
        (3, 1, sitting.choose(2, 0)),
        (4, 1, sitting.choose(4, 1)),
        (4, 3, sitting.choose(4, 1)),
        (5, 1, None),
        (3, 2, "Ủy ban nhân dân"),
        (3, 3, ["no token", ""]),
    )
    assert done.saved == ((1, 1),)
    assert done.stale == ((4, 3),)
    assert done.refused == ((2, 1, "too_many_options"), (3, 1, "unknown_option"), (3, 2, "wrong_shape"),
                            (3, 3, "unknown_option"), (4, 1, "conflict"), (5, 1, "unknown_slot"))
    assert not done.nothing_saved


def test_of_several_answers_for_one_slot_in_a_batch_the_highest_seq_counts(sitting):
    done = sitting.save((2, 3, sitting.choose(2, 2)), (2, 1, sitting.choose(2, 0)), (2, 2, sitting.choose(2, 1)))
    assert (done.saved, done.stale) == (((2, 3),), ((2, 1), (2, 2)))
    assert sitting.counted == {2: tuple(sitting.choose(2, 2))}


def test_the_same_seq_twice_in_a_batch_is_one_answer_or_a_conflict(sitting):
    assert sitting.save((2, 1, sitting.choose(2, 0)), (2, 1, sitting.choose(2, 0))).saved == ((2, 1),)
    done = sitting.save((3, 1, sitting.choose(3, 0)), (3, 1, sitting.choose(3, 1)), (4, 1, None))
    assert (done.saved, done.refused) == (((4, 1),), ((3, 1, "conflict"),))
    assert 3 not in sitting.counted


def test_a_valid_answer_is_not_lost_behind_an_invalid_newer_one(sitting):
    done = sitting.save((2, 1, sitting.choose(2, 0)), (2, 2, ["nosuchtoken"]))
    assert (done.saved, done.refused) == (((2, 1),), ((2, 2, "unknown_option"),))


@pytest.mark.parametrize("token", ["", " ", "{0} {1}", "{0}x", "x{0}", "{0} ", "%", "_", "']", '"'])
def test_only_whole_tokens_of_the_slot_are_options(sitting, token):
    one, two = sitting.choose(1, 0, 1)
    done = sitting.save((1, 1, [token.format(one, two)]))
    assert done.refused == ((1, 1, "unknown_option"),)
    assert sitting.rows == []


class TestWho:
    def test_an_unknown_sign_in_is_asked_to_sign_in(self, sitting):
        assert self.code(sitting, sign_in="f" * 64) == ("sign_in_required", 401)

    def test_so_is_a_revoked_one(self, sitting):
        db.session.execute(update(SignIn).where(SignIn.id == sitting.cast.phone).values(revoked_at=NOON - SECOND))
        assert self.code(sitting) == ("sign_in_required", 401)

    @pytest.mark.parametrize("edge", EDGES)
    def test_so_is_one_from_its_last_instant_on(self, sitting, edge):
        db.session.execute(update(SignIn).where(SignIn.id == sitting.cast.phone).values(expires_at=NOON))
        db.session.commit()
        if edge < ZERO:
            assert sitting.save((2, 1, None), now=NOON + edge).saved
        else:
            assert self.code(sitting, now=NOON + edge) == ("sign_in_required", 401)

    def test_another_persons_attempt_does_not_exist(self, sitting):
        assert self.code(sitting, sign_in=sitting.cast.others) == ("not_found", 404)
        assert self.code(sitting, attempt=new_id()) == ("not_found", 404)

    def test_not_even_where_the_attempt_names_a_strangers_sign_in_as_its_owner(self, sitting):
        set_attempt(sitting.id, owner=sitting.cast.others)
        assert self.code(sitting, sign_in=sitting.cast.others) == ("not_found", 404)

    def test_another_device_has_to_take_over_first(self, sitting):
        assert self.code(sitting, sign_in=sitting.cast.laptop) == ("other_device", 409)
        operations.take_over(sitting.id, sitting.cast.account, sitting.cast.laptop, NOON)
        assert self.code(sitting) == ("other_device", 409)
        assert sitting.save((2, 1, None), sign_in=sitting.cast.laptop, generation=2).saved == ((2, 1),)

    def test_a_generation_to_come_is_malformed(self, sitting):
        assert self.code(sitting, generation=2) == ("malformed", 422)

    @staticmethod
    def code(sitting, **how):
        why = sitting.refused((2, 1, None), **how)
        assert sitting.rows == []
        return why.code, why.status


class TestWhen:
    @pytest.mark.parametrize("edge", EDGES)
    def test_the_time_limit(self, sitting, edge):
        self.try_at(sitting, LIMIT + edge, edge < ZERO, LIMIT)

    @pytest.mark.parametrize("edge", EDGES)
    def test_the_closing_of_the_round(self, sitting, edge):
        set_round(sitting.cast, closes_at=NOON + SECOND)
        self.try_at(sitting, NOON + SECOND + edge, edge < ZERO, NOON + SECOND)

    @pytest.mark.parametrize("swept", [False, True])
    @pytest.mark.parametrize("edge", EDGES)
    def test_the_grace_is_added_whether_or_not_the_attempt_was_swept(self, sitting, edge, swept):
        set_round(sitting.cast, grace_ms=3_000)
        if swept:
            operations.close_overdue(LIMIT + timedelta(hours=1))
            db.session.commit()
        self.try_at(sitting, LIMIT + 3 * SECOND + edge, edge < ZERO, LIMIT)

    @pytest.mark.parametrize("edge", EDGES)
    def test_the_submission(self, sitting, edge):
        operations.submit(sitting.id, sitting.cast.account, NOON + SECOND)
        db.session.commit()
        self.try_at(sitting, NOON + SECOND + edge, edge < ZERO, NOON + SECOND)

    @pytest.mark.parametrize("edge", EDGES)
    def test_what_arrived_in_time_is_saved_however_late_its_turn_comes(self, sitting, edge):
        operations.close_overdue(LIMIT + timedelta(hours=1))
        db.session.commit()
        self.try_at(sitting, LIMIT + edge, edge < ZERO, LIMIT)

    def test_a_void_attempt_and_a_cancelled_round_take_nothing(self, sitting):
        set_round(sitting.cast, state="cancelled")
        assert sitting.refused((2, 1, None)).code == "attempt_void"
        set_round(sitting.cast, state="published")
        set_attempt(sitting.id, state="void", finished_at=LIMIT)
        assert sitting.refused((2, 1, None)).code == "attempt_void"
        assert sitting.rows == []

    def test_an_extension_lets_the_answers_of_an_open_attempt_in(self, sitting):
        set_round(sitting.cast, closes_at=NOON + SECOND)
        assert sitting.refused((2, 1, None), now=NOON + SECOND).code == "closed"
        set_round(sitting.cast, closes_at=NOON + 2 * SECOND)
        assert sitting.save((2, 1, None), now=NOON + SECOND).saved

    @staticmethod
    def try_at(sitting, now, in_time, ended_at):
        answer = (2, 1, sitting.choose(2, 0))
        if in_time:
            assert sitting.save(answer, now=now).saved == ((2, 1),)
            assert sitting.counted == {2: tuple(sitting.choose(2, 0))}
            return
        why = sitting.refused(answer, now=now)
        assert (why.code, why.status, why.params["at"]) == ("closed", 409, ended_at)
        assert len(why.params["receipt"]) == 12
        assert sitting.rows == []


class TestTwoGenerations:
    def test_a_late_save_of_the_older_one_counts_where_the_newer_touched_nothing(self, sitting):
        laptop = sitting.cast.laptop
        sitting.save((2, 7, sitting.choose(2, 0)))
        operations.take_over(sitting.id, sitting.cast.account, laptop, NOON)
        sitting.save((2, 1, sitting.choose(2, 1)), sign_in=laptop, generation=2)
        done = sitting.save((2, 8, sitting.choose(2, 2)), (3, 4, sitting.choose(3, 0)), sign_in=laptop, generation=1)
        assert (done.saved, done.stale) == (((3, 4),), ((2, 8),))
        assert sitting.counted == {2: tuple(sitting.choose(2, 1)), 3: tuple(sitting.choose(3, 0))}

    def test_the_view_numbers_on_from_what_counts(self, sitting):
        sitting.save((2, 7, sitting.choose(2, 0)))
        view = queries.attempt_view(sitting.id, sitting.cast.account, NOON)
        assert [(item.choice, item.seq) for item in view.items] == [
            (None, 0), (tuple(sitting.choose(2, 0)), 7), (None, 0), (None, 0)]
        assert (view.answered, view.saved_at) == (1, NOON)


class TestStatements:
    def test_a_save_is_one_statement_that_knows_no_account_table(self, sitting):
        batch = [(slot, 1, sitting.choose(slot, 0)) for slot in (1, 2, 3, 4)]
        for answers in (batch[:1], batch):
            with counted(current_app) as statements:
                sitting.save(*answers)
            assert len(statements) == 1
        for statement in SAVE.values():
            assert " account " not in statement.replace("\n", " ")

    def test_a_refusal_is_two(self, sitting):
        with counted(current_app) as statements:
            sitting.refused((2, 1, None), sign_in=sitting.cast.laptop)
        assert len(statements) == 2

    def test_the_paper_decides_what_the_slots_are(self, sitting):
        db.session.execute(delete(PaperItem).where(PaperItem.attempt_id == sitting.id, PaperItem.slot == 2))
        assert sitting.save((2, 1, None)).refused == ((2, 1, "unknown_slot"),)
