"""The trail is a chain: whatever is done to it by hand is found, and the first link that does not hold is named."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from contest import cli
from contest.audit import chain
from contest.audit.models import AuditEvent, AuditLink
from contest.audit.operations import record
from contest.extensions import db
from contest.serving import sweep, worker_tick
from contest.standings import published_files
from contest.standings.operations import SETTLE, publish_results, score_round
from tests import factories
from tests.factories import NOON
from tests.standings.cast import sit, stage


def act(number, at=NOON):
    record(f"act.{number}", "round", f"{number}" * 32, by=None, now=at, before={"b": 1, "a": "Đã sửa"}, value=None)


@pytest.fixture
def five(app, hands):
    """Five acts, put into the chain by the worker; their links by number."""
    with app.app_context():
        for number in range(1, 6):
            act(number, NOON + timedelta(seconds=number))
        db.session.commit()
        worker_tick()
        assert chain.head().number == 5
        assert chain.broken() is None
        yield {row.number: row.event_id for row in db.session.scalars(select(AuditLink))}
        db.session.rollback()


def changed(**values):
    return lambda five: db.session.execute(update(AuditEvent).where(AuditEvent.id == five[3]).values(**values))


def gone(five, link=3):
    db.session.execute(delete(AuditLink).where(AuditLink.number == link))
    db.session.execute(delete(AuditEvent).where(AuditEvent.id == five[link]))


def closed_up(five):
    """The third is taken out, and who comes after moves up."""
    gone(five)
    for number in (4, 5):
        db.session.execute(update(AuditLink).where(AuditLink.number == number).values(number=number - 1))


def swapped(five):
    """Two acts change places in time."""
    for number, second in ((3, 4), (4, 3)):
        db.session.execute(update(AuditEvent).where(AuditEvent.id == five[number]).values(
            at=NOON + timedelta(seconds=second)))


@pytest.mark.parametrize("what", [
    changed(action="act.9"), changed(details={"value": 1}), changed(account_id="a" * 32), changed(object_id="9" * 32),
    changed(object_type="bank"), changed(at=NOON), gone, closed_up, swapped])
def test_the_first_broken_link_is_named(five, what):
    what(five)
    db.session.expire_all()
    assert chain.broken() == 3


def test_who_writes_all_of_it_anew_is_found_by_a_head_that_was_kept(five):
    kept = chain.head()
    changed(action="act.9")(five)
    db.session.execute(delete(AuditLink))
    db.session.commit()
    sweep()
    assert chain.broken() is None
    assert chain.broken(kept) == 5


def test_who_takes_the_last_ones_out_is_found_by_a_head_that_was_kept(five):
    kept = chain.head()
    gone(five, 5)
    assert chain.broken() is None
    assert chain.broken(kept) == 5


def test_what_was_committed_late_finds_its_place(app, hands, five):
    act(6, NOON - timedelta(days=1))
    act(7, NOON - timedelta(minutes=1))
    db.session.commit()
    worker_tick()
    assert chain.head().number == 6
    sweep()
    assert (chain.head().number, chain.broken()) == (7, None)


def test_a_link_holds_its_event(app, five):
    """Neither database lets an event go while its link stands."""
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(delete(AuditEvent).where(AuditEvent.id == five[3]))
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(AuditLink), [{"number": 9, "event_id": five[3], "digest": "0" * 64}])


@pytest.fixture
def verify(app, monkeypatch):
    """`contest verify` on the test's application."""
    monkeypatch.setattr(cli, "make_app", lambda: app)
    return lambda *words: CliRunner().invoke(cli.main, ["verify", *words])


def test_the_command_says_whether_all_holds(app, five, verify):
    db.session.rollback()
    head = str(chain.head())
    done = verify("--kept", head)
    assert (done.exit_code, head in done.output) == (0, True)
    assert "Không thấy gì bị sửa: nhật ký" in done.output
    assert "Ghi lại dòng này ở nơi khác" in done.output
    changed(action="act.9")(five)
    db.session.commit()
    done = verify()
    assert (done.exit_code, "mắt xích số 3" in done.output) == (1, True)
    assert "Không thấy gì bị sửa" not in done.output
    assert "so với bản sao lưu" in done.output
    assert "Ghi lại dòng này ở nơi khác" not in done.output  # a head of what was altered proves nothing
    assert verify("--kept", "5").exit_code == 2


def test_published_boards_keep_a_head_and_are_checked_too(app, hands, five, verify):
    closes = NOON + timedelta(hours=2)
    now = closes + SETTLE + timedelta(minutes=1)
    hands.set(now)
    with app.test_request_context():
        _contest, bank, round_, (unit,) = stage(closes_at=closes)
        sit(round_, bank, factories.account(unit=unit), unit=unit, right=3)
        score_round(round_.id, now)
        publish_results(round_.id, by=None, now=now)
        kept = chain.head()
        row = published_files.publish(round_.id, "", by=None, now=now)
        db.session.commit()
        published_files.let_hold(row)
        named = f"Bảng công bố lần 1 của “{round_.title}” ({round_.id})"
        file = published_files.folder(row.board_id) / "1" / "board.json"
    text = file.read_text()
    assert f'"audit":"{kept}"' in text
    assert verify().exit_code == 0
    file.write_text(text.replace('"number":1', '"number":2'))
    done = verify()
    assert (done.exit_code, named in done.output) == (1, True)
    file.unlink()
    assert verify().exit_code == 1
