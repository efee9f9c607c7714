"""A published round's rules change on record: what, by whom, why, and what never does."""

import re
from datetime import timedelta

import pytest

from contest.audit.models import AuditEvent
from contest.delivery import operations as sittings
from contest.delivery.models import Attempt
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.rounds import amending, copying, operations, publishing, queries
from contest.rounds.amended import difference
from contest.rounds.models import Round, RoundChange, RulesVersion
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import DAY, cast, client_of, fields, post

OLD = "Thi trong 20 phút.\nMỗi người một lượt."
NEW = "Thi trong 30 phút.\nMỗi người một lượt."


def published(app, **changes):
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(ids.bank, rules=OLD, **changes), by=None, now=NOON)
        publishing.publish_round(row.id, by=None, now=NOON)
        db.session.commit()
        return ids, row.id


def values(round_id, **changes):
    row = queries.get_round(round_id)
    return {name: getattr(row, name) for name in amending.AMENDABLE} | changes


def amend(round_id, *, reason="Đính chính.", version=1, by=None, now=NOON, **changes):
    return amending.amend_rules(round_id, values(round_id, **changes), reason, version=version, by=by, now=now)


def refusal(act, *args, **kwargs):
    with pytest.raises(Refusal) as refused:
        act(*args, **kwargs)
    db.session.rollback()
    return refused.value.code, refused.value.status


def test_a_change_is_a_new_version_with_its_reason(app):
    ids, round_id = published(app)
    with app.app_context():
        first = db.session.get(RulesVersion, (round_id, 1))
        before, digest = dict(first.content), first.sha256
        change = amend(round_id, rules=NEW, duration_ms=30 * 60_000, open_blocs=("Khối xã",), reason=" Sai số phút. ",
                       by=ids.organiser, now=NOON + DAY)
        db.session.commit()
        row = queries.get_round(round_id)
        assert (row.rules, row.duration_ms, row.open_blocs, row.rules_version) == (NEW, 1_800_000, ["Khối xã"], 2)
        second = db.session.get(RulesVersion, (round_id, 2))
        assert second.content == before | {"rules": NEW, "duration_ms": 1_800_000, "open_blocs": ["Khối xã"]}
        assert (second.sha256, second.published_by) == (publishing.sha256(second.content), ids.organiser)
        first = db.session.get(RulesVersion, (round_id, 1))
        assert (first.content, first.sha256) == (before, digest)
        assert (change.kind, change.rules_version, change.reason, change.closes_before) == (
            "rules", 2, "Sai số phút.", change.closes_after)
        event = db.session.query(AuditEvent).filter_by(action="round.rules").one()
        assert (event.details["reason"], event.details["rules_version"]) == ("Sai số phút.", 2)
        found = difference(round_id, 2)
        assert found.changed == {"duration_ms", "open_blocs"}
        assert [piece.text for piece in found.text.new if piece.changed] == ["30"]


FIXED = {"kind", "opens_at", "closes_at", "grace_ms", "prediction", "prediction_text", "shuffle_questions",
         "shuffle_options", "bank_ids", "blueprint"}


def test_what_decides_the_papers_cannot_change():
    assert set(operations.RoundFields.__annotations__) == set(amending.AMENDABLE) | FIXED
    assert not FIXED & set(amending.AMENDABLE)


def test_what_is_refused(app):
    ids, round_id = published(app)
    with app.app_context():
        assert refusal(amend, round_id) == ("nothing_changed", 422)
        assert refusal(amend, round_id, title="Khác", reason=" ") == ("reason_required", 422)
        assert refusal(amend, round_id, title="Khác", version=2) == ("rules_changed_meanwhile", 409)
        assert refusal(amend, round_id, duration_ms=7 * 86_400_000) == ("duration_exceeds_window", 422)
        with pytest.raises(Missing):
            amending.amend_rules("0" * 32, values(round_id), "x", version=1, by=None, now=NOON)
        practice = operations.create_round(ids.contest, fields(ids.bank, kind="practice"), by=None, now=NOON)
        assert refusal(amend, practice.id, title="Khác", version=0) == ("rules_closed", 409)
        publishing.publish_round(operations.create_round(
            ids.contest, fields(ids.bank, kind="practice"), by=None, now=NOON).id, by=None, now=NOON)
        db.session.commit()
        practice_id = db.session.query(Round.id).filter_by(kind="practice", state="published").scalar()
        assert refusal(amend, practice_id, quota_scope="week") == ("practice_quota", 422)
        publishing.publish_results(round_id, by=None, now=NOON + 7 * DAY)
        assert refusal(amend, round_id, title="Khác", now=NOON + 7 * DAY) == ("rules_closed", 409)
        publishing.cancel_round(practice_id, "Sai đề.", by=None, now=NOON)
        assert refusal(amend, practice_id, title="Khác") == ("rules_closed", 409)


def test_a_running_attempt_keeps_its_time_and_its_rules(app):
    ids, round_id = published(app, attempts_allowed=2)
    opened = NOON + 2 * DAY
    with app.app_context():
        factories.sign_in(db.session.get(factories.Account, ids.contestant), "máy")
        first = sittings.start(round_id, ids.contestant, "s" * 64, True, opened).attempt_id
        db.session.commit()
        amend(round_id, duration_ms=5 * 60_000, now=opened)
        db.session.commit()
        held = db.session.get(Attempt, first)
        assert (held.time_limit_at, held.rules_version) == (opened + timedelta(minutes=20), 1)
        assert refusal(amend, round_id, quota_scope="week", version=2, now=opened) == ("quota_scope_kept", 409)
        sittings.submit(first, ids.contestant, opened)
        second = db.session.get(Attempt, sittings.start(round_id, ids.contestant, "s" * 64, True, opened).attempt_id)
        assert (second.time_limit_at, second.rules_version) == (opened + timedelta(minutes=5), 2)


def test_a_copy_takes_the_rules_of_today_and_the_first_window(app):
    _ids, round_id = published(app)
    with app.app_context():
        amend(round_id, title="Tuần 1 (sửa)")
        publishing.extend_round(round_id, NOON + 9 * DAY, "Mất điện.", by=None, now=NOON)
        copied = copying.copy_round(round_id, by=None, now=NOON)
        assert (copied.title, copied.closes_at) == ("Tuần 2 (sửa)", NOON + 14 * DAY)


def sent(page):
    """What the form holds, as a browser sends it."""
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)[1]
    return {"title": "Tuần 1", "minutes": "30", "attempts_allowed": "1", "quota_scope": "round", "audience": "all",
            "barred_roles": list(operations.STAFF), "result_shown": "score", "board_shown": "after_close",
            "mask_names": "y", "rules": NEW.replace("\n", "\r\n"), "reason": "Ghi nhầm số phút.", "version": version}


def test_everybody_reads_what_changed_and_why(app, hands):
    ids, round_id = published(app)
    hands.set(NOON + 2 * DAY)
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/dot-thi/{round_id}/sua-quy-dinh"
    page = client.get(path).get_data(as_text=True)
    assert "Thi trong 20 phút." in page
    assert post(client, path, **sent(page)).headers["Location"] == f"/to-chuc/dot-thi/{round_id}"
    person = client_of(app, ids.contestant)
    for browser, address in ((client, f"/to-chuc/dot-thi/{round_id}"), (person, f"/dot-thi/{round_id}"),
                             (person, f"/cuoc-thi/{ids.code}"), (person, "/"),
                             (app.test_client(), f"/cuoc-thi/{ids.code}")):
        text = browser.get(address).get_data(as_text=True)
        assert "Ghi nhầm số phút." in text
        assert "Thời gian làm bài: 20 phút → <b>30 phút</b>" in text
        assert "<del>20</del>" in text
        assert "<ins>30</ins>" in text
    again = post(client, path, **sent(page) | {"title": "Khác"})
    assert again.status_code == 422
    assert "Người khác vừa sửa quy định" in again.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(RoundChange).count() == 1


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"reason": " "}, "Ghi lý do."),
    ({"minutes": "600", "title": "x"}, None),
    ({"minutes": "601"}, "Thời gian làm bài từ 1 đến 600 phút."),
    ({"open_units": ["0" * 32]}, "Có mục không nằm trong danh sách."),
    ({"prediction": "participants", "shuffle_options": "", "kind": "practice"}, None),
])
def test_the_form_names_what_is_wrong_and_takes_nothing_else(app, hands, changes, sentence):
    ids, round_id = published(app)
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/dot-thi/{round_id}/sua-quy-dinh"
    answer = post(client, path, **sent(client.get(path).get_data(as_text=True)) | changes)
    assert answer.status_code == (422 if sentence else 303)
    assert (sentence or "") in answer.get_data(as_text=True)
    with app.app_context():
        row = db.session.get(Round, round_id)
        assert (row.prediction, row.kind, row.shuffle_options) == ("none", "contest", True)


def test_organisers_only_and_not_after_the_results(app, hands):
    ids, round_id = published(app)
    path = f"/to-chuc/dot-thi/{round_id}/sua-quy-dinh"
    assert client_of(app, ids.viewer).get(path).status_code == 403
    with app.app_context():
        publishing.publish_results(round_id, by=None, now=NOON + 7 * DAY)
        db.session.commit()
    hands.set(NOON + 7 * DAY)
    assert client_of(app, ids.organiser).get(path).status_code == 409
