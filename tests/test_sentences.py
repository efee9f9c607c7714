"""Every sentence that a person reads goes through gettext: Vietnamese as written, English in the catalogue."""

import ast
import re
from collections import Counter
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
VIETNAMESE = re.compile(r"[À-ÃÈ-ÊÌÍÒ-ÕÙÚÝà-ãè-êìíò-õùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ]")
GETTEXT = {"_", "gettext", "lazy_gettext", "ngettext", "lazy_ngettext", "pgettext", "lazy_pgettext", "_l", "_n"}
# Vietnamese as data, not as a sentence: the alphabet, words that files are matched against, the
# names of topics, the invented people of the demo.
DATA = ("contest/identity/names.py", "contest/identity/rosters.py", "contest/identity/sheets.py",
        "contest/questions/formats/", "contest/scoring/folding.py",
        "contest/questions/models.py", "contest/demo/")


def bare_sentences(path: Path) -> list[str]:
    tree = ast.parse(path.read_text("utf8"))
    wrapped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in GETTEXT:
            wrapped |= {id(n) for n in ast.walk(node)}
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                wrapped.add(id(first.value))
    return [f"{path.relative_to(ROOT)}:{node.lineno}: {node.value[:60]}" for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
            and id(node) not in wrapped and VIETNAMESE.search(node.value)]


def test_no_sentence_in_python_goes_around_gettext():
    found = [row for path in sorted((ROOT / "contest").rglob("*.py"))
             if not str(path.relative_to(ROOT)).startswith(DATA) for row in bare_sentences(path)]
    assert found == []


def test_no_sentence_in_a_template_goes_around_gettext():
    found = []
    for path in sorted((ROOT / "contest/web/templates").rglob("*.html")):
        text = re.sub(r"\{%-?\s*trans.*?endtrans\s*-?%\}", "", path.read_text("utf8"), flags=re.S)
        text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", lambda m: "\n" * m.group().count("\n"), text, flags=re.S)
        found += [f"{path.relative_to(ROOT)}:{n}: {line.strip()[:60]}"
                  for n, line in enumerate(text.splitlines(), 1) if VIETNAMESE.search(line)]
    assert found == []


def test_no_bare_sentence_inside_a_template_expression():
    found = []
    text = r"""\s*(?:"[^"]*"|'[^']*')\s*"""
    wrapped = re.compile(rf"\b(?:_|gettext|ngettext)\({text}(?:,{text})?")
    for path in sorted((ROOT / "contest/web/templates").rglob("*.html")):
        for block in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", path.read_text("utf8"), flags=re.S):
            rest = wrapped.sub("", block)
            if VIETNAMESE.search(rest):
                found.append(f"{path.relative_to(ROOT)}: {' '.join(block.split())[:80]}")
    assert found == []


def sentences() -> Catalog:
    catalogue = Catalog()
    methods = [("contest/web/templates/**.html", "jinja2"), ("contest/**.py", "python")]
    for _name, line, message, *_rest in extract_from_dir(ROOT, methods):
        catalogue.add(message, None, [("", line)])
    return catalogue


def test_the_english_catalogue_is_complete():
    with (ROOT / "contest/web/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        english = read_po(file, locale="en")
    missing = []
    for message in sentences():
        if not message.id:
            continue
        translated = english.get(message.id)
        strings = [translated.string] if translated and isinstance(translated.string, str) \
            else list(translated.string) if translated else [""]
        if not all(strings) or translated.fuzzy:
            missing.append(message.id)
    assert missing == []


def test_placeholders_survive_translation():
    with (ROOT / "contest/web/translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        english = read_po(file, locale="en")
    holes = re.compile(r"%\(\w+\)[sd]")
    wrong = []
    for message in english:
        ids = message.id if isinstance(message.id, (list, tuple)) else [message.id]
        strings = message.string if isinstance(message.string, (list, tuple)) else [message.string]
        wanted = set(holes.findall("".join(ids)))
        wrong += [message.id for string in strings if string and set(holes.findall(string)) - wanted]
    assert wrong == []


def test_every_refusal_has_a_sentence():
    from contest.web.messages import MESSAGES

    codes = set()
    for path in (ROOT / "contest").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"Refusal", "Missing"} and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant) and isinstance(code.value, str):
                    codes.add(code.value)
    assert codes - set(MESSAGES) == set()


def test_no_two_rooms_give_one_code_their_own_sentence():
    """The later one would be said of both."""
    from contest.web import messages

    rooms = [module.MESSAGES for module in vars(messages).values() if hasattr(module, "MESSAGES")]
    assert len(rooms) >= 10
    assert [code for code, times in Counter(code for room in rooms for code in room).items() if times > 1] == []
