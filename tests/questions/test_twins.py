from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest
from sqlalchemy import func, select

from contest.errors import Refusal
from contest.extensions import db
from contest.questions import cards, operations, seals, twins, verdicts
from contest.questions.content import of_draft
from contest.questions.models import Question, SimilarityBand
from contest.questions.similarity import BANDS
from tests.factories import NOON
from tests.questions.drafted import audited, draft, new_bank, reading, take
from tests.statements import counted

LATER = NOON + timedelta(hours=1)
STEM = "Theo Kế hoạch cải cách hành chính, cơ quan nào chủ trì việc tổng hợp kết quả trước ngày {}?"
OPTIONS = ("Sở Nội vụ", "Sở Tài chính", "Văn phòng Ủy ban nhân dân tỉnh", "Sở Tư pháp")
WORDS = ["mưa", "nắng", "núi", "sông", "biển", "trời", "đất", "lúa", "ngô", "khoai", "cam", "quýt", "mít", "xoài",
         "ổi", "na", "dừa", "tre", "trúc", "mai", "lan", "cúc", "đào", "sen"]


def like(number: int, day: str = "15/6", **change):
    return draft(number, stem=STEM.format(day), options=OPTIONS, **change)


def unlike(number: int):
    picked = [WORDS[(number * 7 + n * (number % 5 + 1)) % len(WORDS)] + chr(97 + number % 26) for n in range(12)]
    return draft(number, stem=" ".join(picked), options=tuple(picked[n] * 2 for n in range(4)))


@pytest.fixture
def banks(app):
    with app.app_context():
        found = new_bank("mot"), new_bank("hai")
        take(found[0], reading(like(2), like(3, "14/9"), unlike(4)))
        take(found[1], reading(unlike(6), draft(7, stem=STEM.format("15/6"), options=OPTIONS[::-1])))
        db.session.commit()
        yield found


def ids() -> dict[str, str]:
    return dict(db.session.execute(select(Question.code, Question.id)).all())


def shown(bank_id: str | None, **more) -> list[tuple[str, str, str]]:
    return [(pair.one.code, pair.other.code, pair.likeness.kind) for pair in twins.pairs(bank_id, **more).pairs]


def test_pairs_within_a_bank_and_across_banks(banks):
    one, other = banks
    assert sorted(shown(one.id)) == [("C-2", "C-3", "numbers"), ("C-2", "C-7", "same"), ("C-3", "C-7", "numbers")]
    assert sorted(shown(other.id)) == [("C-7", "C-2", "same"), ("C-7", "C-3", "numbers")]
    assert sorted(shown(None)) == sorted(shown(one.id))
    pair = twins.pairs(other.id).pairs[0]
    assert (pair.one_bank[1], pair.other_bank[1]) == ("Ngân hàng hai", "Ngân hàng mot")


def test_every_current_version_has_its_bands(banks):
    one = db.session.get(Question, ids()["C-4"])
    operations.edit_question(one.id, of_draft(like(4, "1/1")), version=1, by=None, now=LATER)
    take(banks[0], reading(like(3, "14/9", explanation="Sửa")), "update")
    rows = db.session.execute(
        select(SimilarityBand.question_id, func.count()).group_by(SimilarityBand.question_id)).all()
    assert sorted(rows) == sorted((key, BANDS) for key in ids().values())
    assert ("C-2", "C-4", "numbers") in shown(banks[0].id)


def test_what_is_retired_has_no_twins(banks):
    verdicts.keep_one((ids()["C-2"], 1), (ids()["C-7"], 1), by=None, now=LATER)
    assert shown(None) == [("C-2", "C-3", "numbers")]
    assert "question.retire" in audited()
    assert shown(banks[1].id) == []


def test_both_stay_until_one_is_edited(banks):
    verdicts.keep_both((ids()["C-7"], 1), (ids()["C-2"], 1), by=None, now=LATER)
    verdicts.keep_both((ids()["C-2"], 1), (ids()["C-7"], 1), by=None, now=LATER)
    assert sorted(shown(None)) == [("C-2", "C-3", "numbers"), ("C-3", "C-7", "numbers")]
    assert ("C-7", "C-2", "same") not in shown(banks[1].id)
    content = cards.card(ids()["C-7"], banks[1].id).content
    operations.edit_question(ids()["C-7"], replace(content, explanation="Mới"), version=1, by=None, now=LATER)
    assert ("C-2", "C-7", "same") in shown(None)
    with pytest.raises(Refusal) as found:
        verdicts.keep_both((ids()["C-7"], 1), (ids()["C-2"], 1), by=None, now=LATER)
    assert (found.value.code, found.value.status) == ("twin_gone", 409)
    verdicts.keep_both((ids()["C-7"], 2), (ids()["C-2"], 1), by=None, now=LATER)
    assert ("C-2", "C-7", "same") not in shown(None)


def test_a_verdict_is_of_two_questions_in_use(banks):
    key = ids()["C-2"]
    for act in (verdicts.keep_both, verdicts.keep_one):
        for other in ((key, 1), ("0" * 32, 1), (ids()["C-7"], 2)):
            with pytest.raises(Refusal):
                act((key, 1), other, by=None, now=NOON)
    seals.seal_bank(banks[1].id, by=None, now=NOON)
    with pytest.raises(Refusal) as found:
        verdicts.keep_both((key, 1), (ids()["C-7"], 1), by=None, now=NOON)
    assert found.value.code == "bank_sealed"


def test_a_sealed_bank_is_compared_on_its_own_page_only(banks):
    seals.seal_bank(banks[1].id, by=None, now=NOON)
    db.session.flush()
    assert shown(None) == shown(banks[0].id) == [("C-2", "C-3", "numbers")]
    assert len(shown(banks[1].id)) == 2
    found = twins.near([of_draft(like(9))], banks[0].id, anywhere=True)
    assert {key for key, _likeness in found[0]} == {ids()["C-2"], ids()["C-3"]}


@pytest.mark.parametrize("batch", [1, 3, 16, 1500])
def test_pages_show_every_pair_once(banks, monkeypatch, batch):
    monkeypatch.setattr(twins, "BATCH", batch)
    whole = [("C-2", "C-3"), ("C-2", "C-7"), ("C-3", "C-7")]
    found, after = [], None
    for _ in range(200):
        page = twins.pairs(None, after=after, size=1)
        found += [(pair.one.code, pair.other.code) for pair in page.pairs]
        after = page.after
        if after is None:
            break
    assert found == whole


@pytest.mark.parametrize("shared", [1, 40, 60_000])
def test_a_bank_written_by_one_pattern_is_looked_at_piece_by_piece(banks, monkeypatch, shared):
    """All of it resembles all of it: a page must not sort what it never shows."""
    monkeypatch.setattr(twins, "SHARED", shared)
    take(banks[0], reading(*(like(number, f"{number}/6") for number in range(20, 26))))
    codes = ["C-2", "C-3", "C-7", *(f"C-{number}" for number in range(20, 26))]
    found, after = [], None
    for _ in range(200):
        page = twins.pairs(None, after=after, size=4)
        found += [frozenset((pair.one.code, pair.other.code)) for pair in page.pairs]
        after = page.after
        if after is None:
            break
    assert len(found) == len(set(found))
    assert set(found) == {frozenset(pair) for pair in combinations(codes, 2)}


def test_a_page_looks_at_few_shared_bands(banks, monkeypatch):
    monkeypatch.setattr(twins, "SHARED", 40)
    take(banks[0], reading(*(like(number, f"{number}/6") for number in range(20, 26))))
    candidates, following = twins._candidates(banks[0].id, None)
    assert {one for one, _other in candidates} == {min(ids()[code] for code in ids())}
    assert following is not None


def test_a_row_is_compared_with_the_likeliest_and_with_its_own_twin(banks, monkeypatch):
    monkeypatch.setattr(twins, "LIKELY", 2)
    take(banks[0], reading(*(like(number, f"{number}/6") for number in range(20, 26))))
    found, = twins.near([of_draft(like(9, "25/6"))], banks[0].id)
    assert (found[0][0], found[0][1].kind) == (ids()["C-25"], "same")
    assert len(found) <= 3


def test_the_statements_are_bounded(app, banks):
    key = banks[0].id
    db.session.commit()
    with counted(app) as few:
        twins.pairs(key)
    take(banks[1], reading(*(unlike(number) for number in range(20, 60))))
    db.session.commit()
    with counted(app) as more:
        twins.pairs(key)
    assert len(few) == len(more) == 4


def test_what_a_file_resembles(banks):
    drafts = [like(2), unlike(40), like(9, "1/1")]
    same, nothing, numbers = twins.near([of_draft(one) for one in drafts], banks[0].id)
    assert (same[0][0], same[0][1].kind, same[0][1].percent) == (ids()["C-2"], "same", 100)
    assert nothing == []
    assert [likeness.kind for _key, likeness in numbers] == ["numbers", "numbers"]
    assert len(twins.near([of_draft(like(2))], banks[0].id, anywhere=True)[0]) == 3
    assert twins.near([], banks[0].id) == []
