"""Every figure against a recount by hand from the sittings themselves."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.delivery.models import Attempt
from contest.delivery.queries import counted_choices
from contest.extensions import db
from contest.questions.keys import AnswerKey
from contest.rounds.entries import move_entries
from contest.rounds.models import Entry
from contest.scoring import bands, units
from contest.standings import figures
from contest.standings.operations import score_round
from tests import factories
from tests.factories import NOON
from tests.standings.cast import sit, stage
from tests.statements import counted

LATER = NOON + timedelta(hours=3)


def names(lines):
    return [line.name for line in lines]


def test_counters_equal_a_recount_from_the_responses(app):
    dice = random.Random(5)
    with app.app_context():
        _contest, bank, round_, rows = stage(units=("Sở A", "Xã B", "Sở C"))
        for _ in range(25):
            unit = dice.choice([*rows, None])
            who = factories.account(unit=unit, audience=dice.choice(["official", "official", "citizen"]))
            for number in range(1, dice.randint(1, 3) + 1):
                right = dice.randint(0, 4)
                sit(round_, bank, who, unit=unit, right=right, wrong=dice.randint(0, 4 - right), number=number,
                    minutes=dice.randint(1, 15), started=NOON + timedelta(minutes=20 * number))
        score_round(round_.id, LATER)
        recount = by_hand(round_)
        found = figures.participation(round_)
        for line in [*found.lines, figures.UnitLine("", "", None, None, found.elsewhere)]:
            mine = [one for one in recount if one["audience"] == "official" and one["unit"] == (line.id or None)]
            assert counts(mine) == (line.tally.people, line.tally.attempts, line.tally.blank, line.tally.points)
        for audience, side in figures.sides(round_.id).items():
            mine = [one for one in recount if audience in ("all", one["audience"])]
            assert counts(mine) == (side.people, side.attempts, side.blank, side.points)
            assert side.people_bands == bands.count((one["best"], 4, 1) for one in mine if one["best"] is not None)
            assert side.attempt_bands == bands.count((right, 4, 1) for one in mine for right in one["rights"])
            assert sum(side.people_bands.values()) == side.people
            assert sum(side.attempt_bands.values()) == side.attempts


def by_hand(round_):
    """One record a person: what their sittings came to, read answer by answer."""
    keys = {key.version_id: tuple(key.correct) for key in db.session.scalars(select(AnswerKey))}
    from contest.delivery.models import PaperItem

    people = []
    for entry in db.session.scalars(select(Entry)):
        rights, blank = [], 0
        for attempt in db.session.scalars(select(Attempt).where(Attempt.entry_id == entry.id)):
            choices = counted_choices([attempt.id])[attempt.id]
            paper = db.session.scalars(select(PaperItem).where(PaperItem.attempt_id == attempt.id)).all()
            right = sum(choices.get(item.slot) == keys[item.version_id] for item in paper)
            rights, blank = ([*rights, right], blank) if choices else (rights, blank + 1)
        people.append({"unit": entry.counted_unit_id, "audience": entry.audience, "rights": rights, "blank": blank,
                       "best": max(rights, default=None)})
    return people


def counts(people):
    took_part = [one for one in people if one["best"] is not None]
    return (len(took_part), sum(len(one["rights"]) for one in people), sum(one["blank"] for one in people),
            100 * sum(one["best"] for one in took_part))


def test_a_person_with_two_attempts_counts_once_and_blank_ones_apart(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(headcount=4)
        who = factories.account(unit=unit)
        sit(round_, bank, who, unit=unit, right=1, number=1)
        sit(round_, bank, who, unit=unit, right=3, number=2)
        sit(round_, bank, who, unit=unit, number=3)
        sit(round_, bank, factories.account(unit=unit), unit=unit)
        score_round(round_.id, LATER)
        line, = figures.participation(round_).lines
        assert (line.tally.people, line.tally.attempts, line.tally.blank, line.average) == (1, 2, 2, 300)
        assert units.rate(line.tally) == units.Fraction(1, 4)
        assert figures.sides(round_.id)["all"].people_bands["from_75"] == 1


def test_a_person_who_was_moved_counts_in_the_new_unit(app):
    with app.app_context():
        _contest, bank, round_, (old, new) = stage(units=("Sở A", "Sở B"))
        who = factories.account(unit=old)
        sit(round_, bank, who, unit=old, right=2)
        score_round(round_.id, LATER)
        who.unit_id = new.id
        move_entries(who.id, new.id, LATER)
        db.session.flush()
        assert [(line.name, line.tally.people) for line in figures.participation(round_).lines] == [
            ("Sở A", 0), ("Sở B", 1)]


def test_officials_and_citizens_apart(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        sit(round_, bank, factories.account(unit=unit), unit=unit, right=4)
        sit(round_, bank, factories.account(unit=unit, audience="citizen"), unit=unit, right=1)
        sit(round_, bank, factories.account(audience="citizen"), right=1)
        score_round(round_.id, LATER)
        sides = figures.sides(round_.id)
        assert {name: (side.people, side.average) for name, side in sides.items()} == {
            "all": (3, 200), "official": (1, 400), "citizen": (2, 100)}
        assert figures.participation(round_).total.people == 1  # the headcount counts officials


def test_units_at_100_percent_above_it_and_at_zero(app):
    with app.app_context():
        _contest, bank, round_, (full, above, _empty) = stage(units=("Sở A", "Sở B", "Sở C"), headcount=2)
        for unit, people in ((full, 2), (above, 3)):
            for _ in range(people):
                sit(round_, bank, factories.account(unit=unit), unit=unit, right=1)
        score_round(round_.id, LATER)
        found = figures.participation(round_)
        assert (names(found.complete), names(found.absent)) == (["Sở A", "Sở B"], ["Sở C"])
        assert units.rate(found.lines[1].tally) == units.Fraction(3, 2)
        assert (found.taking_part, names(found.reaching(80))) == (2, ["Sở A", "Sở B"])
        assert (found.total.people, found.total.headcount) == (5, 6)


def test_sorting_puts_units_without_the_figure_last(app):
    lines = [figures.UnitLine(name, name, None, None, tally) for name, tally in [
        ("a", units.tally(10, 5, 5, 0, 500)), ("b", units.tally(None, 9, 9, 0, 100)),
        ("c", units.tally(10, 10, 10, 0, 900)),
        ("d", units.tally(10))]]
    assert names(figures.sort_lines(lines, "rate", descending=True)) == ["c", "a", "d", "b"]
    assert names(figures.sort_lines(lines, "rate", descending=False)) == ["d", "a", "c", "b"]
    assert names(figures.sort_lines(lines, "people", descending=True)) == ["c", "b", "a", "d"]
    assert names(figures.sort_lines(lines, "average", descending=False)) == ["b", "c", "a", "d"]
    assert names(figures.sort_lines(lines, "name", descending=True)) == ["d", "c", "b", "a"]


def test_days_are_local_and_without_gaps(app):
    with app.app_context():
        opens = NOON - timedelta(days=3)
        _contest, bank, round_, (unit,) = stage(opens_at=opens, minutes=600)
        for minutes in (4 * 60 + 59, 12 * 60 - 1, 12 * 60):  # 16:59, 23:59 and 00:00 of the day after, local
            sit(round_, bank, factories.account(unit=unit), unit=unit, right=1, started=opens, minutes=minutes)
        score_round(round_.id, LATER)
        found = figures.days(round_, NOON)
        first = opens.date()
        assert found == [(first, 2), (first + timedelta(days=1), 1), (first + timedelta(days=2), 0),
                         (first + timedelta(days=3), 0)]


@pytest.mark.parametrize("people", [1, 3])
def test_as_many_statements_for_one_unit_as_for_many(app, people):
    with app.app_context():
        _contest, bank, round_, rows = stage(units=tuple(f"Sở {i}" for i in range(people)))
        for unit in rows:
            sit(round_, bank, factories.account(unit=unit), unit=unit, right=1)
        score_round(round_.id, LATER)
        round_id = round_.id
        db.session.commit()
        round_ = db.session.get(type(round_), round_id)
        with counted(app) as seen:
            figures.participation(round_)
            figures.sides(round_id)
            figures.days(round_, LATER)
        assert len(seen) == 6
