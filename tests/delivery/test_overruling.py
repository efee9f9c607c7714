from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.delivery import operations, queries, save
from contest.delivery.granting import Reach, apply_grants, grant_time
from contest.delivery.models import Attempt
from contest.delivery.overruling import annul, collect, reopen, restore
from contest.delivery.record_models import AttemptChange
from contest.delivery.save import Answer
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds.models import Round
from tests.delivery.conftest import MS, NOON, SECOND, set_round

MINUTE = timedelta(minutes=1)
WHY = "Máy tính của cơ quan bị mất điện"
pytestmark = pytest.mark.usefixtures("in_app")


@pytest.fixture
def sitting(cast):
    """An attempt started at NOON that takes 20 minutes, with slot 2 answered a minute later."""
    attempt_id = cast.start().attempt_id
    db.session.commit()
    put(attempt_id, cast, 1, NOON + MINUTE)
    return attempt_id


def option(attempt_id, cast, which):
    return queries.attempt_view(attempt_id, cast.account, NOON).items[1].options[which].id


def put(attempt_id, cast, seq, now, which=0):
    token = option(attempt_id, cast, which)
    done = save.save_answers(db.session.connection(), attempt_id, cast.phone, 1, [Answer(2, seq, [token])], now)
    db.session.commit()
    return done


def view(attempt_id, cast, now):
    db.session.expire_all()
    return queries.attempt_view(attempt_id, cast.account, now)


def refused(change, *arguments, **named):
    with pytest.raises(Refusal) as caught:
        change(*arguments, by=None, **named)
    db.session.rollback()
    return caught.value.code, caught.value.status


def test_a_reopened_sitting_has_the_time_that_was_left(cast, sitting):
    operations.submit(sitting, cast.account, NOON + 5 * MINUTE)
    reopen(sitting, 0, WHY, by=None, now=NOON + 30 * MINUTE)
    db.session.commit()
    at = NOON + 30 * MINUTE
    assert (view(sitting, cast, at).state, view(sitting, cast, at).remaining_ms) == ("open", 15 * 60_000)
    assert put(sitting, cast, 2, at + 15 * MINUTE - MS, 1).saved == ((2, 2),)
    with pytest.raises(Refusal, match="closed"):
        put(sitting, cast, 3, at + 15 * MINUTE)
    done = operations.submit(sitting, cast.account, at + 14 * MINUTE)
    ended = view(sitting, cast, at + MINUTE)
    assert ended.taken_ms(done.submitted_at) == 19 * 60_000  # 5 before, 14 after


def test_what_was_saved_before_counts_and_the_receipt_stays(cast, sitting):
    first = operations.submit(sitting, cast.account, NOON + 5 * MINUTE).receipt
    reopen(sitting, 0, WHY, by=None, now=NOON + 6 * MINUTE)
    db.session.commit()
    assert view(sitting, cast, NOON + 6 * MINUTE).items[1].choice == (option(sitting, cast, 0),)
    assert operations.submit(sitting, cast.account, NOON + 7 * MINUTE).receipt == first


@pytest.mark.parametrize(("minutes", "left"), [(0, None), (1, 1), (10, 10)])
def test_a_sitting_whose_time_ran_out_needs_minutes(cast, sitting, minutes, left):
    after = NOON + 40 * MINUTE  # nobody has closed it yet
    if left is None:
        assert refused(reopen, sitting, minutes, WHY, now=after) == ("no_time_left", 422)
        return
    reopen(sitting, minutes, WHY, by=None, now=after)
    db.session.commit()
    assert view(sitting, cast, after).remaining_ms == left * 60_000


def test_a_sitting_is_not_reopened_beside_another_nor_beyond_its_round(cast, sitting):
    operations.submit(sitting, cast.account, NOON + MINUTE)
    second = cast.start(NOON + 2 * MINUTE).attempt_id
    db.session.commit()
    assert refused(reopen, sitting, 5, WHY, now=NOON + 3 * MINUTE) == ("another_open", 409)
    assert refused(reopen, second, 5, WHY, now=NOON + 3 * MINUTE) == ("not_finished", 409)
    closes = db.session.get(Round, cast.round).closes_at
    assert refused(reopen, second, 5, WHY, now=closes) == ("round_not_running", 409)
    reopen(second, 600, WHY, by=None, now=closes - SECOND)
    db.session.commit()
    assert view(second, cast, closes - SECOND).remaining_ms == 1_000


@pytest.mark.parametrize("give_back", [True, False])
def test_an_annulled_sitting_takes_nothing_and_may_be_given_back(cast, sitting, give_back):
    set_round(cast, attempts_allowed=1)
    annul(sitting, WHY, give_back=give_back, by=None, now=NOON + 2 * MINUTE)
    db.session.commit()
    with pytest.raises(Refusal, match="attempt_void"):
        put(sitting, cast, 2, NOON + 3 * MINUTE)
    if give_back:
        assert cast.start(NOON + 3 * MINUTE).created
    else:
        with pytest.raises(Refusal, match="no_attempts_left"):
            cast.start(NOON + 3 * MINUTE)
        db.session.rollback()
    assert refused(annul, sitting, WHY, give_back=True, now=NOON + 4 * MINUTE) == ("attempt_void", 409)
    assert refused(reopen, sitting, 5, WHY, now=NOON + 4 * MINUTE) == ("not_finished", 409)


def test_a_collected_sitting_is_handed_in_as_of_now(cast, sitting):
    collect(sitting, WHY, by=None, now=NOON + 2 * MINUTE)
    db.session.commit()
    ended = view(sitting, cast, NOON + 3 * MINUTE)
    assert (ended.state, ended.finished_at, ended.answered) == ("submitted", NOON + 2 * MINUTE, 1)
    assert ended.receipt
    assert refused(collect, sitting, WHY, now=NOON + 3 * MINUTE) == ("not_running", 409)
    assert put_refused(sitting, cast) == "closed"


def put_refused(attempt_id, cast):
    with pytest.raises(Refusal) as caught:
        put(attempt_id, cast, 9, NOON + 3 * MINUTE)
    return caught.value.code


def test_each_is_on_record_with_what_it_changed(cast, sitting):
    operations.submit(sitting, cast.account, NOON + 5 * MINUTE)
    reopen(sitting, 1, f"  {WHY} ", by=cast.other, now=NOON + 6 * MINUTE)
    annul(sitting, "Thi hộ", give_back=False, by=None, now=NOON + 7 * MINUTE)
    db.session.commit()
    rows = db.session.scalars(select(AttemptChange).order_by(AttemptChange.at)).all()
    assert [(row.kind, row.reason, row.by) for row in rows] == [
        ("reopened", WHY, cast.other), ("voided", "Thi hộ", None)]
    first = rows[0]
    assert (first.before["state"], first.after["state"], first.after["paused_ms"]) == ("submitted", "open", 60_000)
    assert rows[1].before == rows[0].after


@pytest.mark.parametrize("act", [
    lambda key: annul(key, " ", give_back=False, by=None, now=NOON), lambda key: reopen(key, 0, "", by=None, now=NOON),
    lambda key: collect(key, "\n", by=None, now=NOON)])
def test_nothing_without_a_reason(sitting, act):
    with pytest.raises(Refusal, match="reason_required"):
        act(sitting)


def test_published_results_stand_still_and_strangers_are_missing(cast, sitting):
    operations.submit(sitting, cast.account, NOON + MINUTE)
    set_round(cast, results_published_at=NOON)
    assert refused(reopen, sitting, 5, WHY, now=NOON + MINUTE) == ("results_published", 409)
    assert refused(annul, sitting, WHY, give_back=True, now=NOON + MINUTE) == ("results_published", 409)
    with pytest.raises(Missing):
        collect(cast.round, WHY, by=None, now=NOON)
    assert db.session.get(Attempt, sitting).state == "submitted"


def test_what_was_granted_while_it_was_over_is_not_given_after_a_reopening(cast, sitting):
    operations.submit(sitting, cast.account, NOON + 5 * MINUTE)
    grant_time(cast.round, Reach(), 15, "Mất điện", by=None, now=NOON + 6 * MINUTE)
    reopen(sitting, 10, WHY, by=None, now=NOON + 7 * MINUTE)
    db.session.commit()
    apply_grants(NOON + 7 * MINUTE, [cast.round])
    assert view(sitting, cast, NOON + 7 * MINUTE).remaining_ms == 25 * 60_000  # the 15 that were left, and 10
    grant_time(cast.round, Reach(), 1, "Mất điện", by=None, now=NOON + 8 * MINUTE)
    assert view(sitting, cast, NOON + 8 * MINUTE).remaining_ms == 25 * 60_000


def annulled(attempt_id, now, *, give_back=False):
    annul(attempt_id, "Nhầm tên", give_back=give_back, by=None, now=now)
    db.session.commit()


def restored(attempt_id, now):
    restore(attempt_id, WHY, by=None, now=now)
    db.session.commit()
    row = db.session.get(Attempt, attempt_id)
    return row.state, row.finished_at, row.returned, row.settled


def voided(attempt_id, now):
    annulled(attempt_id, now)


def handed_in_and_voided(attempt_id, now):
    operations.submit(attempt_id, db.session.get(Attempt, attempt_id).account_id, NOON + 5 * MINUTE)
    db.session.get(Attempt, attempt_id).settled = True  # scored for good before
    annulled(attempt_id, now, give_back=True)


def closed_and_voided(attempt_id, now):
    operations.close_overdue(now)
    annulled(attempt_id, now)


LIMIT = NOON + 20 * MINUTE


@pytest.mark.parametrize(("how", "now", "end"), [
    (handed_in_and_voided, NOON + 6 * MINUTE, ("submitted", NOON + 5 * MINUTE)),
    (closed_and_voided, NOON + 30 * MINUTE, ("expired", LIMIT)),
    (voided, LIMIT - MS, ("submitted", LIMIT - MS)), (voided, LIMIT + MS, ("expired", LIMIT))])
def test_what_was_annulled_by_mistake_comes_back_ended_as_it_was(cast, sitting, how, now, end):
    """One that ran ends as of the annulment; one whose time was over ended then, whoever had noticed it."""
    how(sitting, now)
    assert restored(sitting, now + MINUTE) == (*end, False, False)
    assert view(sitting, cast, now + MINUTE).answered == 1
    assert operations.close_overdue(now + MINUTE) == 0  # and so it stays
    last = db.session.scalars(select(AttemptChange).order_by(AttemptChange.at.desc())).first()
    assert (last.kind, last.reason, last.before["state"], last.after["state"]) == ("restored", WHY, "void", end[0])
    assert refused(restore, sitting, WHY, now=now + 2 * MINUTE) == ("not_annulled", 409)


def test_what_ran_when_it_was_annulled_can_be_restored_and_reopened(cast, sitting):
    annulled(sitting, NOON + 5 * MINUTE)
    restored(sitting, NOON + 6 * MINUTE)
    reopen(sitting, 0, WHY, by=None, now=NOON + 10 * MINUTE)
    db.session.commit()
    assert view(sitting, cast, NOON + 10 * MINUTE).remaining_ms == 15 * 60_000


@pytest.mark.parametrize(("allowed", "give_back", "fits"), [(1, True, False), (2, True, True), (2, False, True)])
def test_a_sitting_is_not_restored_beside_the_one_that_was_begun_in_its_place(cast, sitting, allowed, give_back, fits):
    set_round(cast, attempts_allowed=allowed)
    annulled(sitting, NOON + 2 * MINUTE, give_back=give_back)
    second = cast.start(NOON + 3 * MINUTE).attempt_id
    db.session.commit()
    if not fits:
        assert refused(restore, sitting, WHY, now=NOON + 4 * MINUTE) == ("attempt_used", 409)
        annulled(second, NOON + 5 * MINUTE, give_back=True)
    assert restored(sitting, NOON + 6 * MINUTE) == ("submitted", NOON + 2 * MINUTE, False, False)
    with_it = [row.returned for row in db.session.scalars(select(Attempt))].count(False)
    assert with_it == (2 if fits else 1) <= allowed


def test_what_was_not_annulled_is_not_restored(cast, sitting):
    assert refused(restore, sitting, WHY, now=NOON + MINUTE) == ("not_annulled", 409)
    annulled(sitting, NOON + MINUTE)
    assert refused(restore, sitting, " ", now=NOON + 2 * MINUTE) == ("reason_required", 422)
    change = db.session.scalars(select(AttemptChange)).one()
    noted = change.before
    change.before = {"state": "open"}  # as a grading run notes it
    db.session.commit()
    assert refused(restore, sitting, WHY, now=NOON + 2 * MINUTE) == ("not_annulled", 409)
    db.session.scalars(select(AttemptChange)).one().before = noted
    db.session.commit()
    set_round(cast, results_published_at=NOON)
    assert refused(restore, sitting, WHY, now=NOON + 2 * MINUTE) == ("results_published", 409)
    set_round(cast, results_published_at=None, state="cancelled")
    assert refused(restore, sitting, WHY, now=NOON + 2 * MINUTE) == ("not_annulled", 409)
    with pytest.raises(Missing):
        restore(cast.round, WHY, by=None, now=NOON)
