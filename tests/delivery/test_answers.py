"""Answers of every shape: what is kept, what an item takes, and that the databases judge as a plain model does."""

import json
import unicodedata

import pytest
from flask import current_app
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from contest.columns import new_id
from contest.delivery import operations, queries
from contest.delivery.answers import (
    ESSAY_MOST,
    TEXT_MOST,
    Unfit,
    fits,
    offer,
    order,
    read,
    same,
    stored,
    tidy,
)
from contest.delivery.models import PaperItem, Response
from contest.delivery.save import Answer, save_answers, save_form
from contest.errors import Refusal
from contest.extensions import db
from contest.questions.models import Question, QuestionVersion
from contest.questions.paper import SHAPE_OF
from contest.rounds.models import RoundQuestion
from tests import factories as make
from tests.delivery.conftest import NOON, counted

A, B, P, Q, O1, O2 = "aA1", "b-_B", "p1", "p2", "x1", "x2"
# slot → (type, options, parts): one of every type.
PAPER = {
    1: ("single", [A, B], []), 2: ("multiple", [A, B], []), 3: ("true_false", [A, B], []),
    4: ("cluster", [A, B], [{"id": P, "text": "Một"}, {"id": Q, "text": "Hai"}]),
    5: ("matching", [A, B, O1], [{"id": P, "text": "Một"}, {"id": Q, "text": "Hai"}]),
    6: ("ordering", [], [{"id": P, "text": "Một"}, {"id": Q, "text": "Hai"}]),
    7: ("gaps", [], [{"id": P, "kind": "text"}, {"id": Q, "kind": "choice", "options": [
        {"id": O1, "text": "Một"}, {"id": O2, "text": "Hai"}]}, {"id": A, "kind": "number"}]),
    8: ("short_text", [], []), 9: ("number", [], []), 10: ("essay", [], []),
}
TAKEN = {4: {P: {A, B}, Q: {A, B}}, 5: {P: {A, B, O1}, Q: {A, B, O1}}, 6: {P: {"1", "2"}, Q: {"1", "2"}},
         7: {P: None, Q: {O1, O2}, A: None}}
ODD = ["", " ", "*", "+", "=", "+p1", "=p1", "p1:x1", "p2:x1", ":", "p1 ", " p1", "aA1 b-_B", "+p1 +p2", "\0", "\0x",
       "'", '"', "';--", '["aA1"]', '{"p1":"x1"}', "null", "1", "3", "01", "\ud800", "\u2028", "Ủy ban", "\\", "%",
       "x" * 65, "%(slot)s", ":slot", "a\nb", "\U0001f600", "ệ" * TEXT_MOST, "x" * (TEXT_MOST + 1)]
WORD = st.sampled_from([A, B, P, Q, O1, O2, "1", "2", *ODD]) | st.text(max_size=6)
SENT = st.one_of(st.none(), WORD, st.lists(WORD, max_size=4), st.dictionaries(WORD, WORD, max_size=4))


@pytest.fixture
def sitting(app, cast):
    """(attempt id, sign-in) of a paper with one item of every type."""
    with app.app_context():
        started = cast.start()
        db.session.query(PaperItem).filter_by(attempt_id=started.attempt_id).delete()
        version = db.session.scalars(select(QuestionVersion)).first()
        for slot, (kind, options, parts) in PAPER.items():
            options = ["1", "2"] if kind == "ordering" else options
            shown = [(p["id"], p.get("kind", "option"), [o["id"] for o in p.get("options", ())]) for p in parts]
            db.session.add(PaperItem(attempt_id=started.attempt_id, slot=slot, version_id=version.id,
                                     shape=SHAPE_OF[kind], options=offer(options, shown)))
        db.session.commit()
    return started.attempt_id, cast.phone


def a_token(text):
    return 1 <= len(text) <= 64 and text.isascii() and all(c.isalnum() or c in "_-" for c in text)


def clean(text):
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(" " if c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cs") else c for c in text)
    return unicodedata.normalize("NFC", text.rstrip())


def model(slot, sent):
    """(code, what is stored): told from the paper alone, in the plainest words."""
    kind, options, _parts = PAPER[slot]
    if not sent:
        return "", None
    if isinstance(sent, str):
        text = clean(sent)
        if kind not in ("short_text", "number", "essay"):
            return "wrong_shape" if text else "", text or None
        return ("", text or None) if len(text) <= (ESSAY_MOST if kind == "essay" else TEXT_MOST) else (
            "answer_too_long", None)
    if not all(map(a_token, sent)):
        return "unknown_option", None
    if isinstance(sent, list):
        if slot > 3:
            return "wrong_shape", None
        if not set(sent) <= set(options):
            return "unknown_option", None
        return ("too_many_options", None) if len(set(sent)) > 1 and kind != "multiple" else ("", sorted(set(sent)))
    values = {part: clean(value).replace("\n", " ") for part, value in sent.items()}
    if any(len(value) > TEXT_MOST for value in values.values()):
        return "answer_too_long", None
    values = {part: value for part, value in values.items() if value}
    if not values:
        return "", None
    if slot not in TAKEN:
        return "wrong_shape", None
    for part, value in values.items():
        if part not in TAKEN[slot] or (TAKEN[slot][part] is not None and value not in TAKEN[slot][part]):
            return "unknown_option", None
    return "", values


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 10), SENT), min_size=1, max_size=8))
def test_the_statement_judges_every_answer_as_the_model_does(app, sitting, sent):
    attempt, sign_in = sitting
    with app.app_context():
        answers = [Answer(slot, seq, choice) for seq, (slot, choice) in enumerate(sent, 1)]
        done = save_answers(db.session.connection(), attempt, sign_in, 1, answers, NOON)
        told = {(slot, seq): code for slot, seq, code in done.refused}
        expected = {(slot, seq): model(slot, choice) for seq, (slot, choice) in enumerate(sent, 1)}
        assert told == {key: code for key, (code, _kept) in expected.items() if code}
        kept = {(row.slot, row.seq): row.choice for row in db.session.scalars(
            select(Response).where(Response.attempt_id == attempt))}
        assert set(kept) == {key for key, (code, _kept) in expected.items() if not code}
        for key, text in kept.items():
            assert (None if text is None else json.loads(text)) == expected[key][1]
        db.session.rollback()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 10), SENT)
def test_so_does_the_statement_of_a_form(app, sitting, slot, sent):
    attempt, sign_in = sitting
    with app.app_context():
        code, kept = model(slot, sent)
        if code:
            with pytest.raises(Refusal) as caught:
                save_form(db.session.connection(), attempt, sign_in, slot, sent, "n1", NOON)
            assert (caught.value.code, caught.value.status) == (code, 422)
        else:
            save_form(db.session.connection(), attempt, sign_in, slot, sent, "n1", NOON)
            row = db.session.scalars(select(Response).where(Response.attempt_id == attempt)).one()
            assert (None if row.choice is None else json.loads(row.choice)) == kept
        db.session.rollback()


@pytest.mark.usefixtures("in_app")
class TestSaved:
    def test_a_save_of_every_shape_is_one_statement(self, sitting):
        attempt, sign_in = sitting
        answers = [Answer(slot, 1, choice) for slot, choice in (
            (1, [A]), (4, {P: A}), (5, {P: O1, Q: O1}), (6, {P: "2"}), (7, {P: "bất kỳ", Q: O2}), (8, "Nội vụ"),
            (10, "Dòng một\nDòng hai"))]
        with counted(current_app) as statements:
            done = save_answers(db.session.connection(), attempt, sign_in, 1, answers, NOON)
        assert (len(done.saved), len(statements)) == (7, 1)
        assert queries.counted_choices([attempt])[attempt] == {
            1: (A,), 4: {P: A}, 5: {P: O1, Q: O1}, 6: {P: "2"}, 7: {P: "bất kỳ", Q: O2}, 8: "Nội vụ",
            10: "Dòng một\nDòng hai"}

    def test_the_same_answer_in_another_spelling_is_a_repetition(self, sitting):
        attempt, sign_in = sitting
        for slot, first, again in ((7, {P: "bò", Q: O1}, {Q: O1, P: unicodedata.normalize("NFD", "bò") + " "}),
                                   (8, "bò", unicodedata.normalize("NFD", "bò\n"))):
            for choice in (first, again):
                done = save_answers(db.session.connection(), attempt, sign_in, 1, [Answer(slot, 1, choice)], NOON)
                assert done.saved == ((slot, 1),)
            done = save_answers(db.session.connection(), attempt, sign_in, 1, [Answer(slot, 1, None)], NOON)
            assert done.refused == ((slot, 1, "conflict"),)

    def test_a_form_sent_twice_is_one_answer(self, sitting):
        attempt, sign_in = sitting
        for choice in ({Q: "1", P: "2"}, {P: "2", Q: "1 "}):
            assert save_form(db.session.connection(), attempt, sign_in, 6, choice, "n1", NOON).saved == ((6, 1),)

    @pytest.mark.parametrize(("slot", "most"), [(8, TEXT_MOST), (9, TEXT_MOST), (10, ESSAY_MOST)])
    def test_both_sides_of_the_longest_text(self, sitting, slot, most):
        attempt, sign_in = sitting
        answers = [Answer(slot, 1, "ệ" * most + "  "), Answer(slot, 2, "ệ" * most + " x")]
        done = save_answers(db.session.connection(), attempt, sign_in, 1, answers, NOON)
        assert (done.saved, done.refused) == (((slot, 1),), ((slot, 2, "answer_too_long"),))


    @pytest.mark.parametrize(("slot", "sent"), [
        (4, {P: "aA1 b-_B"}), (5, {P: "+p1"}), (5, {P: "+p1 +p2"}), (5, {P: "aA1 b-_B"}), (4, {O1: A}), (5, {A: B}),
        (6, {A: "1"}), (6, {P: "3"}), (6, {P: "1 2"}), (7, {Q: "x1 p2:x2"}), (7, {Q: "x"}), (7, {Q: "1"}), (7, {Q: P}),
        (7, {O1: "1"}), (7, {"2": "x1"}), (5, {"1": A}), (7, {Q: f"={A}"}), (4, {P: A, O2: A})])
    def test_only_whole_entries_of_the_paper_are_taken(self, sitting, slot, sent):
        attempt, sign_in = sitting
        done = save_answers(db.session.connection(), attempt, sign_in, 1, [Answer(slot, 1, sent)], NOON)
        assert (done.saved, done.refused) == ((), ((slot, 1, "unknown_option"),))
        assert model(slot, sent) == ("unknown_option", None)

    def test_a_gap_is_one_line_and_an_essay_many(self, sitting):
        attempt, sign_in = sitting
        answers = [Answer(7, 1, {P: "a\r\nb"}), Answer(10, 1, "a\r\nb\rc\x0bd")]
        save_answers(db.session.connection(), attempt, sign_in, 1, answers, NOON)
        assert queries.counted_choices([attempt])[attempt] == {7: {P: "a b"}, 10: "a\nb\nc d"}


class TestTidy:
    @pytest.mark.parametrize("nothing", [None, "", [], {}, " \n ", {P: "", Q: "  "}])
    def test_nothing_at_all_is_none(self, nothing):
        assert tidy(nothing) is None
        assert stored(None) is None
        assert read(None) is None

    @given(SENT)
    def test_tidying_again_changes_nothing(self, sent):
        try:
            choice = tidy(sent)
        except Unfit:
            assert not same(sent, None)
            return
        assert tidy(choice) == choice == read(stored(choice))
        assert same(sent, choice)
        assert fits(choice)

    def test_what_is_offered_comes_back_in_its_order(self):
        parts = [(Q, "option", []), (P, "choice", [O2, O1]), (A, "text", []), (B, "number", [])]
        assert offer([O1, "2"], parts) == f" +{Q} {P}:{O2} {P}:{O1} ={A} ={B} {O1} 2 "
        assert order(offer([O1, "2"], parts)) == ((O1, "2"), (Q, P, A, B))
        assert order(offer([])) == ((), ())


def test_the_interface_takes_every_shape_and_refuses_one_by_one(app, hands, sitting):
    """Through the short way and the long one; a text too long does not hold up its batch."""
    attempt, _sign_in = sitting
    client = app.test_client()
    with client.session_transaction() as session:
        session["token"] = "phone"
    headers = {"X-CSRF-Token": client.get("/api/v1/session").json["csrf_token"]}
    for seq in (1, 2):
        answers = [(4, {P: A, Q: B}), (7, {P: "x" * (TEXT_MOST + 1)}), (8, "Nội vụ"), (9, {P: "1"}),
                   (10, "x" * (ESSAY_MOST + 1)), (1, [])]
        reply = client.put(f"/api/v1/attempts/{attempt}/answers", headers=headers, json={"generation": 1, "answers": [
            {"slot": slot, "seq": seq, "choice": choice} for slot, choice in answers]})
        assert reply.status_code == 200
        assert [row["slot"] for row in reply.json["saved"]] == [1, 4, 8]
        assert [(row["slot"], row["code"]) for row in reply.json["refused"]] == [
            (7, "answer_too_long"), (9, "wrong_shape"), (10, "answer_too_long")]
    longest = {"generation": 1, "answers": [{"slot": 10, "seq": 3, "choice": "ệ" * ESSAY_MOST}]}
    body = json.dumps(longest, ensure_ascii=False).encode()
    reply = client.put(f"/api/v1/attempts/{attempt}/answers", headers=headers, data=body,
                       content_type="application/json")
    assert (reply.status_code, len(body) > 60_000) == (200, True)
    for wrong in ({P: 1}, {P: None}, [1], {P: [A]}, 5, True, [[A]]):
        reply = client.put(f"/api/v1/attempts/{attempt}/answers", headers=headers, json={
            "generation": 1, "answers": [{"slot": 4, "seq": 9, "choice": wrong}]})
        assert (reply.status_code, reply.json["code"]) == (422, "malformed")


def test_a_page_without_a_script_sends_parts_and_texts(app, hands, cast_of_all):
    round_id, cast = cast_of_all
    with app.app_context():
        attempt = operations.start(round_id, cast.account, cast.phone, True, NOON).attempt_id
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["token"] = "phone"
    csrf = client.get("/api/v1/session").json["csrf_token"]
    for slot, fields in ((6, {"part_z0": "2", "part_z1": ""}), (7, {"part_z0": "bất kỳ", "part_z1": O2}),
                         (8, {"text": "a "}), (10, {"text": "một\r\nhai"}), (8, {"text": "a"})):
        reply = client.post(f"/luot-thi/{attempt}/cau/{slot}", data={
            "csrf_token": csrf, "nonce": f"n{slot}", "go": "stay", **fields})
        assert reply.status_code == 302
    paper = client.get(f"/api/v1/attempts/{attempt}").json
    assert {item["slot"]: (item["choice"], item["seq"]) for item in paper["items"] if item["choice"]} == {
        6: ({"z0": "2"}, 1), 7: ({"z0": "bất kỳ", "z1": O2}, 1), 8: ("a", 1), 10: ("một\nhai", 1)}
    assert paper["items"][6]["parts"][1] == {"id": "z1", "text": "", "kind": "choice", "options": [
        {"id": O1, "text": "Một"}, {"id": O2, "text": "Hai"}]}


def add(bank, kind, options, parts):
    """A question of any type, without a key: a sitting needs none."""
    question = Question(bank_id=bank.id, position=99, version=1, content_hash=new_id() * 2)
    db.session.add(question)
    db.session.flush()
    version = QuestionVersion(
        question_id=question.id, number=1, type=kind, stem=f"Câu {kind}", topic=kind, points=100, search_text="",
        options=[{"id": token, "text": f"Phương án {token}", "fixed": False} for token in options], parts=parts,
        markup=kind == "gaps", created_at=NOON)
    db.session.add(version)
    db.session.flush()
    return version


@pytest.fixture
def cast_of_all(app, cast):
    """A round whose paper has one question of every type, each with six options or parts."""
    with app.app_context():
        bank = make.bank(0)
        tokens = [f"t{i}" for i in range(6)]
        round_ = make.round_(make.contest(), bank, attempts_allowed=30, shuffle_options=False)
        cells = []
        for kind, options, parts in PAPER.values():
            own = [{**(parts[i % len(parts)]), "id": f"z{i}"} for i in range(6)] if parts else []
            version = add(bank, kind, tokens if options else [], own)
            db.session.add(RoundQuestion(round_id=round_.id, version_id=version.id, bank_id=bank.id, topic=kind,
                                         level=""))
            cells.append({"bank_id": None, "topic": kind, "level": None, "count": 1})
        round_.blueprint, round_.shuffle_questions = cells, False
        db.session.commit()
        return round_.id, cast


@pytest.mark.usefixtures("in_app")
class TestPaper:
    def test_is_frozen_and_read_as_it_was_drawn(self, cast_of_all):
        round_id, cast = cast_of_all
        started = operations.start(round_id, cast.account, cast.phone, True, NOON)
        db.session.commit()
        view = queries.attempt_view(started.attempt_id, cast.account, NOON)
        assert view == started.view
        assert [(item.type, item.shape) for item in view.items] == list(SHAPE_OF_PAPER)
        gaps = view.items[6]
        assert [part.kind for part in gaps.parts] == ["text", "choice", "number"] * 2
        assert [option.id for option in gaps.parts[1].options] == [O1, O2]
        assert (gaps.options, gaps.markup, view.items[0].markup) == ((), True, False)
        assert [option.text for option in view.items[5].options] == list("123456")

    def test_targets_and_items_are_shuffled_always_and_the_rest_stays(self, cast_of_all):
        round_id, cast = cast_of_all
        seen = []
        for _ in range(12):
            started = operations.start(round_id, cast.account, cast.phone, True, NOON)
            operations.submit(started.attempt_id, cast.account, NOON)
            seen.append([([o.id for o in item.options], [p.id for p in item.parts]) for item in started.view.items])
        tokens, parts = [f"t{i}" for i in range(6)], [f"z{i}" for i in range(6)]
        for index, (kind, *_rest) in enumerate(PAPER.values()):
            options, into = {tuple(one[index][0]) for one in seen}, {tuple(one[index][1]) for one in seen}
            assert (len(options) > 1) == (kind == "matching")
            assert (len(into) > 1) == (kind == "ordering")
            assert all(sorted(o) in ([], tokens, list("123456")) for o in options)
            assert all(sorted(p) in ([], parts) for p in into)


SHAPE_OF_PAPER = [(kind, SHAPE_OF[kind]) for kind, *_rest in PAPER.values()]
