from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.jobs.operations import enqueue
from contest.questions import cards, decisions, imports, staged, uploads
from contest.questions.formats.drafts import Problem
from contest.questions.formats.whole import Wish
from contest.questions.import_models import ImportEdit
from contest.questions.matching import Kind
from contest.questions.seals import seal_bank
from contest.questions.staging import fill_import
from tests import factories
from tests.factories import NOON
from tests.questions.drafted import broken, draft, many, new_bank, numbers, reading, stage, take


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def kinds(row) -> list[Kind]:
    return [match.kind for match in staged.plan(row).matches]


def edit(row, ordinal, **cells):
    return decisions.edit_row(row.id, ordinal, cells, by=None, now=NOON)


def test_a_faulty_row_is_mended_and_imported(context):
    bank = new_bank()
    row = stage(bank, reading(draft(2), broken(3)))
    assert kinds(row) == ["new", "error"]
    assert edit(row, 1, key="C").key == (2,)
    assert kinds(row) == ["new", "new"]
    assert imports.commit_import(row.id, "skip", by=None, now=NOON)["created"] == 2
    found = {known.code: known.content for known in cards.known(bank.id)}
    assert [choice.right for choice in found["C-3"].choices] == [False, False, True, False]


def test_an_edit_that_makes_a_row_faulty_keeps_it_out(context):
    row = stage(new_bank(), many(2))
    found = edit(row, 0, key="H", stem="")
    assert {problem.code for problem in found.problems} == {"key_beyond_options", "no_stem"}
    assert kinds(row) == ["error", "new"]
    assert edit(row, 1, topic="x" * 121).problems[0].code == "too_long"


def test_steps_are_taken_back_one_by_one(context):
    row = stage(new_bank(), many(2))
    for stem in ("Một?", "Hai?"):
        edit(row, 0, stem=stem)
    edit(row, 1, stem="Ba?")

    def stems():
        return [one.stem for one in staged.edited(row)[0].drafts]

    assert stems() == ["Hai?", "Ba?"]
    for expected in (["Hai?", "Câu hỏi số 3 hỏi gì?"], ["Một?", "Câu hỏi số 3 hỏi gì?"],
                     ["Câu hỏi số 2 hỏi gì?", "Câu hỏi số 3 hỏi gì?"]):
        assert decisions.undo_last(row.id, by=None, now=NOON) == 1
        assert stems() == expected
    assert decisions.undo_last(row.id, by=None, now=NOON) == 0
    edit(row, 0, stem="Bốn?")
    assert stems() == ["Bốn?", "Câu hỏi số 3 hỏi gì?"]
    assert db.session.scalar(select(func.count()).select_from(ImportEdit)) == 7  # nothing was ever overwritten


def test_the_same_words_settle_what_was_doubtful(context):
    """Options whose marker was broken may have been told apart rightly: saving them says so."""
    unsure = draft(2, problems=(Problem("error", "options_unsure", "Câu hỏi!2", "Phương án", {"found": 4}),))
    row = stage(new_bank(), reading(unsure))
    assert kinds(row) == ["error"]
    assert edit(row, 0, stem=unsure.stem).usable
    assert kinds(row) == ["new"]
    decisions.undo_last(row.id, by=None, now=NOON)
    assert kinds(row) == ["error"]


def test_the_same_words_are_no_step(context):
    row = stage(new_bank(), many(1))
    edit(row, 0, stem="Câu hỏi số 2 hỏi gì?")
    assert db.session.scalar(select(func.count()).select_from(ImportEdit)) == 0


def test_rows_are_left_out_and_taken_in_again(context):
    row = stage(new_bank(), reading(draft(2), replace(draft(2), row=9, code=None), draft(4)))
    assert kinds(row) == ["new", "duplicate", "new"]
    decisions.choose(row.id, [0], "skip", by=None, now=NOON)
    assert kinds(row) == ["skipped", "new", "new"]  # what is left out repeats nothing
    decisions.choose(row.id, [0], None, by=None, now=NOON)
    assert kinds(row) == ["new", "duplicate", "new"]
    decisions.choose(row.id, [2], "skip", by=None, now=NOON)
    outcome = imports.commit_import(row.id, "skip", by=None, now=NOON)
    assert (outcome["created"], outcome["duplicates"], outcome["skipped"]) == (1, 1, 1)


def test_single_rows_have_their_own_way_with_duplicates(context):
    bank = new_bank()
    take(bank, many(3))
    row = stage(bank, reading(*(draft(n, key=(0,)) for n in (2, 3, 4))))
    decisions.choose(row.id, [0], "update", by=None, now=NOON)
    decisions.choose(row.id, [1], "add", by=None, now=NOON)
    found = staged.plan(row).decision("skip")
    assert ([one.ordinal for one in found.changes], [one.ordinal for one in found.inserts]) == ([0], [1])
    outcome = imports.commit_import(row.id, "skip", by=None, now=NOON)
    assert (outcome["created"], outcome["updated"], outcome["duplicates"]) == (1, 1, 1)


def test_what_was_done_to_one_row_is_done_to_those_alike(context):
    rows = [draft(n, stem=f"Câu {n} hỏi gì? (1 điểm)", topic=None) for n in (2, 3, 4)]
    row = stage(new_bank(), reading(*rows, draft(5)))
    edit(row, 0, stem="Câu 2 hỏi gì?", topic="Chuyển đổi số")
    assert decisions.apply_alike(row.id, 0, "topic", by=None, now=NOON) == 2
    with pytest.raises(Missing):
        decisions.apply_alike(row.id, 0, "stem", by=None, now=NOON)  # no longer the last step
    decisions.undo_last(row.id, by=None, now=NOON)
    assert decisions.apply_alike(row.id, 0, "stem", by=None, now=NOON) == 2
    drafts = staged.edited(row)[0].drafts
    assert [one.stem for one in drafts] == ["Câu 2 hỏi gì?", "Câu 3 hỏi gì?", "Câu 4 hỏi gì?", "Câu hỏi số 5 hỏi gì?"]
    assert [one.topic for one in drafts] == ["Chuyển đổi số", None, None, "Chuyển đổi số"]


def test_a_warning_about_a_row_that_was_edited_is_dropped(context):
    twice = replace(draft(3), code=None, problems=(
        Problem("warning", "duplicate_in_file", "Câu hỏi!3", None, {"first_row": 2}),))
    row = stage(new_bank(), reading(draft(2), twice))
    edit(row, 0, stem="Đã khác?")
    assert staged.edited(row)[0].drafts[1].problems == ()


@pytest.mark.parametrize("act", [
    lambda row: edit(row, 0, stem="Khác?"), lambda row: decisions.choose(row.id, [0], "skip", by=None, now=NOON),
    lambda row: decisions.undo_last(row.id, by=None, now=NOON),
    lambda row: fill_import(row.id, many(1), Wish(), now=NOON)])
def test_nothing_is_decided_any_more_once_it_is_done_busy_or_sealed(context, act):
    bank = new_bank()
    done, busy, old, shut = (stage(bank, many(1)) for _ in range(4))
    imports.commit_import(done.id, "skip", by=None, now=NOON)
    enqueue("bank.import", "bank_import", busy.id, by=None, now=NOON)
    old.created_at = NOON - timedelta(hours=24)
    db.session.flush()
    for row, code in ((done, "import_done"), (busy, "import_busy"), (old, "import_expired")):
        with pytest.raises(Refusal) as refused:
            act(row)
        assert refused.value.code == code
    seal_bank(bank.id, by=factories.account().id, now=NOON)
    with pytest.raises(Refusal) as refused:
        act(shut)
    assert refused.value.code == "import_discarded"


def test_no_such_row_or_choice(context):
    row = stage(new_bank(), many(1))
    for act in (lambda: edit(row, 1, stem="x"), lambda: decisions.choose(row.id, [-1], "skip", by=None, now=NOON),
                lambda: decisions.choose(row.id, [0], "delete", by=None, now=NOON)):
        with pytest.raises(Missing):
            act()
    with pytest.raises(Refusal, match="row_too_long"):
        edit(row, 0, stem="x" * 20_000)
    wide = stage(new_bank("rong"), reading(draft(2, options=tuple("abcdefghi"))))
    with pytest.raises(Refusal, match="row_not_editable"):
        edit(wide, 0, stem="x")


def test_a_stop_at_errors_writes_nothing(context):
    row = stage(new_bank(), reading(draft(2), broken(3)))
    with pytest.raises(Refusal) as refused:
        imports.commit_import(row.id, "skip", by=None, now=NOON, on_error="stop")
    assert (refused.value.code, refused.value.status, refused.value.params) == ("import_has_errors", 422, {"errors": 1})
    assert numbers() == (0, 0, 0, 0)
    decisions.choose(row.id, [1], "skip", by=None, now=NOON)
    assert imports.commit_import(row.id, "skip", by=None, now=NOON, on_error="stop")["created"] == 1


def test_an_edit_behind_the_plan_is_planned_again(app, monkeypatch):
    with app.app_context():
        row = stage(new_bank(), many(2))
        key = row.id
        db.session.commit()
        prepare, seen = imports.prepare_import, []

        def overtaken(import_id, way, **words):
            ready = prepare(import_id, way, **words)
            if not seen:
                seen.append(1)
                db.session.rollback()
                from contest.database import set_writing
                set_writing(True)
                decisions.edit_row(import_id, 0, {"stem": "Sửa sau khi tính?"}, by=None, now=NOON)
                db.session.commit()
                set_writing(False)
            return ready

        monkeypatch.setattr(imports, "prepare_import", overtaken)
        imports.confirm_import(key, "skip", by=None, now=NOON)
        db.session.commit()
        assert "Sửa sau khi tính?" in [known.content.stem for known in cards.known(row.bank_id)]


def test_what_was_sent_and_edited_goes_with_the_import(context):
    bank = new_bank()
    row = imports.stage_import(bank, "a.csv", "0" * 64, many(2), by=None, now=NOON, files=[("a.csv", b"abc")])
    edit(row, 0, stem="Khác?")
    assert uploads.files_of(row.id) == [("a.csv", b"abc")]
    imports.forget_readings(NOON + timedelta(hours=24))
    assert uploads.files_of(row.id) == []
    assert db.session.scalar(select(func.count()).select_from(ImportEdit)) == 0


def test_sealing_forgets_every_file(context):
    bank = new_bank()
    for state in ("staged", "done"):
        row = imports.stage_import(bank, "a.csv", "0" * 64, many(2), by=None, now=NOON, files=[("a.csv", b"abc")])
        edit(row, 0, stem="Khác?")
        if state == "done":
            imports.commit_import(row.id, "skip", by=None, now=NOON)
    seal_bank(bank.id, by=factories.account().id, now=NOON)
    assert db.session.scalar(select(func.count()).select_from(ImportEdit)) == 0
    assert uploads.files_of(row.id) == []
    assert not staged.is_kept(row)
