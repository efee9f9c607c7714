"""A large run holds by the worker: under readers, and whatever kills the worker, the board is the old one or the new.
"""

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from contest.extensions import db
from contest.jobs.models import Job
from contest.jobs.running import run_next
from contest.rounds.barring import bar
from contest.rounds.models import Round
from contest.standings import applying, counters, run_jobs
from contest.standings.run_models import APPLY, GradingRun
from tests.standings.test_regrading import LATER
from tests.standings.test_run_pages import Hall, everything, text


@pytest.fixture
def hall(app, hands, monkeypatch):
    """A run whose preview is built, in a round that counts as large."""
    monkeypatch.setattr(applying, "LARGE", 4)
    hall = Hall(app, hands, result_shown="review", board_shown="after_close")
    hall.page = hall.made()
    hall.work()
    hall.clients = [hall.as_(f"p{n}") for n in range(3)]
    return hall


def approve(hall, login="duyet", **form):
    return hall.post(hall.as_(login), f"{hall.page}/duyet", note="Đã đối chiếu", **form)


def seen(hall):
    """The bytes of every page that depends on the board, for three people."""
    return [everything(client, hall, n) for n, client in enumerate(hall.clients)]


def job(app):
    """The latest job that lets a run hold."""
    with app.app_context():
        return db.session.scalars(select(Job).where(Job.kind == APPLY).order_by(Job.id.desc())).first()


def test_a_large_run_holds_once_the_worker_has_done_it(app, hall):
    before, points = seen(hall), hall.points()
    approve(hall)
    waiting = text(hall.as_("lap").get(hall.page))
    assert "Đang chờ bắt đầu." in waiting
    assert "đến lúc đó mọi người vẫn thấy kết quả cũ" in waiting
    assert hall.as_("lap").get(f"{hall.page}/tien-do").get_json()["over"] is False
    assert (seen(hall), hall.points()) == (before, points)
    first = job(app).id
    approve(hall)
    assert job(app).id == first
    hall.work()
    assert hall.points() == [400, 200, 100, 0, 0]
    assert hall.as_("lap").get(f"{hall.page}/tien-do").get_json() == {"next": hall.page}
    shown = text(hall.as_("lap").get(hall.page))
    assert "Có hiệu lực" in shown
    assert "Đã đối chiếu" in shown
    with app.app_context():
        assert db.session.scalar(select(GradingRun)).decided_by == hall.who["duyet"]


def test_up_to_a_bound_a_run_holds_at_once(app, hall, monkeypatch):
    monkeypatch.setattr(applying, "LARGE", 5)
    approve(hall)
    assert job(app) is None
    assert hall.points() == [400, 200, 100, 0, 0]


def test_nobody_lets_their_own_run_hold_by_the_worker_either(app, hall):
    approve(hall, "lap")
    assert job(app) is None


def test_what_is_dropped_meanwhile_never_holds(app, hall):
    points = hall.points()
    approve(hall)
    hall.post(hall.as_("lap"), f"{hall.page}/bo")
    hall.work()
    assert (job(app).state, hall.points()) == ("cancelled", points)


def test_what_has_become_outdated_is_refused_with_its_reason_and_can_be_built_anew(app, hands, hall):
    approve(hall)
    with app.app_context():
        bar(db.session.get(Round, hall.round).contest_id, [hall.who["p1"]], "Ban Tổ chức", by=None, now=LATER)
        db.session.commit()
    points = hall.points()
    hall.work()
    assert hall.points() == points
    assert "Kết quả của đợt thi đã thay đổi sau khi tính" in text(hall.as_("duyet").get(hall.page))
    hands.advance(seconds=1)
    hall.post(hall.as_("duyet"), f"{hall.page}/tinh-lai")
    hall.work()
    assert "đã thay đổi sau khi tính" not in text(hall.as_("duyet").get(hall.page))
    approve(hall)
    hall.work()
    assert hall.points()[0] == 400


@contextmanager
def child(app, database_url, tmp_path, what):
    """The worker in a process of its own, in the middle of its writing."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.standings.killed", what], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env={**os.environ, "DATABASE_URL": database_url, "CONTEST_DATA_DIR": str(tmp_path),
                        "SECRET_KEY": app.config["SECRET_KEY"]})
    assert process.stdout.readline() == "middle\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_worker_that_is_killed_leaves_the_old_board_to_the_byte_and_the_next_one_finishes(
        app, hands, hall, database_url, tmp_path):
    before, points = seen(hall), hall.points()
    approve(hall)
    with child(app, database_url, tmp_path, "pause") as process:
        assert seen(hall) == before  # of readers none waits, none sees a thing
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert (seen(hall), hall.points()) == (before, points)
    assert job(app).state == "running"
    hands.advance(minutes=5)
    hall.work()
    assert hall.points() == [400, 200, 100, 0, 0]
    with app.app_context():
        assert counters.differences(hall.round) == []


def test_a_half_written_board_would_be_seen(app, hall, database_url, tmp_path):
    """The counter-proof: a worker that commits too early leaves another board behind when it is killed."""
    before = seen(hall)
    approve(hall)
    with child(app, database_url, tmp_path, "leak") as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert seen(hall) != before


def test_readers_at_the_switch_see_the_old_pages_or_the_new_and_never_a_mixture(app, hall):
    path = f"/dot-thi/{hall.round}/xep-hang"

    def page(client):
        found = everything(client, hall, 0)
        return found[path][1], found[f"/luot-thi/{hall.attempts[0]}/ket-qua"][1]

    old, pages, stop = page(hall.clients[0]), [[] for _ in hall.clients], threading.Event()

    def read(n):
        while not stop.is_set():
            pages[n].append(hall.clients[n].get(path).get_data(as_text=True))

    readers = [threading.Thread(target=read, args=(n,)) for n in range(len(hall.clients))]
    alone = [client.get(path).get_data(as_text=True) for client in hall.clients]
    approve(hall)
    for reader in readers:
        reader.start()
    with app.app_context():
        run_next(run_jobs.HANDLERS)
    after = [client.get(path).get_data(as_text=True) for client in hall.clients]
    stop.set()
    for reader in readers:
        reader.join()
    assert page(hall.clients[0]) != old
    for n, found in enumerate(pages):
        kinds = [bare(one) == bare(alone[n]) for one in found]
        assert all(bare(one) in (bare(alone[n]), bare(after[n])) for one in found)
        assert kinds == sorted(kinds, reverse=True)  # once new, never old again


def bare(body):
    return [line for line in body.splitlines() if "csrf" not in line]
