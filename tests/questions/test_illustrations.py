from contest.questions.illustrations import Picture, described, pictures_of

ONE, TWO = "a" * 64, "b" * 64


def test_pictures_once_each_with_a_description_if_one_has_it():
    texts = [f'x ![](media:{ONE} "4x3") ![hai \\[b\\]](media:{TWO})', f"![một](media:{ONE})", "![x](media:kém)"]
    assert pictures_of(texts) == [Picture(ONE, "một"), Picture(TWO, "hai [b]")]


def test_descriptions_are_written_where_they_differ():
    text = f'x ![](media:{ONE} "4x3") y ![hai](media:{TWO})'
    assert described(text, {ONE: "a ] b"}) == f'x ![a \\] b](media:{ONE} "4x3") y ![hai](media:{TWO})'
    assert described(text, {TWO: "hai"}) == text
    assert described(text, {TWO: "ba"}) == f'x ![](media:{ONE} "4x3") y ![ba](media:{TWO})'
    assert pictures_of([described(text, {ONE: "*m* $x$", TWO: "_"})]) == [Picture(ONE, "*m* $x$"), Picture(TWO, "_")]
