import pytest

from tests import fuzz


@pytest.fixture(scope="module")
def child():
    child = fuzz.Child()
    yield child
    child.close()


@pytest.mark.parametrize("form", fuzz.FORMATS)
def test_damaged_files_end_in_a_reading_or_in_a_refusal(child, form):
    ends = [child.outcome(data, form) for data in fuzz.damaged(form, 500, seed=2026)]
    assert [end for end in ends if not fuzz.sound(end)] == []
    assert "read" in ends  # else the wounds are too deep to prove anything
    assert len(set(ends)) > 1


def test_a_file_that_ends_its_reader_is_told(child):
    """The control: the rig sees what it is there to see."""
    child.process.kill()
    assert child.outcome(b"x").startswith("died")
    assert child.outcome(b"Noi dung,A,B,Dap an\nx,a,b,A\n") == "read"
