from dataclasses import replace

import pytest

from contest.audit.models import AuditEvent
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds import operations, publishing, queries
from contest.rounds.models import Contest, ContestUnit, Round, RoundBank
from contest.rounds.operations import ContestFields
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import DAY, cast, fields

TITLE = "Tìm hiểu Cải cách hành chính, năm 2026"


def test_a_contest_takes_every_unit_with_a_headcount(app):
    with app.app_context():
        organiser = factories.account(roles=("organiser",))
        top = factories.unit("Tỉnh", headcount=None, bloc=None)
        office = factories.unit("Sở Nội vụ", parent=top, headcount=50)
        made = operations.create_contest(ContestFields(TITLE, target_percent=80), by=organiser.id, now=NOON)
        db.session.commit()
        assert (made.code, made.created_by, made.created_at) == ("tim-hieu-cai-cach-hanh-chinh-nam-2026",
                                                                 organiser.id, NOON)
        assert [(row.unit_id, row.name, row.headcount) for row in db.session.query(ContestUnit)] == [
            (office.id, "Sở Nội vụ", 50)]
        event = db.session.query(AuditEvent).filter_by(action="contest.create").one()
        assert (event.object_id, event.account_id, event.at) == (made.id, organiser.id, NOON)


def test_codes_are_made_up_once_each(app):
    with app.app_context():
        codes = [operations.create_contest(ContestFields(title), by=None, now=NOON).code
                 for title in (TITLE, TITLE, TITLE, "!!!", "rất " * 30)]
        assert codes == ["tim-hieu-cai-cach-hanh-chinh-nam-2026", "tim-hieu-cai-cach-hanh-chinh-nam-202-2",
                         "tim-hieu-cai-cach-hanh-chinh-nam-202-3", "cuoc-thi", "-".join(["rat"] * 10)]


def test_a_code_in_use_is_refused_and_nothing_else_is_lost(app):
    with app.app_context():
        first = operations.create_contest(ContestFields("A", code="a"), by=None, now=NOON)
        second = operations.create_contest(ContestFields("B", code="b"), by=None, now=NOON)
        for act in (lambda: operations.create_contest(ContestFields("C", code="a"), by=None, now=NOON),
                    lambda: operations.edit_contest(second.id, ContestFields("C", code="a"), by=None, now=NOON)):
            with pytest.raises(Refusal) as refused:
                act()
            assert (refused.value.code, refused.value.status) == ("contest_code_taken", 409)
        db.session.commit()
        assert sorted((row.code, row.title) for row in db.session.query(Contest)) == [("a", "A"), ("b", "B")]
        assert first.code == "a"


def test_the_address_of_a_contest_in_circulation_stays(app):
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(ids.bank), by=None, now=NOON)
        operations.edit_contest(ids.contest, ContestFields("Mới", code="moi", hotline_technical="1"), by=None, now=NOON)
        publishing.publish_round(row.id, by=None, now=NOON)
        with pytest.raises(Refusal) as refused:
            operations.edit_contest(ids.contest, ContestFields("Mới", code="khac"), by=None, now=NOON)
        assert (refused.value.code, refused.value.params) == ("contest_code_kept", {"address": "moi"})
        operations.edit_contest(ids.contest, ContestFields("Mới hơn", code="moi"), by=None, now=NOON)
        assert queries.contest_by_code("moi").title == "Mới hơn"


def test_drafts_are_made_changed_and_removed(app):
    ids = cast(app)
    with app.app_context():
        other = factories.bank(2)
        rows = [operations.create_round(ids.contest, fields(ids.bank), by=ids.organiser, now=NOON) for _ in range(2)]
        assert [row.position for row in rows] == [1, 2]
        changed = replace(fields(ids.bank), title="Tuần một", bank_ids=(other.id, ids.bank), attempts_allowed=3)
        operations.edit_round(rows[0].id, changed, by=ids.organiser, now=NOON)
        db.session.commit()
        row = queries.get_round(rows[0].id)
        assert (row.title, row.attempts_allowed, {bank.bank_id for bank in row.banks}) == (
            "Tuần một", 3, {other.id, ids.bank})
        assert operations.delete_round(row.id, by=ids.organiser, now=NOON) == ids.contest
        db.session.commit()
        assert [row.id for row in db.session.query(Round)] == [rows[1].id]
        assert {row.round_id for row in db.session.query(RoundBank)} == {rows[1].id}
        with pytest.raises(Missing):
            operations.edit_round(rows[0].id, changed, by=None, now=NOON)


def test_a_contest_is_put_away_only_when_nothing_runs(app):
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(ids.bank), by=None, now=NOON)
        publishing.publish_round(row.id, by=None, now=NOON)
        for now in (NOON, row.opens_at, row.closes_at - DAY / 1000):
            with pytest.raises(Refusal, match="contest_running"):
                operations.archive_contest(ids.contest, by=None, now=now)
        operations.archive_contest(ids.contest, by=None, now=row.closes_at)
        assert [line.contest.id for line in queries.contest_lines(NOON, archived=True)] == [ids.contest]
        assert queries.contest_lines(NOON) == []
        operations.restore_contest(ids.contest, by=None, now=row.closes_at)
        assert queries.contest_counts() == (1, 0)
