from datetime import timedelta

import pytest

from contest.errors import Refusal
from contest.extensions import db
from contest.identity.models import Unit
from contest.rounds import operations, participation, publishing, queries
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import cast, fields


def units(contest_id):
    return [(row.name, row.headcount) for row in queries.contest_units(contest_id)]


def test_chosen_units_carry_those_below_them(app):
    ids = cast(app)
    with app.app_context():
        office = db.session.get(Unit, ids.unit)
        centre = factories.unit("Trung tâm", parent=office, headcount=20)
        participation.choose_units(ids.contest, [office.id, "0" * 32], by=None, now=NOON)
        assert units(ids.contest) == [("Sở Nội vụ", 70)]
        participation.choose_units(ids.contest, [office.id, centre.id], by=None, now=NOON)
        assert units(ids.contest) == [("Sở Nội vụ", 50), ("Trung tâm", 20)]
        participation.choose_units(ids.contest, [centre.id], by=None, now=NOON)
        assert units(ids.contest) == [("Trung tâm", 20)]
        below = factories.unit("Tổ một cửa", parent=centre, headcount=None)
        assert queries.unit_of(ids.contest, below.path).name == "Trung tâm"
        assert queries.unit_of(ids.contest, office.path) is None


def test_headcounts_follow_the_tree_until_the_first_round_is_published(app):
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(ids.bank), by=None, now=NOON)
        office = db.session.get(Unit, ids.unit)
        office.headcount, office.name = 61, "Sở Nội vụ tỉnh"
        participation.refresh_units(ids.contest)
        assert units(ids.contest) == [("Sở Nội vụ tỉnh", 61)]
        office.headcount = 62
        publishing.publish_round(row.id, by=None, now=NOON)
        assert units(ids.contest) == [("Sở Nội vụ tỉnh", 62)]
        office.headcount = 99
        participation.refresh_units(ids.contest)
        publishing.publish_round(operations.create_round(ids.contest, fields(ids.bank), by=None, now=NOON).id,
                                 by=None, now=NOON + timedelta(hours=1))
        assert units(ids.contest) == [("Sở Nội vụ tỉnh", 62)]
        with pytest.raises(Refusal, match="units_frozen"):
            participation.choose_units(ids.contest, [], by=None, now=NOON)
