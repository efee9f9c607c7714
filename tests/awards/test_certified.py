"""What a code proves, and whose certificates are whose."""

from datetime import timedelta

import pytest

from contest.awards import certified
from contest.awards.acts import refuse_prize
from contest.awards.models import Award, AwardList
from contest.errors import Missing
from contest.extensions import db
from tests import factories
from tests.awards.winners import FROZEN, again, listed, winners
from tests.factories import NOON


def test_a_code_proves_a_frozen_list_and_no_draft(app):
    with app.app_context():
        draft, made = winners(frozen=False), winners()
        found = certified.verify([made.codes[0]])
        assert (found.state, found.award.name, found.contest.id, found.round.title, found.award_list.decision) == (
            "valid", "Lê Thị Hồng Gấm 0", made.contest, "Tuần 1", "15/QĐ-SNV")
        assert certified.verify([made.codes[-1]]).award.name == "Sở Nội vụ"
        assert certified.verify([draft.codes[0]]) is None
        assert certified.verify(["2222-2222-22"]) is None
        assert certified.verify([]) is None
        assert certified.verify(["2222-2222-22", made.codes[1]]).award.name == "Lê Thị Hồng Gấm 1"
        assert certified.verify(made.codes[:2]) is None  # which of them is meant?


def test_a_newer_frozen_list_takes_the_place_of_the_one_before(app):
    with app.app_context():
        made = winners()
        kept = db.session.get(Award, made.awards[0])
        listed(made.plan, [again(kept)], number=2, frozen=False)
        assert certified.verify([made.codes[0]]).state == "valid"  # a draft takes nobody's place
        newer = listed(made.plan, [{**again(kept), "prize_name": "Giải Nhì"}], number=3, decision="20/QĐ-SNV",
                       frozen_at=FROZEN + timedelta(days=1))
        old, gone = certified.verify([made.codes[0]]), certified.verify([made.codes[1]])
        assert (old.state, old.newer.id, old.still) == ("replaced", newer.id, ("Giải Nhì",))
        assert (gone.state, gone.still) == ("replaced", ())
        assert certified.verify([made.codes[2]]).still == ()  # of the unit, which is no person's entry
        assert certified.verify([newer.awards[0].code]).state == "valid"
        with pytest.raises(Missing):
            certified.certificate(made.awards[0])
        assert certified.newer_than(newer) is None


def test_a_declined_prize_is_withdrawn_from_its_holder_alone(app):
    with app.app_context():
        made = winners()
        prize = db.session.get(Award, made.awards[0]).prize_id
        refuse_prize(prize, made.people[0], "Không đến nhận", by=None, now=FROZEN + timedelta(days=1))
        refuse_prize(db.session.get(Award, made.awards[2]).prize_id, db.session.get(Award, made.awards[2]).unit_id,
                     "Nhường", by=None, now=FROZEN)
        found = certified.verify([made.codes[0]])
        assert (found.state, found.withdrawn_at) == ("withdrawn", FROZEN + timedelta(days=1))
        assert certified.verify([made.codes[1]]).state == "valid"
        assert certified.verify([made.codes[2]]).state == "withdrawn"
        assert certified.own(made.people[0]) == []
        assert [one.award.id for one in certified.own(made.people[1])] == [made.awards[1]]
        assert [one.award.id for one in certified.below(None, None, 10)] == [made.awards[1]]
        assert [one.id for one in certified.awards_of(made.list_id)] == [made.awards[1]]
        assert certified.counts_of(made.list_id) == (3, 2)
        assert certified.certificate(made.awards[1]).award.id == made.awards[1]
        with pytest.raises(Missing):
            certified.certificate(made.awards[0])


def test_people_find_their_own_and_units_those_below_them(app):
    with app.app_context():
        made, other, _draft = winners(), winners(people=1), winners(frozen=False)
        assert [one.award.id for one in certified.own(made.people[1])] == [made.awards[1]]
        assert certified.own(factories.account().id) == []
        path = db.session.get(factories.Unit, made.unit).path
        assert [one.award.id for one in certified.below([path], None, 10)] == made.awards
        assert certified.below([], None, 10) == []
        every = certified.below(None, None, 10)
        assert {one.award.id for one in every} == {*made.awards, *other.awards}
        assert certified.below(None, every[1].award.id, 10) == every[2:]
        assert certified.below(None, every[0].award.id, 2) == every[1:3]
        listed(made.plan, [again(db.session.get(Award, made.awards[1]))], number=2)
        assert certified.own(made.people[0]) == []
        assert [one.award_list.number for one in certified.own(made.people[1])] == [2]


def test_whose_a_certificate_is(app):
    with app.app_context():
        made = winners(people=1)
        path = db.session.get(factories.Unit, made.unit).path
        assert certified.holder_of(db.session.get(Award, made.awards[0])) == (made.people[0], path)
        assert certified.holder_of(db.session.get(Award, made.awards[1])) == (None, path)


def test_the_longest_name_is_looked_at_beforehand(app):
    with app.app_context():
        made = winners(frozen=False)
        long = db.session.get(Award, made.awards[1])
        long.name = "Công Tằng Tôn Nữ Thị Hồng Phượng"
        db.session.flush()
        assert certified.longest(made.list_id).id == long.id
        assert db.session.get(AwardList, made.list_id).made_at > NOON
