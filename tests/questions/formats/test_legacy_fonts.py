"""Old fonts: every Vietnamese syllable goes there and back."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.questions.formats.legacy_fonts import convert, detect, encoding_of_font, is_syllable, typed_in

ONSETS = ["", "b", "c", "ch", "d", "đ", "g", "gh", "gi", "h", "k", "kh", "l", "m", "n", "ng", "ngh", "nh", "p", "ph",
          "qu", "r", "s", "t", "th", "tr", "v", "x"]
RIMES = ["a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "ai", "ao", "au", "âu", "ây", "eo", "êu", "ia",
         "iêu", "oa", "oai", "oang", "oă", "oe", "ôi", "ơi", "ua", "uân", "uê", "uôi", "uơ", "uy", "uyên", "uya", "ưa",
         "ưi", "ươi", "ương", "ươu", "yêu", "ăng", "âng", "ênh", "iêt", "ôc", "ơp"]
TONES = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
VOWELS = "aăâeêioôơuưy"


def toned():
    for rime in RIMES:
        places = [at for at, char in enumerate(rime) if char in VOWELS]
        for at in places:
            for tone in TONES:
                yield unicodedata.normalize("NFC", rime[:at + 1] + tone + rime[at + 1:])


SYLLABLES = sorted({onset + rime for onset in ONSETS for rime in toned()})


def test_every_syllable_goes_there_and_back():
    text = " ".join(SYLLABLES)
    assert convert(typed_in(text, "tcvn3"), "tcvn3") == text
    assert convert(typed_in(text, "vni"), "vni") == text
    assert convert(typed_in(text.upper(), "vni"), "vni") == text.upper()
    assert convert(typed_in(text.upper(), "tcvn3-capitals"), "tcvn3-capitals") == text.upper()
    assert all(typed_in(text, name).isprintable() or name != "vni" for name in ("tcvn3", "vni"))


@given(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=30).map(" ".join), st.sampled_from(["tcvn3", "vni"]))
def test_words_go_there_and_back(text, encoding):
    assert convert(typed_in(text, encoding), encoding) == text


@pytest.mark.parametrize(("typed", "encoding", "text"), [
    ("B¶o Th¾ng", "tcvn3", "Bảo Thắng"), ("Xin chaøo caùc baïn", "vni", "Xin chào các bạn"),
    ("nghóa vuï, kyõ thuaät, ñöôøng", "vni", "nghĩa vụ, kỹ thuật, đường"), ("CAÛI CAÙCH", "vni", "CẢI CÁCH"),
    ("bé néi vô", "tcvn3-capitals", "BỘ NỘI VỤ"), ("t\xad ph¸p", "tcvn3", "tư pháp"),
    ("\uf0b6\uf0b8", "tcvn3", "ảá")])
def test_known_words(typed, encoding, text):
    assert convert(typed, encoding) == text


@pytest.mark.parametrize(("font", "encoding"), [
    (".VnTime", "tcvn3"), (".VnTimeH", "tcvn3-capitals"), (".VnArial", "tcvn3"), ("VNI-Times", "vni"),
    ("Times New Roman", None), ("Vni", None), ("", None)])
def test_fonts(font, encoding):
    assert encoding_of_font(font) == encoding


SENTENCE = "Cải cách thủ tục hành chính là khâu đột phá của cải cách hành chính nhà nước giai đoạn 2021 - 2030"


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_a_sentence_tells_its_encoding(encoding):
    assert detect(typed_in(SENTENCE, encoding)) == encoding


@pytest.mark.parametrize("text", [
    SENTENCE, "", "plain", "café déjà vu à la carte où êtes-vous", "Diện tích 5 m², góc 30°, sai số ±2 µm", "Hà Nội",
    "Ñandú, señor, mañana, año", "§1 ® © ¶ · ¸", "«à» «é» «ô»"])
def test_other_texts_are_left_alone(text):
    assert detect(text) is None


def test_syllables():
    assert all(is_syllable(word) for word in ("nghiêng", "Đường", "quyết", "yêu", "ỷ"))
    assert not any(is_syllable(word) for word in ("B¶o", "chaøo", "xyz", "bbb"))
