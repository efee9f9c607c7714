"""The minutes of a round graded anew: who may have them, what they say, in both formats."""

import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
from docx import Document
from docx.oxml.ns import qn

from contest.audit.models import AuditEvent
from contest.extensions import db
from contest.questions.models import Bank
from contest.reports import minutes, minutes_parts, minutes_words
from contest.reports.printed_official import body, captioned, signs
from contest.standings import recorded
from contest.standings.models import Result
from contest.standings.queries import round_by_id
from tests.factories import NOON
from tests.standings.test_regrading import WHY
from tests.standings.test_run_pages import Hall


@pytest.fixture
def hall(app, hands):
    return Hall(app, hands, prediction="participants", scoring={"chain": ["points", "distance", "taken_ms"]})


def words_of(file):
    """All that a Word document says, its tables included."""
    document = Document(io.BytesIO(file))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def built(hall, **form):
    page = hall.made(**form)
    hall.work()
    return page


def test_a_draft_first_and_the_minutes_once_it_is_decided(app, hall):
    page = built(hall)
    draft = hall.as_("lap").get(f"{page}/bien-ban.docx")
    assert "bien-ban-cham-lai-1.docx" in draft.headers["Content-Disposition"]
    assert draft.headers["Cache-Control"] == "no-store"
    said = words_of(draft.data)
    for text in ("DỰ THẢO", "BIÊN BẢN", "Số: 01/BB-CL", "ỦY BAN NHÂN DÂN TỈNH", "SỞ NỘI VỤ", WHY, "A. A1", "B. B2",
                 "Số lượt thi tăng điểm: 1; giảm điểm: 3; bị loại: 0", "trước 4, sau 4", "Người đề nghị: Người lap",
                 "Chưa có người duyệt", "Cán bộ, công chức, viên chức", "Sau: ghi khi có hiệu lực"):
        assert text in said
    hall.post(hall.as_("duyet"), f"{page}/duyet", note="Đã đối chiếu Nghị định 61")
    said = words_of(hall.as_("lap").get(f"{page}/bien-ban.docx").data)
    assert "DỰ THẢO" not in said
    assert "Người duyệt: Người duyet, lúc 15:01 ngày 01/12/2026" in said
    assert "ngày 01 tháng 12 năm 2026" in said
    assert "Đã đối chiếu Nghị định 61" in said
    before, after = re.findall(r"(?:Trước|Sau): ([0-9a-f]{64})", said)
    assert before != after
    with app.app_context():
        assert db.session.query(Result).count() == 5


def test_a_pdf_of_the_same_values_is_the_same_file(hall):
    page = built(hall, **{f"kind-{hall.version}": "out", "reason": "#import [*x*] Ổ Ẩ ự ỵ"})
    one, other = (hall.as_("lap").get(f"{page}/bien-ban.pdf").data for _ in range(2))
    assert one.startswith(b"%PDF")
    assert one == other


def test_a_word_document_of_the_same_values_is_the_same_file(hall):
    page = built(hall)
    one, other = (hall.as_("lap").get(f"{page}/bien-ban.docx").data for _ in range(2))
    assert one == other
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(one)).namelist()


def test_a_sitting_that_goes_is_named_with_its_reason(hall):
    lap = hall.as_("lap")
    page = hall.new(lap, f"luot={hall.attempts[1]}", reason=WHY,
                    **{f"reason-{hall.attempts[1]}": "Nhờ người thi hộ"}).location
    hall.work()
    said = words_of(lap.get(f"{page}/bien-ban.docx").data)
    assert "Nhờ người thi hộ" in said
    assert hall.receipts[1] in said
    assert "trước 4, sau 3" in said


def test_no_minutes_before_the_preview_and_none_for_others(app, hall):
    page = hall.made()
    assert hall.as_("lap").get(f"{page}/bien-ban.pdf").status_code == 409
    hall.work()
    assert hall.as_("lap").get(f"{page}/bien-ban.txt").status_code == 404
    assert {hall.as_(who).get(f"{page}/bien-ban.pdf").status_code for who in ("p0", "donvi", "xem")} == {403}
    with app.app_context():
        bank = db.session.get(Bank, hall.bank)
        bank.sealed_at = NOON
        db.session.commit()
    assert hall.as_("lap").get(f"{page}/bien-ban.pdf").status_code == 200
    with app.app_context():
        assert [one.details["what"] for one in db.session.query(AuditEvent).filter_by(action="bank.reading")] == [
            "regrade"]


def test_an_undo_names_what_it_takes_back(app, hall):
    page = built(hall)
    hall.post(hall.as_("duyet"), f"{page}/duyet")
    hall.post(hall.as_("duyet"), f"{page}/hoan-tac", reason="Đáp án cũ đúng")
    hall.work()
    with app.test_request_context(), app.app_context():
        round_ = round_by_id(hall.round, privileged=True)
        data = minutes_words.data(minutes.of(round_, recorded.run(hall.round, 2)), ("", "Sở"), lambda text, _m: text)
    assert data["sections"][0]["lines"] == ["Biên bản này hoàn tác biên bản số 01.", "Đáp án cũ đúng"]
    assert data["sections"][1]["tables"][0]["rows"][1][2:] == ["B. B2", "A. A1"]


@pytest.mark.parametrize(("at", "said"), [
    (datetime(2026, 1, 4, 20, tzinfo=UTC), "ngày 05 tháng 01 năm 2026"),
    (datetime(2026, 3, 9, tzinfo=UTC), "ngày 09 tháng 3 năm 2026"),
    (datetime(2026, 12, 31, 17, tzinfo=UTC), "ngày 01 tháng 01 năm 2027")])
def test_a_date_is_written_as_the_decree_has_it(app, at, said):
    with app.test_request_context():
        assert minutes_parts.place(at).endswith(said)


@pytest.mark.parametrize("last", ["text", "table"])
def test_the_signatures_never_stand_alone_on_a_page(last):
    """What was said last, a paragraph or the last row of a table, and the empty lines behind it go with them."""
    document = Document()
    body(document, "Một câu ở giữa.")
    if last == "text":
        body(document, "Câu cuối cùng.")
    else:
        captioned(document, {"rows": [["A", "B"], ["1", "2"], ["3", "4"]], "widths": [1, 1], "centred": (),
                             "caption": ""})
    signs(document, [{"role": "Người lập", "how": "(Ký)", "name": "Lê Văn Mẫu"}] * 2)
    kept = [line.text for line in document.element.body.iter(qn("w:p"))
            if line.find(f".//{qn('w:keepNext')}") is not None]
    assert kept == (["Câu cuối cùng."] if last == "text" else ["3", "4", ""])
    assert document.tables[-1].rows[0]._tr.find(f".//{qn('w:cantSplit')}") is not None
