"""Who may sit how often: typed, kept, shown, copied, frozen."""

import re

import pytest

from contest.extensions import db
from contest.rounds import copying, operations, publishing, queries
from contest.rounds.models import Round, RulesVersion
from contest.rounds.operations import STAFF
from contest.rounds.rule_words import barred, only, prediction, quota
from contest.rounds.words import unsaid
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import DAY, cast, client_of, fields, form, post

BLOC = "Khối sở, ban, ngành"


def new(ids):
    return f"/to-chuc/cuoc-thi/{ids.contest}/dot-thi/moi"


def test_who_may_sit_is_kept_as_typed(app, hands):
    ids = cast(app)
    with app.app_context():
        commune = factories.unit("Phường Cao Lãnh", bloc="Khối xã", parent=db.session.get(factories.Unit, ids.unit))
        db.session.commit()
        commune_id = commune.id
    client = client_of(app, ids.organiser)
    answer = post(client, new(ids), **form(
        ids.bank, quota_scope="week", open_blocs=[BLOC], open_units=[commune_id],
        barred_roles=["organiser", "coordinator"], prediction="participants", opinion=" Góp ý  gì? "))
    assert answer.status_code == 303
    with app.app_context():
        row = db.session.query(Round).one()
        assert (row.quota_scope, row.open_blocs, row.open_units, row.barred_roles, row.prediction, row.opinion) == (
            "week", [BLOC], [commune_id], ["organiser", "coordinator"], "participants", "Góp ý gì?")
        copied = copying.copy_round(row.id, by=None, now=NOON)
        for name in ("quota_scope", "open_blocs", "open_units", "barred_roles", "prediction", "opinion"):
            assert getattr(copied, name) == getattr(row, name)
        round_id = row.id
    for page in ("", "/cong-bo"):
        text = client.get(f"/to-chuc/dot-thi/{round_id}{page}").get_data(as_text=True)
        for words in ("2 lượt mỗi tuần", f"{BLOC}; Phường Cao Lãnh", "Đầu mối đơn vị, Người tổ chức",
                      "số người dự thi", "Góp ý gì?"):
            assert words in text


def test_a_grace_is_typed_kept_and_told(app, hands):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    for wrong in ("-1", "121", "ba"):
        assert post(client, new(ids), **form(ids.bank, grace_s=wrong)).status_code == 422
    assert post(client, new(ids), **form(ids.bank, grace_s="15")).status_code == 303
    with app.app_context():
        row = db.session.query(Round).one()
        assert row.grace_ms == 15_000
        page = f"/to-chuc/dot-thi/{row.id}"
    text = client.get(page + "/sua").text
    assert re.search(r'name="grace_s"[^>]*value="15"|value="15"[^>]*name="grace_s"', text)
    for path in ("", "/cong-bo"):
        assert "nhận trong 15 giây" in client.get(page + path).text
    post(client, page + "/sua", **form(ids.bank, title="Tuần một", grace_s="15"))
    with app.app_context():
        row = db.session.query(Round).one()
        assert (row.title, row.grace_ms) == ("Tuần một", 15_000)


def test_a_new_round_keeps_out_who_may_have_seen_the_questions(app, hands):
    ids = cast(app)
    text = client_of(app, ids.organiser).get(new(ids)).get_data(as_text=True)
    boxes = re.findall(r'<input([^>]*)name="barred_roles"[^>]*value="(\w+)"', text)
    assert {role for before, role in boxes if "checked" in before} == set(STAFF)
    assert len(boxes) == 6


def test_units_are_found_without_a_script(app, hands):
    ids = cast(app)
    with app.app_context():
        commune = factories.unit("Phường Cao Lãnh", bloc="Khối xã")
        db.session.commit()
        commune_id = commune.id
    client = client_of(app, ids.organiser)
    text = post(client, new(ids), **form(ids.bank, action="units", unit_search="cao lanh")).get_data(as_text=True)
    assert f'value="{commune_id}"' in text
    assert f'value="{ids.unit}"' not in text
    entered = post(client, new(ids), **form(ids.bank, unit_search="cao lanh")).get_data(as_text=True)
    assert f'value="{commune_id}"' in entered
    assert 'name="unit_searched" value="cao lanh"' in entered
    none = post(client, new(ids), **form(ids.bank, action="units", unit_search="zzz")).get_data(as_text=True)
    assert "Không có đơn vị nào tên như vậy" in none
    with app.app_context():
        assert db.session.query(Round).count() == 0
    post(client, new(ids), **form(ids.bank, unit_search="cao lanh", unit_searched="cao lanh", open_units=[commune_id]))
    with app.app_context():
        assert db.session.query(Round).one().open_units == [commune_id]


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"kind": "practice", "quota_scope": "week"}, "Thi thử tính lượt trong từng đợt."),
    ({"quota_scope": "year"}, "Chọn một mục trong danh sách."),
    ({"open_units": ["0" * 32]}, "Có mục không nằm trong danh sách."),
    ({"open_blocs": ["Khối lạ"]}, "Có mục không nằm trong danh sách."),
    ({"barred_roles": ["contestant"]}, "Có mục không nằm trong danh sách."),
    ({"prediction": "score"}, "Chọn một mục trong danh sách."),
    ({"opinion": "x" * 501}, "Tối đa 500 ký tự."),
])
def test_bad_rules_are_named(app, hands, changes, sentence):
    ids = cast(app)
    answer = post(client_of(app, ids.organiser), new(ids), **form(ids.bank, **changes))
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_the_words_of_the_rules(app):
    with app.app_context():
        unit = factories.unit("Sở Tư pháp")
        row = Round(attempts_allowed=3, quota_scope="week", open_units=[unit.id], open_blocs=["Khối xã"],
                    barred_roles=["administrator", "reviewer"], prediction="none")
        assert (quota(row), only(row), barred(row), prediction(row)) == (
            "3 lượt mỗi tuần", "Khối xã; Sở Tư pháp", "Người thẩm định câu hỏi, Quản trị", "")
        row.quota_scope, row.open_units, row.open_blocs, row.barred_roles, row.prediction = (
            "contest", [], [], [], "perfect_entries")
        assert (quota(row), only(row), barred(row), prediction(row)) == (
            "3 lượt trong cả cuộc thi", "", "", "số người trả lời đúng tất cả các câu")


def test_what_was_published_says_who_may_sit_and_the_page_tells_it(app, hands):
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(
            ids.bank, quota_scope="week", attempts_allowed=2, open_blocs=(BLOC,), prediction="participants"),
            by=None, now=NOON)
        assert unsaid(row)[-3:] == [f"dành riêng cho {BLOC}", "số lượt tính theo tuần", "câu hỏi dự đoán"]
        publishing.publish_round(row.id, by=None, now=NOON)
        db.session.commit()
        said = db.session.get(RulesVersion, (row.id, 1)).content
        assert {name: said[name] for name in ("quota_scope", "open_blocs", "open_units", "barred_roles",
                                              "prediction", "opinion")} == {
            "quota_scope": "week", "open_blocs": [BLOC], "open_units": [], "barred_roles": list(STAFF),
            "prediction": "participants", "opinion": ""}
    hands.set(NOON + 2 * DAY)
    text = app.test_client().get(f"/cuoc-thi/{ids.code}").get_data(as_text=True)
    assert "2 lượt mỗi tuần" in text
    assert BLOC in text


def test_rules_written_here_say_who_may_sit(app, hands):
    ids = cast(app)
    post(client_of(app, ids.organiser), new(ids), **form(
        ids.bank, rules="", quota_scope="contest", open_blocs=[BLOC], prediction="participants"))
    with app.app_context():
        row = db.session.query(Round).one()
        assert f"dành riêng cho: {BLOC}." in row.rules
        assert "tối đa 2 lượt trong cả cuộc thi" in row.rules
        assert "dự đoán số người dự thi" in row.rules
        assert unsaid(row) == []
        assert queries.contest_blocs(ids.contest) == [BLOC]
