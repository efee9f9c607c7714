import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from contest.audit.models import AuditEvent
from contest.audit.operations import record
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.jobs import operations, queries
from contest.jobs.models import Job
from contest.jobs.running import Cancelled, Progress, run_next
from tests.factories import NOON

ABOUT = "0" * 32


@pytest.fixture
def context(app, hands):
    with app.app_context():
        yield app


def enqueued(kind="count", **params):
    job = operations.enqueue(kind, "thing", ABOUT, by=None, now=NOON, **params)
    job_id = job.id
    db.session.commit()
    return job_id


def state(job_id):
    db.session.expire_all()
    job = queries.job_of(job_id)
    return job.state, job.error, job.result, job.done, job.total


def note(params, _progress):
    record("thing.done", "thing", params["object_id"], by=params["by"], now=NOON, said=params["word"])
    return {"word": params["word"]}


def notes():
    return db.session.scalar(select(func.count()).select_from(AuditEvent))


def test_a_job_is_done_once_with_its_result(context):
    job_id = enqueued("note", word="một")
    assert run_next({"note": note})
    assert state(job_id) == ("done", None, {"word": "một"}, 0, None)
    assert not run_next({"note": note})
    assert notes() == 1


def test_the_oldest_comes_first(context):
    operations.enqueue("note", "thing", ABOUT, by=None, now=NOON + timedelta(seconds=1), word="sau")
    db.session.commit()
    enqueued("note", word="trước")
    run_next({"note": note})
    assert [job.state for job in db.session.scalars(select(Job).order_by(Job.created_at))] == ["done", "queued"]


def test_a_refusal_fails_the_job_with_its_code_and_leaves_nothing(context):
    def refuse(params, progress):
        note({**params, "word": "x"}, progress)
        raise Refusal("import_conflict", 409, count=3, at=NOON)

    job_id = enqueued("refuse")
    run_next({"refuse": refuse})
    assert state(job_id)[:3] == ("failed", "import_conflict", {"count": 3, "at": str(NOON)})
    assert notes() == 0


def test_a_fault_fails_the_job_and_the_next_one_runs(context):
    def break_down(params, progress):
        raise KeyError("x")

    broken, good = enqueued("break"), enqueued("note", word="y")
    handlers = {"break": break_down, "note": note}
    assert run_next(handlers)
    assert run_next(handlers)
    assert state(broken)[:2] == ("failed", "crashed")
    assert state(good)[0] == "done"


def test_a_kind_without_a_handler_fails(context):
    job_id = enqueued("unknown")
    run_next({})
    assert state(job_id)[:2] == ("failed", "crashed")


def test_progress_is_written_at_most_once_a_second(context, hands):
    seen = []

    def count(_params, progress):
        for number in range(1, 5):
            progress(number, 4)
            seen.append(state(job_id)[3:])
            db.session.rollback()
            hands.advance(seconds=0.5)
        return {}

    job_id = enqueued()
    run_next({"count": count})
    assert seen == [(1, 4), (1, 4), (3, 4), (3, 4)]


def test_a_job_called_off_stops_and_leaves_nothing(context, hands):
    def obey(params, progress):
        note({**params, "word": "x"}, progress)
        db.session.rollback()
        operations.cancel(job_id, NOON)
        db.session.commit()
        note({**params, "word": "y"}, progress)
        db.session.rollback()
        hands.advance(seconds=2)
        progress(1, 2)
        raise AssertionError("went on")

    job_id = enqueued("obey")
    run_next({"obey": obey})
    assert state(job_id)[0] == "cancelled"
    assert notes() == 0


def test_what_ends_after_it_was_called_off_is_rolled_back(context):
    def stubborn(params, progress):
        operations.cancel(job_id, NOON)
        db.session.commit()
        return note({**params, "word": "x"}, progress)

    job_id = enqueued("stubborn")
    run_next({"stubborn": stubborn})
    assert state(job_id)[0] == "cancelled"
    assert notes() == 0


@pytest.mark.parametrize(("seconds", "claimed"), [(29.999, False), (30, True)])
def test_the_job_of_a_dead_worker_is_taken_over(context, seconds, claimed):
    job_id = enqueued()
    assert operations.claim(NOON).id == job_id
    db.session.commit()
    found = operations.claim(NOON + timedelta(seconds=seconds))
    assert (found is not None) == claimed


def test_a_sign_of_life_keeps_the_job(context):
    job_id = enqueued()
    operations.claim(NOON)
    assert operations.beat(job_id, NOON + timedelta(seconds=20))
    db.session.commit()
    assert operations.claim(NOON + timedelta(seconds=49)) is None
    assert operations.claim(NOON + timedelta(seconds=50)).tries == 2


def test_three_tries_are_enough(context):
    job_id = enqueued()
    for number in range(3):
        assert operations.claim(NOON + timedelta(minutes=number)).id == job_id
        db.session.commit()
    assert operations.claim(NOON + timedelta(minutes=9)) is None
    db.session.commit()
    assert state(job_id)[:2] == ("failed", "crashed")


def test_a_worker_that_was_given_up_writes_nothing_any_more(context):
    def slow(params, progress):
        operations.claim(NOON + timedelta(minutes=1))
        operations.finish(params["job_id"], {"by": "another"}, NOON)
        db.session.commit()
        return note({**params, "word": "x"}, progress)

    job_id = enqueued("slow")
    run_next({"slow": slow})
    assert state(job_id)[:3] == ("done", None, {"by": "another"})
    assert notes() == 0


def test_the_beat_goes_on_while_the_handler_is_silent(context, hands):
    beaten = threading.Event()
    beat = Progress.beat

    def listening(self, *given):
        beat(self, *given)
        beaten.set()

    def silent(_params, _progress):
        assert beaten.wait(10)
        return {}

    job_id = enqueued("silent")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Progress, "beat", listening)
        run_next({"silent": silent}, beat_s=0.01)
    assert state(job_id)[0] == "done"


def test_two_workers_never_take_the_same_job(app, hands):
    with app.app_context():
        for _ in range(6):
            enqueued()
    barrier, taken = threading.Barrier(3), []

    def take():
        barrier.wait()
        for _ in range(2):
            with app.app_context():
                job = operations.claim(NOON)
                taken.append(job and job.id)
                db.session.commit()

    threads = [threading.Thread(target=take) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = [job_id for job_id in taken if job_id]
    assert len(held) == len(set(held))


def test_jobs_of_an_object(context):
    first, second = enqueued(), enqueued()
    assert queries.latest("count", "thing", ABOUT).id == max(first, second)
    assert queries.latest("other", "thing", ABOUT) is None
    with pytest.raises(Missing):
        queries.job_of("f" * 32)


def test_cancelled_is_no_fault():
    assert not issubclass(Cancelled, Refusal)
