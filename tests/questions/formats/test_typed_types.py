"""Typed questions of the types beyond a choice: by "Loại:", or by a key that can mean nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.formats.docx_lines import read_docx
from contest.questions.formats.drafts import TRUE_FALSE_OPTIONS, Accepted, Gap
from contest.questions.formats.typed import read_text
from contest.questions.formats.typed_lists import bound, table_pairs, two_lists
from tests.questions.formats.built_docx import docx


def one(text):
    (draft,) = read_text(f"Câu 1. {text}\n".encode()).drafts
    return draft


def codes(draft):
    return [problem.code for problem in draft.problems]


def test_an_ordering_by_its_key_and_as_listed():
    steps = "Sắp xếp các bước.\nA. Trả kết quả\nB. Tiếp nhận\nC. Giải quyết\nLoại: Sắp xếp\n"
    draft = one(steps + "Đáp án: B, C, A")
    assert (draft.type, draft.options, draft.key, codes(draft)) == (
        "ordering", ("Tiếp nhận", "Giải quyết", "Trả kết quả"), (0, 1, 2), [])
    draft = one(steps)
    assert (draft.options, codes(draft)) == (("Trả kết quả", "Tiếp nhận", "Giải quyết"), ["order_as_listed"])
    assert codes(one(steps + "Đáp án: B, C")) == ["key_unreadable"]


def test_gaps_by_markers_and_by_blanks():
    filled = (Gap("text", (Accepted("2021"), Accepted("hai mốt"))), Gap("text", (Accepted("Chính phủ"),)))
    key = "Đáp án: 1: 2021 | hai mốt; 2: Chính phủ"
    for stem in ("Năm [[1]], do [[2]] ký.", "Năm ____, do …… ký."):
        for named in ("Loại: Điền chỗ trống\n", ""):
            draft = one(f"{stem}\n{named}{key}")
            assert (draft.type, draft.stem, draft.gaps, codes(draft)) == (
                "gaps", "Năm [[1]], do [[2]] ký.", filled, [])
    draft = one("Năm [[1]], loại [[2]].\nLoại: Điền chỗ trống\nĐáp án: 1 (số): 20..25; 2 (chọn): *luật | lệ")
    assert draft.gaps == (Gap("number", (Accepted("20..25"),)), Gap("choice", (Accepted("luật"), Accepted("lệ", 0))))
    assert not one("Năm [[1]], do [[2]].\nLoại: Điền chỗ trống\nĐáp án: 2021").usable


def test_pairs_side_by_side():
    draft = one("Ghép.\nA. 30c -> 2011\nB. 76 → 2021\nC. -> 2030\nLoại: Ghép cặp")
    assert (draft.type, draft.parts, draft.options, draft.key, codes(draft)) == (
        "matching", ("30c", "76"), ("2011", "2021", "2030"), (0, 1), [])
    draft = one("Ghép.\nA. 30c -> 2021\nB. 76 -> 2011\nĐáp án: A-2, B-1")
    assert (draft.type, draft.parts, draft.options, draft.key) == ("matching", ("30c", "76"), ("2021", "2011"), (1, 0))


def test_pairs_of_two_lists_need_a_key():
    lists = "Ghép.\n1. 30c\n2. 76\na. 2021\nb. 2011\nc. 2030\n"
    for key in ("1-b, 2-a", "1b 2a", "b-1; a-2", "1 → b, 2 → a"):
        draft = one(f"{lists}Loại: Ghép cặp\nĐáp án: {key}")
        if key == "1b 2a":
            assert codes(draft)
            assert not draft.usable
            continue
        assert (draft.type, draft.stem, draft.parts, draft.options, draft.key, codes(draft)) == (
            "matching", "Ghép.", ("30c", "76"), ("2021", "2011", "2030"), (1, 0), []), key
    assert one(f"{lists}Đáp án: 1-b, 2-a").type == "matching"
    assert codes(one(f"{lists}Loại: Ghép cặp")) == ["no_key"]
    assert "key_unreadable" in codes(one(f"{lists}Loại: Ghép cặp\nĐáp án: 1-b"))


def test_options_that_no_sign_parts_are_no_pairs():
    draft = one("Ghép.\nA. x\nB. y\nLoại: Ghép cặp\nĐáp án: A")
    assert "pair_unsplit" in codes(draft)
    assert not draft.usable


def table(*rows):
    cells = ("".join(f"<w:tc><w:p><w:r><w:t>{cell}</w:t></w:r></w:p></w:tc>" for cell in row) for row in rows)
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in cells)}</w:tbl>"


def test_a_table_of_two_columns_in_word():
    def paragraph(text):
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    lead = paragraph("Câu 1. Ghép văn bản với năm.")
    named = paragraph("Loại: Ghép cặp")
    rows = table(("Cột A", "Cột B"), ("30c", "2011"), ("76", "2021"))
    (draft,) = read_docx(docx(lead + rows + named)).drafts
    assert (draft.type, draft.stem, draft.parts, draft.options, draft.key, draft.markup, codes(draft)) == (
        "matching", "Ghép văn bản với năm.", ("30c", "76"), ("2011", "2021"), (0, 1), False, [])
    rows = table(("Văn bản", "Năm"), ("1. 30c", "a. 2021"), ("2. 76", "b. 2011"), ("", "c. 2030"))
    (draft,) = read_docx(docx(lead + rows + named + paragraph("Đáp án: 1-b, 2-a"))).drafts
    assert (draft.parts, draft.options, draft.key, codes(draft)) == (
        ("30c", "76"), ("2021", "2011", "2030"), (1, 0), [])


def test_numbers_with_a_tolerance_and_ranges():
    for words, number in (("23,5±0,1", "23.5±0.1"), ("từ 20 đến 25", "20..25"), ("20..25", "20..25"), ("7", "7")):
        for field in ("Đáp số", "Đáp án"):
            draft = one(f"Bao nhiêu?\n{field}: {words}")
            assert (draft.type, codes(draft)) == ("number", []), words
            assert draft.gaps == (Gap("number", (Accepted(number),)),)
    assert "key_unreadable" in codes(one("Bao nhiêu?\nLoại: Điền số\nĐáp án: chừng hai mươi"))
    assert one("Đi đâu?\nTrả lời: từ Hà Nội đến Huế").type == "short_text"


def test_an_essay_keeps_its_questions_and_its_answer():
    draft = one("Nêu:\na) một sáng kiến\nb) kết quả\nLoại: Tự luận\nĐáp án: Tùy bài.")
    assert (draft.type, draft.stem, draft.options, draft.explanation) == (
        "essay", "Nêu:\na) một sáng kiến\nb) kết quả", (), "Tùy bài.")
    assert one("Nêu một sáng kiến.\nLoại: Tự luận").type == "essay"


def test_statements_in_capital_letters():
    lead = "Mỗi ý đúng hay sai?\n"
    for text in ("A. Một\nB. Hai\nLoại: Đúng/Sai nhiều ý\nĐáp án: Đ, S", "A. Một (Đúng)\nB. Hai (Sai)\nLoại: Đúng/Sai"
                 " nhiều ý", "A. Một\nB. Hai\nLoại: Đúng/Sai nhiều ý\nĐáp án: A"):
        draft = one(lead + text)
        assert (draft.type, draft.options, draft.parts, draft.key, codes(draft)) == (
            "cluster", TRUE_FALSE_OPTIONS, ("Một", "Hai"), (0, 1), []), text
    assert not one(lead + "A. Một\nB. Hai\nLoại: Đúng/Sai nhiều ý").usable


def test_a_type_that_does_not_fit_is_told():
    options = "\nA. một\nB. hai\nC. ba\n"
    assert codes(one(f"Hỏi?{options}Loại: Chọn một đáp án\nĐáp án: A, B")) == ["type_key_mismatch"]
    assert "too_few_options" in codes(one("Hỏi?\nLoại: Chọn một đáp án\nTrả lời: Huế"))
    assert codes(one(f"Hỏi?{options}Loại: Kéo thả\nĐáp án: A")) == ["unsupported_type"]
    assert codes(one(f"Hỏi?{options}Loại: Gì đó\nĐáp án: A")) == ["unknown_type"]


PIECES = ["Loại: Ghép cặp\n", "Loại: Sắp xếp\n", "Loại: Điền chỗ trống\n", "Loại: Tự luận\n", "Loại: Điền số\n",
          "Loại: Đúng/Sai nhiều ý\n", "Đáp án: 1-b, 2-a\n", "Đáp án: B, A\n", "Đáp án: 1: a; 2: b\n", "A. x -> y\n",
          "B. -> z\n", "1. một\n", "2. hai\n", "a. u\n", "b. v\n", "____", "[[1]]", "[[2]]", "Câu 2. ", "Hỏi?\n", "\n"]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_whatever_is_typed_a_usable_draft_is_whole(text):
    for draft in read_text(f"Câu 1. Hỏi?\n{text}".encode()).drafts:
        if draft.usable and draft.type == "matching":
            assert len(draft.key) == len(draft.parts)
            assert set(draft.key) <= set(range(len(draft.options)))
        if draft.usable and draft.type == "gaps":
            assert draft.stem.count("[[") == len(draft.gaps)


WORD = st.text("abcđê ", min_size=1, max_size=8).map(str.strip).filter(bool)


@settings(max_examples=100)
@given(st.lists(WORD, min_size=2, max_size=8), st.lists(WORD, min_size=2, max_size=8), st.randoms())
def test_two_lists_come_back_whole(first, second, random):
    text = "\n".join(["Ghép:", *(f"{at}. {word}" for at, word in enumerate(first, 1)),
                      *(f"{chr(97 + at)}) {word}" for at, word in enumerate(second))])
    lists = two_lists(text)
    assert lists
    assert (lists.stem, list(lists.first), list(lists.second)) == ("Ghép:", first, second)
    key = [random.randrange(len(second)) for _ in first]
    links = ", ".join(f"{at}-{chr(97 + to)}" for at, to in enumerate(key, 1))
    assert bound(lists, links).key == tuple(key)
    assert bound(lists, links.rpartition(",")[0]) is None


def test_a_table_that_is_none_of_pairs():
    assert table_pairs("| a | b | c |\n| --- | --- | --- |\n| 1 | 2 | 3 |") is None
    assert table_pairs(r"| a \| b | c |") == [("a | b", "c")]
