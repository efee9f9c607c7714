from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from contest.errors import Refusal
from contest.extensions import db
from contest.questions import cards, decisions, imports, operations, previews, staged, undoing
from contest.questions.content import to_draft
from contest.questions.formats.drafts import Problem
from contest.questions.formats.whole import Wish
from contest.questions.matching import Insert
from contest.questions.staging import fill_import
from tests.factories import NOON
from tests.questions.cast import browser
from tests.questions.drafted import broken, draft, many, new_bank, reading, stage, take
from tests.questions.every_type import EVERY
from tests.statements import counted
from tests.work import steps


@pytest.fixture(autouse=True)
def nothing_kept():
    previews._kept.clear()


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def states(row) -> list[str]:
    """The state of every row as a preview shows it, which is what a plan made now says."""
    found = previews.preview_of(row)
    places = {place: state for state, places in found.places.items() for place in places}
    plan = staged.plan(row)
    shown = [places[place] for place in range(found.matches.count)]
    assert shown == [staged.state_of(match) for match in plan.matches]
    assert tuple(found.matches.at(range(found.matches.count)).values()) == plan.matches
    assert found.sizes == plan.sizes()
    return shown


def test_a_preview_shows_what_was_planned_of_every_type_and_state(context):
    bank = new_bank()
    held = [to_draft(content, row=place, code=f"C-{place}") for place, content in enumerate(EVERY, start=2)]
    take(bank, reading(*held))
    warned = draft(40, problems=(Problem("warning", "hidden_row", "Câu hỏi!40", None, {"first_row": 2}),))
    row = stage(bank, reading(
        *(replace(one, explanation="Khác.") for one in held), held[0], replace(held[1], code="KHAC"), broken(30),
        warned, *(draft(n) for n in range(50, 80))))
    decisions.choose(row.id, [20], "skip", by=None, now=NOON)
    assert Counter(states(row)) == {"update": 12, "duplicate": 2, "error": 1, "warning": 1, "valid": 29, "skipped": 1}
    found = previews.preview_of(row)
    assert (found.choices, found.edited, found.last) == ({20: "skip"}, frozenset(), (20,))
    assert list(found.places_of("error")) == [14]
    assert list(found.places_of("error", 3, None, 99, 14)) == [3, 14]
    assert list(found.places_of(None, 3)) == list(range(46))


def test_fields_that_a_file_lacks_are_shown_in_the_words_of_the_bank(context):
    bank = new_bank()
    take(bank, many(2))
    found = replace(reading(draft(2, explanation=None, key=(0,))), letters={"stem": "A", "key": "B"})
    match = previews.preview_of(stage(bank, found)).matches.at([0])[0]
    assert (match.draft.explanation, match.content.explanation) == (None, "Giải thích 2.")


def test_the_second_look_asks_for_the_stamp_alone(app):
    with app.app_context():
        bank = new_bank()
        take(bank, many(30))
        small, large = (stage(bank, reading(*(draft(n, key=(0,)) for n in range(2, 2 + count)))).id
                        for count in (5, 200))
        db.session.commit()
        work = {}
        for key in (small, large):
            row = staged.import_of(key, NOON)
            first = previews.preview_of(row)
            with counted(app) as statements:
                assert previews.preview_of(row) is first
            assert len(statements) == 2
            assert not [one for one in statements if "question_version" in one or "bank_import.reading" in one]
            work[key] = steps(previews.preview_of, row)
        assert work[large] < 1.1 * work[small]  # drivers differ a little


def test_a_page_unpacks_no_more_of_a_long_import_than_of_a_short_one(context):
    bank = new_bank()
    short, long = (previews.preview_of(stage(bank, many(count))).matches for count in (50, 500))
    assert steps(short.at, range(50)) == steps(long.at, range(50)) > 10 * steps(long.at, [499])


def test_pages_ask_as_much_of_any_import_and_read_neither_bank_nor_file_again(app, hands):
    organiser = browser(app, "organiser")
    with app.app_context():
        bank = new_bank()
        take(bank, many(30))
        keys = [stage(bank, reading(*(draft(n, key=(0,)) for n in range(2, 2 + count)), draft(999))).id
                for count in (20, 220)]
        db.session.commit()
    asked = []
    for key in keys:
        address = f"/to-chuc/ngan-hang/nhap/{key}"
        organiser.get(address)
        for query in ("?state=update", "?state=valid", "?way=add", "?sua=1"):
            with counted(app) as statements:
                assert organiser.get(address + query).status_code == 200
            assert not [one for one in statements if "bank_import.reading" in one]
            asked.append(len(statements))
    assert asked[:4] == asked[4:]
    assert max(asked) < 20


def test_an_edit_is_planned_anew(context):
    row = stage(new_bank(), reading(draft(2), broken(3), draft(4)))
    assert states(row) == ["valid", "error", "valid"]
    decisions.edit_row(row.id, 1, {"key": "C"}, by=None, now=NOON)
    assert states(row) == ["valid", "valid", "valid"]
    decisions.choose(row.id, [0], "skip", by=None, now=NOON)
    assert states(row) == ["skipped", "valid", "valid"]
    decisions.undo_last(row.id, by=None, now=NOON)
    decisions.undo_last(row.id, by=None, now=NOON)
    assert states(row) == ["valid", "error", "valid"]


def test_a_changed_bank_is_planned_anew(context):
    bank = new_bank()
    row = stage(bank, many(2))
    assert states(row) == ["valid", "valid"]
    take(bank, reading(draft(2, key=(0,))))
    assert states(row) == ["update", "valid"]
    [known] = cards.known(bank.id)
    operations.edit_question(known.question_id, replace(known.content, choices=tuple(
        replace(one, right=place == 1) for place, one in enumerate(known.content.choices))),
        version=1, by=None, now=NOON)
    assert states(row) == ["duplicate", "valid"]
    operations.write_rows(operations.draw_rows(bank.id, [Insert("C-3", known.content)], [], by=None, now=NOON))
    assert states(row) == ["duplicate", "update"]


def test_an_import_undone_and_another_of_the_same_length_is_a_changed_bank(context):
    """As many questions at the same places and in the same versions: only the undoing tells."""
    bank = new_bank()
    row = stage(bank, many(2))
    other = stage(bank, reading(draft(2)))
    imports.commit_import(other.id, "skip", by=None, now=NOON)
    assert states(row) == ["duplicate", "valid"]
    undoing.undo_import(other.id, by=None, now=NOON)
    take(bank, reading(draft(3)))
    assert states(row) == ["valid", "duplicate"]


def test_files_read_anew_are_planned_anew_however_many_steps_were_taken(context):
    row = stage(new_bank(), many(3))
    decisions.choose(row.id, [0], "skip", by=None, now=NOON)
    assert states(row) == ["skipped", "valid", "valid"]
    row = fill_import(row.id, many(3), Wish(), now=NOON)
    decisions.choose(row.id, [1], "skip", by=None, now=NOON)
    assert states(row) == ["valid", "skipped", "valid"]


def test_what_is_kept_is_not_shown_of_a_sealed_bank(context):
    bank = new_bank()
    row = stage(bank, many(2))
    previews.preview_of(row)
    bank.sealed_at = NOON
    db.session.flush()
    with pytest.raises(Refusal) as refused:
        previews.preview_of(row)
    assert (refused.value.code, refused.value.status) == ("bank_sealed", 409)


def test_two_imports_do_not_mix(context):
    one, other = (new_bank(code) for code in ("mot", "hai"))
    take(other, many(2))
    rows = [stage(one, many(2)), stage(other, many(2)), stage(one, reading(broken(2), draft(3)))]
    for _ in range(2):
        assert [states(row) for row in rows] == [["valid"] * 2, ["duplicate"] * 2, ["error", "valid"]]
    decisions.choose(rows[0].id, [0], "skip", by=None, now=NOON)
    assert [states(row) for row in rows] == [["skipped", "valid"], ["duplicate"] * 2, ["error", "valid"]]


def test_a_confirmation_plans_anew(app):
    """Even where what is kept were wrong."""
    with app.app_context():
        bank = new_bank()
        row = stage(bank, many(2))
        empty = previews.preview_of(stage(bank, reading(broken(2))))
        previews._keep(row.id, staged.stamp(row), empty)
        key = row.id
        db.session.commit()
        assert imports.confirm_import(key, "skip", by=None, now=NOON + timedelta(minutes=1))["created"] == 2


def test_few_previews_are_kept(context, monkeypatch):
    bank = new_bank()
    monkeypatch.setattr(previews, "KEPT", 3)
    rows = [stage(bank, many(2)) for _ in range(4)]
    for row in (*rows[:3], rows[0], rows[3]):
        previews.preview_of(row)
    assert list(previews._kept) == [rows[2].id, rows[0].id, rows[3].id]  # the one not looked at longest is gone
    one, two = (previews._kept[row.id][1].matches.size for row in (rows[0], rows[3]))
    monkeypatch.setattr(previews, "KEPT_BYTES", one + two)
    previews.preview_of(rows[1])
    assert list(previews._kept) == [rows[3].id, rows[1].id]
    assert previews.preview_of(stage(bank, many(200))).matches.count == 200  # shown, though it has no room
    assert list(previews._kept) == [rows[3].id, rows[1].id]
