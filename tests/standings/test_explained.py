"""Why somebody stands where they stand: what decided against the next ones, and nothing else of them."""

import random
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.clock import LOCAL
from contest.extensions import db
from contest.identity.models import Account
from contest.rounds.models import Entry
from contest.scoring import policy, ranking
from contest.standings.board_models import Board, Standing
from contest.standings.explained import Neighbour, explain
from contest.standings.explained_words import sentences
from contest.standings.keeping import keep_all, unsettle
from contest.standings.operations import score_round
from tests import factories
from tests.factories import NOON
from tests.standings.cast import sit, stage
from tests.standings.test_board import random_results
from tests.statements import counted

LATER = NOON + timedelta(hours=2)


def people_of(unit, *words):
    return [factories.account(name=f"Lê Văn {word}", unit=unit) for word in words]


def told(round_, who):
    return sentences(explain(round_.id, who.id), round_.prediction)


def test_time_decides_and_shared_ranks_are_told(app):
    with app.test_request_context():
        _contest, bank, round_, (unit,) = stage()
        an, binh, chi, dung = people_of(unit, "An", "Bình", "Chi", "Dung")
        for who, right, started, minutes in ((an, 4, 0, 5), (binh, 4, 1, 4), (chi, 4, 1, 4), (dung, 1, 0, 3)):
            sit(round_, bank, who, unit=unit, right=right, started=NOON + timedelta(minutes=started), minutes=minutes)
        score_round(round_.id, LATER)
        assert told(round_, an) == ["Sau hạng 1 vì làm bài lâu hơn: 05:00 so với 04:00.",
                                    "Hơn hạng 4 vì nhiều điểm hơn: 4 so với 1."]
        assert told(round_, binh) == told(round_, chi) == [
            "Hơn hạng 3 vì làm bài nhanh hơn: 04:00 so với 05:00.",
            "Cùng hạng với 1 người khác: bằng nhau ở mọi tiêu chí."]
        assert told(round_, dung) == ["Sau hạng 3 vì ít điểm hơn: 1 so với 4."]
        assert explain(round_.id, factories.account().id) is None


def test_figures_are_as_fine_as_it_takes(app):
    with app.test_request_context():
        _contest, bank, round_, (unit,) = stage(scoring={"chain": ["points", "finished_at"]})
        an, binh = people_of(unit, "An", "Bình")
        sit(round_, bank, an, unit=unit, right=2)
        sit(round_, bank, binh, unit=unit, right=2, started=NOON + timedelta(milliseconds=40))
        score_round(round_.id, LATER)
        at = (NOON + timedelta(minutes=5)).astimezone(LOCAL).strftime("%H:%M:%S")
        assert told(round_, an) == [f"Hơn hạng 2 vì nộp bài sớm hơn: {at},000 01/12 so với {at},040 01/12."]


@pytest.mark.parametrize(("kind", "guesses", "sentence"), [
    ("participants", (3, 38, None), "Sau hạng 1 vì dự đoán xa hơn: lệch 35 so với 0."),
    ("perfect_percent", (0, 350_000, None), "Sau hạng 1 vì dự đoán xa hơn: lệch 3,5 so với 0."),
])
def test_guesses_are_told_as_they_are_written(app, kind, guesses, sentence):
    with app.test_request_context():
        _contest, bank, round_, (unit,) = stage(
            prediction=kind, scoring={"chain": ["points", "distance"]}, closes_at=NOON + timedelta(hours=1))
        people = people_of(unit, "An", "Bình", "Chi")
        for who, guess in zip(people, guesses, strict=True):
            sit(round_, bank, who, unit=unit, right=2, wrong=2).prediction = guess
        db.session.flush()
        score_round(round_.id, LATER)
        assert told(round_, people[1]) == [sentence, "Hơn hạng 3 vì có dự đoán."]
        assert told(round_, people[2]) == ["Sau hạng 2 vì không dự đoán."]


def test_lots_are_told_with_what_they_are_drawn_with(app):
    with app.test_request_context():
        _contest, bank, round_, (unit,) = stage(scoring={"chain": ["points", "draw"], "seed": "Tuần 1"})
        for who in people_of(unit, "An", "Bình"):
            sit(round_, bank, who, unit=unit, right=2)
        score_round(round_.id, LATER)
        last = db.session.scalars(select(Account.id).join(Entry).join(Standing, Standing.entry_id == Entry.id)
                                  .order_by(Standing.rank_key.desc())).first()
        found = explain(round_.id, last)
        lot = ranking.draw("Tuần 1", found.lot)
        assert found.behind.mine == lot > found.behind.other
        assert sentences(found, "none")[0].startswith(f"Sau hạng 1 vì bốc được số lớn hơn: {lot:032x}"[:43])


def test_on_any_board_they_agree_with_the_pure_ranking(app):
    with app.app_context():
        round_ = random_results(40, random.Random(5))
        chain = ["points", "taken_ms", "finished_at"]
        rows = {}
        for line, account_id in db.session.execute(
                select(Standing, Entry.account_id).join(Entry, Entry.id == Standing.entry_id)):
            rows[account_id] = line.audience, {"points": line.points, "taken_ms": line.taken_ms,
                                               "finished_at": int(line.finished_at.timestamp() * 1000)}
        for account_id, (group, mine) in rows.items():
            side = {key: values for key, (other, values) in rows.items() if other == group}
            places = {one.id: one.rank for one in ranking.rank(side)}
            found = explain(round_.id, account_id)
            same = [key for key in side if places[key] == places[account_id]]
            assert (found.rank, found.of, found.shared) == (places[account_id], len(side), len(same) - 1)
            for near, others in ((found.behind, [k for k in side if places[k] < found.rank]),
                                 (found.ahead, [k for k in side if places[k] > found.rank])):
                if not others:
                    assert near is None
                    continue
                edge = (max if near is found.behind else min)(others, key=lambda key: places[key])
                why = ranking.decided(mine, side[edge], policy.read({"chain": chain}).chain)
                assert near == Neighbour(places[edge], why.criterion, why.mine, why.other)


@pytest.mark.parametrize("people", [3, 300])
def test_as_many_statements_for_three_people_as_for_many(app, people):
    with app.app_context():
        round_ = random_results(people, random.Random(3))
        owner = db.session.scalar(
            select(Entry.account_id).join(Standing, Standing.entry_id == Entry.id).where(
                Standing.audience == "official").order_by(Standing.rank_key).offset(1).limit(1))
        round_id = round_.id
        db.session.commit()
        with counted(app) as seen:
            assert explain(round_id, owner)
        assert len(seen) <= 7


def test_the_pages_and_the_api_tell_it_and_no_name(app, hands):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(board_shown="live", mask_names=False)
        people = people_of(unit, "An", "Bình", "Chi")
        ids = [sit(round_, bank, who, unit=unit, right=4 - n, wrong=1).id for n, who in enumerate(people)]
        score_round(round_.id, NOON + timedelta(minutes=10))
        db.session.commit()
        round_id, account = round_.id, people[1]
        db.session.refresh(account)
        db.session.expunge(account)
    client = factories.signed_in(app.test_client(), account)
    hands.advance(minutes=10)
    text = client.get(f"/luot-thi/{ids[1]}/ket-qua").get_data(as_text=True)
    assert "Hạng 2. Sau hạng 1 vì ít điểm hơn: 3 so với 4. Hơn hạng 3 vì nhiều điểm hơn: 3 so với 2." in text
    assert not re.search("Lê Văn (An|Chi)", text)
    page = client.get(f"/dot-thi/{round_id}/xep-hang").get_data(as_text=True)
    assert "Xếp hạng theo điểm; bằng điểm thì người làm bài trong thời gian ngắn hơn xếp trên" in page
    own = page[page.index('<tr class="me"><td colspan="3"'):]
    assert "Sau hạng 1 vì ít điểm hơn: 3 so với 4." in own[:own.index("</tr>")]
    place = client.get(f"/api/v1/rounds/{round_id}/me").json["place"]
    assert place == {"shared": 0, "lot": None,
                     "behind": {"rank": 1, "criterion": "points", "mine": 300, "other": 400},
                     "ahead": {"rank": 3, "criterion": "points", "mine": 300, "other": 200}}


def test_the_board_says_how_it_is_ranked_now(app, hands):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(board_shown="live")
        [who] = people_of(unit, "An")
        attempt_id = sit(round_, bank, who, unit=unit, right=2, wrong=2).id
        score_round(round_.id, NOON + timedelta(minutes=10))
        board = db.session.get(Board, round_.id)
        board.policy = {"chain": ["correct", "finished_at"], "counted": "last", "pass_percent": 60}
        unsettle(round_)
        keep_all(round_, NOON)
        db.session.commit()
        round_id = round_.id
        db.session.refresh(who)
        db.session.expunge(who)
    client = factories.signed_in(app.test_client(), who)
    hands.advance(minutes=10)
    page = client.get(f"/dot-thi/{round_id}/xep-hang").get_data(as_text=True)
    assert "Xếp hạng theo số câu đúng; bằng nhau thì người nộp bài sớm hơn xếp trên." in page
    assert "lượt cuối cùng được tính" in page
    assert "Chưa đạt" in client.get(f"/luot-thi/{attempt_id}/ket-qua").get_data(as_text=True)
    assert client.get(f"/api/v1/attempts/{attempt_id}/result").json["passed"] is False


def test_bands_by_the_round_s_own_cuts_on_every_page(app, hands):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage(board_shown="live", scoring={"bands": [60]})
        who = factories.account(unit=unit, roles=("contestant", "organiser"))
        sit(round_, bank, who, unit=unit, right=2, wrong=2)
        score_round(round_.id, NOON + timedelta(minutes=10))
        db.session.commit()
        round_id = round_.id
        db.session.refresh(who)
        db.session.expunge(who)
    client = factories.signed_in(app.test_client(), who)
    hands.advance(minutes=10)
    for path in (f"/dot-thi/{round_id}/don-vi", f"/thong-ke/{round_id}"):
        text = client.get(path).get_data(as_text=True)
        assert "Từ 60 % đến dưới 100 %" in text
        assert "Dưới 60 %" in text
        assert "75 %" not in text
