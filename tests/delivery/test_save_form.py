"""Saving from a page without script: the server numbers, and a nonce tells a replay."""

from datetime import timedelta

import pytest
from flask import current_app

from contest.delivery import operations
from contest.errors import Missing, Refusal
from tests.delivery.conftest import MS, NOON, counted
from tests.delivery.sitting import Sitting

pytestmark = pytest.mark.usefixtures("in_app")
LIMIT = NOON + timedelta(minutes=20)


@pytest.fixture
def sitting(cast):
    return Sitting(cast)


class TestForm:
    def test_the_server_numbers(self, sitting):
        a, b = sitting.choose(2, 0), sitting.choose(2, 1)
        assert sitting.form(a, "n1").saved == ((2, 1),)
        assert sitting.form(b, "n2").saved == ((2, 2),)
        assert sitting.form(None, "n3").saved == ((2, 3),)
        assert sitting.counted == {}

    def test_it_numbers_on_from_a_script_and_within_the_current_generation(self, sitting):
        sitting.save((2, 9, sitting.choose(2, 0)))
        assert sitting.form(sitting.choose(2, 1), "n1").saved == ((2, 10),)
        operations.take_over(sitting.id, sitting.cast.account, sitting.cast.laptop, NOON)
        assert sitting.form(sitting.choose(2, 2), "n2", sign_in=sitting.cast.laptop).saved == ((2, 1),)
        assert [row[:3] for row in sitting.rows] == [(2, 1, 9), (2, 1, 10), (2, 2, 1)]
        assert sitting.counted == {2: tuple(sitting.choose(2, 2))}

    def test_a_replay_of_the_latest_changes_nothing(self, sitting):
        a = sitting.choose(2, 0)
        sitting.form(a, "n1")
        assert sitting.form(a, "n1").saved == ((2, 1),)
        assert len(sitting.rows) == 1

    def test_a_replay_after_another_form_or_a_script_is_ignored(self, sitting):
        a, b, c = (sitting.choose(2, i) for i in range(3))
        sitting.form(a, "n1")
        sitting.form(b, "n2")
        assert (sitting.form(a, "n1").saved, sitting.form(a, "n1").stale) == ((), ((2, 2),))
        sitting.save((2, 3, c))
        assert sitting.form(b, "n2").stale == ((2, 3),)
        assert sitting.counted == {2: tuple(c)}

    def test_the_same_form_with_another_choice_is_a_new_answer(self, sitting):
        a, b = sitting.choose(2, 0), sitting.choose(2, 1)
        for choice in (a, b, a):
            sitting.form(choice, "n1")
        assert [row[3] for row in sitting.rows] == [f'["{c[0]}"]' for c in (a, b, a)]
        assert sitting.counted == {2: tuple(a)}

    def test_another_form_with_the_same_choice_is_an_answer_of_its_own(self, sitting):
        a, b = sitting.choose(2, 0), sitting.choose(2, 1)
        assert sitting.form(a, "n1").saved == ((2, 1),)
        assert sitting.form(a, "n2").saved == ((2, 2),)
        sitting.form(b, "n3")
        assert sitting.form(a, "n4").saved == ((2, 4),)
        assert sitting.counted == {2: tuple(a)}

    def test_a_replay_of_a_cleared_answer_is_one_too(self, sitting):
        sitting.form(None, "n1")
        sitting.form(None, "n1")
        assert len(sitting.rows) == 1

    @pytest.mark.parametrize(("slot", "options", "code"), [
        (5, None, "unknown_slot"), (2, ["nosuchtoken"], "unknown_option"), (2, (0, 1), "too_many_options"),
    ])
    def test_a_wrong_answer_is_refused(self, sitting, slot, options, code):
        choice = sitting.choose(2, *options) if isinstance(options, tuple) else options
        with pytest.raises(Refusal) as caught:
            sitting.form(choice, "n1", slot=slot)
        assert (caught.value.code, caught.value.status) == (code, 422)
        assert sitting.rows == []

    @pytest.mark.parametrize(("how", "code"), [
        ({"now": LIMIT}, "closed"), ({"sign_in": "f" * 64}, "sign_in_required"),
    ])
    def test_the_clauses_are_those_of_every_save(self, sitting, how, code):
        with pytest.raises(Refusal) as caught:
            sitting.form(sitting.choose(2, 0), "n1", **how)
        assert caught.value.code == code
        for sign_in, kind in ((sitting.cast.laptop, "other_device"), (sitting.cast.others, "not_found")):
            with pytest.raises(Refusal) as caught:
                sitting.form(sitting.choose(2, 0), "n1", sign_in=sign_in)
            assert caught.value.code == kind
        assert isinstance(caught.value, Missing)
        assert sitting.rows == []

    @pytest.mark.parametrize("nonce", ["", "x" * 25, "a b", "\0"])
    def test_a_forged_nonce_is_malformed(self, sitting, nonce):
        with pytest.raises(Refusal) as caught:
            sitting.form(None, nonce)
        assert (caught.value.code, caught.value.status) == ("malformed", 422)

    def test_it_is_one_statement(self, sitting):
        with counted(current_app) as statements:
            sitting.form(sitting.choose(2, 0), "n1", now=LIMIT - MS)
        assert len(statements) == 1
