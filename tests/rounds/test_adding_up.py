"""What may be added up over rounds: distances of predictions in one unit."""

from datetime import timedelta

import pytest

from contest.errors import Refusal
from contest.extensions import db
from contest.rounds import adding_up, operations, publishing, queries
from contest.rounds.adding_up import set_overall
from contest.rounds.models import Contest
from contest.rounds.words import problem
from contest.scoring.policy import BadPolicy
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import cast, fields, post

BY_GUESS = {"chain": ["points", "distance"]}
DAY = timedelta(days=1)


def held(app, *predictions, published=True, **columns):
    """A contest with a round for each of these, published or drafts."""
    ids = cast(app)
    rounds = []
    for number, prediction in enumerate(predictions):
        row = operations.create_round(ids.contest, fields(
            ids.bank, prediction=prediction, prediction_text="Bao nhiêu hồ sơ?", **columns), by=ids.organiser, now=NOON)
        rounds.append(row.id)
        if published is True or number in published:
            publishing.publish_round(row.id, by=ids.organiser, now=NOON)
    db.session.commit()
    return ids, rounds


def whys(contest_id, **rules):
    with pytest.raises(BadPolicy) as refused:
        set_overall(contest_id, {**BY_GUESS, **rules}, by=None, now=NOON)
    return refused.value.field, refused.value.why


@pytest.mark.parametrize(("kinds", "why"), [
    (("participants", "perfect_entries", "none"), None), (("perfect_percent", "none", "perfect_percent"), None),
    (("number", "number"), None), (("participants", "perfect_percent"), "units"), (("number", "participants"), "units"),
    (("perfect_percent", "none", "number"), "units"), (("none", "none"), "prediction"),
])
def test_distances_of_one_unit_are_added_up_and_no_others(app, kinds, why):
    with app.app_context():
        ids, _rounds = held(app, *kinds, published=())
        if why:
            assert whys(ids.contest) == ("chain", why)
        else:
            set_overall(ids.contest, BY_GUESS, by=None, now=NOON)
        set_overall(ids.contest, {"chain": ["points"]}, by=None, now=NOON)  # where nobody asks for distances all may


def test_a_round_that_does_not_count_or_was_called_off_or_is_practice_asks_as_it_likes(app):
    with app.app_context():
        ids, (_people, percent) = held(app, "participants", "perfect_percent")
        assert whys(ids.contest, rounds={"how": "best", "k": 1}) == ("chain", "units")
        set_overall(ids.contest, {**BY_GUESS, "rounds": {"how": "sum", "weights": [100, 0]}}, by=None, now=NOON)
        assert whys(ids.contest) == ("chain", "units")
        publishing.cancel_round(percent, "Bão số 9", by=None, now=NOON)
        set_overall(ids.contest, BY_GUESS, by=None, now=NOON)
    with app.app_context():
        ids, _rounds = held(app, "perfect_percent", published=(), kind="practice")
        operations.create_round(ids.contest, fields(ids.bank, prediction="participants"), by=None, now=NOON)
        set_overall(ids.contest, BY_GUESS, by=None, now=NOON)


def test_a_round_that_comes_later_or_asks_otherwise_by_then_is_not_published(app):
    with app.app_context():
        ids, (_first, second) = held(app, "participants", "perfect_entries", published=(0,))
        set_overall(ids.contest, BY_GUESS, by=None, now=NOON)
        other = fields(ids.bank, prediction="perfect_percent")
        operations.edit_round(second, other, by=None, now=NOON)
        later = operations.create_round(ids.contest, fields(ids.bank, prediction="number", prediction_text="Số hồ sơ?"),
                                        by=None, now=NOON).id
        for round_id in (second, later):
            row = queries.get_round(round_id)
            found = publishing.problems(row, publishing.pools.counted(publishing.pools.pool_of(row)), NOON)
            assert [one.code for one in found] == ["mixed_predictions"]
            assert "trọng số 0" in problem(found[0])
            with pytest.raises(Refusal) as refused:
                publishing.publish_round(round_id, by=None, now=NOON)
            assert refused.value.params["problems"] == ["mixed_predictions"]
        for prediction in ("none", "participants"):
            operations.edit_round(second, fields(ids.bank, prediction=prediction), by=None, now=NOON)
            assert not adding_up.mixes(queries.get_round(second))
        publishing.publish_round(second, by=None, now=NOON)


def test_a_contest_that_mixed_them_before_still_publishes_what_adds_nothing(app):
    with app.app_context():
        ids, _rounds = held(app, "participants", "perfect_percent", "none", published=(0, 1))
        db.session.get(Contest, ids.contest).overall = {**BY_GUESS, "rounds": {"how": "sum"}}
        db.session.commit()
        assert not adding_up.mixes(queries.get_round(_rounds[2]))
        assert adding_up.mixes(queries.get_round(_rounds[1]))


@pytest.mark.parametrize(("kinds", "said"), [
    (("perfect_percent", "none", "perfect_percent"), "perfect_percent"), (("perfect_entries",), "participants"),
    (("number",), "participants"), (("none",), "participants"), (("participants", "perfect_percent"), "participants")])
def test_what_a_contest_s_distances_are_written_as(app, kinds, said):
    with app.app_context():
        ids, _rounds = held(app, *kinds)
        assert adding_up.prediction_of(queries.get_contest(ids.contest)) == said


def test_the_form_says_it_at_the_criterion(app):
    with app.app_context():
        ids, _rounds = held(app, "participants", "perfect_percent")
        organiser = db.session.get(factories.Account, ids.organiser)
        db.session.expunge(organiser)
    client = factories.signed_in(app.test_client(), organiser)
    answer = post(client, f"/to-chuc/cuoc-thi/{ids.contest}/xep-hang-chung", wanted="y", how="sum", chain_1="points",
                  chain_2="distance")
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "nên không cộng độ lệch được" in page
