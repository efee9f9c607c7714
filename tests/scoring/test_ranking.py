import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.delivery import prediction
from contest.delivery.granting import MOST_MINUTES
from contest.questions.formats.words import MAX_POINTS
from contest.rounds import blueprint
from contest.scoring.policy import ROUNDS_MOST, WEIGHT_MOST
from contest.scoring.ranking import (
    CRITERIA,
    DEFAULT,
    FAR,
    BadKeys,
    Decided,
    Ranked,
    best,
    decided,
    draw,
    keys,
    order,
    packed,
    rank,
)
from contest.standings.board_models import KEY


def row(points, taken_ms=600_000, finished_at=1_000, answered=5, **more):
    return {"points": points, "taken_ms": taken_ms, "finished_at": finished_at, "answered": answered, **more}


ROWS = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=4),
    st.builds(row, st.integers(0, 5), st.integers(0, 3), st.integers(0, 2), st.integers(0, 2)),
    max_size=30,
)
CHAINS = st.lists(st.sampled_from(sorted(CRITERIA)), min_size=1, unique=True)


def values(key):
    """A criterion's values: a few that meet often, the ends of its range, any of it."""
    low, high = key.low, key.high
    near = st.integers(max(low, -3), 3)
    found = st.one_of(near, st.integers(low, high), st.sampled_from([low, low + 1, high - 1, high]))
    if key.far:
        beyond = [high + 1, high + 2, 2 * high, 16**FAR - 1, *([low - 1, low - 2, 2 * low] if low < 0 else [])]
        found = st.one_of(found, st.sampled_from(beyond), st.integers(high, 2 * high))
    return st.one_of(st.none(), found) if key.optional else found


FULL_ROWS = st.fixed_dictionaries({name: values(key) for name, key in CRITERIA.items()})


def plainly(values_, names):
    """The chain written out by hand: what is higher and what is lower, and nothing at the end."""
    end = float("inf")
    found = {"points": -values_["points"], "correct": -values_["correct"], "taken_ms": values_["taken_ms"],
             "finished_at": values_["finished_at"], "entered_at": values_["entered_at"], "draw": values_["draw"],
             "distance": end if values_["distance"] is None else values_["distance"],
             "earlier": end if values_["earlier"] is None else -values_["earlier"]}
    return [found[name] for name in names]


def ranks(rows, names):
    """id → rank, by a chain given by names."""
    return {one.id: one.rank for one in rank(rows, keys(names))}


def test_the_worked_example():
    rows = {"an": row(950, 480_000, 5), "binh": row(950, 480_000, 5), "chi": row(950, 550_000, 4),
            "dung": row(900, 120_000, 1)}
    assert rank(rows) == [Ranked(1, "an"), Ranked(1, "binh"), Ranked(3, "chi"), Ranked(4, "dung")]


@pytest.mark.parametrize(("better", "worse"), [
    (row(101, 9, 9), row(100, 1, 1)),
    (row(100, 1, 9), row(100, 2, 1)),
    (row(100, 1, 1), row(100, 1, 2)),
])
def test_points_then_time_then_the_earlier_finish(better, worse):
    assert [r.id for r in rank({"a": worse, "b": better})] == ["b", "a"]


@pytest.mark.parametrize(("name", "better", "worse"), [
    ("points", 100, 99), ("points", 0, -1), ("correct", 15, 14), ("distance", 0, 1), ("distance", 10**9, None),
    ("taken_ms", 59_999, 60_000), ("finished_at", 5, 6), ("entered_at", 5, 6), ("earlier", 900, 850),
    ("earlier", 0, None), ("earlier", -50, None), ("draw", 3, 4),
])
def test_each_criterion_alone(name, better, worse):
    by = keys([name])
    assert [one.id for one in rank({"a": {name: worse}, "b": {name: better}}, by)] == ["b", "a"]
    assert packed({name: better}, by) < packed({name: worse}, by)
    assert decided({name: better}, {name: worse}, by) == Decided(name, better, worse, ahead=True)


def test_huế_2025_the_nearest_guess_wins():
    """15 questions and a guess how many have them all right; week 1: 5,945 did. Scores hardly ever decide."""
    guesses = {"an": 6_000, "binh": 5_900, "chi": 5_000, "dung": None, "em": 5_945}
    rows = {id_: row(1_400 if id_ == "em" else 1_500, distance=None if guess is None else abs(guess - 5_945))
            for id_, guess in guesses.items()}
    assert {id_: values_["distance"] for id_, values_ in rows.items()} == {
        "an": 55, "binh": 45, "chi": 945, "dung": None, "em": 0}
    assert ranks(rows, ["points", "distance", "finished_at"]) == {"binh": 1, "an": 2, "chi": 3, "dung": 4, "em": 5}


def test_quảng_ninh_2023_the_same_guess_the_sooner_submission():
    """As at Phong Nha: equal answers, and who submitted sooner stands higher; above or below makes no difference."""
    ten = 1_686_540_600_000  # 10:30 on 12 June 2023
    rows = {"an": row(900, distance=20, finished_at=ten + 60_000), "binh": row(900, distance=20, finished_at=ten),
            "chi": row(900, distance=19, finished_at=ten + 600_000), "dung": row(900, distance=20, finished_at=ten)}
    assert ranks(rows, ["points", "distance", "finished_at"]) == {"chi": 1, "binh": 2, "dung": 2, "an": 4}


def test_sóc_trăng_2022_right_and_fastest():
    rows = {"an": row(1_000, 181_000), "binh": row(1_000, 180_999), "chi": row(900, 40_000)}
    assert ranks(rows, ["points", "taken_ms"]) == {"binh": 1, "an": 2, "chi": 3}


def test_the_other_common_order_asks_for_the_time_before_the_guess():
    rows = {"an": row(1_500, 300_000, distance=0), "binh": row(1_500, 299_000, distance=900)}
    assert ranks(rows, ["points", "distance", "taken_ms"]) == {"an": 1, "binh": 2}
    assert ranks(rows, ["points", "taken_ms", "distance"]) == {"binh": 1, "an": 2}


def test_keys_are_data():
    assert keys(["points", "taken_ms", "finished_at"]) == DEFAULT
    assert [key.name for key in keys(["draw", "points"])] == ["draw", "points"]


@pytest.mark.parametrize(("names", "why", "name"), [
    ([], "missing", ""), (["id"], "unknown", "id"), (["points desc"], "unknown", "points desc"),
    (["points", "taken_ms", "points"], "twice", "points")])
def test_bad_keys(names, why, name):
    with pytest.raises(BadKeys) as caught:
        keys(names)
    assert (caught.value.why, caught.value.name) == (why, name)


@given(ROWS, st.randoms())
def test_ranks_are_total_stable_and_blind_to_the_order_of_processing(rows, random):
    ranked = rank(rows)
    shuffled = list(rows.items())
    random.shuffle(shuffled)
    assert rank(dict(shuffled)) == ranked
    assert sorted(r.id for r in ranked) == sorted(rows)
    for one in ranked:
        better = sum(order(other) < order(rows[one.id]) for other in rows.values())
        assert one.rank == better + 1


@given(st.lists(FULL_ROWS, max_size=20), CHAINS, st.randoms())
def test_packed_keys_sort_as_the_chain_written_out_by_hand(rows, names, random):
    by = keys(names)
    random.shuffle(rows)
    packs = [packed(one, by) for one in rows]
    plain = [plainly(one, names) for one in rows]
    for i, one in enumerate(rows):
        for j, other in enumerate(rows):
            assert (packs[i] < packs[j]) == (plain[i] < plain[j])
            assert (packs[i] == packs[j]) == (plain[i] == plain[j])
            assert (order(one, by) < order(other, by)) == (plain[i] < plain[j])
    near = sum(key.digits for key in by)
    assert {len(pack) for pack in packs} <= {near, near + FAR, near + 2 * FAR}
    assert all(set(pack) <= set("0123456789abcdef") for pack in packs)


@given(st.lists(FULL_ROWS, max_size=20), CHAINS, st.randoms())
def test_any_chain_ranks_everybody_whatever_the_order_of_processing(rows, names, random):
    named = {f"{i:02}": one for i, one in enumerate(rows)}
    shuffled = list(named.items())
    random.shuffle(shuffled)
    ranked = rank(dict(shuffled), keys(names))
    plain = {id_: plainly(one, names) for id_, one in named.items()}
    assert {one.id: one.rank for one in ranked} == {
        id_: 1 + sum(other < mine for other in plain.values()) for id_, mine in plain.items()}
    assert [one.id for one in ranked] == sorted(plain, key=lambda id_: (plain[id_], id_))


def test_a_packed_key():
    """7fffffff - 950 = 7ffffc49; 8 minutes are 480,000 ms = 75300; 1,760,000,000,000 = 199c82cc000."""
    assert packed(row(950, 480_000, 1_760_000_000_000)) == "7ffffc49" + "000075300" + "199c82cc000"
    assert packed({"distance": None, "points": -1}, keys(["distance", "points"])) == "ffffffff" + "80000000"
    assert {name: key.digits for name, key in CRITERIA.items()} == {
        "points": 8, "correct": 4, "distance": 8, "taken_ms": 9, "finished_at": 11, "entered_at": 11, "earlier": 8,
        "draw": 32}
    assert sum(key.digits for key in CRITERIA.values()) == 91


@pytest.mark.parametrize("name", [name for name, key in CRITERIA.items() if not key.summed])
def test_beyond_its_range_nothing_is_packed(name):
    key = CRITERIA[name]
    ends = [packed({name: value}, [key]) for value in (key.low, key.high)]
    assert len(set(ends)) == 2
    assert {len(end) for end in ends} == {key.digits}
    for value in (key.low - 1, key.high + 1):
        with pytest.raises(ValueError, match=name):
            packed({name: value}, [key])


# What a sum is made of at most, a round: people type the guess, a form holds the minutes and a file the points.
A_ROUND = {"distance": prediction.MOST, "taken_ms": 2 * MOST_MINUTES * 60_000, "correct": blueprint.MOST,
           "points": blueprint.MOST * MAX_POINTS * WEIGHT_MOST // 100}


def test_only_sums_are_summed():
    assert set(A_ROUND) == {name for name, key in CRITERIA.items() if key.summed}


@pytest.mark.parametrize("name", sorted(A_ROUND))
@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_sums_that_rounds_can_come_to_are_told_apart_and_one_more_too(name, sign):
    """Of as many rounds as weights can be given to, and of ten times as many for what anybody can make large alone."""
    key, rounds = CRITERIA[name], ROUNDS_MOST * (10 if CRITERIA[name].far else 1)
    if sign < 0 and key.low == 0:
        with pytest.raises(ValueError, match=name):
            packed({name: -1}, [key])
        return
    sums = [sign * A_ROUND[name] * count for count in range(1, rounds + 1)]
    steps = sorted({0, *sums, *(one - 1 for one in sums), *(one + 1 for one in sums)})
    found = [packed({name: value}, [key]) for value in steps]
    assert found == sorted(set(found), reverse=key.descending)


@pytest.mark.parametrize("name", sorted(A_ROUND))
def test_no_sum_is_too_large_for_a_key(name):
    key = CRITERIA[name]
    found = [packed({name: value}, [key]) for value in (key.high - 1, 16**FAR, 2**63 - 1)]
    assert found == sorted(found, reverse=key.descending)
    assert found[0] != found[1]
    assert all(one < "f" * key.digits for one in found) or not key.optional


def test_a_joke_guess_every_week_stands_behind_the_others_and_before_nobody_s_guess():
    by = keys(["points", "distance", "finished_at"])
    weeks = {n: {"points": 5_000, "distance": n * 999_999_999, "finished_at": 1} for n in range(1, 31)}
    found = [packed(one, by) for one in weeks.values()] + [packed({"points": 5_000, "finished_at": 1}, by)]
    assert found == sorted(set(found))
    assert found[3] == "7fffec77" + "ee6b27fc" + "00000000001"  # as it has always been
    assert found[4] == "7fffec77" + "fffffffe" + "00002a05f1fd" + "00000000001"


def test_the_longest_key_fits_its_column():
    row_ = {name: key.high for name, key in CRITERIA.items()} | {"points": -2**40, "distance": 2**40}
    assert len(packed(row_, tuple(CRITERIA.values()))) == 91 + 2 * FAR <= KEY


@pytest.mark.parametrize("name", [name for name, key in CRITERIA.items() if not key.optional])
def test_what_must_be_there_is_no_last_place(name):
    for rule in (packed, order):
        with pytest.raises(ValueError, match=name):
            rule({}, [CRITERIA[name]])


def test_what_decides():
    """"hơn hạng 14 vì dự đoán gần hơn: lệch 12 so với 35"."""
    by = keys(["points", "distance", "taken_ms"])
    mine, other = row(1_500, 9_000, distance=12), row(1_500, 5_000, distance=35)
    assert decided(mine, other, by) == Decided("distance", 12, 35, ahead=True)
    assert decided(other, mine, by) == Decided("distance", 35, 12, ahead=False)
    assert decided(row(1_500, distance=None), mine, by) == Decided("distance", None, 12, ahead=False)
    assert decided(row(1_400, distance=0), mine, by) == Decided("points", 1_400, 1_500, ahead=False)
    assert decided(mine, {**mine, "finished_at": 7, "correct": 3}, by) is None


@given(FULL_ROWS, FULL_ROWS, CHAINS)
def test_what_decides_is_what_ranks(mine, other, names):
    by = keys(names)
    found = decided(mine, other, by)
    if packed(mine, by) == packed(other, by):
        assert found is None
    else:
        differing = [name for name in names if mine[name] != other[name]]
        assert found == Decided(differing[0], mine[differing[0]], other[differing[0]],
                                ahead=packed(mine, by) < packed(other, by))


def test_a_blank_attempt_is_nobodys_best():
    assert best({"a": row(0, 1, 1, answered=0)}) is None
    assert best({}) is None
    assert best({"blank": row(0, 1, 1, answered=0), "wrong": row(0, 900, 9)}) == "wrong"


def test_of_a_persons_attempts_the_nearer_guess_is_better_and_the_persons_own_criteria_need_not_be_there():
    by = keys(["points", "distance", "entered_at", "earlier", "draw"])
    assert best({"a": row(900, distance=35), "b": row(900, distance=12), "c": row(900)}, by) == "b"
    assert best({"b": row(900, distance=12), "a": row(900, distance=12)}, by) == "a"


@given(ROWS, st.randoms())
def test_the_best_has_the_first_rank_among_the_real_ones(rows, random):
    real = {id_: r for id_, r in rows.items() if r["answered"]}
    shuffled = list(rows.items())
    random.shuffle(shuffled)
    found = best(dict(shuffled))
    assert found == (rank(real)[0].id if real else None)


def test_a_lot_can_be_reckoned_by_anybody():
    """printf 'Huế 2025/0197c1d2e3f4a5b60718293a4b5c6d7e' | sha256sum"""
    assert f"{draw('Huế 2025', '0197c1d2e3f4a5b60718293a4b5c6d7e'):032x}" == "d04e3af92b8f3479fbb49b6cd1d62105"
    assert len({draw(seed, f"{n:032x}") for seed in ("a", "b") for n in range(500)}) == 1_000


def test_a_lot_favours_nobody():
    """Whoever enters first or last is as likely to draw low: of 2,000 lots half lie in either half of the range."""
    low = [draw("27/10/2025", f"{n:032x}") < 16**32 // 2 for n in range(2_000)]
    assert 920 < sum(low) < 1_080
    assert 440 < sum(low[:1_000]) < 560
