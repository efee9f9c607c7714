"""How a round is marked and ranked: typed, refused at its field, kept, told, copied, frozen."""

import re
from datetime import timedelta

import pytest

from contest.errors import Refusal
from contest.extensions import db
from contest.rounds import copying, operations, publishing, queries, scoring_words
from contest.rounds.amended import difference
from contest.rounds.amended_words import amended
from contest.rounds.models import Round, RulesVersion
from contest.scoring import bands, policy
from contest.scoring.policy import BadPolicy
from tests.factories import NOON
from tests.rounds.cast import DAY, cast, client_of, fields, form, post
from tests.rounds.test_amending import amend

HUE = {"chain": ["points", "distance", "finished_at", "draw"], "seed": "Huế 2025, Tuần 1", "counted": "most_correct",
       "marking": {"multiple": {"rule": "negative", "penalty_percent": 50}}, "floor": False, "pass_percent": 50,
       "bands": [90, 50], "complete": True}
TYPED = {
    "counted": "most_correct", "complete": "y", "chain_1": "points", "chain_2": "", "chain_3": "distance",
    "chain_4": "finished_at",
    "chain_5": "draw", "seed": "  Huế 2025,  Tuần 1 ", "prediction": "participants", "marking_multiple": "negative",
    "penalty_multiple": "50", "below_zero": "y", "pass_percent": "50", "bands": "90 %; 50",
    "board_freezes_at": "2026-12-08T12:00", "appeal_days": "3", "answer_days": "5"}


def new(ids):
    return f"/to-chuc/cuoc-thi/{ids.contest}/dot-thi/moi"


def only_round(app):
    with app.app_context():
        return db.session.query(Round).one()


def test_the_rules_of_scoring_are_kept_as_typed_and_shown_again(app, hands):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    assert post(client, new(ids), **form(ids.bank, **TYPED)).status_code == 303
    row = only_round(app)
    assert row.scoring == HUE
    assert (row.appeal_days, row.answer_days, row.board_freezes_at) == (3, 5, NOON + timedelta(days=7))
    text = client.get(f"/to-chuc/dot-thi/{row.id}/sua").get_data(as_text=True)
    assert re.findall(r'<select[^>]*id="chain_\d"[^>]*>.*?<option selected value="(\w*)"', text, re.S) == [
        "points", "distance", "finished_at", "draw", "", ""]
    assert 'name="bands" type="text" value="90, 50"' in text
    assert 'name="penalty_multiple" type="text"' in text or 'value="50"' in text
    posted = dict(form(ids.bank), **{**TYPED, "chain_2": "distance", "chain_3": "finished_at", "chain_4": "draw",
                                     "chain_5": ""})
    post(client, f"/to-chuc/dot-thi/{row.id}/sua", **posted)
    assert only_round(app).scoring == HUE


def test_a_form_that_says_nothing_of_it_keeps_the_defaults(app, hands):
    ids = cast(app)
    post(client_of(app, ids.organiser), new(ids), **form(ids.bank))
    row = only_round(app)
    assert (row.scoring, row.appeal_days, row.answer_days, row.board_freezes_at) == ({}, 0, 0, None)


@pytest.mark.parametrize(("changes", "field", "sentence"), [
    ({"chain_1": "", "chain_2": "", "chain_3": ""}, "chain_1", "Chọn ít nhất một tiêu chí xếp hạng."),
    ({"chain_1": "points", "chain_2": "correct", "chain_3": "points"}, "chain_3", "Tiêu chí này đã chọn ở trên."),
    ({"chain_1": "points", "chain_2": "draw", "chain_3": "taken_ms", "seed": "x"}, "chain_2", "Bốc thăm chỉ đứng cuối"),
    ({"chain_2": "distance"}, "chain_2", "Đợt thi này không hỏi câu dự đoán"),
    ({"chain_4": "draw"}, "seed", "Ghi dòng chữ để bốc thăm"),
    ({"bands": "25, 75"}, "bands", "Ghi từ 1 đến 6 mốc"),
    ({"bands": ""}, "bands", "Ghi từ 1 đến 6 mốc"),
    ({"bands": "a, b"}, "bands", "Ghi từ 1 đến 6 mốc"),
    ({"pass_percent": "101"}, "pass_percent", "Mức đạt từ 0 đến 100"),
    ({"marking_multiple": "partial", "penalty_multiple": "5"}, "penalty_multiple", "bỏ trống ô phần trăm"),
    ({"marking_multiple": "negative", "penalty_multiple": "0"}, "penalty_multiple", "Ghi số phần trăm từ 0 đến 100"),
    ({"marking_single": "partial"}, "marking_single", "Chọn một mục trong danh sách."),
    ({"prediction": "number"}, "prediction_text", "Ghi câu hỏi mà người dự thi phải dự đoán con số."),
    ({"board_freezes_at": "2026-12-01T00:00"}, "board_freezes_at", "Chọn lúc trong khoảng từ giờ mở"),
    ({"appeal_days": "61"}, "appeal_days", "Số ngày từ 0 đến 60."),
])
def test_what_cannot_be_is_told_at_its_field(app, hands, changes, field, sentence):
    ids = cast(app)
    answer = post(client_of(app, ids.organiser), new(ids), **form(ids.bank, **changes))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text
    assert sentence in text[text.index(f'id="{field}-error"'):][:600]
    assert f'href="#{field}"' in text
    with app.app_context():
        assert db.session.query(Round).count() == 0


def test_all_that_cannot_be_is_told_at_once(app, hands):
    ids = cast(app)
    answer = post(client_of(app, ids.organiser), new(ids), **form(
        ids.bank, bands="25, 75", chain_2="distance", chain_3="points", chain_4="draw", marking_multiple="negative",
        penalty_multiple="0"))
    text = answer.get_data(as_text=True)
    for field in ("bands", "chain_2", "chain_3", "seed", "penalty_multiple"):
        assert f'id="{field}-error"' in text
        assert f'href="#{field}"' in text


@pytest.mark.parametrize(("values", "code"), [
    ({"scoring": {"chain": ["points", "distance"]}}, "nothing_to_guess"), ({"prediction": "number"}, "number_unasked"),
    ({"board_freezes_at": NOON}, "freeze_outside")])
def test_no_round_is_published_whose_rules_cannot_hold(app, values, code):
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(ids.bank, **values), by=None, now=NOON)
        with pytest.raises(Refusal) as refused:
            publishing.publish_round(row.id, by=None, now=NOON)
        assert refused.value.params["problems"] == [code]


def published(app, **changes):
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(ids.bank, **changes), by=None, now=NOON)
        publishing.publish_round(row.id, by=None, now=NOON)
        db.session.commit()
        return ids, row.id


def test_they_are_frozen_with_the_rules(app):
    freezes = NOON + 6 * DAY
    _ids, round_id = published(app, scoring=HUE, prediction="participants", board_freezes_at=freezes, appeal_days=3)
    with app.app_context():
        content = db.session.get(RulesVersion, (round_id, 1)).content
        assert content["scoring"] == HUE
        assert content["board_freezes_at"] == int(freezes.timestamp() * 1000)
        assert (content["appeal_days"], content["answer_days"]) == (3, 0)


def test_they_change_on_record_until_the_round_opens(app):
    _ids, round_id = published(app)
    with app.app_context():
        change = amend(round_id, scoring={"chain": ["points", "finished_at"]}, appeal_days=5,
                       board_freezes_at=NOON + 2 * DAY)
        db.session.commit()
        assert difference(round_id, 2).changed == {"scoring", "appeal_days", "board_freezes_at"}
        assert db.session.get(RulesVersion, (round_id, 2)).content["scoring"] == {"chain": ["points", "finished_at"]}
        told = {what: (old, new) for what, old, new in amended(change).lines}
        assert "bằng điểm thì người nộp bài sớm hơn xếp trên." in told["Cách chấm và xếp hạng"][1]
        assert told["Tạm dừng cập nhật bảng xếp hạng"] == (
            "Không dừng", "từ 12:00 ngày 03/12/2026 đến khi công bố kết quả")
        with pytest.raises(Refusal) as refused:
            amend(round_id, version=2, now=NOON + DAY, scoring={})
        assert refused.value.code == "scoring_kept"
        db.session.rollback()
        with pytest.raises(BadPolicy):
            amend(round_id, version=2, scoring={"chain": ["distance"]})


@pytest.mark.parametrize(("to", "at", "code"), [
    (2, 2, "freeze_kept"), (None, 3, "freeze_kept"), (5, 3, "freeze_kept"), (9, 1, "freeze_outside"), (2, 1, None),
    (None, 1, None)])
def test_a_frozen_board_stays_frozen_and_none_freezes_at_once(app, to, at, code):
    _ids, round_id = published(app, board_freezes_at=NOON + 3 * DAY)
    with app.app_context():
        freezes_at = None if to is None else NOON + to * DAY
        if code is None:
            amend(round_id, board_freezes_at=freezes_at, now=NOON + at * DAY)
            assert queries.get_round(round_id).board_freezes_at == freezes_at
            return
        with pytest.raises(Refusal) as refused:
            amend(round_id, board_freezes_at=freezes_at, now=NOON + at * DAY)
        assert refused.value.code == code


def test_a_version_from_before_these_rules_reads_as_the_defaults(app):
    _ids, round_id = published(app)
    with app.app_context():
        first = db.session.get(RulesVersion, (round_id, 1))
        first.content = {name: value for name, value in first.content.items()
                         if name not in ("scoring", "board_freezes_at", "appeal_days", "answer_days")}
        db.session.flush()
        change = amend(round_id, title="Tuần một")
        assert [what for what, _old, _new in amended(change).lines] == ["Tên đợt thi"]


def test_copies_keep_them_but_draw_other_lots(app):
    _ids, round_id = published(app, scoring=HUE, prediction="participants", board_freezes_at=NOON + 6 * DAY,
                               appeal_days=3, answer_days=4)
    with app.app_context():
        copied = copying.copy_round(round_id, by=None, now=NOON)
        assert copied.scoring == HUE | {"seed": "Huế 2025, Tuần 2"}
        assert (copied.board_freezes_at, copied.appeal_days, copied.answer_days) == (NOON + 13 * DAY, 3, 4)
        row = queries.get_round(round_id)
        weeks = copying.series_of(row, 3, DAY, {"official": " – CBCCVC", "citizen": " – Người dân"})
        seeds = [one.scoring["seed"] for one in weeks]
        assert len(set(seeds)) == 6
        assert seeds[:2] == ["Huế 2025, Tuần 2 – CBCCVC", "Huế 2025, Tuần 2 – Người dân"]
        row.scoring = HUE | {"seed": "Chung"}
        assert [one.scoring["seed"] for one in copying.series_of(row, 2, DAY)] == ["Chung, Tuần 2", "Chung, Tuần 3"]


def test_no_two_published_rounds_draw_the_same_lots(app):
    ids, round_id = published(app, scoring=HUE, prediction="participants")
    with app.app_context():
        values = copying.values_of(queries.get_round(round_id))
        row = operations.create_round(ids.contest, values, by=None, now=NOON)
        with pytest.raises(Refusal) as refused:
            publishing.publish_round(row.id, by=None, now=NOON)
        assert refused.value.params["problems"] == ["seed_used"]


def test_everybody_reads_how_it_is_ranked(app, hands):
    ids, round_id = published(app, scoring=HUE, prediction="participants", appeal_days=3, answer_days=5)
    text = client_of(app, ids.contestant).get(f"/cuoc-thi/{ids.code}").get_data(as_text=True)
    for words in (
        "Xếp hạng theo điểm; bằng điểm thì người dự đoán gần đúng hơn xếp trên; vẫn bằng nhau thì người nộp bài sớm "
        "hơn xếp trên; vẫn bằng nhau thì người bốc được số nhỏ hơn xếp trên.",
        "lượt có nhiều câu đúng nhất được tính", "Huế 2025, Tuần 1/mã bốc thăm", "Đạt: từ 50 % số điểm trở lên.",
        "Chọn nhiều đáp án: đúng phần nào có điểm, sai phần nào trừ điểm, mỗi phần sai trừ 50 % của một phần đúng.",
        "Tổng điểm của một bài có thể xuống dưới 0.", "trong 3 ngày kể từ khi công bố"):
        assert words in text
    page = client_of(app, ids.organiser).get(f"/to-chuc/dot-thi/{round_id}/sua-quy-dinh").get_data(as_text=True)
    assert 'name="chain_1"' in page
    hands.advance(days=2)
    page = client_of(app, ids.organiser).get(f"/to-chuc/dot-thi/{round_id}/sua-quy-dinh").get_data(as_text=True)
    assert 'name="chain_1"' not in page
    assert "bằng điểm thì người dự đoán gần đúng hơn xếp trên" in page


def test_an_open_round_is_amended_without_touching_its_scoring(app, hands):
    ids, round_id = published(app, scoring=HUE, prediction="participants")
    hands.advance(days=2)
    client = client_of(app, ids.organiser)
    answer = post(client, f"/to-chuc/dot-thi/{round_id}/sua-quy-dinh", title="Tuần một", minutes="20",
                  attempts_allowed="1", quota_scope="round", audience="all", result_shown="score",
                  board_shown="after_close", rules="Thể lệ của tuần 1.", reason="Đính chính.", version="1")
    assert answer.status_code == 303
    row = only_round(app)
    assert (row.title, row.scoring, row.rules_version) == ("Tuần một", HUE, 2)


@pytest.mark.parametrize(("chain", "sentence"), [
    (None, "Xếp hạng theo điểm; bằng điểm thì người làm bài trong thời gian ngắn hơn xếp trên; vẫn bằng nhau thì người "
           "nộp bài sớm hơn xếp trên."),
    (["correct", "taken_ms"],
     "Xếp hạng theo số câu đúng; bằng nhau thì người làm bài trong thời gian ngắn hơn xếp trên."),
    (["points"], "Xếp hạng theo điểm."),
])
def test_a_chain_as_a_sentence(app, chain, sentence):
    with app.test_request_context():
        assert scoring_words.chain(policy.read({"chain": chain} if chain else {})) == sentence


def test_bands_are_named_by_their_own_cuts(app):
    with app.test_request_context():
        assert list(scoring_words.band_words(bands.names((90, 50))).values()) == [
            "Đúng hết", "Từ 90 % đến dưới 100 %", "Từ 50 % đến dưới 90 %", "Dưới 50 %", "Không đúng câu nào"]
