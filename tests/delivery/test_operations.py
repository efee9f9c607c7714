from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from contest.columns import new_id
from contest.delivery import acts, operations, queries
from contest.delivery.models import Attempt, Flag, PaperItem, Response
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds.models import Entry, Round
from contest.rounds.pools import drawn
from contest.rounds.publishing import cancel_round
from tests import factories as make
from tests.delivery.conftest import EDGES, MS, NOON, SECOND, set_attempt, set_round

pytestmark = pytest.mark.usefixtures("in_app")
LIMIT = NOON + timedelta(minutes=20)


def refused(act, *arguments):
    with pytest.raises(Refusal) as caught:
        act(*arguments)
    db.session.rollback()
    return caught.value


def attempts():
    return db.session.scalars(select(Attempt).order_by(Attempt.number)).all()


def answer(attempt_id, slot, choice='["t"]', *, seq=1, generation=1, at=NOON):
    db.session.add(Response(attempt_id=attempt_id, slot=slot, generation=generation, seq=seq, choice=choice,
                            received_at=at))
    db.session.commit()


class TestStart:
    def test_opens_an_attempt_and_freezes_its_paper(self, cast):
        started = cast.start()
        db.session.commit()
        row = attempts()[0]
        assert (started.attempt_id, started.created) == (row.id, True)
        assert (row.number, row.generation, row.state, row.rules_version) == (1, 1, "open", 1)
        assert (row.account_id, row.owner, row.round_id) == (cast.account, cast.phone, cast.round)
        assert (row.started_at, row.consented_at, row.time_limit_at) == (NOON, NOON, LIMIT)
        items = queries.paper(row)
        assert [item.slot for item in items] == [1, 2, 3, 4]
        assert [item.shape for item in items] == ["many", "one", "one", "one"]
        assert len({item.version_id for item in items}) == 4
        assert started.view == queries.attempt_view(row.id, cast.account, NOON)

    def test_makes_one_entry_for_all_attempts(self, cast):
        first = cast.start()
        operations.submit(first.attempt_id, cast.account, NOON + SECOND)
        second = cast.start(NOON + SECOND)
        db.session.commit()
        assert second.attempt_id != first.attempt_id
        assert [row.number for row in attempts()] == [1, 2]
        assert db.session.scalar(select(func.count()).select_from(Entry)) == 1

    def test_shuffles_options_only_where_the_round_says_so(self, cast):
        set_round(cast, shuffle_options=False)
        started = cast.start()
        versions = queries.pool(cast.round, 1).versions
        for item in started.view.items:
            assert [o.id for o in item.options] == [o.id for o in versions[item.version_id].options]

    @pytest.mark.parametrize("shuffle", [True, False])
    def test_a_preview_is_what_a_contestant_gets(self, cast, shuffle):
        set_round(cast, shuffle_questions=shuffle, shuffle_options=shuffle)
        view = cast.start().view
        [attempt] = attempts()
        preview = drawn(db.session.get_one(Round, cast.round), attempt.seed)
        assert preview == list(view.items)

    def test_returns_the_open_attempt_whatever_the_device_and_the_consent(self, cast):
        first = cast.start()
        again = operations.start(cast.round, cast.account, cast.laptop, False, LIMIT - MS)
        assert (again.attempt_id, again.created) == (first.attempt_id, False)
        assert attempts()[0].owner == cast.phone

    @pytest.mark.parametrize("edge", EDGES)
    def test_settles_an_attempt_from_its_deadline_on_and_opens_the_next(self, cast, edge):
        first = cast.start()
        second = cast.start(LIMIT + edge)
        db.session.commit()
        if edge < timedelta(0):
            assert (second.attempt_id, second.created) == (first.attempt_id, False)
            return
        one, two = attempts()
        assert (one.state, one.finished_at) == ("expired", LIMIT)
        assert (two.state, two.number, two.started_at) == ("open", 2, LIMIT + edge)

    def test_counts_every_attempt_of_the_round_against_the_quota(self, cast):
        for second in range(2):
            operations.submit(cast.start(NOON + second * SECOND).attempt_id, cast.account, NOON + second * SECOND)
        db.session.commit()
        why = refused(cast.start, NOON + 2 * SECOND)
        assert (why.code, why.status, why.params) == ("no_attempts_left", 403, {"used": 2, "allowed": 2})
        assert len(attempts()) == 2

    def test_needs_consent(self, cast):
        why = refused(operations.start, cast.round, cast.account, cast.phone, False, NOON)
        assert (why.code, why.status) == ("consent_required", 422)
        assert attempts() == []

    @pytest.mark.parametrize("edge", EDGES)
    def test_opens_at_the_opening_instant(self, cast, edge):
        set_round(cast, opens_at=NOON)
        if edge >= timedelta(0):
            assert cast.start(NOON + edge).created
        else:
            why = refused(cast.start, NOON + edge)
            assert (why.code, why.status, why.params) == ("round_not_open", 403, {"at": NOON})

    @pytest.mark.parametrize("edge", EDGES)
    def test_closes_at_the_closing_instant(self, cast, edge):
        set_round(cast, closes_at=NOON)
        if edge < timedelta(0):
            assert cast.start(NOON + edge).view.deadline == NOON
        else:
            assert refused(cast.start, NOON + edge).code == "round_closed"

    @pytest.mark.parametrize(("column", "code"), [
        ({"state": "cancelled"}, "round_cancelled"), ({"audience": "citizen"}, "citizens_only"),
    ])
    def test_says_why_not(self, cast, column, code):
        set_round(cast, **column)
        why = refused(cast.start)
        assert (why.code, why.status) == (code, 403)

    def test_knows_no_draft_and_no_unknown_round(self, cast):
        assert isinstance(refused(operations.start, new_id(), cast.account, cast.phone, True, NOON), Missing)
        set_round(cast, state="draft")
        assert isinstance(refused(cast.start), Missing)

    def test_a_round_that_was_called_off_reopens_nothing(self, cast):
        started = cast.start()
        set_round(cast, state="cancelled")
        assert refused(cast.start).code == "round_cancelled"
        assert queries.attempt_view(started.attempt_id, cast.account, NOON).state == "void"


class TestSubmit:
    def test_finishes_with_a_receipt_and_the_number_of_answers(self, cast):
        attempt = cast.start().attempt_id
        answer(attempt, 1)
        answer(attempt, 2, seq=1)
        answer(attempt, 2, None, seq=2)  # cleared again
        answer(attempt, 3, at=NOON + 2 * SECOND)  # its turn came before, its arrival was after the submission
        done = operations.submit(attempt, cast.account, NOON + SECOND)
        db.session.commit()
        row = attempts()[0]
        assert (row.state, row.finished_at, row.receipt) == ("submitted", NOON + SECOND, done.receipt)
        assert (done.submitted_at, done.answered, done.items) == (NOON + SECOND, 1, 4)
        assert len(done.receipt) == 12
        assert set(done.receipt) <= set(operations.RECEIPT_SIGNS + "-")

    def test_again_gives_the_same_receipt_and_instant(self, cast):
        attempt = cast.start().attempt_id
        answer(attempt, 2)
        first = operations.submit(attempt, cast.account, NOON)
        db.session.commit()
        assert operations.submit(attempt, cast.account, NOON + SECOND) == first
        assert operations.submit(attempt, cast.account, LIMIT + SECOND) == first

    @pytest.mark.parametrize("edge", EDGES)
    def test_the_deadline_is_no_longer_in_time(self, cast, edge):
        attempt = cast.start().attempt_id
        db.session.commit()
        if edge < timedelta(0):
            assert operations.submit(attempt, cast.account, LIMIT + edge).submitted_at == LIMIT + edge
            return
        why = refused(operations.submit, attempt, cast.account, LIMIT + edge)
        assert (why.code, why.status) == ("closed", 409)
        assert why.params == {"at": LIMIT, "receipt": attempts()[0].receipt, "state": "expired"}

    @pytest.mark.parametrize("edge", EDGES)
    def test_so_is_the_closing_of_the_round(self, cast, edge):
        attempt = cast.start().attempt_id
        set_round(cast, closes_at=NOON + SECOND)
        if edge < timedelta(0):
            assert operations.submit(attempt, cast.account, NOON + SECOND + edge).receipt
        else:
            assert refused(operations.submit, attempt, cast.account, NOON + SECOND + edge).params["at"] == NOON + SECOND

    def test_counts_as_of_its_arrival_where_the_sweeper_was_faster(self, cast):
        attempt = cast.start().attempt_id
        operations.close_overdue(LIMIT)
        done = operations.submit(attempt, cast.account, LIMIT - MS)
        db.session.commit()
        assert done.submitted_at == LIMIT - MS
        assert attempts()[0].state == "submitted"

    def test_of_another_person_or_an_unknown_attempt_does_not_exist(self, cast):
        attempt = cast.start().attempt_id
        db.session.commit()
        assert isinstance(refused(operations.submit, attempt, cast.other, NOON), Missing)
        assert isinstance(refused(operations.submit, new_id(), cast.account, NOON), Missing)
        assert attempts()[0].state == "open"

    def test_of_a_void_attempt_is_refused(self, cast):
        attempt = cast.start().attempt_id
        set_attempt(attempt, state="void", finished_at=NOON)
        assert refused(operations.submit, attempt, cast.account, NOON).code == "attempt_void"


class TestTakeOver:
    def test_moves_the_sitting_to_this_sign_in(self, cast):
        attempt = cast.start().attempt_id
        assert operations.take_over(attempt, cast.account, cast.laptop, NOON) == 2
        assert operations.take_over(attempt, cast.account, cast.phone, NOON) == 3
        db.session.commit()
        assert (attempts()[0].owner, attempts()[0].generation) == (cast.phone, 3)

    @pytest.mark.parametrize("edge", EDGES)
    def test_only_before_the_deadline(self, cast, edge):
        attempt = cast.start().attempt_id
        db.session.commit()
        if edge < timedelta(0):
            assert operations.take_over(attempt, cast.account, cast.laptop, LIMIT + edge) == 2
        else:
            assert refused(operations.take_over, attempt, cast.account, cast.laptop, LIMIT + edge).code == "closed"

    def test_not_after_a_submission_and_not_by_another_person(self, cast):
        attempt = cast.start().attempt_id
        db.session.commit()
        assert isinstance(refused(operations.take_over, attempt, cast.other, cast.others, NOON), Missing)
        operations.submit(attempt, cast.account, NOON)
        assert refused(operations.take_over, attempt, cast.account, cast.laptop, NOON + MS).code == "closed"


class TestFlag:
    def test_is_set_and_taken_away_once(self, cast):
        attempt = cast.start().attempt_id
        for _ in range(2):
            operations.set_flag(attempt, cast.account, 2, True, NOON)
        assert [i.flagged for i in queries.attempt_view(attempt, cast.account, NOON).items] == [
            False, True, False, False]
        for _ in range(2):
            operations.set_flag(attempt, cast.account, 2, False, NOON)
        assert db.session.scalar(select(func.count()).select_from(Flag)) == 0

    def test_only_of_an_own_open_attempt_and_a_slot_of_its_paper(self, cast):
        attempt = cast.start().attempt_id
        db.session.commit()
        assert isinstance(refused(operations.set_flag, attempt, cast.other, 2, True, NOON), Missing)
        assert isinstance(refused(operations.set_flag, attempt, cast.account, 5, True, NOON), Missing)
        assert refused(operations.set_flag, attempt, cast.account, 2, True, LIMIT).code == "closed"
        assert db.session.scalar(select(func.count()).select_from(Flag)) == 0


class TestCloseOverdue:
    def test_closes_each_attempt_as_of_its_own_deadline(self, cast):
        first = cast.start().attempt_id
        late = operations.start(cast.round, cast.other, cast.others, True, NOON + SECOND).attempt_id
        db.session.commit()
        assert operations.close_overdue(LIMIT - MS) == 0
        assert operations.close_overdue(LIMIT) == 1
        assert operations.close_overdue(LIMIT + timedelta(hours=1)) == 1
        db.session.commit()
        ends = {row.id: (row.state, row.finished_at) for row in attempts()}
        assert ends == {first: ("expired", LIMIT), late: ("expired", LIMIT + SECOND)}
        assert all(row.receipt for row in attempts())

    def test_ends_with_the_round_and_keeps_to_the_round_and_the_limit(self, cast):
        cast.start()
        operations.start(cast.round, cast.other, cast.others, True, NOON)
        set_round(cast, closes_at=NOON + SECOND)
        assert operations.close_overdue(NOON + SECOND, round_id=new_id()) == 0
        assert operations.close_overdue(NOON + SECOND, round_id=cast.round, limit=1) == 1
        assert operations.close_overdue(NOON + SECOND, round_id=cast.round, limit=1) == 1
        assert operations.close_overdue(NOON + SECOND) == 0
        assert {row.finished_at for row in attempts()} == {NOON + SECOND}

    def test_in_a_cancelled_round_attempts_become_void(self, cast):
        attempt = cast.start().attempt_id
        handed_in = operations.start(cast.round, cast.other, cast.others, True, NOON).attempt_id
        operations.submit(handed_in, cast.other, NOON + MS)
        cancel_round(cast.round, "Bão số 9", by=None, now=NOON + SECOND)
        assert queries.attempt_view(attempt, cast.account, NOON + SECOND).state == "void"
        assert operations.close_overdue(NOON + 2 * SECOND) == 1
        assert operations.close_overdue(LIMIT) == 0
        db.session.expire_all()
        row = db.session.get(Attempt, attempt)
        assert (row.state, row.finished_at, row.receipt) == ("void", NOON + SECOND, None)
        assert queries.attempt_view(attempt, cast.account, LIMIT).state == "void"
        assert db.session.get(Attempt, handed_in).state == "submitted"

    def test_leaves_a_submission_alone(self, cast):
        attempt = cast.start().attempt_id
        operations.submit(attempt, cast.account, NOON)
        assert operations.close_overdue(LIMIT + SECOND) == 0
        assert db.session.scalar(select(PaperItem.slot).where(PaperItem.attempt_id == attempt).limit(1)) == 1


@pytest.mark.parametrize(("statement", "act"), [
    ("submitted", lambda cast, attempt: operations.submit(attempt, cast.account, NOON)),
    ("taken_over", lambda cast, attempt: operations.take_over(attempt, cast.account, cast.laptop, NOON)),
    ("guessed", lambda cast, attempt: operations.keep_prediction(attempt, cast.account, 1, NOON))])
def test_what_goes_on_while_an_act_is_turned_down_is_not_called_void(cast, monkeypatch, statement, act):
    """The statement found it closed; extra time has opened it again when somebody looks why."""
    attempt = cast.start().attempt_id
    monkeypatch.setattr(acts, statement, SimpleNamespace(here=lambda **_values: []))
    told = refused(act, cast, attempt)
    assert (told.code, told.status) == ("busy", 503)


def test_an_overdue_attempt_reads_as_expired_before_it_is_swept(cast):
    attempt = cast.start().attempt_id
    before = queries.attempt_view(attempt, cast.account, LIMIT - MS)
    assert (before.state, before.receipt, before.remaining_ms, before.finished_at) == ("open", None, 1, None)
    after = queries.attempt_view(attempt, cast.account, LIMIT)
    assert (after.state, after.receipt, after.remaining_ms, after.finished_at) == (
        "expired", attempts()[0].receipt, 0, LIMIT)


def test_two_people_get_papers_of_their_own(app, cast):
    mine = cast.start().view
    theirs = operations.start(cast.round, cast.other, cast.others, True, NOON).view
    assert [i.slot for i in mine.items] == [i.slot for i in theirs.items]
    assert mine.items != theirs.items
    assert make.NOON == NOON
