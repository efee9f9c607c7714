import pytest

from contest.questions.content import to_draft
from contest.questions.formats.drafts import UnreadableFile
from contest.questions.formats.whole import Wish, read_files
from contest.questions.formats.writing import write
from tests.questions.every_type import EVERY
from tests.questions.formats.built import HEADER, question, workbook

TEXT = "Câu 1: Một là gì?\nA. a\nB. b\n\nCâu 2: Hai là gì?\nA. c\nB. d\n"
KEYS = "1-B\n2-A\n"


def test_a_key_file_goes_with_the_questions_whatever_their_order():
    for files in ([("de.txt", TEXT), ("da.txt", KEYS)], [("da.txt", KEYS), ("de.txt", TEXT)]):
        found = read_files([(name, text.encode()) for name, text in files])
        assert [(draft.stem, draft.key, draft.usable) for draft in found.drafts] == [
            ("Một là gì?", (1,), True), ("Hai là gì?", (0,), True)]


def test_a_key_file_goes_with_a_workbook_too():
    book = workbook([HEADER, question(1, None), question(2, None)])
    found = read_files([("de.xlsx", book), ("da.txt", KEYS.encode())])
    assert [(draft.key, draft.usable) for draft in found.drafts] == [((1,), True), ((0,), True)]


def test_keys_alone_are_no_questions():
    with pytest.raises(UnreadableFile) as refusal:
        read_files([("a.txt", KEYS.encode()), ("b.txt", KEYS.encode())])
    assert (refusal.value.code, refusal.value.params) == ("keys_only", {"name": "a.txt"})
    with pytest.raises(UnreadableFile) as refusal:
        read_files([("a.txt", KEYS.encode())])
    assert refusal.value.code == "keys_only"


def test_several_files_are_one_bank_and_places_name_theirs():
    found = read_files([("de.xlsx", workbook([HEADER, question(1)])), ("them.txt", f"{TEXT}{KEYS}".encode()),
                        ("x.gift", b"::g:: x {=a ~b}\n")])
    assert [draft.place for draft in found.drafts] == ["de.xlsx!Câu hỏi!2", "them.txt!1", "them.txt!5", "x.gift!1"]
    assert all(draft.usable for draft in found.drafts)


def test_the_file_that_cannot_be_read_is_named():
    with pytest.raises(UnreadableFile) as refusal:
        read_files([("a.txt", TEXT.encode()), ("b.pdf", b"%PDF-1.4 x")])
    assert (refusal.value.code, refusal.value.params["name"]) == ("pdf", "b.pdf")


def test_a_wish_reaches_the_table_and_leaves_other_formats_alone():
    book = workbook([["x", "y", "z", "w"], ["Hỏi?", "a", "b", "B"]])
    wish = Wish(header_row=1, mapping={"stem": "A", "option_a": "B", "option_b": "C", "key": "D"})
    assert read_files([("a.xlsx", book)], wish).drafts[0].key == (1,)
    assert len(read_files([("a.txt", f"{TEXT}{KEYS}".encode())], wish).drafts) == 2


@pytest.mark.parametrize(("form", "known"), [("xlsx", "xlsx"), ("docx", "docx"), ("gift", "gift"),
                                             ("moodle-xml", "moodle-xml"), ("qti", "qti")])
def test_what_is_written_is_known_by_its_content(form, known):
    written = write(form, [to_draft(content, code=f"C-{n}") for n, content in enumerate(EVERY)])
    found = read_files([("khong-ten", written.data)])
    assert found.format == known
    assert len(found.drafts) + sum(p.code == "not_written" for p in written.left_out) >= len(EVERY)


def test_aiken_is_known_by_its_content():
    written = write("aiken", [to_draft(content) for content in EVERY if content.type == "single"])
    assert read_files([("x", written.data)]).format == "aiken"


def test_there_is_no_other_format():
    with pytest.raises(ValueError, match="pdf"):
        write("pdf", [])


def test_a_code_names_one_question_of_several_files():
    files = [("a.gift", b"::g:: x {=a ~b}\n"), ("b.gift", b"::g:: y {=a ~b}\n\n::h:: x {=b ~a}\n")]
    found = read_files(files)
    assert [(draft.code, [one.code for one in draft.problems]) for draft in found.drafts] == [
        ("g", []), (None, ["code_repeated"]), ("h", ["item_other_key"])]
    assert found.drafts[2].problems[0].params == {"first": "a.gift!1", "first_row": 1}


def test_a_question_that_cannot_be_used_keeps_no_code_from_another():
    found = read_files([("a.gift", b"::g:: x {=a ~}\n\n::g:: y {=a ~b}\n")])
    assert [draft.code for draft in found.drafts] == ["g", "g"]
