import re
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel

from contest import sandbox
from contest.questions import formats, problem_words
from contest.questions.formats.drafts import (
    PROBLEM_CODES,
    REFUSAL_CODES,
    Problem,
    UnreadableFile,
)
from contest.questions.formats.gate import read_bank_here
from contest.questions.problems import message
from tests.questions.formats.built import HEADER, ONE_CELL, question, workbook

SENTENCES = Path(problem_words.__file__ or "").read_text()
ANY: dict[str, str | int] = dict.fromkeys(re.findall(r"%\((\w+)\)s", SENTENCES), 3)
READERS = [*Path(formats.__path__[0]).glob("*.py"), Path(sandbox.__file__)]
SOURCES = "\n".join(path.read_text() for path in READERS)


@pytest.fixture(autouse=True)
def _babel():
    app = Flask(__name__)
    app.config["BABEL_DEFAULT_LOCALE"] = "vi"
    Babel(app)
    with app.app_context():
        yield


def test_the_sentence_names_row_column_and_what_to_do():
    problem = Problem(
        "error", "broken_marker", "Câu hỏi!349", "Phương án", {"found": 3, "letter": "B"}
    )
    assert message(problem) == (
        "Dòng 349, cột Phương án: chỉ tách được 3 phương án. Kiểm tra dấu chấm sau chữ B."
    )


def test_places():
    assert message(Problem("error", "no_stem", "7")).startswith("Dòng 7: thiếu")
    assert message(Problem("warning", "sheet_unread", "Bộ 2", None, {"rows": 2})).startswith(
        "Trang Bộ 2: "
    )
    assert message(Problem("warning", "encoding_guessed", "", None, {"encoding": "x"})) == (
        "Bảng mã được đoán là x. Nếu chữ sai, lưu lại dạng CSV UTF-8."
    )


def test_an_item_of_an_xml_file_is_named():
    assert message(Problem("error", "no_stem", "@Q 12!3")).startswith("Câu Q 12!3: thiếu")


def test_a_percent_sign_in_a_value_does_no_harm():
    problem = Problem("error", "key_unreadable", "7", None, {"value": "50%(x)s"})
    assert "50%(x)s" in message(problem)


@pytest.mark.parametrize("code", sorted(PROBLEM_CODES))
def test_every_problem_has_a_sentence(code):
    text = message(Problem("error", code, "S!1", None, ANY))
    assert "chưa có tên" not in text
    assert "!" not in text
    assert text.endswith(".")


@pytest.mark.parametrize("code", sorted(REFUSAL_CODES))
def test_every_refusal_has_a_sentence(code):
    text = message(UnreadableFile(code, ANY))
    assert "chưa có tên" not in text
    assert text[0].isupper()


def test_every_code_raised_is_known():
    refused = set(re.findall(r'UnreadableFile\(\s*"(\w+)"', SOURCES))
    assert refused <= REFUSAL_CODES
    found = set(re.findall(r'(?:find|Problem)\(\s*"(?:error|warning)",\s*"(\w+)"', SOURCES))
    noted = set(re.findall(r'note\(\s*"(\w+)"', SOURCES))
    assert found | noted <= PROBLEM_CODES
    for code in PROBLEM_CODES | REFUSAL_CODES:
        assert SOURCES.count(f'"{code}"') >= 2, code


def test_the_readers_give_what_the_sentences_need():
    again = question(1)
    messy = [question(1), again, question(2, "E"), question(3, "?"), [4, "x", "a", "a.", None, "A"]]
    one_cell = [[1, "x", "A. a\nB .b", "C"], [2, "y", "a\nb", "A"], [3, "z", "Cả A và B", None]]
    for header, rows in ((HEADER, messy), (ONE_CELL, one_cell)):
        reading = read_bank_here(workbook([header, *rows]), "x")
        found = [p for draft in reading.drafts for p in draft.problems]
        assert len(found) >= 4
        assert not [text for text in map(message, found) if "…" in text]
