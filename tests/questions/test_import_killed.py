"""kill -9 while an import writes: nothing of it stays, on either database."""

import os
import signal
import subprocess
import sys

import pytest

from contest.extensions import db
from contest.questions import imports
from contest.questions.import_models import BankImport
from tests.factories import NOON
from tests.questions.drafted import many, new_bank, numbers, stage


def killed_in_the_middle(app, database_url, tmp_path, import_id, what, *, kill=True):
    """Run the child to the middle of its writing, then kill it, or let it go on; its exit code."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.questions.killed", import_id, what], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
        env={**os.environ, "DATABASE_URL": database_url, "CONTEST_DATA_DIR": str(tmp_path),
             "SECRET_KEY": app.config["SECRET_KEY"]})
    assert child.stdout.readline() == "middle\n"
    if kill:
        child.send_signal(signal.SIGKILL)
    child.communicate("\n" if not kill else None)
    return child.returncode


@pytest.fixture
def import_id(app):
    with app.app_context():
        key = stage(new_bank(), many(40)).id
        db.session.commit()
    return key


def test_a_killed_import_leaves_nothing_and_can_be_done_again(app, database_url, tmp_path, import_id):
    assert killed_in_the_middle(app, database_url, tmp_path, import_id, "pause") == -signal.SIGKILL
    with app.app_context():
        assert numbers() == (0, 0, 0, 0)
        assert db.session.get(BankImport, import_id).state == "staged"
        assert imports.confirm_import(import_id, "skip", by=None, now=NOON)["created"] == 40
        db.session.commit()
        assert numbers()[:3] == (40, 40, 40)


def test_the_same_child_left_alone_finishes(app, database_url, tmp_path, import_id):
    assert killed_in_the_middle(app, database_url, tmp_path, import_id, "pause", kill=False) == 0
    with app.app_context():
        assert numbers()[:3] == (40, 40, 40)
        assert db.session.get(BankImport, import_id).state == "done"


def test_a_half_import_would_be_seen(app, database_url, tmp_path, import_id):
    """The counter-proof: a writer that commits too early leaves rows behind when it is killed."""
    assert killed_in_the_middle(app, database_url, tmp_path, import_id, "leak") == -signal.SIGKILL
    with app.app_context():
        assert numbers()[:3] == (40, 40, 40)
        assert db.session.get(BankImport, import_id).state == "staged"
