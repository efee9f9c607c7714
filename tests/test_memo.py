"""`contest.memo`: what was found right is known for a minute, and then forgotten."""

from contest import memo
from contest.memo import SECONDS, Memo


def test_a_minute_half_open(watch):
    known = Memo[int]()
    known.keep("a", 1)
    watch.seconds += SECONDS - 0.001
    assert known.recall("a") == 1
    watch.seconds += 0.001
    assert known.recall("a") is None
    assert known.recall("b") is None


def test_whose_time_is_over_leaves_when_somebody_comes(watch):
    known = Memo[int]()
    known.keep("a", 1)
    watch.seconds += SECONDS * 2 / 3
    known.keep("b", 2)
    watch.seconds += SECONDS / 3
    assert len(known) == 2
    known.keep("c", 3)
    assert len(known) == 2
    assert [known.recall(text) for text in "abc"] == [None, 2, 3]


def test_who_comes_again_stays_a_minute_from_then(watch):
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


def test_forgetting(watch):
    known = Memo[int]()
    known.keep("a", 1)
    known.forget()
    assert known.recall("a") is None
    assert len(known) == 0
