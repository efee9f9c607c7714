"""Who is let in, how often, and with how much time: what a start asks beside the window."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from contest.delivery import operations, queries
from contest.delivery.api import begin
from contest.delivery.facts import gave_password
from contest.delivery.granting import Reach, apply_grants, grant_time
from contest.delivery.models import Attempt
from contest.delivery.save import Answer, save_answers
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.rounds.admission import password_digest
from contest.rounds.models import Barred, Contest, Entry, Round
from tests import factories as make
from tests.delivery.conftest import MS, NOON, SECOND, set_attempt, set_round

MINUTE = timedelta(minutes=1)
WEEK = timedelta(days=7)
KEY = "a key for tests only, 32 characters"
pytestmark = pytest.mark.usefixtures("in_app")


def refused(cast, now=NOON, **asking):
    with pytest.raises(Refusal) as caught:
        operations.start(cast.round, cast.account, cast.phone, True, now, **asking)
    db.session.rollback()
    return caught.value.code, caught.value.status


def finished(started, at):
    set_attempt(started.attempt_id, state="submitted", finished_at=at)


def attempt(started):
    return db.session.get(Attempt, started.attempt_id, populate_existing=True)


def another_round(cast, **columns):
    row = make.round_(db.session.get(Contest, cast.contest), make.bank(8), **columns)
    db.session.commit()
    return row.id


def test_units_and_blocs_are_asked(cast):
    own = db.session.get(Account, cast.account).unit_id
    other = make.unit("Sở Y tế", bloc="Khối y tế")
    db.session.commit()
    set_round(cast, open_units=[other.id])
    assert refused(cast) == ("other_units_only", 403)
    set_round(cast, open_units=[other.id, own])
    assert cast.start().created
    set_round(cast, open_units=[], open_blocs=["Khối y tế"])
    assert not cast.start().created  # whoever has begun goes on


def test_a_part_of_a_unit_has_the_bloc_of_the_unit_it_counts_for(cast):
    above = db.session.get(Unit, db.session.get(Account, cast.account).unit_id)
    part = make.unit("Phòng Hành chính", parent=above, bloc=None)
    db.session.get(Account, cast.account).unit_id = part.id
    set_round(cast, open_blocs=[above.bloc])
    assert cast.start().created


def test_whoever_is_on_the_list_or_holds_a_barred_role_stays_out(cast):
    db.session.add(Barred(contest_id=cast.contest, account_id=cast.account, reason="Tổ ra đề", at=NOON))
    db.session.commit()
    assert refused(cast) == ("barred", 403)
    db.session.delete(db.session.get(Barred, (cast.contest, cast.account)))
    set_round(cast, barred_roles=["organiser"])
    assert refused(cast, roles=frozenset({"organiser", "contestant"})) == ("barred", 403)
    assert operations.start(cast.round, cast.account, cast.phone, True, NOON, roles=frozenset({"contestant"})).created


def test_attempts_of_a_week_are_counted_over_its_rounds(cast):
    set_round(cast, quota_scope="week", attempts_allowed=1, closes_at=NOON + 2 * WEEK)
    other = another_round(cast, quota_scope="week", closes_at=NOON + 2 * WEEK)
    finished(cast.start(), NOON + MINUTE)
    assert refused(cast, NOON + MINUTE) == ("no_attempts_left_week", 403)
    there = replace(cast, round=other)
    sunday = NOON + timedelta(days=5, hours=11, minutes=59)  # 23:59 in Vietnam
    assert refused(there, sunday) == ("no_attempts_left_week", 403)
    assert attempt(there.start(sunday + MINUTE)).number == 1


def test_attempts_of_a_contest_are_counted_over_all_its_rounds(cast):
    set_round(cast, quota_scope="contest", attempts_allowed=2)
    other = another_round(cast, quota_scope="contest", attempts_allowed=2)
    finished(cast.start(), NOON + MINUTE)
    there = replace(cast, round=other)
    second = there.start(NOON + MINUTE)
    assert attempt(second).number == 2
    finished(second, NOON + 2 * MINUTE)
    assert refused(there, NOON + 2 * MINUTE) == ("no_attempts_left_contest", 403)


def test_practice_takes_nothing_from_the_quota(cast):
    set_round(cast, quota_scope="contest", attempts_allowed=1)
    practice = another_round(cast, kind="practice")
    finished(operations.start(practice, cast.account, cast.phone, True, NOON), NOON + MINUTE)
    assert cast.start(NOON + MINUTE).created


def test_an_attempt_that_was_given_back_does_not_count_and_keeps_its_number(cast):
    set_round(cast, attempts_allowed=1)
    first = cast.start()
    set_attempt(first.attempt_id, state="void", finished_at=NOON + MINUTE, returned=True)
    second = cast.start(NOON + MINUTE)
    assert attempt(second).number == 2
    set_attempt(second.attempt_id, state="void", finished_at=NOON + 2 * MINUTE)
    assert refused(cast, NOON + 2 * MINUTE) == ("no_attempts_left", 403)


def test_the_contests_password_is_asked_once(cast):
    db.session.execute(update(Contest).values(password_digest=password_digest("Thi CCHC 2026", KEY)))
    set_round(cast, attempts_allowed=3)
    assert refused(cast) == ("contest_password_required", 422)
    wrong = gave_password(cast.round, "thi cchc 2025", KEY)
    assert refused(cast, gave_password=wrong) == ("wrong_contest_password", 422)
    assert db.session.scalar(select(Entry.id)) is None
    right = gave_password(cast.round, "  thi cchc 2026 ", KEY)
    first = operations.start(cast.round, cast.account, cast.phone, True, NOON, gave_password=right)
    db.session.commit()
    assert db.session.scalar(select(Entry.admitted_at)) == NOON
    finished(first, NOON + MINUTE)
    assert cast.start(NOON + MINUTE).created


def test_extra_time_reaches_whom_it_names_and_begins_at_once(cast):
    mine = cast.start().attempt_id
    theirs = operations.start(cast.round, cast.other, cast.others, True, NOON).attempt_id
    db.session.commit()

    def limits():
        return [db.session.get(Attempt, key, populate_existing=True).time_limit_at - NOON for key in (mine, theirs)]

    assert grant_time(cast.round, Reach(account_id=cast.account), 5, "Mất điện", by=None, now=NOON) == 1
    assert limits() == [25 * MINUTE, 20 * MINUTE]
    unit = db.session.get(Account, cast.account).unit_id
    assert grant_time(cast.round, Reach(unit_id=unit), 3, "Mất mạng", by=None, now=NOON + MINUTE) == 2
    assert grant_time(cast.round, Reach(), 2, "Hệ thống chậm", by=None, now=NOON + MINUTE) == 2
    assert limits() == [30 * MINUTE, 25 * MINUTE]
    assert apply_grants(NOON + MINUTE, [cast.round]) == 0
    finished(cast.start(), NOON + 2 * MINUTE)
    later = cast.start(NOON + 3 * MINUTE)
    assert attempt(later).time_limit_at == NOON + 33 * MINUTE  # 20 + 5 + 3 + 2


@pytest.mark.parametrize(("at", "given"), [(-MS, 1), (timedelta(0), 0), (MS, 0)])
def test_extra_time_comes_too_late_at_the_deadline(cast, at, given):
    started = cast.start()
    db.session.commit()
    limit = NOON + 20 * MINUTE
    assert grant_time(cast.round, Reach(), 1, "Muộn", by=None, now=limit + at) == given
    assert attempt(started).time_limit_at == limit + given * MINUTE


def test_a_grant_that_a_start_missed_is_made_good(cast):
    started = cast.start()
    grant_time(cast.round, Reach(), 4, "Chậm", by=None, now=NOON)
    set_attempt(started.attempt_id, granted_ms=0, time_limit_at=NOON + 20 * MINUTE)  # as the racing start wrote it
    assert apply_grants(NOON + MINUTE, [cast.round]) == 1
    assert attempt(started).time_limit_at == NOON + 24 * MINUTE


@pytest.mark.parametrize(("minutes", "reason", "code"), [
    (0, "x", "grant_minutes"), (601, "x", "grant_minutes"), (1, "  ", "reason_required")])
def test_what_is_no_grant(cast, minutes, reason, code):
    with pytest.raises(Refusal, match=code):
        grant_time(cast.round, Reach(), minutes, reason, by=None, now=NOON)


def test_a_grant_needs_a_round_that_is_not_over_and_somebody_known(cast):
    with pytest.raises(Missing):
        grant_time(cast.round, Reach(account_id=cast.contest), 1, "x", by=None, now=NOON)
    closes = db.session.get(Round, cast.round).closes_at
    with pytest.raises(Refusal, match="not_extendable"):
        grant_time(cast.round, Reach(), 1, "x", by=None, now=closes)


def test_an_attempt_of_a_round_that_was_called_off_is_not_used_up(cast):
    set_round(cast, quota_scope="contest", attempts_allowed=1)
    other = another_round(cast, quota_scope="contest", attempts_allowed=1)
    set_attempt(cast.start().attempt_id, state="void", finished_at=NOON)
    there = replace(cast, round=other)
    assert refused(there) == ("no_attempts_left_contest", 403)
    set_round(cast, state="cancelled")
    assert attempt(there.start()).number == 2


def test_a_grant_is_given_once_however_often_its_button_is_pressed(cast):
    started = cast.start()
    for _ in range(3):
        grant_time(cast.round, Reach(), 5, "Chậm", by=None, now=NOON, once="form-1")
    assert attempt(started).time_limit_at == NOON + 25 * MINUTE
    grant_time(cast.round, Reach(account_id=cast.account), 5, "Chậm", by=None, now=NOON, once="form-1")
    assert attempt(started).time_limit_at == NOON + 30 * MINUTE


@pytest.mark.parametrize(("at", "goes_on"), [(-MS, True), (timedelta(0), False), (MS, False)])
def test_a_grant_that_came_before_the_end_counts_though_the_sweeper_was_faster(cast, at, goes_on):
    started, limit = cast.start(), NOON + 20 * MINUTE
    db.session.commit()
    operations.close_overdue(limit + MINUTE)
    grant_time(cast.round, Reach(), 10, "Mất điện", by=None, now=limit + at)
    operations.close_overdue(limit + MINUTE)
    assert (attempt(started).state == "open") is goes_on
    assert attempt(started).time_limit_at == limit + (10 * MINUTE if goes_on else timedelta(0))


def test_a_grant_moves_no_end_that_its_person_has_left_behind(cast):
    """An answer within the grace counts up to the end as it was; with a later end it would have come after it."""
    set_round(cast, grace_ms=5_000)
    started, limit = cast.start(), NOON + 20 * MINUTE
    token = started.view.items[1].options[0].id
    save_answers(db.session.connection(), started.attempt_id, cast.phone, 1, [Answer(2, 1, [token])], limit + SECOND)
    operations.close_overdue(limit + SECOND)
    anew = cast.start(limit + 2 * SECOND)
    grant_time(cast.round, Reach(), 10, "Mất điện", by=None, now=limit - MS)  # its turn came late
    operations.close_overdue(limit + 3 * SECOND)
    assert (attempt(started).state, attempt(started).time_limit_at) == ("expired", limit)
    assert queries.counted_choices([started.attempt_id])[started.attempt_id] == {2: (token,)}
    assert attempt(anew).time_limit_at == limit + 30 * MINUTE + 2 * SECOND


def test_a_sweeper_that_waited_for_a_grant_closes_nothing(cast):
    """The rows were chosen before the grant; the update looks again."""
    started, limit = cast.start(), NOON + 20 * MINUTE
    db.session.commit()
    grant_time(cast.round, Reach(), 10, "Mất điện", by=None, now=limit - MS)
    assert operations.close_overdue(limit) == 0
    assert attempt(started).state == "open"


def test_wrong_passwords_of_one_account_are_counted(app, cast):
    db.session.execute(update(Contest).values(password_digest=password_digest("dung", app.config["SECRET_KEY"])))
    db.session.commit()
    person = SimpleNamespace(id=cast.account, sign_in_id=cast.phone, roles=frozenset(), expires_at=None)
    codes = []
    for n in range(12):
        with pytest.raises(Refusal) as caught:
            begin(cast.round, person, True, f"sai {n}", NOON)
        codes.append(caught.value.code)
        db.session.rollback()
    assert codes == ["wrong_contest_password"] * 10 + ["too_many_tries"] * 2
    other = SimpleNamespace(id=cast.other, sign_in_id=cast.others, roles=frozenset(), expires_at=None)
    assert begin(cast.round, other, True, "dung", NOON).created
