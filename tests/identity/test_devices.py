import pytest

from contest.identity.devices import KEPT, knows, read, remember, write

KEY = "k" * 32


def test_a_device_is_known_to_the_login_it_signed_in_to():
    device = read(write(remember(None, "an", KEY)))
    assert knows(device, "an", KEY)
    assert not knows(device, "be", KEY)
    assert not knows(device, "an", "another key" * 3)
    assert not knows(None, "an", KEY)


def test_a_mark_is_worth_nothing_on_another_device():
    mine, theirs = remember(None, "an", KEY), remember(None, "be", KEY)
    assert not knows(read(f"{theirs.id}.{mine.marks[0]}"), "an", KEY)


def test_an_office_computer_keeps_its_latest_logins():
    device = None
    for number in range(KEPT + 3):
        device = remember(device, f"nguoi{number}", KEY)
    assert device is not None
    assert [knows(device, f"nguoi{number}", KEY) for number in range(KEPT + 3)] == [False] * 3 + [True] * KEPT
    assert read(write(device)) == device
    again = remember(device, "nguoi3", KEY)
    assert len(again.marks) == KEPT
    assert knows(again, "nguoi4", KEY)


@pytest.mark.parametrize("cookie", [
    None, "", "x", "0" * 21, "0" * 23, "0" * 22 + ".", "0" * 22 + ".zz", "0" * 21 + "=", "0" * 22 + "\n",
    "0" * 22 + ("." + "0" * 8) * (KEPT + 1), "0" * 22 + "." + "0" * 22])
def test_other_shapes_are_no_device(cookie):
    assert read(cookie) is None
