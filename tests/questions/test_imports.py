import random
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from contest import database
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions import cards, imports, operations, staged
from contest.questions.document_queries import sources_of
from contest.questions.formats.drafts import Problem, SourceRow
from contest.questions.formats.gate import read_bank_here
from contest.questions.formats.template import write_bank
from contest.questions.import_models import BankImport
from contest.questions.models import Question, QuestionVersion
from tests.factories import NOON
from tests.questions.drafted import audited, broken, draft, many, new_bank, numbers, reading, stage, take

BANKS = sorted((Path(__file__).parents[2] / "question_banks").glob("*.xlsx"))


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def outcome(created=0, updated=0, duplicates=0, errors=0, warnings=0):
    return {"created": created, "updated": updated, "duplicates": duplicates, "errors": errors, "warnings": warnings}


def test_nothing_is_in_the_bank_before_the_word_is_given(context):
    row = stage(new_bank(), many(3))
    assert numbers() == (0, 0, 0, 0)
    assert staged.plan(row).sizes() == {"skip": (3, 0), "update": (3, 0), "add": (3, 0)}
    imports.commit_import(row.id, "skip", by=None, now=NOON)
    assert numbers() == (3, 3, 3, 0)
    assert (row.state, row.done_at) == ("done", NOON)
    assert row.outcome == {**outcome(created=3), "on_duplicate": "skip"}
    assert audited() == ["bank.create", "bank.import"]


@pytest.mark.parametrize("way", ["skip", "update", "add"])
def test_the_same_file_twice_adds_nothing(context, way):
    bank = new_bank()
    assert take(bank, many(5), way) == outcome(created=5)
    assert take(bank, many(5), way) == outcome(duplicates=5)
    assert numbers() == (5, 5, 5, 0)


def test_shuffled_rows_and_trailing_spaces_change_nothing(context):
    bank = new_bank()
    take(bank, many(20))
    drafts = [replace(one, stem=one.stem + "  ", options=one.options[::-1], key=(2,),
                      explanation=f" {one.explanation} ") for one in many(20).drafts]
    random.Random(7).shuffle(drafts)
    row = stage(bank, reading(*drafts))
    assert {match.kind for match in staged.plan(row).matches} == {"unchanged"}
    assert imports.commit_import(row.id, "update", by=None, now=NOON) == outcome(duplicates=20)


def test_an_update_makes_a_version_and_keeps_the_old(context):
    bank = new_bank()
    take(bank, many(3))
    changed = reading(draft(2), draft(3, key=(0,)), draft(4, stem="Đã viết lại?"))
    assert take(bank, changed) == outcome(duplicates=3)
    assert take(bank, changed, "update", now=NOON + timedelta(hours=1)) == outcome(updated=2, duplicates=1)
    assert numbers() == (3, 5, 5, 0)
    found = {known.code: known for known in cards.known(bank.id)}
    assert [choice.right for choice in found["C-3"].content.choices] == [True, False, False, False]
    assert found["C-4"].content.stem == "Đã viết lại?"
    assert found["C-4"].identity == found["C-4"].content.identity
    old = cards.earlier(found["C-3"].question_id, 2)
    assert [choice.right for choice in old[0].content.choices] == [False, True, False, False]
    assert take(bank, changed, "update") == outcome(duplicates=3)


def test_add_keeps_both(context):
    bank = new_bank()
    take(bank, many(1))
    assert take(bank, reading(draft(2, key=(0,))), "add") == outcome(created=1)
    assert [known.code for known in cards.known(bank.id)] == ["C-2", "C-2-2"]


def test_positions_go_on_after_the_last(context):
    bank = new_bank()
    take(bank, many(2))
    take(bank, reading(draft(8), draft(9)))
    rows = db.session.execute(select(Question.code, Question.position).order_by(Question.position)).all()
    assert [tuple(row) for row in rows] == [("C-2", 1), ("C-3", 2), ("C-8", 3), ("C-9", 4)]


def test_bad_rows_never_block_good_ones(context):
    warned = draft(4, problems=(Problem("warning", "hidden_row", "Câu hỏi!4"),))
    assert take(new_bank(), reading(draft(2), broken(3), warned, broken(5))) == outcome(2, errors=2, warnings=1)
    assert numbers() == (2, 2, 2, 0)


def test_what_a_table_cannot_hold_is_an_error_not_a_failure(context):
    found = reading(draft(2, code="x" * 61), draft(3, topic="x" * 121), draft(4, level="x" * 41), draft(5))
    assert take(new_bank(), found) == outcome(1, errors=3)


def test_fixed_options_stay_in_their_places(context):
    pair = draft(3, type="true_false", options=("Đúng", "Sai"), pinned=(0, 1))
    take(new_bank(), reading(draft(2, pinned=(3,)), pair))
    fixed = [[option["fixed"] for option in version.options] for version in db.session.scalars(
        select(QuestionVersion).join(Question).order_by(Question.position))]
    assert fixed == [[False, False, False, True], [True, True]]


def test_sources_are_kept_once_in_the_latest_words(context):
    bank = new_bank()
    one = SourceRow(2, "KH 1, mục I", "Kế hoạch 1", "I", "Cũ")
    two = SourceRow(3, "KH 1, mục II", "Kế hoạch 1", "II", "")
    take(bank, reading(draft(2), sources=(one, two, replace(one, section_title="Trùng"))))
    take(bank, reading(draft(3), sources=(replace(one, section_title="Mới"), SourceRow(9, "", "", "", ""))))
    assert [(row.citation, row.section, row.section_title) for row in sources_of(bank.id)] == [
        ("KH 1, mục I", "I", "Mới"), ("KH 1, mục II", "II", "")]


def test_a_second_click_is_refused_and_changes_nothing(context):
    row = stage(new_bank(), many(2))
    imports.commit_import(row.id, "skip", by=None, now=NOON)
    with pytest.raises(Refusal) as refused:
        imports.commit_import(row.id, "add", by=None, now=NOON + timedelta(minutes=1))
    assert (refused.value.code, refused.value.status) == ("import_done", 409)
    assert refused.value.params == {"done_at": NOON, "file_name": "tep.xlsx"}
    assert numbers() == (2, 2, 2, 0)


def test_a_discarded_import_is_gone(context):
    row = stage(new_bank(), many(2))
    imports.discard_import(row.id, by=None, now=NOON)
    assert (row.state, row.reading) == ("discarded", {})
    for act in (lambda: imports.commit_import(row.id, "skip", by=None, now=NOON),
                lambda: imports.discard_import(row.id, by=None, now=NOON)):
        with pytest.raises(Refusal) as refused:
            act()
        assert (refused.value.code, refused.value.status) == ("import_discarded", 409)
    assert numbers() == (0, 0, 0, 0)


def test_an_import_waits_twenty_four_hours(context):
    bank = new_bank()
    row = stage(bank, many(1))
    day = NOON + timedelta(hours=24)
    last = day - timedelta(milliseconds=1)
    assert staged.import_of(row.id, last) is row
    assert [entry.id for entry in staged.waiting(bank.id, last)] == [row.id]
    assert staged.waiting(bank.id, day) == []
    for act in (lambda: staged.import_of(row.id, day), lambda: imports.commit_import(row.id, "skip", by=None, now=day)):
        with pytest.raises(Missing) as missing:
            act()
        assert missing.value.code == "import_expired"


def test_readings_are_forgotten_after_a_day_and_the_log_stays(context):
    bank = new_bank()
    waiting, done = stage(bank, many(1)), stage(bank, many(2))
    imports.commit_import(done.id, "skip", by=None, now=NOON)
    day = NOON + timedelta(hours=24)
    imports.forget_readings(day - timedelta(milliseconds=1))
    db.session.expire_all()
    assert waiting.reading
    assert done.reading
    stage(bank, many(3), now=day)
    db.session.expire_all()
    assert (waiting.state, waiting.reading) == ("discarded", {})
    assert (done.state, done.reading) == ("done", {})
    assert [entry.outcome["created"] for entry in staged.log(bank.id)] == [2]


def test_the_same_file_is_named_with_its_time_and_bank(context):
    first, second = new_bank("mot"), new_bank("hai")
    one = stage(first, many(1), sha="a" * 64)
    other = stage(second, many(1), sha="a" * 64)
    assert staged.same_file(other) is None
    imports.commit_import(one.id, "skip", by=None, now=NOON)
    found = staged.same_file(other)
    assert (found.id, found.bank_title, found.done_at) == (one.id, "Ngân hàng mot", NOON)
    assert staged.same_file(one) is None


def test_a_failure_in_the_middle_leaves_nothing(context, monkeypatch):
    bank = new_bank()
    row = stage(bank, reading(draft(2), draft(3), sources=(SourceRow(2, "A", "B", "C", "D"),)))
    db.session.commit()

    def power_cut(*_args, **_more):
        raise RuntimeError("power cut")

    monkeypatch.setattr(imports, "keep_sources", power_cut)
    with pytest.raises(RuntimeError):
        imports.commit_import(row.id, "skip", by=None, now=NOON)
    db.session.rollback()
    assert numbers() == (0, 0, 0, 0)
    assert db.session.scalars(select(BankImport.state)).one() == "staged"
    monkeypatch.undo()
    assert imports.commit_import(row.id, "skip", by=None, now=NOON) == outcome(created=2)


def test_a_code_taken_behind_the_plan_is_a_refusal(context, monkeypatch):
    bank = new_bank()
    take(bank, many(1))
    row = stage(bank, many(2))
    monkeypatch.setattr(cards, "known", lambda _bank_id: [])
    with pytest.raises(Refusal) as refused:
        imports.commit_import(row.id, "skip", by=None, now=NOON)
    assert (refused.value.code, refused.value.status) == ("import_conflict", 409)
    monkeypatch.undo()
    assert numbers() == (1, 1, 1, 0)


def at_once(app, acts):
    """Run each of `acts` in a thread and context of its own, begun together; what each gave or raised."""
    barrier = threading.Barrier(len(acts))
    given = [None] * len(acts)

    def run(place, act):
        with app.app_context():
            barrier.wait()
            try:
                given[place] = act()
                db.session.commit()
            except Refusal as refusal:
                given[place] = refusal.code

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


@pytest.mark.parametrize("coded", [True, False])
def test_one_file_by_four_organisers_at_once_is_there_once(app, coded):
    found = reading(*(draft(n, **({} if coded else {"code": None})) for n in range(2, 52)))
    with app.app_context():
        bank = new_bank()
        ids = [stage(bank, found).id for _ in range(4)]
        db.session.commit()
    given = at_once(app, [lambda key=key: imports.commit_import(key, "add", by=None, now=NOON) for key in ids])
    assert sorted(one["created"] for one in given) == [0, 0, 0, 50]
    with app.app_context():
        assert numbers() == (50, 50, 50, 0)


def test_two_clicks_at_once_import_once(app):
    with app.app_context():
        key = stage(new_bank(), many(30)).id
        db.session.commit()
    given = at_once(app, [lambda: imports.commit_import(key, "skip", by=None, now=NOON)] * 2)
    assert sorted(map(str, given)) == sorted([str(outcome(created=30)), "import_done"])
    with app.app_context():
        assert numbers() == (30, 30, 30, 0)


def test_two_edits_at_once_make_one_version(app):
    with app.app_context():
        take(new_bank(), many(1))
        db.session.commit()
        row = db.session.scalars(select(Question)).one()
        key, was = row.id, cards.card(row.id, row.bank_id).content
    given = at_once(app, [
        lambda stem=stem: operations.edit_question(key, replace(was, stem=stem), version=1, by=None, now=NOON)
        for stem in ("Một?", "Hai?")])
    assert sorted(map(str, given)) == ["2", "question_changed"]


@pytest.mark.parametrize("path", BANKS, ids=lambda path: path.stem)
def test_the_banks_that_ship_import_whole_and_read_back_the_same(context, path):
    found = read_bank_here(path.read_bytes(), path.name)
    bank = new_bank(path.stem)
    assert take(bank, found) == outcome(created=len(found.drafts))
    assert numbers() == (*[len(found.drafts)] * 3, len(found.sources))
    again = read_bank_here(write_bank(*cards.drafts(bank.id)), "lai.xlsx")
    row = stage(bank, again)
    assert {match.kind for match in staged.plan(row).matches} == {"unchanged"}
    assert [replace(d, place="", row=0, problems=()) for d in again.drafts] == \
        [replace(d, place="", row=0, problems=()) for d in found.drafts]


def test_confirming_and_dropping_at_once_is_one_of_the_two(app):
    with app.app_context():
        key = stage(new_bank(), many(30)).id
        db.session.commit()
    given = at_once(app, [lambda: imports.commit_import(key, "skip", by=None, now=NOON)["created"],
                          lambda: imports.discard_import(key, by=None, now=NOON).state])
    with app.app_context():
        written = numbers()[0]
    assert (given, written) in (([30, "import_done"], 30), (["import_discarded", "discarded"], 0))


def test_others_write_while_an_import_is_planned(app, monkeypatch):
    with app.app_context():
        bank = new_bank()
        take(bank, reading(draft(2)))
        key = stage(bank, reading(draft(2, key=(0,)), draft(3))).id
        db.session.commit()
    seen = []

    def planned(row, told=None):
        writing = threading.Thread(target=lambda: seen.append(other_bank(app, f"khac-{len(seen)}")))
        writing.start()
        writing.join(5)
        return staged.plan(row, told)

    monkeypatch.setattr(imports, "plan", planned)
    given = at_once(app, [lambda: imports.confirm_import(key, "update", by=None, now=NOON)])
    assert (given, seen) == ([outcome(created=1, updated=1)], ["khac-0"])
    with app.app_context():
        assert numbers() == (2, 3, 3, 0)


def other_bank(app, code):
    with app.app_context():
        new_bank(code)
        db.session.commit()
    return code


@pytest.mark.parametrize("changes", [1, 5])
def test_a_bank_that_changes_behind_the_plan_is_planned_again(app, monkeypatch, changes):
    with app.app_context():
        bank = new_bank()
        keys = [stage(bank, reading(*(draft(n) for n in range(2, 4 + place)))).id for place in range(changes + 1)]
        db.session.commit()
    *others, mine = keys
    prepare = imports.prepare_import

    def overtaken(import_id, way, **words):
        ready = prepare(import_id, way, **words)
        if others and import_id == mine and not database._writing.get():
            thread = threading.Thread(target=at_once, args=(
                app, [lambda key=others.pop(0): imports.commit_import(key, "skip", by=None, now=NOON)]))
            thread.start()
            thread.join()
        return ready

    monkeypatch.setattr(imports, "prepare_import", overtaken)
    given = at_once(app, [lambda: imports.confirm_import(mine, "skip", by=None, now=NOON)])
    done = min(changes, imports.PLANS) + 1  # questions that the others brought
    assert given == [outcome(created=changes + 2 - done, duplicates=done)]
    assert len(others) == changes - min(changes, imports.PLANS)
    with app.app_context():
        assert numbers() == (*[changes + 2] * 3, 0)
        assert [position for position, in db.session.execute(select(Question.position).order_by(Question.position))] \
            == list(range(1, changes + 3))


def test_four_confirm_the_same_file_at_once(app):
    with app.app_context():
        bank = new_bank()
        ids = [stage(bank, many(50)).id for _ in range(4)]
        db.session.commit()
    given = at_once(app, [lambda key=key: imports.confirm_import(key, "add", by=None, now=NOON) for key in ids])
    assert sorted(one["created"] for one in given) == [0, 0, 0, 50]
    with app.app_context():
        assert numbers() == (50, 50, 50, 0)
