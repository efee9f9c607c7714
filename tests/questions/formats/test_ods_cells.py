"""What an .ods says of its cells beside their values."""

import io
import zipfile

from contest.questions.formats.gate import read_bank_here
from contest.questions.formats.ods_cells import scan_ods
from tests.questions.formats.built import HEADER, ods, question

TEXT = 'office:value-type="string"'


def cell(text: str, more: str = TEXT, tag: str = "table-cell") -> str:
    return f'<table:{tag} {more}><text:p>{text}</text:p></table:{tag}>'


def written(*rows: str) -> bytes:
    """An .ods whose rows below the header are these; a row may have attributes before a "|"."""
    data = ods([["STT", "Lĩnh vực", *HEADER[1:]]])
    made = "".join(f"<table:table-row {row.partition('|')[0]}>{row.partition('|')[2]}</table:table-row>"
                   for row in rows)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).decode().replace("</table:table>", f"{made}</table:table>"))
    return target.getvalue()


def rest(number: int, *options: str) -> str:
    texts = [str(value) for value in question(number)][1:]
    return "".join([cell(texts[0]), *(options or map(cell, texts[1:5])), cell(texts[5])])


def test_percentages_and_leading_zeros_are_read_as_shown():
    numbers = (cell("25,50%", 'office:value-type="percentage" office:value="0.255"'),
               cell("007", 'office:value-type="float" office:value="7"'),
               cell("1.200", 'office:value-type="float" office:value="1200"'), cell("khác"))
    draft = read_bank_here(written(f"|{cell('1')}{cell('TTHC')}{rest(1, *numbers)}"), "x.ods").usable[0]
    assert draft.options == ("25,50%", "007", "1200", "khác")


def test_a_topic_merged_downwards_and_a_hidden_row():
    covered = cell("", TEXT, "covered-table-cell")
    wide = cell("Thể chế", f'{TEXT} table:number-rows-spanned="2"')
    reading = read_bank_here(written(
        f"|{cell('1')}{wide}{rest(1)}",
        f'table:visibility="collapse"|{cell("2")}{covered}{rest(2)}', f'|{cell("3")}{cell("Khác")}{rest(3)}'), "x.ods")
    assert [draft.topic for draft in reading.usable] == ["Thể chế", "Thể chế", "Khác"]
    assert [[problem.code for problem in draft.problems] for draft in reading.usable] == [[], ["hidden_row"], []]
    assert [problem.code for problem in reading.problems] == ["merged_cells"]


def test_repeated_rows_are_counted():
    empty = 'table:number-rows-repeated="3"|<table:table-cell/>'
    number = cell("50%", 'office:value-type="percentage" office:value="0.5" table:number-columns-repeated="2"')
    package = zipfile.ZipFile(io.BytesIO(written(empty, f"|{number}", 'table:number-rows-repeated="1048576"|')))
    assert scan_ods(package)["Câu hỏi"].shown == {5: {0: "50%", 1: "50%"}}
