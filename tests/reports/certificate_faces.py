"""Certificates to be made in tests, and a reader of what was made."""

import ctypes
from dataclasses import dataclass

import pypdfium2
import zxingcpp
from pypdfium2 import raw

from contest.reports.certificates import Face, Sheet

WORDS = {"country": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "motto": "Độc lập - Tự do - Hạnh phúc",
         "code": "Mã xác nhận", "verify": "Quét ô QR để kiểm tra giấy này.", "sample": "BẢN XEM THỬ"}
FACE = Face("Ủy ban nhân dân tỉnh Mẫu", "Sở Nội vụ", "Giấy chứng nhận", "Ban Tổ chức chứng nhận", "Đã đạt",
            "Cuộc thi “Tìm hiểu cải cách hành chính năm 2026” – Đợt thi tuần 2", "Mẫu, ngày 20 tháng 12 năm 2026",
            "KT. Giám đốc\nPhó Giám đốc", "Nguyễn Thị Ẩn", "Quyết định số 15/QĐ-SNV ngày 20/12/2026", "red", WORDS)
SHEET = Sheet("Ông/Bà", "Nguyễn Thị Hồng Ngự Ẫng", "Văn phòng Ủy ban nhân dân thành phố Mẫu", "Giải Nhất",
              "K7QM-3F8T-W2")
VERIFY = "https://thi.example/xac-nhan"


Box = tuple[float, float, float, float]  # left, bottom, right, top, in points from the bottom left corner


@dataclass(frozen=True)
class Page:
    """A page as a reader sees it."""

    text: str
    codes: list[str]
    fonts: dict[str, bool]  # name → embedded
    boxes: list[Box]  # of each run of text, as its ink goes
    size: tuple[int, int]


def pages(file: bytes) -> list[Page]:
    """Every page of a PDF: its text, the QR codes in it, its fonts, where its text is."""
    found = []
    for page in pypdfium2.PdfDocument(file):
        runs = list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=8))
        found.append(Page(
            page.get_textpage().get_text_range().replace("\r\n", "\n"),
            [one.text for one in zxingcpp.read_barcodes(page.render(scale=1.5).to_pil())],
            dict(_font(raw.FPDFTextObj_GetFont(run.raw)) for run in runs), [run.get_bounds() for run in runs],
            (round(page.get_width()), round(page.get_height()))))
    return found


def _font(font) -> tuple[str, bool]:
    name = ctypes.create_string_buffer(200)
    raw.FPDFFont_GetBaseFontName(font, name, 200)
    return name.value.decode(), raw.FPDFFont_GetIsEmbedded(font) == 1


def overlap(one: Box, other: Box) -> float:
    """How far two boxes lie over one another, in points, the smaller way; nothing or less: not at all."""
    return min(one[2] - other[0], other[2] - one[0], one[3] - other[1], other[3] - one[1])
