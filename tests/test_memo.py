"""`contest.memo`: what was found right is known while it is asked for, and forgotten two minutes later."""

from contest import memo
from contest.memo import SECONDS, Memo


def test_two_minutes_half_open(watch):
    known = Memo[int]()
    known.keep("a", 1)
    watch.seconds += SECONDS
    assert known.recall("a") is None
    assert known.recall("b") is None


def test_who_comes_in_time_stays(watch):
    known = Memo[int]()
    known.keep("a", 1)
    for _ in range(3):
        watch.seconds += SECONDS - 0.001
        assert known.recall("a") == 1
    watch.seconds += SECONDS
    assert known.recall("a") is None


def test_whose_time_is_over_leaves_when_somebody_comes(watch):
    known = Memo[int]()
    for number, text in enumerate("abc"):
        known.keep(text, number)
    watch.seconds += SECONDS / 2
    assert known.recall("a") == 0
    watch.seconds += SECONDS / 2
    assert len(known) == 3
    known.keep("d", 3)
    assert len(known) == 2
    assert [known.recall(text) for text in "abcd"] == [0, None, None, 3]


def test_what_is_kept_again_is_what_it_was_found_to_be_last(watch):
    known = Memo[int]()
    known.keep("a", 1)
    known.keep("b", 2)
    watch.seconds += SECONDS / 2
    known.keep("a", 3)
    watch.seconds += SECONDS / 2
    known.keep("c", 4)
    assert [known.recall(text) for text in "abc"] == [3, None, 4]
    assert len(known) == 2


def test_no_more_are_held_than_there_is_room_for(watch, monkeypatch):
    monkeypatch.setattr(memo, "MOST", 3)
    known = Memo[int]()
    for number, text in enumerate("abcd"):
        known.keep(text, number)
    assert [known.recall(text) for text in "abcd"] == [None, 1, 2, 3]
    known.recall("b")
    known.keep("e", 4)
    assert [known.recall(text) for text in "bcde"] == [1, None, 3, 4]


def test_forgetting(watch):
    known = Memo[int]()
    known.keep("a", 1)
    known.forget()
    assert known.recall("a") is None
    assert len(known) == 0
