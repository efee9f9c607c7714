import pytest

from contest.errors import Missing
from contest.extensions import db
from contest.questions.formats.drafts import SourceRow
from contest.questions.linking import keep_sources
from contest.rounds import queries
from contest.rounds.queries import PageOwner, page_owner
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import DAY, cast


@pytest.mark.parametrize(("name", "letters"), [
    ("Sở Nội vụ tỉnh Đồng Tháp", "ĐT"), ("Sở Nội vụ", "SN"), ("ban tổ chức", "CC"), ("Đoàn", "Đ")])
def test_seal(name, letters):
    assert queries.seal(name) == letters


def test_a_page_belongs_to_the_contest_that_runs_else_opens_next_else_closed_last(app):
    with app.app_context():
        assert page_owner(NOON) is None
        bank = factories.bank(4)

        def contest(name, opens, closes, **columns):
            row = factories.contest()
            row.agency_name = name
            factories.round_(row, bank, opens_at=NOON + opens * DAY, closes_at=NOON + closes * DAY, **columns)
            return row

        contest("Bản nháp", 1, 2, published=False)
        assert page_owner(NOON) is None
        contest("Đã qua lâu", -9, -8)
        contest("Vừa qua", -3, -1)
        assert page_owner(NOON).agency_name == "Vừa qua"
        contest("Còn xa", 5, 6)
        contest("Sắp tới", 2, 3)
        assert page_owner(NOON).agency_name == "Sắp tới"
        running = contest("Đang mở", 0, 1)
        assert page_owner(NOON) == PageOwner("Ủy ban nhân dân tỉnh", "Đang mở", "Đ", {
            "technical": "0277 000 001", "content": "0277 000 002", "zalo": "0900 000 003"})
        contest("Mở sau", -0.5, 0.4)
        long = contest("Mở trước", -0.7, 0.9)
        assert page_owner(NOON).agency_name == "Mở trước"
        long.archived_at = NOON
        assert page_owner(NOON).agency_name == "Mở sau"
        assert page_owner(NOON + DAY / 2).agency_name == "Đang mở"
        assert page_owner(NOON + DAY).agency_name == "Sắp tới"
        assert page_owner(NOON + 7 * DAY).agency_name == "Còn xa"
        running.archived_at = NOON
        assert page_owner(NOON + DAY / 2).agency_name == "Sắp tới"


def test_unknown_contests_and_rounds_are_missing(app):
    with app.app_context():
        for act, key in ((queries.get_contest, "0" * 32), (queries.get_round, "0" * 32),
                         (queries.contest_by_code, "khong-co")):
            with pytest.raises(Missing):
                act(key)


def test_the_state_of_a_contest_is_that_of_its_liveliest_round(app):
    ids = cast(app)
    with app.app_context():
        contest, bank = queries.get_contest(ids.contest), db.session.get(factories.Bank, ids.bank)
        states = [queries.contest_state(contest.rounds, NOON)]
        for columns in ({"published": False}, {"closes_at": NOON, "opens_at": NOON - DAY},
                        {"opens_at": NOON + DAY, "closes_at": NOON + 2 * DAY}, {}):
            factories.round_(contest, bank, **columns)
            db.session.refresh(contest)
            states.append(queries.contest_state(contest.rounds, NOON))
        assert states == ["draft", "draft", "closed", "upcoming", "open"]


def test_study_documents_are_those_of_the_banks(app):
    ids = cast(app)
    with app.app_context():
        contest, bank = queries.get_contest(ids.contest), db.session.get(factories.Bank, ids.bank)
        other = factories.bank(1)
        row = factories.round_(contest, bank)
        for owner, document, locator in ((bank, "Kế hoạch 01", "I.1"), (bank, "Kế hoạch 01", "I.2"),
                                         (bank, "Luật", "Điều 3"), (other, "Khác", "1")):
            keep_sources(owner.id, [SourceRow(2, f"{document} {locator}", document, locator, "")], by=None, now=NOON)
        db.session.flush()
        assert queries.study_documents([row.id]) == {"Kế hoạch 01": ["I.1", "I.2"], "Luật": ["Điều 3"]}
        assert queries.study_documents([]) == {}
