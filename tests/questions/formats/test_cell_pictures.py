"""Pictures laid over the cells of a workbook come into the question whose cell they lie on, or are named."""

import io
import zipfile

import xlsxwriter
from PIL import Image

from contest.questions.formats.gate import read_bank_here
from contest.questions.formats.markup import pictures_in

HEADER = ["Mã câu hỏi", "Nội dung câu hỏi", "Đáp án A", "Đáp án B", "Đáp án đúng"]


def picture(colour="red", kind="PNG"):
    out = io.BytesIO()
    Image.new("RGB", (8, 6), colour).save(out, kind)
    return out


def book(rows, drawn):
    """Rows below HEADER; `drawn` are (cell, bytes, description)."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet("Câu hỏi")
        for row, cells in enumerate([HEADER, *rows]):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)
        for at, (cell, data, alt) in enumerate(drawn):
            sheet.insert_image(cell, f"{at}.png", {"image_data": data, "description": alt, "decorative": not alt})
    return out.getvalue()


def read(data):
    return read_bank_here(data, "x.xlsx")


def codes(draft):
    return [problem.code for problem in draft.problems]


PLAIN = ["M1", "Giá *gốc* là 5$?", "một", "hai", "A"]


def test_a_picture_over_the_question_or_an_option_comes_into_its_text():
    reading = read(book([PLAIN, ["M2", "Hình nào?", "", "", "B"]], [
        ("B2", picture(), "ô đỏ"), ("C3", picture("blue"), "ô xanh"), ("D3", picture("green"), "")]))
    first, second = reading.drafts
    assert (first.markup, second.markup) == (True, True)
    assert first.stem.startswith("Giá \\*gốc\\* là 5\\$?\n![ô đỏ](media:")
    assert (first.options, first.key, codes(first)) == (("một", "hai"), (0,), [])
    assert [len(list(pictures_in(option))) for option in second.options] == [1, 1]
    assert (second.key, codes(second)) == ((1,), ["picture_no_alt"])
    assert len({one.name for one in reading.media}) == 3
    shown = [name for text in (first.stem, *second.options) for name in pictures_in(text)]
    assert set(shown) == {one.name for one in reading.media}
    assert first.usable
    assert second.usable


def test_a_picture_elsewhere_is_named_with_its_cell():
    reading = read(book([PLAIN], [("E2", picture(), "a"), ("B1", picture(), "logo"), ("C9", picture(), "b")]))
    (draft,) = reading.drafts
    assert [(one.code, one.params["cell"]) for one in draft.problems] == [("cell_picture", "E2")]
    assert (draft.markup, reading.media) == (False, ())
    assert [(one.code, one.place, one.params["cell"]) for one in reading.problems] == [
        ("cell_picture", "Câu hỏi!1", "B1"), ("cell_picture", "Câu hỏi!9", "C9")]


def changed(data, name, new):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as made:
        for entry in old.namelist():
            content = old.read(entry)
            if entry == name and new is None:
                continue
            made.writestr(entry, new(content) if entry == name else content)
    return out.getvalue()


def test_a_broken_picture_and_a_broken_drawing_are_told():
    data = book([PLAIN], [("B2", picture(), "a")])
    (draft,) = read(changed(data, "xl/media/image1.png", lambda _: b"\x89PNG nothing")).drafts
    assert (draft.stem, codes(draft)) == (PLAIN[1], ["picture_refused"])
    (draft,) = read(changed(data, "xl/media/image1.png", None)).drafts
    assert codes(draft) == ["picture_missing"]
    reading = read(changed(data, "xl/drawings/drawing1.xml", lambda _: b"<broken"))
    assert [(one.code, one.place) for one in reading.problems] == [("picture_missing", "Câu hỏi")]
    loose = changed(data, "xl/drawings/drawing1.xml", lambda xml: xml.replace(b"xdr:from", b"xdr:elsewhere"))
    assert [one.code for one in read(loose).problems] == ["picture_missing"]


def test_a_picture_whose_packing_is_damaged_costs_no_more_than_itself():
    data = bytearray(book([PLAIN], [("B2", picture(), "a")]))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        entry = package.getinfo("xl/media/image1.png")
        assert entry.compress_type == zipfile.ZIP_DEFLATED
    start = entry.header_offset + 30 + len(entry.filename)
    data[start:start + 8] = b"\xff" * 8
    (draft,) = read(bytes(data)).drafts
    assert (draft.stem, draft.options, codes(draft)) == (PLAIN[1], ("một", "hai"), ["picture_missing"])


def test_a_book_without_pictures_stays_plain():
    reading = read(book([PLAIN], []))
    assert (reading.drafts[0].stem, reading.drafts[0].markup, reading.media) == (PLAIN[1], False, ())
