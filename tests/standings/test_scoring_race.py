"""The scorer beside an organiser who annuls what it is scoring."""

import threading

from contest.delivery.models import Attempt
from contest.delivery.overruling import annul
from contest.extensions import db
from contest.standings import operations
from contest.standings.models import Result
from tests import factories as make
from tests.factories import NOON
from tests.standings.cast import sit, stage


def test_what_is_annulled_while_it_is_scored_keeps_no_result(app, monkeypatch):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        attempt_id = sit(round_, bank, make.account(unit=unit), unit=unit, right=2).id
        db.session.commit()
    mark = operations.totals

    def annulling():
        with app.app_context():
            operations.forget_result(annul(attempt_id, "Thi hộ", give_back=False, by=None, now=NOON))
            db.session.commit()

    organiser = threading.Thread(target=annulling)

    def meanwhile(ids):
        """The scorer has chosen what it scores; the organiser either is done at once or has to wait for it."""
        organiser.start()
        organiser.join(0.5)
        return mark(ids)

    monkeypatch.setattr(operations, "totals", meanwhile)
    with app.app_context():
        operations.score_pending(NOON + operations.SETTLE * 60)
        db.session.commit()
    organiser.join(20)
    with app.app_context():
        row = db.session.get(Attempt, attempt_id)
        assert (row.state, db.session.get(Result, attempt_id)) == ("void", None)
