import pytest

from contest.rounds.blueprint import (
    MOST,
    Group,
    Place,
    availability,
    available,
    extras,
    field_name,
    fields_of,
    lacking,
    matrix,
    place_in,
    place_of,
    read,
    total,
)

GROUPS = [Group("b1", "Thể chế", "NB", 3), Group("b1", "Thể chế", "TH", 2), Group("b2", "Thể chế", "NB", 5),
          Group("b2", None, None, 1)]


def row(count, bank_id=None, topic=None, level=None, kind=None, document=None):
    return {"bank_id": bank_id, "topic": topic, "level": level, "type": kind, "document_id": document, "count": count}


@pytest.mark.parametrize("place", [
    Place(), Place("b1"), Place(None, "Thể chế.: &?", None), Place("b1", "Công vụ", "NB"), Place(None, None, "VD.C")])
def test_a_field_name_says_its_place(place):
    assert place_of(place.name) == place
    assert place.name.isascii()


@pytest.mark.parametrize("name", ["title", "cell", "cell.a.b", "cell..!!!.x", "cell.._w.", "csrf_token"])
def test_other_fields_are_no_places(name):
    assert place_of(name) is None


def test_read_keeps_numbers_and_names_what_is_none():
    one, two, three, four = (Place(topic=topic).name for topic in ("a", "b", "c", "d"))
    pairs = [("title", "x"), (one, " 3 "), (two, ""), (three, "0"), (four, str(MOST))]
    assert read(pairs) == ([row(3, topic="a"), row(MOST, topic="d")], [])
    for typed in ("-1", "1.5", "ba", "²", str(MOST + 1)):
        assert read([(one, typed)]) == ([], [one])


def test_stored_rows_come_back_as_they_were_typed():
    rows = [row(3, topic="a"), row(2, "b1", "a", "NB"), row(1, topic="a")]
    typed = fields_of(rows)
    assert typed == {Place(None, "a").name: "4", Place("b1", "a", "NB").name: "2"}
    assert read(typed.items()) == ([row(4, topic="a"), row(2, "b1", "a", "NB")], [])
    assert total(rows) == 6


def test_rows_with_further_conditions_are_read_and_written():
    rows = [row(3, topic="a"), row(2, None, "a", "NB", "multiple"), row(1, "b1", document="d1"), row(4, kind="essay")]
    typed = fields_of(rows)
    assert read(typed.items()) == (rows, [])
    assert typed[field_name(1, "document_id")] == "d1"
    assert extras(typed.items())[2] == (Place(type="essay"), "4")
    pairs = [(field_name(7, "count"), "2"), (field_name(7, "type"), "poem"), (field_name(2, "count"), " 1 "),
             ("row.x.count", "5"), ("row.3", "5"), ("row.9999.count", "5"), (field_name(4, "type"), "single")]
    assert read(pairs) == ([row(1)], [field_name(7, "count")])


def test_rows_of_before_ask_for_any_type_and_document():
    old = {"bank_id": None, "topic": "Thể chế", "level": None, "count": 2}
    assert place_in(old) == Place(topic="Thể chế")
    assert lacking(GROUPS, [old]) == ()
    assert fields_of([old]) == {Place(topic="Thể chế").name: "2"}


def test_types_documents_and_exclusions_count():
    groups = [Group("b1", "a", "VD", 2, "multiple", frozenset({"d1", "d2"})), Group("b1", "a", "VD", 3, "single"),
              Group("b1", "a", "NB", 1, "single", frozenset(), "b1/g"), Group("b1", "b", "NB", 4, "single",
                                                                             frozenset({"d2"}), "b1/g")]
    [(place, short)] = lacking(groups, [row(4, level="VD", kind="multiple")])
    assert (place, short.needed, short.available) == (Place(level="VD", type="multiple"), 4, 2)
    assert [short.available for _, short in lacking(groups, [row(1, level="NB"), row(4, document="d2")])] == [2]
    assert [available(groups, Place(*asked)) for asked in (
        (), (None, None, "NB"), (None, None, None, "single"), (None, None, None, None, "d2"), (None, "b"))] == [
        6, 1, 4, 3, 1]
    found = availability(groups)
    assert (found[Place().name], found[Place(level="NB").name], found[Place(topic="a").name]) == (6, 1, 6)


def test_lacking_counts_overlapping_places_once():
    assert lacking(GROUPS, [row(8, topic="Thể chế", level="NB"), row(3)]) == ()
    [(place, short)] = lacking(GROUPS, [row(8, topic="Thể chế", level="NB"), row(4)])
    assert (place, short.needed, short.available) == (Place(), 4, 3)
    [(place, short)] = lacking(GROUPS, [row(4, "b1", "Thể chế", "NB")])
    assert (place, short.needed, short.available) == (Place("b1", "Thể chế", "NB"), 4, 3)


def test_matrix_counts_the_chosen_banks_and_keeps_rows_that_are_asked_for():
    gone = Place(None, "Đã bỏ", "VD").name
    found = matrix(GROUPS, ["b1"], {gone: "2"}, ["Thể chế"])
    assert found.levels == ("NB", "TH", "VD", None)
    assert [(line.topic, [field.available for field in line.fields], line.idle) for line in found.lines] == [
        ("Thể chế", [3, 2, 0, 5], False), ("Đã bỏ", [0, 0, 0, 0], False), (None, [3, 2, 0, 5], False)]
    assert found.lines[1].fields[2].typed == "2"
    assert [line.idle for line in matrix(GROUPS, [], {}, []).lines] == [True, False]


def test_availability_names_every_place_that_a_question_could_fill():
    found = availability(GROUPS[:1])
    assert found == {place.name: 3 for place in (
        Place(), Place(level="NB"), Place(topic="Thể chế"), Place(topic="Thể chế", level="NB"), Place("b1"),
        Place("b1", level="NB"), Place("b1", "Thể chế"), Place("b1", "Thể chế", "NB"))}
    assert availability(GROUPS)[Place().name] == 11
