from dataclasses import replace

import pytest

from contest.questions.content import of_draft
from contest.questions.formats.drafts import Draft, Problem, Reading
from contest.questions.matching import Known, classify, decide, unsaid


def draft(row, code=None, stem="Hỏi gì?", key=(0,), options=("a", "b", "c"), **change):
    return Draft(f"S!{row}", row, code, "single", stem, options, key, **change)


def known(name, of):
    content = of_draft(of)
    return Known(name, of.code, content.identity, content)


def kinds(drafts, bank):
    return [match.kind for match in classify(drafts, bank)]


FIRST = draft(2, "X-1")
BANK = [known("one", FIRST), known("bare", draft(3, None, "Không mã?"))]


@pytest.mark.parametrize(("met", "kind"), [
    (draft(9, "X-1"), "unchanged"),
    (draft(9, "x-1"), "unchanged"),
    (draft(9, "X-1", options=("c", "a", "b"), key=(1,)), "unchanged"),
    (draft(9, "X-1", key=(1,)), "update"),
    (draft(9, "X-1", "Hỏi khác?"), "update"),
    (draft(9, "X-1", topic="Chuyển đổi số"), "update"),
    (draft(9, "X-2", "Hỏi khác?"), "new"),
    (draft(9, "X-2"), "duplicate"),
    (draft(9, None), "unchanged"),
    (draft(9, None, key=(2,)), "update"),
    (draft(9, None, "hỏi  GÌ"), "update"),
    (draft(9, None, "Khác hẳn?"), "new"),
    (draft(9, "X-3", "Không mã?"), "duplicate"),
    (draft(9, "X-1", "Không mã?"), "duplicate"),
    (replace(FIRST, problems=(Problem("error", "no_key", "S!2"),)), "error"),
])
def test_what_a_draft_meets(met, kind):
    assert kinds([met], BANK) == [kind]


RICH = draft(2, "X-9", "Đủ trường?", topic="Thể chế", level="TH", citation="Điều 1", points=200, tags=("cũ",))


@pytest.mark.parametrize(("met", "kind", "topic"), [
    (draft(9, "X-9", "Đủ trường?", level="TH"), "unchanged", "Thể chế"),
    (draft(9, None, "Đủ trường?", level="TH"), "unchanged", "Thể chế"),
    (draft(9, "X-9", "Đủ trường?", level="TH", key=(1,)), "update", "Thể chế"),
    (draft(9, "X-9", "Đủ trường?", level="TH", topic="Nhân sự"), "update", "Nhân sự"),  # mended in the preview
    (draft(9, "X-9", "Đủ trường?"), "update", "Thể chế"),  # its column of levels was emptied
])
def test_what_a_file_has_no_column_for_stays_as_the_bank_has_it(met, kind, topic):
    found, = classify([met], [known("rich", RICH)], unsaid={"topic", "citation", "points", "tags"})
    assert (found.kind, found.content.topic, found.content.citation, found.content.points) == (
        kind, topic, "Điều 1", 200)
    assert found.content.level == met.level


@pytest.mark.parametrize(("options", "key", "kind", "kept"), [
    (("a", "b", "c"), (0, 2), "multiple", {"rule": "negative", "penalty_percent": "50"}),
    (("a", "b", "c"), (1,), "single", {}),
])
def test_a_rule_of_the_bank_stays_where_it_fits_what_the_file_says(options, key, kind, kept):
    rule = {"rule": "negative", "penalty_percent": "50"}
    held = replace(draft(2, "X-9", "Mấy ý?", (0, 1)), type="multiple", settings=rule)
    met = replace(draft(9, "X-9", "Mấy ý?", key, options), type=kind)
    found, = classify([met], [known("ruled", held)], unsaid={"scoring"})
    assert (found.kind, dict(found.content.settings)) == ("update", kept)


def test_what_a_file_does_not_say():
    sheet = Reading("xlsx", (draft(2),), letters={"stem": "A", "level": "F", "points": "G"})
    assert unsaid(sheet) == {"topic", "explanation", "citation", "tags", "scoring"}
    word = Reading("docx", (draft(2, topic="Thể chế"), draft(3, level="NB")))
    assert unsaid(word) == {"points", "explanation", "citation", "tags", "scoring"}
    assert unsaid(word, {0}) == unsaid(word) | {"topic"}  # what somebody wrote into a row is not the file's word


def test_a_file_that_repeats_itself():
    drafts = [draft(2, "A"), draft(3, "A", "Khác?"), draft(4, "B"), draft(5), draft(6, "C", "Nữa?")]
    found = classify(drafts, ())
    assert [(m.kind, m.first_row) for m in found] == [
        ("new", None), ("duplicate", 2), ("duplicate", 2), ("duplicate", 2), ("new", None)]


def test_two_rows_never_change_one_question():
    drafts = [draft(2, "X-1", "Mới hẳn?"), draft(3, None, key=(1,))]
    found = classify(drafts, BANK)
    assert [(m.kind, m.first_row) for m in found] == [("update", None), ("duplicate", 2)]
    assert len(decide(found, BANK, "update").changes) == 1


def test_an_unusable_row_claims_nothing():
    bad = replace(draft(2, "A"), problems=(Problem("error", "no_key", "S!2"),))
    assert kinds([bad, draft(3, "A")], ()) == ["error", "new"]


FILE = [draft(2, "X-1", key=(1,)), draft(3, "X-2"), draft(4, "X-9", "Mới?"), draft(5, None, "Không mã?"),
        draft(6, "X-9", "Lại nữa?")]


@pytest.mark.parametrize(("way", "codes", "changed", "idle"), [
    ("skip", ["X-9"], [], 4),
    ("update", ["X-9"], ["one"], 3),
    ("add", ["X-1-2", "X-2", "X-9", "X-9-2"], [], 1),
])
def test_decisions(way, codes, changed, idle):
    made = decide(classify(FILE, BANK), BANK, way)
    assert [insert.code for insert in made.inserts] == codes
    assert [change.known.question_id for change in made.changes] == changed
    assert made.duplicates == idle


def test_add_takes_the_code_of_a_twin_where_it_is_free():
    made = decide(classify([draft(9, "X-2")], BANK), BANK, "add")
    assert [insert.code for insert in made.inserts] == ["X-2"]


@pytest.mark.parametrize("way", ["skip", "update", "add"])
def test_the_same_file_twice_adds_nothing(way):
    drafts = [*FILE, draft(7, None, "Không mã?", key=(1,)), draft(8, "X-10", "Mới?"), draft(9, "X-2", key=(2,))]
    first = decide(classify(drafts, BANK), BANK, way)
    changed = {change.known.question_id: change.content for change in first.changes}
    bank = [replace(k, content=changed[k.question_id], identity=changed[k.question_id].identity)
            if k.question_id in changed else k for k in BANK]
    bank += [Known(f"new{n}", i.code, i.content.identity, i.content) for n, i in enumerate(first.inserts)]
    again = decide(classify(drafts, bank), bank, way)
    assert again.inserts == ()
    assert again.changes == ()


def test_a_free_code_fits_the_column():
    code = "C" * 60
    bank = [known("long", draft(2, code))]
    made = decide(classify([draft(3, code, "Khác?")], bank), bank, "add")
    assert [insert.code for insert in made.inserts] == ["C" * 58 + "-2"]
