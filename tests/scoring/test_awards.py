from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest.scoring.awards import distribute
from contest.scoring.prizes import NAMED, TIES, Award, Candidate, Passed, Prize, Rules, Scope, Undecided, Unfilled

ALL = Scope("individual")
OFFICIALS = Scope("individual", "week 1", "official")
CITIZENS = Scope("individual", "week 1", "citizen")


def row(name, rank, reason="", **rest):
    return Candidate(name, f"person {name}", rank, reason, **rest)


def places(*counts, scope=ALL, tie="undecided"):
    names = ("nhat", "nhi", "ba", "khuyen_khich")
    return [Prize(name, name.title(), scope, count, tie) for name, count in zip(names, counts, strict=False)]


def given_to(outcome):
    return [(award.prize_id, award.candidate_id, award.reason) for award in outcome.awards]


def over(outcome):
    return [(one.prize_id, one.candidate_id, one.reason) for one in outcome.passed]


def test_hue_2025_gives_six_a_week():
    """A first, second and third prize for officials, the same for citizens."""
    prizes = [Prize(f"{name}-{scope.audience}", name, scope, 1)
              for name in ("Nhất", "Nhì", "Ba") for scope in (OFFICIALS, CITIZENS)]
    outcome = distribute(prizes, {
        OFFICIALS: [row("a", 1), row("b", 2, "barred"), row("c", 3), row("d", 4)],
        CITIZENS: [row("e", 1), row("f", 2), row("g", 3), row("h", 4)],
    })
    assert given_to(outcome) == [
        ("Nhất-official", "a", "by_rank"), ("Nhất-citizen", "e", "by_rank"),
        ("Nhì-official", "c", "moved_up"), ("Nhì-citizen", "f", "by_rank"),
        ("Ba-official", "d", "moved_up"), ("Ba-citizen", "g", "by_rank")]
    assert outcome.passed == (Passed("Nhì-official", "b", "person b", "barred", {"rank": 2}),)
    assert outcome.awards[2] == Award("Nhì-official", "c", "person c", "moved_up", {"rank": 3, "passed": 1})
    assert (outcome.undecided, outcome.unfilled) == ((), ())


def test_soc_trang_2022_initiatives_are_named_by_the_organisers():
    """Ten further prizes for initiatives: each list of named ones is its own, their order and reason are kept."""
    initiative, clip = (Scope("collective", measure=NAMED, prize_id=name) for name in ("sang_kien", "clip"))
    most = Scope("collective", measure="people")
    outcome = distribute(
        [Prize("dong_nhat", "", most, 1), Prize("sang_kien", "", initiative, 3), Prize("clip", "", clip, 1)],
        {most: [row("a", 1, params={"measure": "people"}), row("b", 2)],
         initiative: [row("b", 1, params={"why": "Số hóa"}), row("a", 2), row("c", 3, "other")],
         clip: [row("d", 1, params={"why": "Lan tỏa"})]}, Rules(one_per_unit=True))
    assert given_to(outcome) == [("dong_nhat", "a", "by_rank"), ("sang_kien", "b", "named"), ("clip", "d", "named")]
    assert [one.params for one in outcome.awards] == [
        {"measure": "people", "rank": 1, "passed": 0}, {"why": "Số hóa", "rank": 1, "passed": 0},
        {"why": "Lan tỏa", "rank": 1, "passed": 0}]
    assert over(outcome) == [("sang_kien", "a", "has_prize"), ("sang_kien", "c", "other")]
    assert outcome.unfilled == (Unfilled("sang_kien", 2, "not_named"),)


def test_a_kind_goes_by_what_it_can():
    for scope in (Scope("individual", measure="people"), Scope("collective", measure="age")):
        with pytest.raises(ValueError, match="can't be"):
            distribute([Prize("a", "", scope, 1)], {})


def test_lam_dong_2023_gives_ten_a_week():
    outcome = distribute(places(1, 2, 3, 4), {ALL: [row(f"{n:02}", n) for n in range(1, 13)]})
    assert [(prize, int(name)) for prize, name, _ in given_to(outcome)] == [
        ("nhat", 1), ("nhi", 2), ("nhi", 3), ("ba", 4), ("ba", 5), ("ba", 6),
        ("khuyen_khich", 7), ("khuyen_khich", 8), ("khuyen_khich", 9), ("khuyen_khich", 10)]


def test_moj_2021_gives_36_and_says_what_is_left():
    outcome = distribute(places(1, 5, 10, 20), {ALL: [row(f"{n:02}", n) for n in range(1, 35)]})
    assert Counter(prize for prize, _, _ in given_to(outcome)) == {"nhat": 1, "nhi": 5, "ba": 10, "khuyen_khich": 18}
    assert outcome.unfilled == (Unfilled("khuyen_khich", 2, "no_candidates"),)


def test_a_scope_without_candidates():
    assert distribute(places(1), {}).unfilled == (Unfilled("nhat", 1, "no_candidates"),)


def test_who_declines_is_passed_over_and_the_next_move_up():
    lists = {ALL: [row("a", 1), row("b", 2), row("c", 3)]}
    outcome = distribute(places(1, 1), lists, declined=[("nhat", "person a")])
    assert given_to(outcome) == [("nhat", "b", "moved_up"), ("nhi", "c", "moved_up")]
    assert outcome.passed == (Passed("nhat", "a", "person a", "declined", {"rank": 1, "prize": "nhat"}),)
    later = distribute(places(1, 1), lists, declined=[("nhi", "person b")])
    assert given_to(later) == [("nhat", "a", "by_rank"), ("nhi", "c", "moved_up")]


def test_only_who_would_have_had_no_place_moves_up():
    """Ten places, the third declines: the fourth to the tenth had theirs anyway, the eleventh takes one over."""
    ranked = {ALL: [row(f"{n:02}", n) for n in range(1, 13)]}
    outcome = distribute(places(10), ranked, declined=[("nhat", "person 03")])
    assert [int(name) for _, name, reason in given_to(outcome) if reason == "by_rank"] == [1, 2, *range(4, 11)]
    assert outcome.awards[-1] == Award("nhat", "11", "person 11", "moved_up", {"rank": 11, "passed": 1})


def test_who_declined_here_may_win_elsewhere():
    prizes = [Prize("o", "", OFFICIALS, 1), Prize("c", "", CITIZENS, 1)]
    outcome = distribute(prizes, {OFFICIALS: [row("a", 1)], CITIZENS: [row("a", 1)]}, declined=[("o", "person a")])
    assert given_to(outcome) == [("c", "a", "by_rank")]


def test_a_person_keeps_the_prize_that_stands_first():
    first, second = Scope("individual", "week 1"), Scope("individual", "week 2")
    prizes = [Prize("nhat-1", "", first, 1), Prize("nhat-2", "", second, 1), Prize("nhi-1", "", first, 1)]
    lists = {first: [row("a", 1), row("b", 2), row("c", 3)], second: [row("b", 1), row("a", 2)]}
    assert given_to(distribute(prizes, lists)) == [
        ("nhat-1", "a", "by_rank"), ("nhat-2", "b", "by_rank"), ("nhi-1", "c", "moved_up")]
    assert distribute(prizes, lists).passed == (
        Passed("nhi-1", "b", "person b", "has_prize", {"rank": 2, "prize": "nhat-2"}),)
    assert given_to(distribute(prizes, lists, Rules(one_per_person=False))) == [
        ("nhat-1", "a", "by_rank"), ("nhat-2", "b", "by_rank"), ("nhi-1", "b", "by_rank")]


def test_units_may_have_several_prizes_unless_the_rules_say_one():
    rate, most = Scope("collective", bloc="so"), Scope("collective")
    prizes = [Prize("rate", "", rate, 1), Prize("most", "", most, 1)]
    lists = {rate: [row("a", 1)], most: [row("a", 1), row("b", 2)]}
    assert [award.candidate_id for award in distribute(prizes, lists).awards] == ["a", "a"]
    assert [award.candidate_id for award in distribute(prizes, lists, Rules(one_per_unit=True)).awards] == ["a", "b"]


def test_a_person_and_a_unit_of_the_same_id_are_two():
    prizes = [Prize("one", "", ALL, 1), Prize("all", "", Scope("collective"), 1)]
    lists = {ALL: [row("a", 1)], Scope("collective"): [row("a", 1)]}
    assert len(distribute(prizes, lists, Rules(one_per_unit=True)).awards) == 2


def test_a_person_ranked_twice_has_one_prize_of_the_scope():
    twice = [Candidate("a", "an", 1), Candidate("b", "an", 1), Candidate("c", "an", 2), Candidate("d", "binh", 3)]
    outcome = distribute(places(2), {ALL: twice}, Rules(one_per_person=False))
    assert given_to(outcome) == [("nhat", "a", "by_rank"), ("nhat", "d", "moved_up")]
    assert over(outcome) == [("nhat", "b", "twice"), ("nhat", "c", "twice")]


def test_a_person_ranked_again_behind_a_draw_has_no_second_prize():
    twice = [Candidate("a", "an", 1), Candidate("b", "binh", 1), Candidate("c", "an", 3), Candidate("d", "chi", 4)]
    outcome = distribute(places(1, 2), {ALL: twice}, Rules(one_per_person=False))
    assert outcome.undecided == (Undecided(ALL, 1, ("a", "b"), (("nhat", 1), ("nhi", 1)), 0),)
    assert given_to(outcome) == [("nhi", "d", "moved_up")]
    assert over(outcome) == [("nhi", "c", "twice")]


TIED = {ALL: [row("a", 1), row("b", 1), row("c", 1), row("d", 4), row("e", 5)]}


def test_equal_ones_all_get_it_and_the_next_prize_stays():
    outcome = distribute(places(1, 2, tie="share"), TIED)
    assert given_to(outcome) == [("nhat", "a", "shared"), ("nhat", "b", "shared"), ("nhat", "c", "shared"),
                                 ("nhi", "d", "by_rank"), ("nhi", "e", "by_rank")]
    assert outcome.awards[0].params == {"rank": 1, "passed": 0, "equal": 3, "places": 1}


def test_equal_ones_all_get_it_and_the_next_prizes_shrink():
    outcome = distribute(places(1, 1, 2, tie="share_shrink"), TIED)
    assert given_to(outcome) == [("nhat", "a", "shared"), ("nhat", "b", "shared"), ("nhat", "c", "shared"),
                                 ("ba", "d", "by_rank")]
    assert outcome.unfilled == (Unfilled("nhi", 1, "shared_above"), Unfilled("ba", 1, "shared_above"))


def test_equal_ones_wait_for_a_draw_and_the_places_behind_them_are_sure():
    outcome = distribute(places(1, 1, 2), TIED)
    assert outcome.undecided == (Undecided(ALL, 1, ("a", "b", "c"), (("nhat", 1), ("nhi", 1), ("ba", 1)), 0),)
    assert given_to(outcome) == [("ba", "d", "by_rank")]
    assert outcome.unfilled == ()


def test_some_of_the_equal_ones_get_none():
    outcome = distribute(places(1, 1), TIED)
    assert outcome.undecided == (Undecided(ALL, 1, ("a", "b", "c"), (("nhat", 1), ("nhi", 1)), 1),)
    assert (outcome.awards, outcome.unfilled) == ((), ())


def test_equal_ones_that_fit_need_no_draw():
    assert given_to(distribute(places(3, 1), TIED)) == [
        ("nhat", "a", "by_rank"), ("nhat", "b", "by_rank"), ("nhat", "c", "by_rank"), ("nhi", "d", "by_rank")]


def test_a_tie_may_run_on_into_a_prize_that_is_shared():
    prizes = [*places(1), Prize("nhi", "", ALL, 1, "share_shrink"), Prize("ba", "", ALL, 2)]
    outcome = distribute(prizes, TIED)
    assert outcome.undecided == (Undecided(ALL, 1, ("a", "b", "c"), (("nhat", 1), ("nhi", 2)), 0),)
    assert given_to(outcome) == [("ba", "d", "by_rank")]
    assert outcome.unfilled == (Unfilled("ba", 1, "shared_above"),)


def test_a_tie_that_fits_into_a_shared_prize_leaves_the_rest_of_it():
    prizes = [*places(1), Prize("nhi", "", ALL, 3, "share_shrink"), Prize("ba", "", ALL, 1)]
    outcome = distribute(prizes, TIED)
    assert outcome.undecided == (Undecided(ALL, 1, ("a", "b", "c"), (("nhat", 1), ("nhi", 2)), 0),)
    assert given_to(outcome) == [("nhi", "d", "by_rank"), ("ba", "e", "by_rank")]
    assert outcome.unfilled == ()


def drawn(*lots):
    return {ALL: [replace(one, lot=lot) for one, lot in zip(TIED[ALL], (*lots, None, None), strict=True)]}


def test_the_draw_decides():
    outcome = distribute(places(1, 1, 2), drawn(3, 1, 2))
    assert given_to(outcome) == [("nhat", "b", "lot"), ("nhi", "c", "lot"), ("ba", "a", "lot"), ("ba", "d", "by_rank")]
    assert outcome.awards[0].params == {"rank": 1, "passed": 0, "lot": 1}
    assert outcome.undecided == ()


@pytest.mark.parametrize("lots", [(1, 1, 2), (None, 1, 2)])
def test_a_draw_that_leaves_some_equal_decides_nothing(lots):
    assert distribute(places(1, 1, 2), drawn(*lots)).undecided == distribute(places(1, 1, 2), TIED).undecided


def test_a_lot_is_asked_only_where_places_run_out():
    assert given_to(distribute(places(3), drawn(3, 2, 1))) == [
        ("nhat", "a", "by_rank"), ("nhat", "b", "by_rank"), ("nhat", "c", "by_rank")]
    assert [name for _, name, _ in given_to(distribute(places(1, tie="share"), drawn(3, 2, 1)))] == ["a", "b", "c"]


def test_what_hangs_on_a_draw_elsewhere_waits():
    """Whether "a" has a prize is open; "b" and "c" of the same list may still get one there."""
    third = Scope("individual", "week 3")
    prizes = [Prize("one", "", OFFICIALS, 1), Prize("two", "", CITIZENS, 1), Prize("three", "", third, 1)]
    lists = {OFFICIALS: [row("a", 1), row("x", 1)], CITIZENS: [row("a", 1), row("b", 2), row("c", 3, "barred")],
             third: [row("b", 1), row("d", 2)]}
    outcome = distribute(prizes, lists)
    assert outcome.undecided == (Undecided(OFFICIALS, 1, ("a", "x"), (("one", 1),), 1),)
    assert outcome.unfilled == (Unfilled("two", 1, "waits"), Unfilled("three", 1, "waits"))
    assert (outcome.awards, outcome.passed) == ((), ())
    free = distribute(prizes, lists | {third: [row("c", 1), row("d", 2)]})
    assert given_to(free) == [("three", "c", "by_rank")]
    assert len(distribute(prizes, lists, Rules(one_per_person=False)).awards) == 2


def test_who_gets_one_by_any_draw_is_passed_over():
    prizes = [Prize("one", "", OFFICIALS, 1), Prize("two", "", OFFICIALS, 1), Prize("three", "", CITIZENS, 1)]
    outcome = distribute(prizes, {OFFICIALS: [row("a", 1), row("x", 1)], CITIZENS: [row("a", 1), row("b", 2)]})
    assert given_to(outcome) == [("three", "b", "moved_up")]
    assert outcome.passed == (Passed("three", "a", "person a", "has_prize", {"rank": 1, "prize": "two"}),)


@pytest.mark.parametrize(("prizes", "rows"), [
    ([Prize("a", "", ALL, 1), Prize("a", "", ALL, 1)], []),
    ([Prize("a", "", ALL, 0)], []),
    ([Prize("a", "", ALL, 1, "first come")], []),
    ([Prize("a", "", Scope("animal"), 1)], []),
    ([], [row("a", 1), row("a", 2)]),
    ([], [row("a", 0)]),
])
def test_what_can_not_be(prizes, rows):
    with pytest.raises(ValueError):
        distribute(prizes, {ALL: rows})


SCOPES = (OFFICIALS, CITIZENS, Scope("collective"))
RULES = st.builds(Rules, st.booleans(), st.booleans())
DECLINED = st.lists(st.tuples(st.sampled_from(["p0", "p1", "p9"]), st.sampled_from("ABCDEFGH")), max_size=3)


@st.composite
def prize_lists(draw):
    return [Prize(f"p{n}", "", draw(st.sampled_from(SCOPES)), draw(st.integers(1, 3)), draw(st.sampled_from(TIES)))
            for n in range(draw(st.integers(1, 6)))]


@st.composite
def ranked_lists(draw, equal=True):
    lists = {}
    for scope in SCOPES:
        holders = draw(st.lists(st.sampled_from("ABCDEFGH"), unique=True))
        ranks = [draw(st.integers(1, 4)) if equal else number for number, _ in enumerate(holders, 1)]
        lists[scope] = [Candidate(scope.audience + holder, holder, rank, draw(st.sampled_from(["", "", "", "barred"])),
                                  lot=draw(st.none() | st.integers(1, 9)))
                        for holder, rank in zip(holders, ranks, strict=True)]
    return lists


@given(prize_lists(), ranked_lists(), RULES, DECLINED, st.randoms())
def test_the_order_of_candidates_and_refusals_never_matters(prizes, lists, rules, declined, random):
    outcome = distribute(prizes, lists, rules, declined)
    twice = [*declined, *declined]
    random.shuffle(twice)
    mixed = {scope: random.sample(lists[scope], len(lists[scope])) for scope in random.sample(SCOPES, len(SCOPES))}
    assert distribute(prizes, mixed, rules, twice) == outcome


@given(prize_lists(), ranked_lists(), RULES, DECLINED)
def test_every_place_is_given_drawn_for_or_open(prizes, lists, rules, declined):
    outcome = distribute(prizes, lists, rules, declined)
    found = Counter(award.prize_id for award in outcome.awards)
    for one in outcome.undecided:
        found.update(dict(one.places))
        assert sum(count for _, count in one.places) + one.without == len(one.candidate_ids) > 1
    for open_ in outcome.unfilled:
        found[open_.prize_id] += open_.places
    for prize in prizes:
        assert found[prize.id] == prize.count or (found[prize.id] > prize.count and prize.tie != "undecided")


@given(prize_lists(), ranked_lists(), RULES, DECLINED)
def test_nobody_has_two_and_nobody_who_may_not(prizes, lists, rules, declined):
    outcome = distribute(prizes, lists, rules, declined)
    scopes = {prize.id: prize.scope for prize in prizes}
    rows = {(scope, one.id): one for scope in lists for one in lists[scope]}
    refused = {(scopes[id_], holder) for id_, holder in declined if id_ in scopes}
    drawing = [(one.scope, rows[one.scope, id_].holder) for one in outcome.undecided for id_ in one.candidate_ids]
    won = [(scopes[award.prize_id], award.holder) for award in outcome.awards]
    assert max(Counter([*won, *drawing]).values(), default=0) <= 1
    for scope, holder in [*won, *drawing]:
        assert (scope, holder) not in refused
        assert not next(one for one in lists[scope] if one.holder == holder).reason
    kinds = Counter((scope.kind, holder) for scope, holder in [*won, *drawing])
    assert all(count == 1 for (kind, _), count in kinds.items() if rules.one(kind))


@given(prize_lists(), ranked_lists(), RULES, DECLINED)
def test_who_stands_better_has_a_prize_or_a_reason(prizes, lists, rules, declined):
    outcome = distribute(prizes, lists, rules, declined)
    scopes = {prize.id: prize.scope for prize in prizes}
    settled = {(scopes[one.prize_id], one.candidate_id) for one in (*outcome.awards, *outcome.passed)}
    settled |= {(one.scope, id_) for one in outcome.undecided for id_ in one.candidate_ids}
    for award in outcome.awards:
        scope = scopes[award.prize_id]
        for one in lists[scope]:
            assert one.rank >= award.params["rank"] or (scope, one.id) in settled


def plain(prizes, lists, declined):
    """One prize for everybody, ranks that differ: the prizes in their order, each to the best who may have it."""
    scopes = {prize.id: prize.scope for prize in prizes}
    out = {(scopes[id_], holder) for id_, holder in declined if id_ in scopes}
    has, found = set(), []
    for prize in prizes:
        for _ in range(prize.count):
            for one in sorted(lists[prize.scope], key=lambda one: one.rank):
                who = prize.scope.kind, one.holder
                if not one.reason and (prize.scope, one.holder) not in out and who not in has:
                    has.add(who)
                    found.append((prize.id, one.id))
                    break
    return found


@given(prize_lists(), ranked_lists(equal=False), DECLINED)
def test_it_is_what_a_plain_reading_gives(prizes, lists, declined):
    outcome = distribute(prizes, lists, Rules(one_per_person=True, one_per_unit=True), declined)
    assert [(award.prize_id, award.candidate_id) for award in outcome.awards] == plain(prizes, lists, declined)
    assert outcome.undecided == ()


@given(prize_lists(), ranked_lists(), RULES, DECLINED, st.randoms())
def test_what_was_given_stays_whatever_is_drawn(prizes, lists, rules, declined, random):
    """No draw takes a prize from somebody who had it without one."""
    lists = {scope: [replace(one, lot=None) for one in rows] for scope, rows in lists.items()}
    before = distribute(prizes, lists, rules, declined)
    lots = {scope: random.sample(range(1, 50), len(rows)) for scope, rows in lists.items()}
    drawn = {scope: [replace(one, lot=lot) for one, lot in zip(rows, lots[scope], strict=True)]
             for scope, rows in lists.items()}
    after = distribute(prizes, drawn, rules, declined)
    assert after.undecided == ()
    assert not [one for one in after.unfilled if one.reason == "waits"]
    assert {(award.prize_id, award.candidate_id) for award in before.awards} <= {
        (award.prize_id, award.candidate_id) for award in after.awards}
    for one in before.undecided:
        got = Counter(award.prize_id for award in after.awards if award.candidate_id in one.candidate_ids)
        assert got == dict(one.places)
