from hypothesis import given, settings
from hypothesis import strategies as st

from contest.questions.differences import MAX_TOKENS, align, compare

TEXTS = st.text(st.sampled_from("aăâ đe 15/6%.,\n[]"), max_size=60)


def marked(pieces) -> str:
    return "".join(f"[{piece.text}]" if piece.changed else piece.text for piece in pieces)


def test_words_that_differ_are_marked():
    pair = compare("Nộp trước 15/6 hằng năm.", "Nộp trước 14/9 hằng năm.")
    assert (marked(pair.old), marked(pair.new)) == ("Nộp trước [15]/[6] hằng năm.", "Nộp trước [14]/[9] hằng năm.")
    assert pair.changed
    assert not compare("Như cũ.", "Như cũ.").changed


def test_what_is_new_or_gone():
    assert marked(compare("", "Mới").new) == "[Mới]"
    assert marked(compare("Cũ", "").old) == "[Cũ]"
    assert compare("", "").old == ()


def test_a_hostile_text_is_compared_as_a_whole():
    one, other = "a b " * MAX_TOKENS, "b a " * MAX_TOKENS
    assert marked(compare(one, other).old) == f"[{one}]"


@settings(max_examples=200)
@given(TEXTS, TEXTS)
def test_pieces_give_the_texts_back(old, new):
    pair = compare(old, new)
    assert "".join(piece.text for piece in pair.old) == old
    assert "".join(piece.text for piece in pair.new) == new
    assert pair.changed == (old != new)


def test_options_are_laid_beside_those_they_resemble():
    assert align(["Sở Nội vụ", "Sở Tài chính tỉnh"], ["Sở Tài chính", "Sở Nội vụ"]) == [(1, 0), (0, 1)]
    assert align(["Một"], ["Hai", "Một"]) == [(None, 0), (0, 1)]
    assert align(["Một", "Hai"], ["Hai"]) == [(1, 0), (0, None)]
    assert align([], []) == []


@settings(max_examples=100)
@given(st.lists(TEXTS, max_size=6), st.lists(TEXTS, max_size=6))
def test_every_row_stands_once(old, new):
    pairs = align(old, new)
    assert sorted(i for i, _k in pairs if i is not None) == list(range(len(old)))
    assert sorted(k for _i, k in pairs if k is not None) == list(range(len(new)))
