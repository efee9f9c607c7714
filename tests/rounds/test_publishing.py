from dataclasses import fields as columns_of
from dataclasses import replace
from datetime import timedelta

import pytest

from contest.audit.models import AuditEvent
from contest.errors import Refusal
from contest.extensions import db
from contest.questions.models import TOPICS, Question, QuestionVersion
from contest.rounds import copying, operations, pools, publishing, queries
from contest.rounds.models import Contest, Round, RoundChange, RoundQuestion, RulesVersion
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import DAY, cast, fields

MS = timedelta(milliseconds=1)


def refusal(act, *args, **kwargs):
    with pytest.raises(Refusal) as refused:
        act(*args, **kwargs)
    return refused.value.code, refused.value.status


def published(app, **changes):
    ids = cast(app)
    row = operations.create_round(ids.contest, fields(ids.bank, **changes), by=ids.organiser, now=NOON)
    publishing.publish_round(row.id, by=ids.organiser, now=NOON)
    db.session.commit()
    return ids, row.id


def test_publishing_freezes_the_questions_and_the_rules(app):
    with app.app_context():
        ids, round_id = published(app)
        pool = {row.version_id: (row.topic, row.level) for row in db.session.query(RoundQuestion)}
        assert len(pool) == 12
        before = db.session.get(RulesVersion, (round_id, 1))
        content, digest = dict(before.content), before.sha256
        assert (before.published_by, before.published_at) == (ids.organiser, NOON)
        assert (content["title"], content["questions"], content["pool"]) == ("Tuần 1", 4, sorted(pool))
        assert publishing.sha256(content) == digest
        question = db.session.query(Question).order_by(Question.position).first()
        db.session.add(QuestionVersion(question_id=question.id, number=2, type="single", stem="Mới", topic="Khác",
                                       options=[], points=100, search_text="moi", created_at=NOON))
        question.version = 2
        db.session.query(Question).order_by(Question.position.desc()).first().retired_at = NOON
        factories.question(db.session.get(factories.Bank, ids.bank), stem="Thêm sau?")
        db.session.commit()
        assert {item.version_id: (item.topic, item.level) for item in pools.frozen(round_id)} == pool
        assert {slot.version_id for slot in pools.drawn(queries.get_round(round_id), "0" * 32)} <= set(pool)
        after = db.session.get(RulesVersion, (round_id, 1))
        assert (after.content, after.sha256) == (content, digest)


def test_the_digest_is_of_canonical_json():
    assert publishing.sha256({"b": 1, "a": "ệ"}) == publishing.sha256({"a": "ệ", "b": 1})
    assert publishing.sha256({"a": "ệ", "b": 1}) == "42da11df8637d2c52f18b6883809727f7c4eaeccf9a54dc978b7c83eb7d1dc1e"


CHANGED = {
    "title": "Khác", "opens_at": NOON + 2 * DAY, "closes_at": NOON + 9 * DAY, "duration_ms": 1, "bank_ids": (),
    "blueprint": (), "kind": "practice", "audience": "citizen", "grace_ms": 5000, "attempts_allowed": 9,
    "shuffle_questions": False, "shuffle_options": False, "result_shown": "review", "board_shown": "live",
    "mask_names": False, "rules": "Khác", "quota_scope": "week", "open_units": ("0" * 32,),
    "open_blocs": ("Khối khác",), "barred_roles": (), "prediction": "participants", "opinion": "Khác?",
    "prediction_text": "Bao nhiêu?", "board_freezes_at": NOON + 3 * DAY, "scoring": {"counted": "last"},
    "appeal_days": 3, "answer_days": 5,
}


def test_every_rule_is_tried_below():
    assert set(CHANGED) == {field.name for field in columns_of(operations.RoundFields)}


@pytest.mark.parametrize("name", CHANGED)
def test_no_rule_of_a_published_round_can_change(app, name):
    with app.app_context():
        ids, round_id = published(app)
        values = replace(fields(ids.bank), **{name: CHANGED[name]})
        assert refusal(operations.edit_round, round_id, values, by=None, now=NOON) == ("rules_frozen", 409)
        assert refusal(operations.delete_round, round_id, by=None, now=NOON) == ("rules_frozen", 409)
        assert refusal(publishing.publish_round, round_id, by=None, now=NOON) == ("rules_frozen", 409)
        row = queries.get_round(round_id)
        if name not in ("bank_ids", "blueprint"):
            assert getattr(copying.values_of(row), name) == getattr(fields(ids.bank), name)


def test_all_problems_are_listed_at_once(app):
    ids = cast(app)
    with app.app_context():
        contest = db.session.get(Contest, ids.contest)
        contest.hotline_technical = contest.hotline_content = contest.hotline_zalo = " "
        contest.archived_at = NOON
        row = operations.create_round(ids.contest, fields(
            ids.bank, bank_ids=(), blueprint=(), rules=" ", opens_at=NOON - DAY, closes_at=NOON,
            duration_ms=25 * 3_600_000), by=None, now=NOON)
        codes = ["contest_archived", "no_hotline", "window_over", "duration_exceeds_window", "no_bank",
                 "no_blueprint", "no_rules"]
        assert [problem.code for problem in publishing.problems(row, [], NOON)] == codes
        with pytest.raises(Refusal) as refused:
            publishing.publish_round(row.id, by=None, now=NOON)
        assert (refused.value.code, refused.value.params) == ("round_not_ready", {"count": 7, "problems": codes})
        assert (row.state, row.rules_version) == ("draft", 0)


@pytest.mark.parametrize(("closes_at", "ready"), [(NOON, False), (NOON + MS, True)])
def test_a_window_that_still_runs_can_be_published(app, closes_at, ready):
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(ids.bank, opens_at=NOON - DAY, closes_at=closes_at),
                                      by=None, now=NOON)
        found = publishing.problems(row, pools.groups([ids.bank]), NOON)
        assert [problem.code for problem in found] == ([] if ready else ["window_over"])


def test_shortages_are_named_cell_by_cell(app):
    ids = cast(app)
    with app.app_context():
        cell = {"bank_id": None, "topic": TOPICS[0], "level": None}
        rows = ({**cell, "count": 7}, {**cell, "topic": TOPICS[1], "count": 6},
                {**cell, "topic": "Không có", "count": 1})
        row = operations.create_round(ids.contest, fields(ids.bank, blueprint=rows), by=None, now=NOON)
        found = [(p.code, p.params["topic"], p.params["needed"], p.params["available"])
                 for p in publishing.problems(row, pools.groups([ids.bank]), NOON)]
        assert found == [("shortage", TOPICS[0], 7, 6), ("shortage", "Không có", 1, 0)]


def test_retired_questions_and_other_banks_do_not_count(app):
    ids = cast(app)
    with app.app_context():
        factories.bank(5)
        for question in db.session.query(Question).filter_by(bank_id=ids.bank).limit(9):
            question.retired_at = NOON
        db.session.flush()
        assert sum(group.count for group in pools.groups([ids.bank])) == 3
        assert len(pools.usable([ids.bank])) == 3
        assert sum(group.count for group in pools.groups()) == 8


def test_an_extension_is_later_and_has_a_reason(app):
    with app.app_context():
        ids, round_id = published(app)
        closing = NOON + 7 * DAY
        act = publishing.extend_round
        assert refusal(act, round_id, closing + DAY, " ", by=None, now=NOON) == ("reason_required", 422)
        assert refusal(act, round_id, closing, "Mưa bão", by=None, now=NOON) == ("closes_too_early", 422)
        assert refusal(act, round_id, closing + DAY, "Mưa bão", by=None, now=closing) == ("not_extendable", 409)
        act(round_id, closing + DAY, " Mưa bão ", by=ids.organiser, now=closing - MS)
        db.session.commit()
        assert queries.get_round(round_id).closes_at == closing + DAY
        change = db.session.query(RoundChange).one()
        assert (change.kind, change.reason, change.account_id) == ("extended", "Mưa bão", ids.organiser)
        assert (change.closes_before, change.closes_after, change.at) == (closing, closing + DAY, closing - MS)
        assert db.session.query(AuditEvent).filter_by(action="round.extended", object_id=round_id).count() == 1
        [recorded] = queries.changes([round_id])[round_id]
        assert recorded.author == "Trần Văn Bình"


def test_a_cancellation_is_final(app):
    with app.app_context():
        ids, round_id = published(app)
        assert refusal(publishing.cancel_round, round_id, "", by=None, now=NOON) == ("reason_required", 422)
        publishing.cancel_round(round_id, "Lộ đề", by=ids.organiser, now=NOON + 2 * DAY)
        db.session.commit()
        row = queries.get_round(round_id)
        assert (row.state, row.closes_at, queries.state(row, NOON)) == ("cancelled", NOON + 7 * DAY, "cancelled")
        for act in (lambda: publishing.cancel_round(round_id, "x", by=None, now=NOON),
                    lambda: publishing.extend_round(round_id, NOON + 9 * DAY, "x", by=None, now=NOON),
                    lambda: publishing.publish_results(round_id, by=None, now=NOON + 8 * DAY)):
            assert refusal(act)[1] == 409


def test_results_are_published_once_after_the_closing(app):
    with app.app_context():
        _ids, round_id = published(app)
        closing = NOON + 7 * DAY
        assert refusal(publishing.publish_results, round_id, by=None, now=closing - MS) == ("not_closed", 409)
        publishing.publish_results(round_id, by=None, now=closing)
        assert db.session.get(Round, round_id).results_published_at == closing
        assert refusal(publishing.publish_results, round_id, by=None, now=closing + DAY) == ("not_closed", 409)
        assert refusal(publishing.cancel_round, round_id, "x", by=None, now=closing + DAY) == ("not_cancellable", 409)
        draft = operations.create_round(_ids.contest, fields(_ids.bank), by=None, now=NOON)
        assert refusal(publishing.cancel_round, draft.id, "x", by=None, now=NOON) == ("not_cancellable", 409)
