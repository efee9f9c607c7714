"""What two lists differ in, and what that is called."""

from contest.awards.changes import changes


def test_who_keeps_what_there_was_has_gained_or_lost_the_rest():
    before = {"more": ("one",), "less": ("one", "two"), "gone": ("one",), "other": ("one",), "same": ("one",)}
    after = {"new": ("one",), "more": ("one", "two"), "less": ("two",), "other": ("two",), "same": ("one",)}
    assert [(one.holder, one.kind) for one in changes(before, after)] == [
        ("new", "gained"), ("more", "gained"), ("less", "lost"), ("other", "changed"), ("gone", "lost")]
