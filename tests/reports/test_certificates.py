"""Certificates as they are printed."""

import unicodedata
from dataclasses import replace
from itertools import combinations

import pytest

from contest.awards.certificate_models import ACCENTS
from contest.reports import certificates, printed_pdf
from tests.reports.certificate_faces import FACE, SHEET, VERIFY, overlap, pages

A4 = (842, 595)
FRAME = 40  # points from the edge to within the border's innermost line
UNIT = replace(SHEET, address="Tập thể", name="ỦY BAN NHÂN DÂN XÃ MỸ AN HƯNG", unit="", code="AB2C-3F8T-W2")
LONG = replace(SHEET, name="Công Tằng Tôn Nữ Ẫng Ổn " * 8, unit="Trung tâm Kiểm soát thủ tục hành chính " * 5,
               prize="Giải Khuyến khích cho người cao tuổi nhất trong các đợt thi tuần của toàn tỉnh năm 2026")
LONG_FACE = replace(FACE, parent="Ủy ban nhân dân tỉnh Mẫu " * 5, agency="Văn phòng Hội đồng nhân dân " * 4,
                    title="Giấy chứng nhận đạt giải cuộc thi tỉnh", opening="Trưởng Ban Tổ chức cuộc thi " * 4,
                    reason="Cuộc thi tìm hiểu cải cách hành chính " * 6, achieved="Đã có thành tích xuất sắc, đạt được",
                    signer_title="KT. Chủ tịch Ủy ban nhân dân tỉnh\nPhó Chủ tịch thường trực " + "Ủy ban " * 6,
                    signer="Công Tằng Tôn Nữ Thị Ngọc Diễm Quỳnh Phương Thảo")


def test_a_certificate_says_everything_and_its_code_leads_to_its_page():
    [page] = pages(certificates.pdf(FACE, [SHEET], VERIFY))
    assert page.size == A4
    assert page.text.split("\n") == [
        "ỦY BAN NHÂN DÂN TỈNH MẪU", "SỞ NỘI VỤ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc",
        "GIẤY CHỨNG NHẬN", "Ban Tổ chức chứng nhận", "Ông/Bà", "Nguyễn Thị Hồng Ngự Ẫng",
        "Văn phòng Ủy ban nhân dân thành phố Mẫu", "Đã đạt", "GIẢI NHẤT",
        "Cuộc thi “Tìm hiểu cải cách hành chính năm 2026” – Đợt thi tuần 2", "Quyết định số 15/QĐ-SNV ngày 20/12/2026",
        "Mã xác nhận: K7QM-3F8T-W2", "Quét ô QR để kiểm tra giấy này.", "Mẫu, ngày 20 tháng 12 năm 2026",
        "KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Nguyễn Thị Ẩn"]
    assert page.codes == ["https://thi.example/xac-nhan/K7QM-3F8T-W2"]


def test_its_fonts_are_in_the_file_and_its_letters_are_composed():
    sheet = replace(SHEET, name=unicodedata.normalize("NFD", "Nguyễn Thị Ẫng Ổn Vậy"))
    [page] = pages(certificates.pdf(FACE, [sheet], VERIFY))
    assert {name.partition("+")[2] for name in page.fonts} == {"Tinos-Regular", "Tinos-Bold", "Tinos-Italic"}
    assert all(page.fonts.values())
    assert "Nguyễn Thị Ẫng Ổn Vậy" in page.text
    assert unicodedata.is_normalized("NFC", page.text)


@pytest.mark.parametrize("face", [FACE, LONG_FACE], ids=["short", "long"])
@pytest.mark.parametrize("sheet", [SHEET, UNIT, LONG], ids=["person", "unit", "long"])
def test_nothing_leaves_the_frame_or_lies_on_anything_else(face, sheet):
    [page] = pages(certificates.pdf(face, [sheet], VERIFY))
    for left, bottom, right, top in page.boxes:
        assert FRAME < left < right < A4[0] - FRAME
        assert FRAME < bottom < top < A4[1] - FRAME
    assert max(overlap(*pair) for pair in combinations(page.boxes, 2)) < 2  # ink of the signs above and below letters
    wanted = " ".join(sheet.name.split())
    assert wanted in " ".join(page.text.split())


def test_the_same_values_make_the_same_bytes():
    assert certificates.pdf(FACE, [SHEET, UNIT], VERIFY) == certificates.pdf(FACE, [SHEET, UNIT], VERIFY)


def test_texts_are_never_a_source():
    sheet = replace(SHEET, name='#import "x" [*đậm*] $x$ \\ "', unit='#read("certificate.typ")')
    [page] = pages(certificates.pdf(FACE, [sheet], VERIFY))
    assert '#import "x" [*đậm*] $x$ \\ "' in page.text
    assert '#read("certificate.typ")' in page.text


def test_a_sample_says_so_and_proves_nothing():
    [page] = pages(certificates.pdf(FACE, [SHEET]))
    assert "BẢN XEM THỬ" in page.text
    assert page.codes == []
    [real] = pages(certificates.pdf(FACE, [SHEET], VERIFY))
    assert "BẢN XEM THỬ" not in real.text


@pytest.mark.parametrize("accent", ACCENTS)
def test_every_colour_can_be_looked_at(accent):
    picture = certificates.png(replace(FACE, accent=accent), SHEET, ppi=40)
    assert picture.startswith(b"\x89PNG")
    red, green, blue = (int(certificates.COLOURS[accent][place:place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [part / 12.92 if part <= .04045 else ((part + .055) / 1.055) ** 2.4 for part in (red, green, blue)]
    light = .2126 * linear[0] + .7152 * linear[1] + .0722 * linear[2]
    assert 1.05 / (light + .05) >= 6


def test_many_are_made_in_parts_and_come_in_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr(certificates, "STEP", 2)
    sheets = [replace(SHEET, name=f"Người thứ {n}", code=f"K7QM-3F8T-W{n}") for n in range(2, 7)]
    told = []
    found = pages(certificates.kept(tmp_path, FACE, sheets, VERIFY, told.append))
    assert told == [2, 4, 5]
    assert [page.codes for page in found] == [[f"{VERIFY}/{one.code}"] for one in sheets]
    assert [one.name in page.text for one, page in zip(sheets, found, strict=True)] == [True] * 5
    assert {page.size for page in found} == {A4}
    assert all(all(page.fonts.values()) for page in found)


def test_parts_that_are_there_are_not_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(certificates, "STEP", 2)
    sheets = [replace(SHEET, name=f"Người thứ {n}") for n in range(5)]

    class KilledError(Exception):
        pass

    def dies(ready):
        if ready == 4:
            raise KilledError

    with pytest.raises(KilledError):
        certificates.kept(tmp_path, FACE, sheets, VERIFY, dies)
    made = []
    monkeypatch.setattr(certificates, "pdf", lambda face, some, verify: made.append(len(some)) or whole(
        face, some, verify))
    again = certificates.kept(tmp_path, FACE, sheets, VERIFY, lambda _ready: None)
    assert made == [1]
    assert len(pages(again)) == 5
    certificates.kept(tmp_path, replace(FACE, title="Giấy khen"), sheets, VERIFY, lambda _ready: None)
    assert made == [1, 2, 2, 1]  # other words, other parts


whole = certificates.pdf


def test_the_frame_stands_in_a_file_once():
    one, ten = (len(certificates.pdf(FACE, [SHEET] * count, VERIFY)) for count in (1, 10))
    assert ten - one < 9 * 10_000 < 9 * len(certificates.background("red"))


def test_joined_files_keep_their_pages(tmp_path):
    (tmp_path / "a.pdf").write_bytes(certificates.pdf(FACE, [SHEET, UNIT], VERIFY))
    (tmp_path / "b.pdf").write_bytes(certificates.pdf(FACE, [LONG], VERIFY))
    found = pages(printed_pdf.joined([(tmp_path / "a.pdf", 2), (tmp_path / "b.pdf", 1)]))
    assert [page.codes[0][-12:] for page in found] == [SHEET.code, UNIT.code, LONG.code]
