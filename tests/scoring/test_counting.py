"""Which attempt counts, and what rounds add up to; numbers reckoned by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring import ranking
from contest.scoring.bands import band
from contest.scoring.counting import Line, Sat, of_contest, of_round, valid
from contest.scoring.policy import COUNTED, Policy, Rounds

MINUTE = 60_000


def sat(id_, number, correct, taken_ms=5 * MINUTE, finished_at=0, distance=None, **more):
    """A paper of 15 questions, a point each."""
    return Sat(id_, number, **{"points": correct * 100, "max_points": 1_500, "correct": correct, "answered": 15,
                               "items": 15, "taken_ms": taken_ms, "finished_at": finished_at, "distance": distance,
                               **more})


def line(points, taken_ms=5 * MINUTE, finished_at=0, distance=None, id_="x", max_points=1_000):
    return Line(points, max_points, points // 100, max_points // 100, taken_ms, finished_at, distance, id_, (1,))


def counted(attempts, how, chain=None):
    found = of_round(attempts, Policy(counted=how, chain=ranking.keys(chain) if chain else ranking.DEFAULT))
    return found and found.attempt_id


@st.composite
def attempts(draw):
    """What one person may have sat: few values, so that many are alike."""
    small = st.integers(0, 2)
    return [Sat(f"{number:x}", number, draw(small) * 50, 100, draw(small), draw(small), 2, draw(small), draw(small),
                draw(st.none() | small))
            for number in range(1, draw(st.integers(0, 6)) + 1)]


def test_vcnet_2019_the_most_correct_and_earliest():
    """Many sittings a week, one result recognised, by the instant of the answer and not by how long it took."""
    week = [sat("a", 1, 3, 60_000, 100), sat("b", 2, 5, 90_000, 300), sat("c", 3, 5, 30_000, 400),
            sat("d", 4, 4, 10_000, 50)]
    assert counted(week, "most_correct") == "b"
    assert counted(week, "best") == "c"
    assert counted(week, "first") == "a"
    assert counted(week, "last") == "d"


def test_the_most_correct_are_counted_not_weighed():
    """Two hard questions may be worth more than three easy ones; of alike ones the smaller id counts."""
    assert counted([sat("a", 1, 2, points=400), sat("b", 2, 3, points=300)], "most_correct") == "b"
    assert counted([sat("b", 1, 3), sat("a", 2, 3)], "most_correct") == "a"


def test_sóc_trăng_2022_one_of_many_the_right_and_fastest():
    """Ten questions, as many sittings as one likes, and the organisers recognise one."""
    month = [sat("a", 1, 9, 60_000), sat("b", 2, 10, 200_000), sat("c", 3, 10, 199_000)]
    assert counted(month, "best", ["points", "taken_ms"]) == "c"


def test_bộ_tư_pháp_2021_three_sittings():
    """20 questions and three sittings: 12, 17 and 17 right, the last of them slower."""
    three = [sat("a", 1, 12, 600_000), sat("b", 2, 17, 500_000), sat("c", 3, 17, 550_000)]
    assert [counted(three, how) for how in ("best", "first", "last", "mean")] == ["b", "a", "c", None]
    assert of_round(three, Policy(counted="mean")).points == 1_533  # 4,600 / 3 = 1,533.33


def test_once_the_true_value_is_known_the_nearer_guess_of_equal_sittings_counts():
    two = [sat("a", 1, 15, finished_at=1, distance=35), sat("b", 2, 15, finished_at=2, distance=12)]
    unknown = [replace(one, distance=None) for one in two]
    assert counted(two, "best", ["points", "distance", "finished_at"]) == "b"
    assert counted(unknown, "best", ["points", "distance", "finished_at"]) == "a"


def test_quảng_ninh_2023_a_paper_counts_only_with_every_answer():
    """Nine questions and a guess: without all ten the paper is not valid, however many are right."""
    rule = Policy(complete=True)
    nine = {"items": 9, "answered": 9}
    short, whole = sat("a", 1, 8, items=9, answered=8), sat("c", 3, 2, **nine)
    silent = sat("b", 2, 9, guessed=False, **nine)
    assert of_round([short, silent, whole], rule).attempt_id == "c"
    assert of_round([short, silent], rule) is None
    assert of_round([short, silent, whole], Policy()).attempt_id == "b"
    assert of_round([short, whole], Policy(complete=True, counted="mean")).numbers == (3,)
    assert not valid(8, 9, guessed=True, policy=rule)
    assert not valid(9, 9, guessed=False, policy=rule)
    assert valid(9, 9, guessed=True, policy=rule)


def test_the_persons_own_criteria_choose_nothing():
    assert counted([sat("a", 1, 15), sat("b", 2, 14)], "best", ["earlier", "entered_at", "points", "draw"]) == "a"


def test_first_and_last_go_by_the_number_also_where_the_first_was_reopened():
    reopened = [sat("b", 2, 9, finished_at=100), sat("c", 1, 8, finished_at=900)]
    assert [counted(reopened, how) for how in ("first", "last")] == ["c", "b"]


def test_a_mean():
    """12, 13 and 15 right of 15: 13.33 points; 4:00, 5:00 and 5:01 are 4:40.333."""
    three = [sat("a", 1, 12, 4 * MINUTE, 30, 10), sat("b", 2, 13, 5 * MINUTE, 20, 11), sat("c", 3, 15, 301_000, 10, 13)]
    assert of_round(three, Policy(counted="mean")) == Line(1_333, 1_500, 13, 15, 280_333, 30, 11, None, (1, 2, 3))
    assert of_round([*three, sat("d", 4, 0, answered=0)], Policy(counted="mean")) == of_round(
        three, Policy(counted="mean"))
    assert of_round([three[0], sat("c", 3, 15)], Policy(counted="mean")).distance is None


@pytest.mark.parametrize(("points", "mean"), [
    ([100, 101], 101), ([100, 102], 101), ([-100, -101], -101), ([0, 0, 1], 0), ([0, 1, 1], 1), ([-50, 51], 1)])
def test_a_mean_is_rounded_half_up_away_from_zero(points, mean):
    several = [sat(str(n), n, 1, points=value) for n, value in enumerate(points, 1)]
    assert of_round(several, Policy(counted="mean", floor=False)).points == mean


def test_all_right_on_average_is_all_right_every_time():
    """14 and 15 of 15 are 14.5: in the mean, one is missing. 15 and 15 are all right."""
    half = of_round([sat("a", 1, 14), sat("b", 2, 15)], Policy(counted="mean"))
    assert (half.points, half.correct, half.items) == (1_450, 14, 15)
    assert band(half.correct, half.items) == "from_75"
    full = of_round([sat("a", 1, 15), sat("b", 2, 15)], Policy(counted="mean"))
    assert band(full.correct, full.items) == "all"
    uneven = of_round([sat("a", 1, 14, items=14), sat("b", 2, 14, items=15)], Policy(counted="mean"))
    assert (uneven.correct, uneven.items) == (14, 15)


def test_a_mean_of_one_is_that_one():
    assert of_round([sat("a", 3, 14, distance=7)], Policy(counted="mean")) == of_round(
        [sat("a", 3, 14, distance=7)], Policy())


@pytest.mark.parametrize("how", COUNTED)
def test_blank_sittings_count_for_nobody(how):
    blank = sat("a", 1, 0, 1, answered=0)
    assert of_round([], Policy(counted=how)) is None
    assert of_round([blank, sat("c", 3, 0, 1, answered=0)], Policy(counted=how)) is None
    assert of_round([blank, sat("b", 2, 0), sat("c", 3, 0, 1, answered=0)], Policy(counted=how)).attempt_id == "b"


@given(attempts(), st.randoms(), st.sampled_from(COUNTED), st.lists(
    st.sampled_from(sorted(ranking.CRITERIA)), min_size=1, unique=True))
def test_the_order_of_attempts_never_matters(sats, random, how, chain):
    policy = Policy(counted=how, chain=ranking.keys(chain))
    found = of_round(sats, policy)
    random.shuffle(sats)
    assert of_round(sats, policy) == found
    real = [one for one in sats if one.answered]
    assert (found is None) == (not real)
    if found:
        assert set(found.numbers) <= {one.number for one in real}
        assert min(one.points for one in real) <= found.points <= max(one.points for one in real)
        assert found.correct <= found.items


@given(attempts())
def test_the_best_is_before_every_other_in_the_ranking_of_all(sats):
    found = of_round(sats, Policy())
    real = {one.id: vars(one) for one in sats if one.answered}
    assert (found and found.attempt_id) == (ranking.rank(real)[0].id if real else None)


# Four weekly rounds of ten questions, as most contests hold.
WEEKS = {1: line(900, 5 * MINUTE, 10, 40, "w1"), 2: line(700, 6 * MINUTE, 20, 5, "w2"),
         4: line(1_000, 9 * MINUTE, 40, 100, "w4")}


def contest(lines, chain=None, **rounds):
    return of_contest(lines, Policy(rounds=Rounds(**rounds), chain=ranking.keys(chain) if chain else ranking.DEFAULT))


def test_rounds_add_up():
    """Lâm Đồng 2023 and Huế 2025 held four weeks; this person missed the third."""
    assert contest(WEEKS) == Line(2_600, 3_000, 26, 30, 20 * MINUTE, 40, 145, None, (1, 2, 4))
    assert contest({}) is None
    assert contest({2: WEEKS[2]}) == replace(WEEKS[2], numbers=(2,))


def test_the_k_best_rounds():
    assert contest(WEEKS, how="best", k=2) == Line(1_900, 2_000, 19, 20, 14 * MINUTE, 40, 140, None, (1, 4))
    assert contest(WEEKS, how="best", k=1) == replace(WEEKS[4], numbers=(4,))
    assert contest(WEEKS, how="best", k=9) == contest(WEEKS)


def test_the_last_round_is_the_last_that_the_person_took_part_in():
    assert contest(WEEKS, how="last") == replace(WEEKS[4], numbers=(4,))
    assert contest({1: WEEKS[1], 2: WEEKS[2]}, how="last").numbers == (2,)


def test_weights():
    """9 + 7 × 1.5 + 10 × 0.5 = 24.5 points; of the best two by what they are worth: 9 + 10.5."""
    assert (contest(WEEKS, weights=(100, 150, 100, 50)).points, contest(WEEKS, weights=(100, 150, 100, 50)).max_points
            ) == (2_450, 3_000)
    found = contest(WEEKS, how="best", k=2, weights=(100, 150, 100, 50))
    assert (found.points, found.numbers, found.taken_ms) == (1_950, (1, 2), 11 * MINUTE)
    assert contest(WEEKS, weights=(200,)).points == 2 * 900 + 700 + 1_000
    assert contest(WEEKS, how="last", weights=(100, 100, 100, 33)).points == 330


def test_weighted_points_are_rounded_once():
    """33 % of a hundredth, twice: 0.66, so 1; one by one each would be 0."""
    assert contest({1: line(1), 2: line(1)}, weights=(33, 33)).points == 1
    assert contest({1: line(-1), 2: line(-1)}, weights=(33, 33)).points == -1


def test_a_final_decides_alone_where_the_rounds_before_it_count_nothing():
    """Đắk Lắk: weekly rounds, then a written final. Who was not in the final has no line."""
    assert contest(WEEKS, weights=(0, 0, 0, 100)) == replace(WEEKS[4], numbers=(4,))
    assert contest({1: WEEKS[1]}, weights=(0, 0, 0, 100)) is None
    assert contest(WEEKS, how="last", weights=(100, 100, 100, 0)).numbers == (2,)
    assert contest(WEEKS, how="best", k=3, weights=(100, 0)).numbers == (1, 4)


def test_equal_rounds_are_chosen_by_the_chain_and_then_the_earlier_one():
    rounds = {1: line(900, 5 * MINUTE, 10, 30), 2: line(900, 4 * MINUTE, 20, 60), 3: line(900, 4 * MINUTE, 20, 60)}
    assert contest(rounds, how="best", k=1).numbers == (2,)
    assert contest(rounds, ["points", "distance"], how="best", k=1).numbers == (1,)
    assert contest(rounds, ["points"], how="best", k=2).numbers == (1, 2)
    assert contest(rounds, ["points", "earlier", "draw"], how="best", k=1).numbers == (1,)


def test_who_gave_no_guess_in_a_round_that_counts_has_no_distance():
    assert contest({**WEEKS, 2: replace(WEEKS[2], distance=None)}).distance is None
    assert contest({**WEEKS, 2: replace(WEEKS[2], distance=None)}, how="best", k=2).distance == 140


LINES = st.dictionaries(st.integers(1, 5), st.builds(
    line, st.integers(-1, 2), st.integers(0, 2), st.integers(0, 2), st.none() | st.integers(0, 2)))


@given(LINES, st.randoms(), st.sampled_from(["sum", "best", "last"]), st.lists(st.integers(0, 200), max_size=5),
       st.integers(1, 5))
def test_the_order_of_rounds_never_matters(lines, random, how, weights, k):
    policy = Policy(rounds=Rounds(how, k if how == "best" else None, tuple(weights)))
    found = of_contest(lines, policy)
    shuffled = list(lines.items())
    random.shuffle(shuffled)
    assert of_contest(dict(shuffled), policy) == found
    if found:
        assert list(found.numbers) == sorted(set(found.numbers) & set(lines))
        assert len(found.numbers) <= {"sum": 5, "best": k, "last": 1}[how]


@given(LINES.filter(bool), st.integers(1, 5))
def test_no_other_k_rounds_come_to_more_points(lines, k):
    found = of_contest(lines, Policy(rounds=Rounds("best", k)))
    assert found.points == sum(sorted((one.points for one in lines.values()), reverse=True)[:k])


def test_a_line_is_a_row_of_the_ranking():
    row = {**vars(contest(WEEKS)), "entered_at": 1, "earlier": None, "draw": 2}
    by = ranking.keys(["points", "correct", "distance", "taken_ms", "finished_at", "entered_at", "earlier", "draw"])
    assert len(ranking.packed(row, by)) == 91
