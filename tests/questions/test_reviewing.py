from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions import cards, operations, queries, reviewing
from contest.questions.models import Bank, Question, QuestionReview
from contest.questions.queries import Filters
from contest.rounds import pools
from tests.factories import NOON, account
from tests.questions.drafted import audited, draft, many, new_bank, reading, stage, take
from tests.statements import counted

LATER = NOON + timedelta(hours=1)
PEOPLE = ("tac-gia", "tham-dinh", "duyet")


@pytest.fixture
def people(app):
    with app.app_context():
        found = {login: account(login, name=f"Người {login}", roles=("organiser",)).id for login in PEOPLE}
        db.session.commit()
        yield found


def bank_with(rule: str, count: int = 1, by: str | None = None) -> Bank:
    bank = new_bank(f"bank-{rule}")
    bank.review = rule
    row = stage(bank, many(count))
    row.created_by = by
    from contest.questions import imports

    imports.commit_import(row.id, "skip", by=by, now=NOON)
    db.session.commit()
    return bank


def questions() -> list[Question]:
    db.session.expire_all()
    return list(db.session.scalars(select(Question).order_by(Question.position)))


def say(who: str, verdict: str, *, version: int = 1, note: str = "") -> None:
    reviewing.review_question(questions()[0].id, verdict, version=version, note=note, by=who, now=NOON)
    db.session.commit()


def refused(who: str, verdict: str, **more) -> tuple[str, int, object]:
    with pytest.raises(Refusal) as found:
        say(who, verdict, **more)
    db.session.rollback()
    return found.value.code, found.value.status, found.value.params.get("who")


def edit(by: str | None, *, stem: str = "Câu sửa hỏi gì?") -> None:
    one = questions()[0]
    content = cards.card(one.id, one.bank_id).content
    operations.edit_question(one.id, replace(content, stem=stem), version=one.version, by=by, now=LATER)
    db.session.commit()


def usable(bank_id: str) -> int:
    drawn = pools.usable([bank_id])
    assert sum(group.count for group in pools.groups([bank_id])) == len(drawn)
    return len(drawn)


def test_without_review_every_question_in_use_is_usable(people):
    bank = bank_with("off", 3)
    assert usable(bank.id) == 3
    assert refused(people["duyet"], "reviewed")[:2] == ("review_off", 409)


@pytest.mark.parametrize("rule", ["one", "two"])
def test_only_what_is_approved_is_drawn(people, rule):
    bank = bank_with(rule, 2)
    assert (usable(bank.id), questions()[0].state) == (0, "draft")
    say(people["tham-dinh"], "reviewed")
    assert (usable(bank.id), questions()[0].state) == (0, "reviewed")
    say(people["duyet"], "approved")
    assert (usable(bank.id), questions()[0].state) == (1, "approved")
    figures = queries.figures([bank.id])[bank.id]
    assert (figures.states, figures.usable(rule), figures.usable("off")) == ({"draft": 1, "approved": 1}, 1, 2)
    operations.retire_question(questions()[0].id, by=None, now=NOON)
    assert usable(bank.id) == 0


def test_with_one_a_single_person_may_do_it_all(people):
    bank = bank_with("one", by=people["tac-gia"])
    say(people["tac-gia"], "reviewed")
    say(people["tac-gia"], "approved")
    assert usable(bank.id) == 1


@pytest.mark.parametrize("author", PEOPLE)
@pytest.mark.parametrize("reviewer", PEOPLE)
@pytest.mark.parametrize("approver", PEOPLE)
def test_with_two_author_reviewer_and_approver_are_three_people(people, author, reviewer, approver):
    bank_with("two", by=people[author])
    if reviewer == author:
        assert refused(people[reviewer], "reviewed") == ("review_author", 403, f"Người {reviewer}")
        return
    say(people[reviewer], "reviewed")
    if approver in (author, reviewer):
        code = "review_author" if approver == author else "review_same"
        assert refused(people[approver], "approved") == (code, 403, f"Người {approver}")
        assert questions()[0].state == "reviewed"
        return
    say(people[approver], "approved")
    assert questions()[0].state == "approved"


def test_every_editor_since_the_last_approval_is_an_author(people):
    bank_with("two", by=people["tac-gia"])
    edit(people["tham-dinh"])
    assert refused(people["tac-gia"], "reviewed", version=2)[0] == "review_author"
    assert refused(people["tham-dinh"], "reviewed", version=2)[0] == "review_author"
    other = account("khac", roles=("organiser",)).id
    say(people["duyet"], "reviewed", version=2)
    say(other, "approved", version=2)
    edit(people["duyet"], stem="Sửa lần nữa?")
    say(people["tac-gia"], "reviewed", version=3)  # what was approved is nobody's any more
    assert refused(people["duyet"], "approved", version=3)[0] == "review_author"


def test_a_returned_approval_does_not_free_its_author(people):
    bank_with("two", by=people["tac-gia"])
    say(people["tham-dinh"], "reviewed")
    say(people["duyet"], "approved")
    say(people["duyet"], "returned", note="Sai căn cứ.")
    edit(people["tham-dinh"])
    assert refused(people["tac-gia"], "reviewed", version=2)[0] == "review_author"


def test_a_new_version_is_a_draft_by_edit_and_by_import(people):
    bank = bank_with("one", 1)
    for act in (lambda: edit(None), lambda: take(bank, reading(draft(2, stem="Tệp nói khác?")), "update")):
        version = questions()[0].version
        say(people["duyet"], "reviewed", version=version)
        say(people["duyet"], "approved", version=version)
        assert usable(bank.id) == 1
        act()
        assert (questions()[0].state, usable(bank.id)) == ("draft", 0)
    assert [row.verdict for row in reviewing.said_of(questions()[0].id)] == ["approved", "reviewed"] * 2
    assert audited().count("question.approved") == 2


def test_what_is_returned_says_why_and_is_a_draft(people):
    bank_with("one")
    assert refused(people["duyet"], "returned")[:2] == ("review_note_needed", 422)
    assert refused(people["duyet"], "returned", note="x" * 2001)[:2] == ("review_note_needed", 422)
    say(people["duyet"], "reviewed")
    say(people["duyet"], "returned", note="  Hai phương án đều đúng. ")
    said = reviewing.said_of(questions()[0].id)
    assert [(row.verdict, row.note, row.by) for row in said] == [
        ("returned", "Hai phương án đều đúng.", "Người duyet"), ("reviewed", "", "Người duyet")]
    assert questions()[0].state == "draft"


def test_steps_in_their_order(people):
    bank_with("one")
    assert refused(people["duyet"], "approved")[:2] == ("review_order", 409)
    say(people["duyet"], "reviewed")
    assert refused(people["duyet"], "reviewed")[:2] == ("review_done", 409)
    assert refused(people["duyet"], "approved", version=2)[:2] == ("question_changed", 409)
    operations.retire_question(questions()[0].id, by=None, now=NOON)
    assert refused(people["duyet"], "approved")[:2] == ("question_retired", 409)
    with pytest.raises(Missing):
        reviewing.review_question("0" * 32, "reviewed", version=1, by=people["duyet"], now=NOON)
    assert len(db.session.scalars(select(QuestionReview)).all()) == 1


def test_many_at_once_only_as_they_were_seen(people):
    bank = bank_with("two", 4, by=people["tac-gia"])
    edit(people["tham-dinh"])
    seen = [(row.question_id, row.version) for row in reviewing.candidates(
        bank.id, Filters(), "reviewed", people["tham-dinh"])[0]]
    assert len(seen) == 4
    one = questions()[1]
    operations.edit_question(one.id, replace(cards.card(one.id, bank.id).content, stem="Đổi?"), version=1, by=None,
                             now=LATER)
    assert reviewing.review_questions(bank.id, seen, "reviewed", by=people["tham-dinh"], now=NOON) == (2, 2)
    assert [row.state for row in questions()] == ["draft", "draft", "reviewed", "reviewed"]
    with pytest.raises(Refusal) as found:
        reviewing.review_questions(bank.id, seen * 200, "reviewed", by=people["duyet"], now=NOON)
    assert found.value.code == "review_too_many"


def test_candidates_name_what_stands_against_them(people):
    bank = bank_with("two", 3, by=people["tac-gia"])
    edit(people["tham-dinh"])
    found, total = reviewing.candidates(bank.id, Filters(), "reviewed", people["tham-dinh"])
    assert total == 3
    assert [(one.wrong, one.who) for one in found] == [("review_author", "Người tham-dinh"), (None, None), (None, None)]
    assert reviewing.candidates(bank.id, Filters(), "approved", people["duyet"]) == ([], 0)
    first = reviewing.candidates(bank.id, Filters("sua"), "reviewed", people["duyet"])[0]
    assert [one.position for one in first] == [1]


def test_the_same_statements_for_one_and_many(app, people):
    counts = []
    for size in (1, 30):
        bank = new_bank(f"b{size}")
        bank.review = "two"
        take(bank, many(size))
        db.session.commit()
        with counted(app) as statements:
            found, _total = reviewing.candidates(bank.id, Filters(), "reviewed", people["duyet"])
            reviewing.review_questions(bank.id, [(one.question_id, one.version) for one in found], "reviewed",
                                       by=people["duyet"], now=NOON)
        db.session.commit()
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 16


def test_fewer_reviews_are_an_administrators_word(people):
    bank = bank_with("one")
    reviewing.set_review(bank.id, "two", loosen=False, by=people["duyet"], now=NOON)
    with pytest.raises(Refusal) as found:
        reviewing.set_review(bank.id, "one", loosen=False, by=people["duyet"], now=NOON)
    assert (found.value.code, found.value.status) == ("bank_review_loosened", 403)
    reviewing.set_review(bank.id, "off", loosen=True, by=people["duyet"], now=NOON)
    with pytest.raises(Refusal):
        reviewing.set_review(bank.id, "three", loosen=True, by=people["duyet"], now=NOON)
    db.session.flush()
    assert audited().count("bank.review") == 2
