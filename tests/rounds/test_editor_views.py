import html
import re
from datetime import UTC, datetime

import pytest
from flask import get_template_attribute

from contest.extensions import db
from contest.questions import operations as operations_of_questions
from contest.questions import seals
from contest.questions.document_models import Document, QuestionSection, Section
from contest.questions.document_queries import name_of
from contest.questions.matching import Insert
from contest.questions.models import TOPICS, Question
from contest.rounds import operations, pools, publishing, queries
from contest.rounds.blueprint import Place, field_name
from contest.rounds.models import Round
from tests import factories
from tests.factories import NOON
from tests.questions.every_type import EVERY
from tests.rounds.cast import ANY, cast, client_of, fields, form, post


def saved(app):
    with app.app_context():
        rows = [queries.get_round(row.id) for row in db.session.query(Round).order_by(Round.position, Round.id)]
        return [row for row in rows if row.banks is not None]  # read while there is a session


def test_a_draft_from_the_form(app, hands):
    ids = cast(app)
    cell = Place(ids.bank, TOPICS[1], "TH").name
    answer = post(client_of(app, ids.organiser), f"/to-chuc/cuoc-thi/{ids.contest}/dot-thi/moi",
                  **form(ids.bank, **{cell: "2"}))
    assert answer.status_code == 303
    [row] = saved(app)
    assert answer.headers["Location"] == f"/to-chuc/dot-thi/{row.id}"
    assert row.opens_at == datetime(2026, 12, 2, 5, 0, tzinfo=UTC)
    assert row.closes_at == datetime(2026, 12, 8, 17, 0, tzinfo=UTC)
    assert (row.duration_ms, row.attempts_allowed, row.shuffle_questions, row.shuffle_options, row.mask_names) == (
        1_200_000, 2, True, False, False)
    assert [bank.bank_id for bank in row.banks] == [ids.bank]
    assert sorted(row.blueprint, key=lambda r: r["count"]) == [
        {"bank_id": ids.bank, "topic": TOPICS[1], "level": "TH", "type": None, "document_id": None, "count": 2},
        {"bank_id": None, "topic": None, "level": None, "type": None, "document_id": None, "count": 4}]


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"title": ""}, "Ghi tên đợt thi."),
    ({"closes_at": "2026-12-02T12:00"}, "Giờ kết thúc phải sau giờ mở."),
    ({"closes_at": "2026-12-01T00:00"}, "Giờ kết thúc phải sau giờ mở."),
    ({"opens_at": ""}, "Chọn ngày và giờ mở."),
    ({"opens_at": "mai"}, "Chọn đủ ngày và giờ"),
    ({"minutes": "0"}, "Thời gian làm bài từ 1 đến 600 phút."),
    ({"minutes": "hai mươi"}, "Ghi một số nguyên."),
    ({"attempts_allowed": "0"}, "Số lượt từ 1 đến 100."),
    ({"audience": "khác"}, "Chọn một mục trong danh sách."),
    ({"banks": ["0" * 32]}, "Có mục không nằm trong danh sách."),
    ({ANY: "ba"}, "Ma trận đề: ghi số từ 0 đến 200 vào mỗi ô."),
])
def test_bad_input_is_named_and_kept(app, hands, changes, sentence):
    ids = cast(app)
    answer = post(client_of(app, ids.organiser), f"/to-chuc/cuoc-thi/{ids.contest}/dot-thi/moi",
                  **form(ids.bank, rules="Giữ lại điều này.", **changes))
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in text
    assert "Giữ lại điều này." in text
    assert f'name="{ANY}" value="{changes.get(ANY, "4")}"' in text
    assert saved(app) == []


def test_the_check_button_counts_without_saving(app, hands):
    ids = cast(app)
    cell = Place(None, TOPICS[0], "NB").name
    text = post(client_of(app, ids.organiser), f"/to-chuc/cuoc-thi/{ids.contest}/dot-thi/moi",
                **form(ids.bank, title="", action="check", **{cell: "5"})).get_data(as_text=True)
    assert f"{TOPICS[0]}, Nhận biết: cần 5 câu, chỉ có 3." in text
    assert "Mỗi đề 9 câu." in text
    assert f'data-available="{ANY}">12<' in text
    assert saved(app) == []


def test_enter_in_a_field_saves(app, hands):
    ids = cast(app)
    text = client_of(app, ids.organiser).get(f"/to-chuc/cuoc-thi/{ids.contest}/dot-thi/moi").get_data(as_text=True)
    first, *_others = re.findall(r"<button[^>]*>", text[text.index("data-matrix"):])
    assert 'value="save"' in first


@pytest.mark.parametrize(("action", "place"), [
    ("check", 'id="kiem-tra"'), ("preview", 'id="xem-the-le"'), ("rules", 'id="xem-the-le"'),
    ("add", 'id="row.0.count"')])
def test_a_button_amid_the_form_comes_back_to_its_place(app, hands, action, place):
    ids = cast(app)
    text = post(client_of(app, ids.organiser), f"/to-chuc/cuoc-thi/{ids.contest}/dot-thi/moi",
                **form(ids.bank, action=action)).get_data(as_text=True)
    [focused] = re.findall(r"<[^>]* autofocus[^>]*>", text)
    assert place in focused


def test_the_live_check_as_json(app, hands):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    cell = Place(None, TOPICS[0], "NB").name
    found = client.get("/to-chuc/ma-tran.json", query_string={"banks": ids.bank, cell: "3", ANY: "9"}).json
    assert (found["total"], found["shortages"], found["enough"], found["wrong"]) == (12, [], True, [])
    assert (found["available"][cell], found["available"][ANY]) == (3, 12)
    found = client.get("/to-chuc/ma-tran.json", query_string={"banks": ids.bank, cell: "3", ANY: "10"}).json
    assert (found["shortages"], found["enough"]) == (["Bất kỳ câu nào: cần 10 câu, chỉ có 9."], False)
    found = client.get("/to-chuc/ma-tran.json", query_string={"banks": "x' OR 1", ANY: "x"}).json
    assert (found["wrong"], found["enough"], found["available"]) == ([ANY], False, {})
    assert client_of(app, ids.contestant).get("/to-chuc/ma-tran.json").status_code == 403


def test_rows_with_further_conditions_are_added_checked_and_kept(app, hands):
    ids = cast(app)
    with app.app_context():
        bank = db.session.get(factories.Bank, ids.bank)
        for number in range(3):
            factories.question(bank, stem=f"Những việc nào {number}?", type="multiple", correct=(0, 1), level="VD")
        db.session.commit()
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/cuoc-thi/{ids.contest}/dot-thi/moi"
    text = post(client, path, **form(ids.bank, action="add")).get_data(as_text=True)
    assert 'name="row.0.count" value=""' in text
    row = {field_name(0, "count"): "4", field_name(0, "type"): "multiple", field_name(0, "level"): "VD"}
    text = post(client, path, **form(ids.bank, action="check", **row)).get_data(as_text=True)
    assert "Chọn nhiều đáp án, Vận dụng: cần 4 câu, chỉ có 3." in text
    assert 'data-available="row.0.count">3<' in text
    assert '<option value="multiple" selected>Chọn nhiều đáp án</option>' in text
    wrong = post(client, path, **form(ids.bank, **{**row, field_name(0, "count"): "ba"}))
    assert wrong.status_code == 422
    assert 'name="row.0.count" value="ba"' in wrong.get_data(as_text=True)
    assert post(client, path, **form(ids.bank, **{**row, field_name(0, "count"): "2"})).status_code == 303
    [held] = saved(app)
    assert held.blueprint[-1] == {"bank_id": None, "topic": None, "level": "VD", "type": "multiple",
                                  "document_id": None, "count": 2}
    edit = client.get(f"/to-chuc/dot-thi/{held.id}/sua").get_data(as_text=True)
    assert 'name="row.0.count" value="2"' in edit
    found = client.get("/to-chuc/ma-tran.json", query_string={"banks": ids.bank, **row}).json
    assert found["available"]["row.0.count"] == 3
    assert found["shortages"] == ["Chọn nhiều đáp án, Vận dụng: cần 4 câu, chỉ có 3."]


def test_a_preview_shows_every_type_as_its_contestants_get_it(app, hands):
    ids = cast(app, questions=0)
    with app.app_context():
        operations_of_questions.write_rows(operations_of_questions.draw_rows(
            ids.bank, [Insert(None, content) for content in EVERY], [], by=None, now=NOON))
        row = operations.create_round(ids.contest, fields(ids.bank, blueprint=(
            {"bank_id": None, "topic": None, "level": None, "count": len(EVERY)},)), by=None, now=NOON)
        db.session.commit()
        key = row.id
    client = client_of(app, ids.organiser)
    page = client.get(f"/to-chuc/dot-thi/{key}/xem-de").get_data(as_text=True)
    seed = page.split("?de=")[1][:32]
    with app.app_context():
        items = pools.drawn(queries.get_round(key), seed)
        assert sorted(item.type for item in items) == sorted(content.type for content in EVERY)
    with app.test_request_context():
        for item in items:
            shown = get_template_attribute("delivery/item.html", "question")(item, True, f"c{item.slot}-")
            assert str(shown) in page
    names = re.findall(r' id="([^"]+)"', page)
    assert len(names) == len(set(names))
    keys = client.get(f"/to-chuc/dot-thi/{key}/xem-de?de={seed}&dap-an=1").get_data(as_text=True)
    for words in ("Hà Nội", "23,53±0,01", "CCHC", "Người chấm cho điểm câu này.", "Căn cứ: KH 1, mục I"):
        assert words in keys
    assert keys.count("<dd>Sai</dd>") == 1


def test_a_preview_of_a_sealed_bank_is_on_record(app, hands):
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(ids.bank), by=None, now=NOON)
        seals.seal_bank(ids.bank, by=ids.organiser, now=NOON)
        db.session.commit()
        key = row.id
    assert client_of(app, ids.viewer).get(f"/to-chuc/dot-thi/{key}/xem-de").status_code == 403
    client = client_of(app, ids.organiser)
    page = client.get(f"/to-chuc/dot-thi/{key}/xem-de").get_data(as_text=True)
    with app.app_context():
        [entry, _sealed] = seals.log(ids.bank)
        assert (entry.action, entry.details) == (
            seals.READING, {"what": "paper", "round_id": key, "seed": page.split("?de=")[1][:32]})


def test_rules_nobody_reworded_follow_the_settings(app, hands):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/cuoc-thi/{ids.contest}/dot-thi/moi"
    post(client, path, **form(ids.bank, rules=""))
    [row] = saved(app)
    assert "mở lúc 12:00 ngày 02/12/2026, kết thúc lúc 24:00 ngày 08/12/2026" in row.rules
    assert "Mỗi đề 4 câu hỏi trắc nghiệm, thời gian làm bài 20 phút." in row.rules
    assert "tối đa 2 lượt" in row.rules
    edit = f"/to-chuc/dot-thi/{row.id}/sua"
    post(client, edit, **form(ids.bank, rules=row.rules.replace("\n", "\r\n"), minutes="15"))
    [row] = saved(app)
    assert "thời gian làm bài 15 phút" in row.rules
    post(client, edit, **form(ids.bank, rules="Thể lệ riêng.", minutes="10"))
    assert saved(app)[0].rules == "Thể lệ riêng."
    answer = post(client, edit, **form(ids.bank, rules="Thể lệ riêng.", minutes="10", action="rules"))
    text = answer.get_data(as_text=True)
    assert "thời gian làm bài 10 phút" in text
    text = post(client, edit, **form(ids.bank, rules="**Đậm** <b>x</b>", action="preview")).get_data(as_text=True)
    assert "<strong>Đậm</strong>" in text
    assert saved(app)[0].rules == "Thể lệ riêng."


def test_rules_written_here_follow_until_somebody_rewords_them(app, hands):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/cuoc-thi/{ids.contest}/dot-thi/moi"

    def kept(text):
        made = re.search(r'name="made"[^>]*value="([0-9a-f]+)"', text)[1]
        rules = re.search(r'<textarea[^>]*name="rules"[^>]*>\r?\n(.*?)</textarea>', text, re.S)[1]
        return {"made": made, "rules": html.unescape(rules).replace("\n", "\r\n")}

    blank = kept(client.get(path).get_data(as_text=True))
    shown = post(client, path, **form(ids.bank, action="preview", minutes="25", **blank)).get_data(as_text=True)
    assert "thời gian làm bài 25 phút" in shown[shown.index('id="xem-the-le"'):]
    post(client, path, **form(ids.bank, minutes="30", **kept(shown)))
    assert "thời gian làm bài 30 phút" in saved(app)[0].rules
    reworded = kept(shown)
    post(client, path, **form(ids.bank, minutes="30", **reworded | {"rules": reworded["rules"] + "Thêm."}))
    assert "thời gian làm bài 25 phút" in saved(app)[1].rules


def test_a_published_round_is_read_only(app, hands):
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(ids.bank), by=None, now=NOON)
        publishing.publish_round(row.id, by=None, now=NOON)
        db.session.commit()
        key = row.id
    client = client_of(app, ids.organiser)
    text = client.get(f"/to-chuc/dot-thi/{key}/sua").get_data(as_text=True)
    assert "Ngân hàng câu hỏi, ma trận đề và cách trộn đã chốt." in text
    assert post(client, f"/to-chuc/dot-thi/{key}/sua", **form(ids.bank, title="Khác")).status_code == 409
    assert saved(app)[0].title == "Tuần 1"


def test_a_preview_shows_keys_only_behind_their_own_link(app, hands):
    ids = cast(app)
    with app.app_context():
        row = operations.create_round(ids.contest, fields(ids.bank), by=None, now=NOON)
        empty = operations.create_round(ids.contest, fields(ids.bank, blueprint=()), by=None, now=NOON)
        db.session.commit()
        key, none = row.id, empty.id
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/dot-thi/{key}/xem-de"
    plain = client.get(path).get_data(as_text=True)
    assert plain.count("Chọn một đáp án") == 4
    assert "Đáp án đúng" not in plain
    assert "Vì kế hoạch ghi như vậy." not in plain
    seed = plain.split("?de=")[1][:32]
    shown = client.get(f"{path}?de={seed}&dap-an=1").get_data(as_text=True)
    assert shown.count("Đáp án đúng") == 4
    assert "Trang này có đáp án đúng" in shown
    asked = [line.split("</div>")[0] for line in shown.split('class="stem">')[1:]]
    assert len(asked) == 4
    assert all(stem in plain for stem in asked)
    assert len({client.get(path).get_data(as_text=True).split("?de=")[1][:32] for _ in range(3)}) == 3
    reader = client_of(app, ids.viewer).get(f"{path}?dap-an=1").get_data(as_text=True)
    assert "Đáp án đúng" not in reader
    assert "dap-an" not in reader
    assert "Chưa rút được đề" in client.get(f"/to-chuc/dot-thi/{none}/xem-de").get_data(as_text=True)


def test_without_banks_the_form_says_where_to_begin(app, hands):
    with app.app_context():
        account = factories.account(roles=("organiser",))
        contest = factories.contest()
        db.session.commit()
        key, contest_id = account.id, contest.id
    text = client_of(app, key).get(f"/to-chuc/cuoc-thi/{contest_id}/dot-thi/moi").get_data(as_text=True)
    assert "Chưa có ngân hàng câu hỏi" in text
    assert 'value="2026-12-07T08:00"' in text


def test_a_row_may_ask_for_a_document(app, hands):
    ids = cast(app)
    with app.app_context():
        law = Document(kind="ke_hoach", title="Kế hoạch 5", number="5/KH-UBND", number_key="5/kh-ubnd", created_at=NOON)
        db.session.add(law)
        db.session.flush()
        part = [Section(document_id=law.id, position=n, key=f"k{n}", locator=f"Mục {n}") for n in (1, 2)]
        db.session.add_all(part)
        db.session.flush()
        cited = [question.id for question in db.session.query(Question).order_by(Question.position).limit(3)]
        for question_id in cited:
            for section in part:
                db.session.add(QuestionSection(question_id=question_id, section_id=section.id, how="hand", at=NOON))
        db.session.commit()
        document = law.id
        name = name_of(law)
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/cuoc-thi/{ids.contest}/dot-thi/moi"
    row = {ANY: "", field_name(0, "count"): "4", field_name(0, "document_id"): document}
    text = post(client, path, **form(ids.bank, action="check", **row)).get_data(as_text=True)
    assert f"văn bản {name}: cần 4 câu, chỉ có 3." in text
    assert f'<option value="{document}" selected>{name}</option>' in text
    post(client, path, **form(ids.bank, **{**row, field_name(0, "count"): "2"}))
    [held] = saved(app)
    with app.app_context():
        publishing.publish_round(held.id, by=None, now=NOON)
        db.session.commit()
        for link in db.session.query(QuestionSection):
            db.session.delete(link)
        db.session.commit()
        pool = {item.version_id: item for item in pools.frozen(held.id)}
        assert sum(item.documents == {document} for item in pool.values()) == 3  # as of the publication
        drawn = pools.drawn(queries.get_round(held.id), "0" * 32)
        assert {pool[item.version_id].question_id for item in drawn} <= set(cited)
        assert len(drawn) == 2
