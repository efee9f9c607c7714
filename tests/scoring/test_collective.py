from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contest.scoring.collective import Line, Threshold, Unit, Unranked, figures, threshold
from contest.scoring.formulas import Formula, Weight, read
from tests.scoring.test_formulas import formulas

# Sóc Trăng 2022: both bands are the rule's; what it asks of 100 people and more is cut off in the source, 20 % is ours.
SOC_TRANG = read({
    "weights": [{"component": "rate", "percent": 100}], "group": "overall",
    "thresholds": [{"below": 50, "percent": 30}, {"below": 100, "percent": 25}, {"below": None, "percent": 20}]})
# Huế: by bloc, participation and quality. The source names both and no weights: half and half is ours.
HUE = read({"weights": [{"component": "rate", "percent": 50, "cap": True}, {"component": "average", "percent": 30},
                        {"component": "perfect", "percent": 20}], "group": "bloc", "ties": ["people"]})
# Sách Tổng Bí thư 2024: the ministry, locality, union with most contestants.
MOST = read({"weights": [{"component": "people", "percent": 100}], "group": "bloc", "ties": ["attempts"]})


def ranks(found):
    return [(row.group, row.unit_id, row.rank, row.hundredths) for row in found.ranked]


@st.composite
def units(draw, number=0):
    people = draw(st.integers(0, 6))
    most = draw(st.integers(0, 3)) * 100
    return Unit(f"u{number}", draw(st.sampled_from(["so", "xa"])), draw(st.none() | st.integers(0, 8)), people,
                draw(st.integers(people, 9)), draw(st.integers(0, most)), most, draw(st.integers(0, people)),
                draw(st.integers(0, people)), draw(st.sampled_from(["", "", "", "part_missing"])),
                draw(st.integers(0, 3)))


LISTS = st.integers(0, 6).flatmap(lambda count: st.tuples(*(units(number) for number in range(count))))


@pytest.mark.parametrize(("headcount", "percent", "needed"), [
    (0, 30, 0), (1, 30, 1), (40, 30, 12), (49, 30, 15), (50, 25, 13), (99, 25, 25), (100, 20, 20), (101, 20, 21),
])
def test_soc_trang_asks_more_of_small_units(headcount, percent, needed):
    assert threshold(SOC_TRANG, headcount) == Threshold(percent, needed)


def test_soc_trang_2022():
    found = figures(SOC_TRANG, [
        Unit("a", "", 40, 12),  # 30 % of 40 is 12: just enough
        Unit("b", "", 49, 14),  # 30 % of 49 is 14.7: 15 are needed
        Unit("c", "", 50, 13),  # 25 % of 50 is 12.5: 13 are needed
        Unit("d", "", 99, 24),  # 25 % of 99 is 24.75
        Unit("e", "", 200, 90),
        Unit("f", "", None, 30), Unit("g", "", 0, 1), Unit("h", "", 20),
    ])
    assert ranks(found) == [("", "e", 1, 4500), ("", "a", 2, 3000), ("", "c", 3, 2600)]
    assert found.unranked == (
        Unranked("b", "", "below_threshold", {"people": 14, "headcount": 49, "percent": 30, "needed": 15}),
        Unranked("d", "", "below_threshold", {"people": 24, "headcount": 99, "percent": 25, "needed": 25}),
        Unranked("f", "", "no_headcount", {}), Unranked("g", "", "zero_headcount", {}),
        Unranked("h", "", "absent", {}))


def test_soc_trang_2022_a_unit_must_enter_both_parts():
    """The highest rate is no use without an initiative; another part that nobody asks for decides nothing."""
    rule = replace(SOC_TRANG, entered=("Sáng kiến", "Khẩu hiệu"))
    both, more = frozenset(rule.entered), frozenset({"Sáng kiến", "Khẩu hiệu", "Thuyết trình"})
    found = figures(rule, [
        Unit("a", "", 40, 12, entered=both), Unit("b", "", 40, 40, entered=frozenset({"Sáng kiến"})),
        Unit("c", "", 40, 40), Unit("d", "", 40, 20, entered=more), Unit("e", "", 40, 0, entered=both)])
    assert ranks(found) == [("", "d", 1, 5000), ("", "a", 2, 3000)]
    assert found.unranked == (
        Unranked("b", "", "not_entered", {"parts": "Khẩu hiệu"}),
        Unranked("c", "", "not_entered", {"parts": "Sáng kiến; Khẩu hiệu"}), Unranked("e", "", "absent", {}))


def test_hue_by_bloc_with_rate_and_quality():
    found = figures(HUE, [
        Unit("so-a", "so", 57, 17, 17, 17_000, 25_500, 4),
        Unit("so-b", "so", 48, 48, 48, 60_000, 72_000, 12),
        Unit("xa-a", "xa", 60, 63, 63, 47_250, 94_500, 0),
    ])
    # so-a: 50 × 17/57 + 30 × 2/3 + 20 × 4/17 = 14.9122… + 20 + 4.7058… = 39.618…
    # so-b: 50 + 30 × 5/6 + 20 × 1/4 = 80; xa-a: 50 (63/60 capped) + 30 × 1/2 + 0 = 65
    assert ranks(found) == [("so", "so-b", 1, 8000), ("so", "so-a", 2, 3962), ("xa", "xa-a", 1, 6500)]
    rate, average, perfect = found.ranked[1].lines
    assert rate == Line("rate", 17, 57, Fraction(17, 57), 50, Fraction(850, 57))
    assert (rate.hundredths, average.hundredths, perfect.hundredths) == (1491, 2000, 471)
    assert found.ranked[2].lines[0] == Line("rate", 63, 60, Fraction(1), 50, Fraction(50))


def test_most_contestants_needs_no_headcount():
    found = figures(MOST, [Unit("bo-a", "bo", None, 300, 700), Unit("bo-b", "bo", None, 400, 500),
                           Unit("bo-c", "bo", None, 300, 900), Unit("tinh-a", "tinh", None, 20, 20)])
    assert ranks(found) == [("bo", "bo-b", 1, 10_000), ("bo", "bo-c", 2, 7500), ("bo", "bo-a", 3, 7500),
                            ("tinh", "tinh-a", 1, 10_000)]
    assert found.ranked[1].ties == (Line("attempts", 900, 900, Fraction(1), 0, Fraction(0)),)


def test_most_first_prizes_and_the_tie_between_two():
    """Sách Tổng Bí thư 2024: the unit with most first prizes. What decides between two of them: ours."""
    rule = Formula((Weight("rate", 100),), group="overall", ties=("average",)).by("firsts")
    found = figures(rule, [
        Unit("a", "", 40, 20, 20, 15_000, 20_000, firsts=2), Unit("b", "", 90, 30, 30, 27_000, 30_000, firsts=2),
        Unit("c", "", None, 50, 50, 50_000, 50_000, firsts=1), Unit("d", "", 10, 10, 10, 10_000, 10_000),
        Unit("e", "", 10, firsts=1), Unit("f", "", 10)])
    assert ranks(found) == [("", "b", 1, 10_000), ("", "a", 2, 10_000), ("", "c", 3, 5000), ("", "e", 4, 5000)]
    assert found.ranked[1].lines == (Line("firsts", 2, 2, Fraction(1), 100, Fraction(100)),)
    assert found.ranked[2].lines == (Line("firsts", 1, 2, Fraction(1, 2), 100, Fraction(50)),)
    assert found.unranked == (Unranked("d", "", "no_firsts", {}), Unranked("f", "", "no_firsts", {}))


def test_first_prizes_may_be_one_part_of_several():
    """Then a unit without any is ranked by the rest."""
    rule = read({"weights": [{"component": "rate", "percent": 80}, {"component": "firsts", "percent": 20}],
                 "group": "overall"})
    found = figures(rule, [Unit("a", "", 10, 5, firsts=4), Unit("b", "", 10, 8), Unit("c", "", 10, firsts=4)])
    assert ranks(found) == [("", "b", 1, 6400), ("", "a", 2, 6000)]
    assert found.unranked == (Unranked("c", "", "absent", {}),)


def test_equal_in_every_component_share_a_rank():
    rows = [Unit(name, "", 10, people) for name, people in [("a", 5), ("b", 7), ("c", 5), ("d", 4)]]
    assert [(row.unit_id, row.rank) for row in figures(SOC_TRANG, rows).ranked] == [
        ("b", 1), ("a", 2), ("c", 2), ("d", 4)]


def test_a_rate_above_100_percent_counts_unless_capped():
    rows = [Unit("a", "", 60, 63), Unit("b", "", 60, 60)]
    free = Formula((Weight("rate", 100),), group="overall")
    assert ranks(figures(free, rows)) == [("", "a", 1, 10_500), ("", "b", 2, 10_000)]
    capped = Formula((Weight("rate", 100, cap=True),), group="overall", ties=("rate",))
    assert ranks(figures(capped, rows)) == [("", "a", 1, 10_000), ("", "b", 1, 10_000)]


def test_who_is_not_ranked_is_nobodys_measure():
    """The largest of a group is the largest of those ranked in it."""
    yes = frozenset({"Sáng kiến"})
    rows = [Unit("a", "x", None, 40, entered=yes), Unit("b", "x", None, 80, entered=yes), Unit("c", "x", None, 800)]
    assert ranks(figures(replace(MOST, entered=("Sáng kiến",)), rows)) == [("x", "b", 1, 10_000), ("x", "a", 2, 5000)]


def test_ranks_go_by_the_exact_sum():
    """1/3 and 3333/10000 print alike."""
    rows = [Unit("a", "", 10_000, 3333), Unit("b", "", 3, 1)]
    assert ranks(figures(Formula((Weight("rate", 100),), group="overall"), rows)) == [
        ("", "b", 1, 3333), ("", "a", 2, 3333)]


def test_a_share_of_nothing_is_0():
    average = Formula((Weight("average", 60), Weight("attempts", 40)))
    assert figures(average, [Unit("a", "", None, 1)]).ranked[0].lines == (
        Line("average", 0, 0, Fraction(0), 60, Fraction(0)), Line("attempts", 0, 0, Fraction(0), 40, Fraction(0)))


@pytest.mark.parametrize("row", [
    Unit("a", "", -1), Unit("a", "", 1, -1), Unit("a", "", 1, 1, perfect=2), Unit("a", "", 1, 1, passed=2),
    Unit("a", "", 1, 1, points=101, max_points=100), Unit("a", "", 1, 1, firsts=-1),
])
def test_counts_that_can_not_be(row):
    with pytest.raises(ValueError, match="can't be"):
        figures(SOC_TRANG, [row])


def test_a_unit_comes_once():
    with pytest.raises(ValueError, match="twice"):
        figures(SOC_TRANG, [Unit("a", "", 1), Unit("a", "", 2)])


@given(formulas(), LISTS, st.randoms())
def test_the_order_of_units_never_matters_and_none_is_lost(formula, rows, random):
    found = figures(formula, rows)
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert figures(formula, shuffled) == found
    assert sorted([row.unit_id for row in found.ranked] + [row.unit_id for row in found.unranked]) == sorted(
        row.id for row in rows)


@given(formulas(), LISTS)
def test_the_lines_come_to_the_sum_and_the_sum_to_the_rank(formula, rows):
    found = figures(formula, rows).ranked
    for row in found:
        assert row.points == sum(Fraction(line.value * line.weight) for line in row.lines)
        assert [(line.component, line.weight) for line in row.lines] == [
            (weight.component, weight.percent) for weight in formula.weights]
        assert abs(row.hundredths - row.points * 100) <= Fraction(1, 2)
        assert all(line.value >= 0 for line in row.lines)
        if not any(line.component == "rate" for line in row.lines) or formula.capped("rate"):
            assert row.points <= 100
        better = [other for other in found if other.group == row.group and
                  (other.points, [t.value for t in other.ties]) > (row.points, [t.value for t in row.ties])]
        assert row.rank == len(better) + 1


@given(formulas(), LISTS)
def test_one_more_person_never_lowers_rate_or_people(formula, rows):
    assume(rows)
    more = [replace(rows[0], people=rows[0].people + 1, attempts=rows[0].attempts + 1), *rows[1:]]

    def lines(units):
        found = [row for row in figures(formula, units).ranked if row.unit_id == "u0"]
        return {line.component: line.value for row in found for line in (*row.lines, *row.ties)}

    before, after = lines(rows), lines(more)
    if before:
        assert after
    for name in {"rate", "people", "attempts"} & set(before):
        assert after[name] >= before[name]


@given(formulas(), LISTS)
def test_no_unit_is_ranked_by_a_guess(formula, rows):
    """Without a headcount a unit is ranked only where nothing asks for one."""
    known = {row.id: row.headcount for row in rows}
    for row in figures(formula, rows).ranked:
        assert known[row.unit_id] or not formula.needs_headcount
        if row.threshold:
            assert row.threshold.needed <= next(unit.people for unit in rows if unit.id == row.unit_id)
