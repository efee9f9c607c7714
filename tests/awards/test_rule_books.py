"""Rule books of real contests, set up as organisers do and played by invented people: who gets what, and why.

Figures of the rule books: contest/scoring/README.md. Where one leaves something open, it is ours and said so.
"""

from datetime import timedelta

import pytest
from sqlalchemy import select

from contest.awards import naming, parts, ready_made
from contest.awards import operations as awards
from contest.awards.operations import PlanFields, PrizeFields
from contest.delivery import operations as delivery
from contest.delivery.models import Attempt
from contest.errors import Refusal
from contest.extensions import db
from contest.rounds import operations as rounds
from contest.rounds.adding_up import set_overall
from contest.rounds.barring import bar
from contest.rounds.models import ContestUnit, Entry
from contest.rounds.publishing import publish_round
from contest.standings.board_models import Board, Standing
from contest.standings.explained import explain
from contest.standings.operations import SETTLE, publish_results
from tests import factories
from tests.awards.test_lists import DECISION, given
from tests.factories import NOON
from tests.standings.cast import sit

WEEK, HOUR, MINUTE, MS = timedelta(weeks=1), timedelta(hours=1), timedelta(minutes=1), timedelta(milliseconds=1)
FOUR_RANKS = ("Giải Nhất", "Giải Nhì", "Giải Ba", "Giải Khuyến khích")
TEN_QUESTIONS = ({"count": 10},)


@pytest.fixture
def page(app):
    """Inside the application, as a page is."""
    with app.test_request_context():
        yield
        db.session.rollback()


class Book:
    """A contest with a bank of 20 questions. `units`: name → headcount. Rounds open at NOON, one a week."""

    def __init__(self, **units):
        self.units = {name: factories.unit(name, headcount=headcount) for name, headcount in units.items()}
        self.contest = rounds.create_contest(rounds.ContestFields(
            "Tìm hiểu cải cách hành chính", hotline_technical="1900 1234"), by=None, now=NOON - HOUR)
        self.bank = factories.bank(20)
        self.author = factories.account("totchuc", roles=("organiser",))
        self.rounds = []

    def open(self, *, weeks=1, minutes=60, questions=({"count": 4},), **rules):
        """The next round, published an hour before it opens."""
        opens = NOON + len(self.rounds) * WEEK
        row = rounds.create_round(self.contest.id, rounds.RoundFields(
            f"Tuần {len(self.rounds) + 1}", opens, opens + weeks * WEEK, minutes * 60_000, (self.bank.id,), questions,
            rules="Thể lệ", **rules), by=self.author.id, now=opens - HOUR)
        publish_round(row.id, by=self.author.id, now=opens - HOUR)
        self.rounds.append(row)
        return row

    def person(self, name, unit=None, **columns):
        return factories.account(name=name, unit=self.units.get(unit), **columns)

    def sit(self, round_, who, minutes, *, right=4, items=4, number=1, after=0, guess=None):
        """A sitting that begins `after` minutes from the opening and takes so many."""
        unit = next((unit for unit in self.units.values() if unit.id == who.unit_id), None)
        attempt = sit(round_, self.bank, who, unit=unit, right=right, wrong=items - right, items=items, number=number,
                      minutes=minutes, started=round_.opens_at + after * MINUTE)
        attempt.prediction = guess
        return attempt

    def finish(self, round_):
        self.now = round_.closes_at + SETTLE + MINUTE
        publish_results(round_.id, by=self.author.id, now=self.now)

    def plan(self, round_, fields):
        row = awards.plan_for(self.contest.id, round_ and round_.id, NOON)
        awards.change_plan(row, fields, by=self.author.id, now=NOON)
        return row

    def draw_up(self, plan):
        return awards.make_list(plan, by=self.author.id, now=self.now)

    def counted(self, *names):
        """The ids of participating units."""
        known = {row.name: row.id for row in db.session.scalars(
            select(ContestUnit).where(ContestUnit.contest_id == self.contest.id))}
        return [known[name] for name in names]


def graded(kind, *counts, names=FOUR_RANKS):
    return tuple(PrizeFields(name, kind, count) for name, count in zip(names, counts, strict=False))


def of(row, *prizes):
    """(prize, who, rank) of these prizes."""
    return [one for one in given(row) if one[0] in prizes]


@pytest.mark.usefixtures("page")
def test_da_nang_mttq_2025_gives_22_people_and_22_units():
    """44 prizes. How each 22 fall into ranks is ours: 1, 3, 6, 12; so is the units' order, by participation.

    Unit n has 10 + n people, one of whom takes part, n minutes slower than the first. Number 1 is one of the
    organisers, so 2 to 23 are given prizes, their units as well; the 24th is left with none.
    """
    names = [f"Phường Mẫu {n:02}" for n in range(1, 25)]
    book = Book(**{name: 10 + n for n, name in enumerate(names, 1)})
    round_ = book.open()
    people = [book.person(f"Trần Thị {n:02}", name) for n, name in enumerate(names, 1)]
    for n, who in enumerate(people, 1):
        book.sit(round_, who, 5 + n)
    book.finish(round_)
    bar(book.contest.id, [people[0].id], "Tổ thư ký", by=None, now=book.now)
    units = tuple(f"{name} tập thể" for name in FOUR_RANKS)
    row = book.draw_up(book.plan(round_, PlanFields(
        (*graded("individual", 1, 3, 6, 12), *graded("collective", 1, 3, 6, 12, names=units)),
        formula={"weights": [{"component": "rate", "percent": 100}], "group": "overall"})))
    grades = [0] + [1] * 3 + [2] * 6 + [3] * 12
    assert of(row, *FOUR_RANKS) == [(FOUR_RANKS[grade], f"Trần Thị {n:02}", n - 1)
                                    for n, grade in enumerate(grades, 2)]
    assert of(row, *units) == [(units[grade], f"Phường Mẫu {n:02}", n - 1) for n, grade in enumerate(grades, 2)]
    assert (len(row.awards), row.undecided, row.unfilled) == (44, [], [])
    assert [(one.name, one.reason) for one in row.passed] == [("Trần Thị 01", "barred")]


@pytest.mark.usefixtures("page")
def test_dong_thap_sends_45_weekly_winners_to_the_final_and_rewards_two_units():
    """3 weeks × 15. 17 people a week, others each week, so that two are left behind; the units are compared by people.

    Units: of 51 people 24, 18 and 9.
    """
    book = Book(**{"Huyện A": 500, "Huyện B": 60, "Huyện C": 20})
    set_overall(book.contest.id, {"rounds": {"how": "sum"}}, by=None, now=NOON - HOUR)
    finalists = []
    for week in range(3):
        round_ = book.open()
        for n in range(17):
            unit = "Huyện A" if n < 8 else "Huyện B" if n < 14 else "Huyện C"
            book.sit(round_, book.person(f"Thí sinh {week + 1}.{n + 1:02}", unit), 5 + n)
        book.finish(round_)
        plan = book.plan(round_, PlanFields((PrizeFields("Vào chung kết", "individual", 15),)))
        row = awards.freeze_list(book.draw_up(plan).id, DECISION, by=book.author.id, now=book.now)
        assert given(row) == [("Vào chung kết", f"Thí sinh {week + 1}.{n:02}", n) for n in range(1, 16)]
        finalists += [one.entry_id for one in row.awards]
    assert len(set(finalists)) == len(finalists) == 45
    whole = book.plan(None, PlanFields(
        (PrizeFields("Giải tập thể", "collective", 2),),
        formula={"weights": [{"component": "people", "percent": 100}], "group": "overall"}))
    row = book.draw_up(whole)
    assert given(row) == [("Giải tập thể", "Huyện A", 1), ("Giải tập thể", "Huyện B", 2)]
    assert [one.points for one in row.awards] == [10_000, 7_500]  # 24 of 24 and 18 of 24, in hundredths of a per cent


@pytest.mark.usefixtures("page")
def test_lam_dong_2023_names_six_for_propaganda_beside_the_ten_of_the_week():
    """10 by rank (1, 2, 3, 4) and 6 that no rank decides; that the six are units is ours.

    Two units have people among the ten as well, and keep both: the rule of one prize is for people.
    """
    names = [f"Xã Mẫu {n}" for n in range(1, 8)]
    book = Book(**dict.fromkeys(names, 30))
    round_ = book.open()
    for n in range(12):
        book.sit(round_, book.person(f"Ka {n + 1:02}", names[n % 2]), 5 + n)
    book.finish(round_)
    plan = book.plan(round_, PlanFields((*graded("individual", 1, 2, 3, 4),
                                         PrizeFields("Giải Tuyên truyền", "collective", 6, measure="named"))))
    prize = plan.prizes[-1].id
    chosen = book.counted(*(names[n] for n in (4, 0, 1, 2, 3)))
    naming.name(prize, chosen, "Phóng sự phát thanh", by=book.author.id, now=book.now)
    short = book.draw_up(plan)
    assert short.unfilled == [{"prize_id": prize, "places": 1, "reason": "not_named"}]
    naming.name(prize, book.counted(names[5]), "Pa nô", by=book.author.id, now=book.now)
    with pytest.raises(Refusal, match="too_many_named"):
        naming.name(prize, book.counted(names[6]), "Tờ rơi", by=book.author.id, now=book.now)
    row = book.draw_up(plan)
    assert of(row, *FOUR_RANKS) == [(FOUR_RANKS[grade], f"Ka {n:02}", n) for n, grade in enumerate(
        [0, 1, 1, 2, 2, 2, 3, 3, 3, 3], 1)]
    assert [(one.name, one.reason, one.params["why"]) for one in row.awards if one.prize_id == prize] == [
        *((names[n], "named", "Phóng sự phát thanh") for n in (4, 0, 1, 2, 3)), (names[5], "named", "Pa nô")]
    assert (len(row.awards), row.unfilled) == (16, [])


# Sóc Trăng 2022: headcount and people. By the share that took part; 30 % of fewer than 50 have to.
SOC_TRANG = {"Đơn vị 01": (3, 3), "Đơn vị 02": (4, 3), "Đơn vị 03": (5, 3), "Đơn vị 04": (6, 3), "Đơn vị 05": (7, 3),
             "Đơn vị 06": (8, 3), "Đơn vị 07": (9, 3), "Đơn vị 08": (16, 5), "Đơn vị 09": (13, 4), "Đơn vị 10": (10, 3),
             "Đơn vị 11": (2, 2), "Đơn vị 12": (10, 2)}
SHARES = [10_000, 7_500, 6_000, 5_000, 4_286, 3_750, 3_333, 3_125, 3_077, 3_000]  # hundredths of a per cent


@pytest.mark.usefixtures("page")
def test_soc_trang_2022_ten_units_ten_initiatives_and_ten_people():
    """1, 2, 3, 4 units; ten further prizes for initiatives; ten people, right and fastest.

    Unit 11, of which everybody sat, sent no initiative; unit 12 has 2 of 10 people, and 3 would be needed. Its
    initiative is rewarded all the same: that prize asks for no threshold.
    """
    book = Book(**{name: headcount for name, (headcount, _people) in SOC_TRANG.items()})
    round_ = book.open(weeks=4, scoring={"chain": ["points", "taken_ms"]}, attempts_allowed=99)
    people = [book.person(f"{name} người {n}", name) for n in range(5) for name, (_all, count) in SOC_TRANG.items()
              if n < count]
    for n, who in enumerate(people):
        book.sit(round_, who, 5 + n, after=3 * (len(people) - n))  # the fastest came last
    book.finish(round_)
    part = parts.add_part(book.contest.id, "Sáng kiến", by=None, now=NOON)
    sent = [name for name in SOC_TRANG if name != "Đơn vị 11"]
    parts.mark_units(part.id, book.counted(*sent), entered=True, by=None, now=NOON)
    fields = ready_made.plan("nguong", [], whole=False)
    plan = book.plan(round_, PlanFields(
        (*fields.prizes[:4], PrizeFields("Giải Sáng kiến", "collective", 10, measure="named"), fields.prizes[4]),
        formula={**fields.formula, "entered": ["Sáng kiến"]}))
    best = [*sent[1:10], "Đơn vị 12"]
    naming.name(plan.prizes[4].id, book.counted(*best), "Hội đồng chấm", by=None, now=book.now)
    row = book.draw_up(plan)
    assert of(row, *FOUR_RANKS) == [(FOUR_RANKS[grade], f"Đơn vị {n:02}", n) for n, grade in enumerate(
        [0, 1, 1, 2, 2, 2, 3, 3, 3, 3], 1)]
    assert [one.points for one in row.awards if one.prize_name in FOUR_RANKS] == SHARES
    assert [name for _prize, name, _rank in of(row, "Giải Sáng kiến")] == best
    assert of(row, fields.prizes[4].name) == [
        (fields.prizes[4].name, f"Đơn vị {n:02} người 0", n) for n in range(1, 11)]
    assert len(row.awards) == 30
    more = book.draw_up(book.plan(round_, PlanFields((PrizeFields("Giải", "collective", 12),),
                                                     formula={**fields.formula, "entered": ["Sáng kiến"]})))
    assert sorted((one.name, one.reason) for one in more.passed) == [
        ("Đơn vị 11", "not_entered"), ("Đơn vị 12", "below_threshold")]


@pytest.mark.usefixtures("page")
def test_soc_trang_2022_one_of_many_attempts_is_recognised_the_right_and_fastest():
    """Of An's four: all right in 9, then in 6 minutes, one wrong in 2, all right in 8: the second counts. Bình needed
    7, Chi 6 as An did, by a minute later; the two are equal, as nothing else was laid down."""
    book = Book(**{"Đơn vị": 40})
    round_ = book.open(weeks=4, questions=TEN_QUESTIONS, scoring={"chain": ["points", "taken_ms"]}, attempts_allowed=99)
    an, binh, chi = (book.person(name, "Đơn vị") for name in ("An", "Bình", "Chi"))
    mine = [book.sit(round_, an, minutes, right=right, items=10, number=n, after=n * 20)
            for n, (minutes, right) in enumerate(((9, 10), (6, 10), (2, 9), (8, 10)), 1)]
    book.sit(round_, binh, 7, right=10, items=10)
    book.sit(round_, chi, 6, right=10, items=10, after=1)
    book.finish(round_)
    row = db.session.scalar(select(Standing).join(Entry, Entry.id == Standing.entry_id).where(
        Standing.board_id == round_.id, Entry.account_id == an.id))
    assert (row.attempt_id, row.attempts, row.points, row.taken_ms) == (mine[1].id, 4, 1_000, 6 * 60_000)
    assert [explain(round_.id, who.id).rank for who in (an, binh, chi)] == [1, 3, 1]
    row = book.draw_up(book.plan(round_, PlanFields((PrizeFields("Giải", "individual", 1),))))
    assert (given(row), len(row.undecided)) == ([], 1), "a draw decides"


def test_ministry_of_justice_2021_three_attempts_of_twenty_questions(app):
    """The fourth is refused. That the best of the three counts, then the shorter time, is ours."""
    with app.app_context():
        book = Book(**{"Đơn vị": 40})
        round_ = book.open(weeks=4, questions=({"count": 20},), minutes=30, attempts_allowed=3)
        who, other = book.person("An", "Đơn vị"), book.person("Bình", "Đơn vị")
        factories.sign_in(who, "phone")
        mine = [book.sit(round_, who, minutes, right=right, items=20, number=n, after=n * 40)
                for n, (minutes, right) in enumerate(((10, 17), (12, 19), (11, 18)), 1)]
        book.sit(round_, other, 13, right=19, items=20)
        with pytest.raises(Refusal) as told:
            start(round_, who, round_.opens_at + 5 * HOUR)
        assert (told.value.code, told.value.params) == ("no_attempts_left", {"used": 3, "allowed": 3})
        book.finish(round_)
        place = explain(round_.id, who.id)
        assert (place.rank, place.of, place.attempt_id) == (1, 2, mine[1].id)
        row = book.draw_up(book.plan(round_, PlanFields(graded("individual", 1, 1))))
        assert [(one.name, one.points) for one in row.awards] == [("An", 1_900), ("Bình", 1_900)]
        db.session.rollback()


def start(round_, who, now):
    from contest.identity.access import digest
    return delivery.start(round_.id, who.id, digest("phone"), True, now)


def test_ban_tuyen_giao_2025_seven_a_week_of_ten_minutes(app):
    """Three weeks, one round: the eighth of a week is refused until Monday, 0:00 in Vietnam; each ends by itself."""
    monday = NOON + timedelta(days=5, hours=12)  # NOON is Tuesday, 12:00 in Vietnam
    with app.app_context():
        book = Book(**{"Đơn vị": 40})
        round_ = book.open(weeks=3, minutes=10, attempts_allowed=7, quota_scope="week")
        who = book.person("An", "Đơn vị")
        factories.sign_in(who, "phone")
        for n in range(7):
            at = NOON + n * HOUR
            one = start(round_, who, at)
            row = db.session.get(Attempt, one.attempt_id)
            assert (row.number, row.time_limit_at - row.started_at) == (n + 1, 10 * MINUTE)
            if n < 6:
                delivery.submit(one.attempt_id, who.id, at + 9 * MINUTE)
        with pytest.raises(Refusal) as told:
            delivery.submit(one.attempt_id, who.id, at + 10 * MINUTE)
        assert told.value.code == "closed"
        for moment in (NOON + 8 * HOUR, monday - MS):
            with pytest.raises(Refusal) as told:
                start(round_, who, moment)
            assert (told.value.code, told.value.params) == ("no_attempts_left_week", {"used": 7, "allowed": 7})
        db.session.refresh(row)
        assert (row.state, row.finished_at) == ("expired", at + 10 * MINUTE)
        again = db.session.get(Attempt, start(round_, who, monday).attempt_id)
        assert (again.number, again.scope) == (1, "week:2026-W50")
        db.session.rollback()


@pytest.mark.usefixtures("page")
def test_hoa_binh_2023_ten_questions_and_a_guess_of_how_many_have_them_all_right():
    """Each round by its own number: of six people four have all right in the first, two in the second.

    Nearest to 4 among the four: Chi (4), An (5, before Bình, who was as far off with 3 but later), Bình, Dung (9).
    """
    book = Book(**{"Đơn vị": 40})
    rules = {"questions": TEN_QUESTIONS, "prediction": "perfect_entries", "audience": "official",
             "scoring": {"chain": ["points", "distance", "finished_at"]}}
    people = {name: book.person(name, "Đơn vị") for name in ("An", "Bình", "Chi", "Dung", "Giang", "Hà")}
    first = book.open(**rules)
    lines = {"An": (10, 5), "Bình": (10, 3), "Chi": (10, 4), "Dung": (10, 9), "Giang": (9, 4), "Hà": (8, 4)}
    for n, (name, (right, guess)) in enumerate(lines.items()):
        book.sit(first, people[name], 9 - n % 2, right=right, items=10, after=n * 5, guess=guess)
    citizen = factories.account(name="Khách", audience="citizen")
    factories.sign_in(citizen, "phone")
    with pytest.raises(Refusal, match="officials_only"):
        start(first, citizen, first.opens_at)
    book.finish(first)
    second = book.open(**rules)
    for n, (name, (right, guess)) in enumerate(
            {"An": (9, 2), "Bình": (10, 5), "Chi": (10, 1), "Hà": (7, 2)}.items()):
        book.sit(second, people[name], 9, right=right, items=10, after=n, guess=guess)
    book.finish(second)
    assert [db.session.get(Board, one.id).actual for one in (first, second)] == [4, 2]
    prizes = PlanFields(graded("individual", 1, 1, 2))
    assert given(book.draw_up(book.plan(first, prizes))) == [
        ("Giải Nhất", "Chi", 1), ("Giải Nhì", "An", 2), ("Giải Ba", "Bình", 3), ("Giải Ba", "Dung", 4)]
    assert given(book.draw_up(book.plan(second, prizes))) == [
        ("Giải Nhất", "Chi", 1), ("Giải Nhì", "Bình", 2), ("Giải Ba", "An", 3), ("Giải Ba", "Hà", 4)]
    near = explain(first.id, people["An"].id)
    assert (near.rank, near.of) == (2, 6)


@pytest.mark.usefixtures("page")
def test_hue_2025_a_week_of_two_groups_by_the_nearest_guess():
    """15 questions, one sitting a week, the guess of how many have all right; three prizes for each group.

    5 officials and 4 citizens, of whom 3 and 3 have all right: 6 in the round. The faster is no better where the
    guess is farther off.
    """
    book = Book(**{"Sở Mẫu": 40})
    round_ = book.open(questions=({"count": 15},), prediction="perfect_entries",
                       scoring={"chain": ["points", "distance", "finished_at"]})
    lines = [("Cán bộ 1", "official", 15, 9), ("Cán bộ 2", "official", 15, 6), ("Cán bộ 3", "official", 15, 7),
             ("Cán bộ 4", "official", 14, 6), ("Cán bộ 5", "official", 13, 6), ("Dân 1", "citizen", 15, 100),
             ("Dân 2", "citizen", 14, 6), ("Dân 3", "citizen", 15, 2), ("Dân 4", "citizen", 15, 10)]
    for n, (name, audience, right, guess) in enumerate(lines):
        who = book.person(name, "Sở Mẫu" if audience == "official" else None, audience=audience)
        book.sit(round_, who, 10, right=right, items=15, after=n, guess=guess)
    book.finish(round_)
    assert db.session.get(Board, round_.id).actual == 6
    row = book.draw_up(book.plan(round_, ready_made.plan("hai-nhom", [], whole=False)))
    assert [(one.prize_name, one.name) for one in row.awards] == [
        ("Giải Nhất (CBCCVC)", "Cán bộ 2"), ("Giải Nhất (Người dân)", "Dân 3"),  # 4 off, before Dân 4: 4 off but later
        ("Giải Nhì (CBCCVC)", "Cán bộ 3"), ("Giải Nhì (Người dân)", "Dân 4"),
        ("Giải Ba (CBCCVC)", "Cán bộ 1"), ("Giải Ba (Người dân)", "Dân 1")]
