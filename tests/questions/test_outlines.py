from contest.questions import outlines
from contest.questions.formats.outline import Entry, keys, parents


def entry(locator: str, depth: int = 0, text: str = "", section_id: str = "") -> Entry:
    return Entry(locator, f"T {locator}", text, depth, section_id)


PLAN = (entry("Mục I"), entry("Mục I.1", 1, "Một.\nHai.\n- Ba.", "i1"), entry("Mục I.1.a", 2, "A", "i1a"),
        entry("Mục I.2", 1, "", "i2"), entry("Mục II"))


def shown(entries) -> list[str]:
    return [f"{'-' * one.depth}{one.locator}" for one in entries]


def test_moving_takes_along_what_stands_below():
    assert shown(outlines.move(PLAN, 3, True)) == ["Mục I", "-Mục I.2", "-Mục I.1", "--Mục I.1.a", "Mục II"]
    assert outlines.move(outlines.move(PLAN, 1, False), 2, True) == PLAN
    assert shown(outlines.move(PLAN, 4, True)) == ["Mục II", "Mục I", "-Mục I.1", "--Mục I.1.a", "-Mục I.2"]
    assert outlines.move(PLAN, 1, True) == outlines.move(PLAN, 4, False) == outlines.move(PLAN, 2, True) == PLAN


def test_merging_keeps_words_and_questions():
    merged = outlines.merge(PLAN, 2)
    assert shown(merged) == ["Mục I", "-Mục I.1", "-Mục I.2", "Mục II"]
    assert (merged[1].text, merged[1].took) == ("Một.\nHai.\n- Ba.\nI.1.a. T Mục I.1.a\nA", ("i1a",))
    assert outlines.merge(merged, 2)[1].took == ("i1a", "i2")
    above = outlines.merge(PLAN, 1)
    assert shown(above) == ["Mục I", "-Mục I.1.a", "-Mục I.2", "Mục II"]
    assert outlines.merge(PLAN, 0) == PLAN


def test_splitting_at_a_line():
    split = outlines.split(PLAN, 1, 3)
    assert [(one.locator, one.title, one.text, one.depth) for one in split[1:3]] == [
        ("Mục I.1", "T Mục I.1", "Một.\nHai.", 1), ("Mục I.1 (3)", "Ba.", "- Ba.", 2)]
    assert split[1].section_id == "i1"
    assert split[2].section_id == ""
    assert outlines.split(PLAN, 1, 4) == outlines.split(PLAN, 1, 0) == outlines.split(PLAN, 0, 1) == PLAN


def test_levels_stay_whole():
    assert shown(outlines.indent(PLAN, 3, True)) == ["Mục I", "-Mục I.1", "--Mục I.1.a", "--Mục I.2", "Mục II"]
    assert shown(outlines.indent(PLAN, 1, False)) == ["Mục I", "Mục I.1", "-Mục I.1.a", "-Mục I.2", "Mục II"]
    assert outlines.indent(PLAN, 0, True) == outlines.indent(PLAN, 1, True) == outlines.indent(PLAN, 4, False) == PLAN
    assert shown(outlines.remove(PLAN, 0)) == ["Mục I.1", "-Mục I.1.a", "Mục I.2", "Mục II"]
    assert shown(outlines.add(PLAN, 1, " Mục  I.3 ", "x"))[3] == "-Mục I.3"
    assert shown(outlines.add(PLAN, None, "Mục III", ""))[-1] == "Mục III"


def test_collapsing_loses_no_word():
    flat = outlines.collapse(PLAN, 1)
    assert shown(flat) == ["Mục I", "Mục II"]
    assert flat[0].took == ("i1", "i1a", "i2")
    assert all(one.text in flat[0].text and one.title in flat[0].text for one in PLAN[1:4])
    assert outlines.collapse(PLAN, 3) == PLAN


def test_a_corrected_text_finds_its_sections_by_place():
    fresh = (entry("Mục I"), entry("mục I.1", 1), entry("Mục I.3", 1), entry("Mục I.1", 1))
    found = outlines.carried(fresh, {"I": "a", "I/1": "b", "I/2": "c"})
    assert [one.section_id for one in found] == ["a", "b", "", ""]
    assert keys(found) == ["I", "I/1", "I/3", "I/1#2"]


def test_renaming_trims():
    one = outlines.rename(PLAN, 1, "  Mục  I.1 ", " Tên\nmới ", " x \n")[1]
    assert (one.locator, one.title, one.text, one.section_id) == ("Mục I.1", "Tên mới", "x", "i1")
    assert parents(PLAN) == [None, 0, 1, 0, None]
