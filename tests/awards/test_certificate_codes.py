import pytest

from contest.awards.certificate_codes import SIGNS, readings
from contest.awards.operations import CODE_SIGNS, draw_code


@pytest.mark.parametrize("typed", [
    "K7QM-3F8T-W2", "k7qm3f8tw2", " k7qm 3f8t w2 ", "K7QM–3F8T—W2", "K7QM.3F8T_W2",
    "https://thi.example/xac-nhan/K7QM-3F8T-W2", "thi.example/xac-nhan/k7qm-3f8t-w2/"])
def test_a_code_is_read_however_it_is_typed(typed):
    assert readings(typed) == ("K7QM-3F8T-W2",)


@pytest.mark.parametrize("typed", ["", "K7QM", "K7QM-3F8T-W22", "K7QM-3F8T-W?", "K7QM-3F8T-WÁ", "/", "0" * 10])
def test_what_is_no_code(typed):
    assert readings(typed) == ()


def test_signs_that_no_code_has_were_taken_for_others():
    assert set(readings("K70M-3F8T-W2")) == {"K7QM-3F8T-W2", "K7DM-3F8T-W2"}
    assert set(readings("k7qm-3f8t-i2")) == {"K7QM-3F8T-L2", "K7QM-3F8T-J2"}
    assert len(readings("O1O1-3F8T-W2")) == 16
    assert readings("O1O1-OF8T-W2") == ()  # that much was never read from paper


def test_every_code_that_is_drawn_reads_as_itself():
    assert SIGNS == CODE_SIGNS
    for _ in range(200):
        code = draw_code()
        assert readings(code.lower().replace("-", " ")) == (code,)
