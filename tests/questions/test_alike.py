from contest.questions.alike import Offer, applied, offers

NONE = frozenset()


def row(**cells):
    return {"stem": "Hỏi?", "topic": "", "level": "", "key": "A", "option_a": "một", "option_b": "hai", **cells}


def test_a_value_is_offered_where_the_old_one_stands_too():
    others = {1: row(), 2: row(topic="Khác"), 3: row()}
    found = offers(row(), row(topic="Chuyển đổi số"), others, NONE)
    assert found == (Offer("topic", "set", "", "Chuyển đổi số", (1, 3)),)
    assert applied(found[0], others[1]) == {"topic": "Chuyển đổi số"}


def test_an_end_that_was_dropped_is_offered_where_it_stands():
    others = {1: row(stem="Ai? (0,25 điểm)"), 2: row(), 3: row(stem="(0,25 điểm)")}
    found = offers(row(stem="Gì? (0,25 điểm)"), row(stem="Gì?"), others, NONE)
    assert found == (Offer("stem", "cut", "(0,25 điểm)", "", (1,)),)
    assert applied(found[0], others[1]) == {"stem": "Ai?"}


def test_an_end_of_one_option_is_dropped_from_any():
    others = {1: row(option_b="xanh [x]"), 2: row()}
    (found,) = offers(row(option_a="đỏ [x]"), row(option_a="đỏ"), others, NONE)
    assert applied(found, others[1]) == {"option_b": "xanh"}


def test_a_key_is_offered_only_where_it_could_not_be_read():
    others = {1: row(key="?"), 2: row(key="?")}
    (found,) = offers(row(key="?"), row(key="B"), others, frozenset({2}))
    assert found.ordinals == (2,)
    assert offers(row(key=""), row(key="B"), {1: row(key="")}, frozenset({1})) == ()


def test_other_words_are_nobody_elses():
    assert offers(row(), row(stem="Khác?"), {1: row()}, NONE) == ()
    assert offers(row(stem="Hỏi?"), row(stem="Hỏi"), {1: row()}, NONE) == ()  # one sign says nothing
    assert offers(row(), row(), {1: row()}, NONE) == ()
