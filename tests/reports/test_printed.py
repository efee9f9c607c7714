import io
import zipfile

import pytest
from docx import Document
from openpyxl import load_workbook

from contest.audit.models import AuditEvent
from contest.errors import Refusal
from contest.extensions import db
from contest.questions import operations as keeping
from contest.questions import seals
from contest.questions.keys import AnswerKey
from contest.questions.matching import Insert
from contest.questions.models import Question
from contest.reports import printed, printed_words
from contest.reports.models import PrintedSet
from contest.rounds import operations
from tests.factories import NOON
from tests.questions.every_type import EVERY
from tests.rounds.cast import cast, client_of, fields, post

SEED = "5a" * 16


@pytest.fixture
def held(app, hands):
    """A draft whose paper has every type of question."""
    ids = cast(app, questions=3)
    with app.app_context():
        keeping.write_rows(keeping.draw_rows(ids.bank, [Insert(None, content) for content in EVERY], [], by=None,
                                             now=NOON))
        row = operations.create_round(ids.contest, fields(ids.bank, blueprint=(
            {"bank_id": None, "topic": None, "level": None, "count": len(EVERY) + 3},)), by=None, now=NOON)
        db.session.commit()
        return ids, row.id


def made(round_id, **changes):
    return printed.create_set(round_id, printed.Wanted("Vòng chung khảo", **changes), seed=SEED, by=None, now=NOON)


def files_of(row):
    return dict(printed.files(row, printed_words.words(20, len(row.papers[0]))))


def test_variants_ask_the_same_in_orders_of_their_own(app, held):
    with app.app_context():
        row = made(held[1], variants=5)
        assert len({tuple(paper) for paper in row.papers}) == 5
        assert len({frozenset(paper) for paper in row.papers}) == 1
        variants = printed.variants_of(row)
        assert [variant.code for variant in variants] == ["101", "102", "103", "104", "105"]
        for variant in variants:
            for item in variant.items:
                if item.shape == "one":
                    key = db.session.get(AnswerKey, item.version_id).correct
                    letter = variant.answers[item.slot].short
                    assert item.options["ABCDEFGH".index(letter)].id in key
        assert db.session.query(AuditEvent).filter_by(action="round.print").one().details["seed"] == SEED


def test_variants_may_draw_their_own(app, held):
    with app.app_context():
        operations.edit_round(held[1], fields(held[0].bank, blueprint=(
            {"bank_id": None, "topic": None, "level": None, "count": 4},)), by=None, now=NOON)
        row = made(held[1], variants=6, same_questions=False)
        assert len({frozenset(paper) for paper in row.papers}) > 1


@pytest.mark.parametrize(("changes", "code"), [
    ({"variants": 0}, "printed_variants"), ({"variants": 25}, "printed_variants"), ({"first_code": 0}, "printed_code"),
    ({"first_code": 9_901}, "printed_code"), ({}, "printed_short")])
def test_what_is_refused(app, held, changes, code):
    with app.app_context():
        if code == "printed_short":
            operations.edit_round(held[1], fields(held[0].bank, blueprint=(
                {"bank_id": None, "topic": None, "level": "VDC", "count": 4},)), by=None, now=NOON)
        with pytest.raises(Refusal) as refused:
            made(held[1], **changes)
        assert refused.value.code == code
        with pytest.raises(Refusal) as refused:
            printed.create_set(held[1], printed.Wanted(" "), seed=SEED, by=None, now=NOON)
        assert refused.value.code == "printed_title_needed"


def test_the_same_files_come_out_again_whatever_becomes_of_the_bank(app, held):
    with app.test_request_context():
        row = made(held[1], variants=2)
        before = files_of(row)
        assert sorted(before) == ["dap-an.docx", "dap-an.pdf", "dap-an.xlsx", "de-101.docx", "de-101.pdf",
                                  "de-102.docx", "de-102.pdf", "phieu-tra-loi.pdf"]
        for question in db.session.query(Question):
            question.retired_at = NOON
        db.session.commit()
        after = files_of(row)
        assert {name for name in before if before[name] != after[name]} == set()
        assert printed.archive(list(before.items()), NOON) == printed.archive(list(after.items()), NOON)


def test_what_the_documents_say(app, held):
    with app.test_request_context():
        row = made(held[1], variants=2, first_code=7)
        found = files_of(row)
        assert all(found[name].startswith(b"%PDF") for name in found if name.endswith(".pdf"))
        document = Document(io.BytesIO(found["de-7.docx"]))
        text = "\n".join(node.text or "" for node in document.element.body.iter() if node.tag.endswith("}t"))
        for words in ("Sở Nội vụ".upper(), "Độc lập - Tự do - Hạnh phúc", "Mã đề: 7", "Vòng chung khảo",
                      "Thủ đô của Việt", "Ghép cơ quan với việc", "Sắp xếp các bước", "Nêu sáng kiến."):
            assert words in text
        foot = document.sections[0].footer._element.xml
        assert "PAGE" in foot
        assert "NUMPAGES" in foot
        assert "Mã đề" in foot
        sheet = load_workbook(io.BytesIO(found["dap-an.xlsx"])).active
        rows = [[cell.value for cell in line] for line in sheet.iter_rows()]
        variants = printed.variants_of(row)
        assert rows[0] == ["Câu", "7", "8"]
        assert rows[1:] == [[str(n), *((variant.answers[n].short or "chấm tay") for variant in variants)]
                            for n in range(1, len(EVERY) + 4)]


def test_texts_are_data_and_never_source(app, held):
    """Signs that mean something to typst come out as they stand."""
    with app.test_request_context():
        nasty = '#read("/etc/passwd") $x$ *a* <b> \\ ] } " @preview'
        ids, key = held
        content = EVERY[0]
        from dataclasses import replace
        keeping.write_rows(keeping.draw_rows(ids.bank, [Insert(None, replace(content, stem=nasty, topic="Lạ"))], [],
                                             by=None, now=NOON))
        operations.edit_round(key, fields(ids.bank, blueprint=(
            {"bank_id": None, "topic": "Lạ", "level": None, "count": 1},)), by=None, now=NOON)
        assert files_of(made(key, variants=1))["de-101.pdf"].startswith(b"%PDF")


def test_the_page_draws_and_hands_out_and_puts_sealed_banks_on_record(app, held):
    ids, key = held
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/dot-thi/{key}/de-giay"
    assert 'value="Tuần 1"' in client.get(path).get_data(as_text=True)
    assert post(client, path, title="", variants="30", first_code="x").status_code == 422
    assert post(client, path, title="Vòng 1", variants="2", first_code="201", same="same").status_code == 303
    assert "2 mã đề, từ 201 đến 202" in client.get(path).get_data(as_text=True)
    with app.app_context():
        row = db.session.query(PrintedSet).one()
        assert row.motto is False
        set_id = row.id
        seals.seal_bank(ids.bank, by=None, now=NOON)
        db.session.commit()
    answer = client.get(f"/to-chuc/de-giay/{set_id}.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert "dap-an.xlsx" in packed.namelist()
    with app.app_context():
        [entry] = [entry for entry in seals.log(ids.bank) if entry.action == seals.READING]
        assert (entry.details["what"], entry.details["set_id"]) == ("paper", set_id)
    for other in (ids.viewer, ids.contestant):
        assert client_of(app, other).get(path).status_code == 403
        assert client_of(app, other).get(f"/to-chuc/de-giay/{set_id}.zip").status_code == 403
