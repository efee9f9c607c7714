from datetime import timedelta

import pytest

from contest.delivery.models import Attempt
from contest.extensions import db
from contest.questions.formats.drafts import SourceRow
from contest.questions.linking import keep_sources
from contest.rounds import publishing, queries
from contest.rounds.models import Round
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import DAY, cast, client_of, counted


def page(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def held(app, ids, **columns):
    """The id of one more round of the contest."""
    with app.app_context():
        contest, bank = queries.get_contest(ids.contest), db.session.get(factories.Bank, ids.bank)
        row = factories.round_(contest, bank, **columns)
        db.session.commit()
        return row.id


def test_a_visitor_sees_what_runs_and_what_comes(app, hands):
    ids = cast(app)
    client = app.test_client()
    assert "Chưa có cuộc thi nào đang mở hoặc sắp mở" in page(client, "/")
    held(app, ids, published=False)
    assert "Chưa có cuộc thi nào" in page(client, "/")
    held(app, ids, opens_at=NOON + DAY + timedelta(hours=3), closes_at=NOON + 3 * DAY)
    text = page(client, "/")
    assert "Tìm hiểu cải cách hành chính năm 2026" in text
    assert "Sắp diễn ra" in text
    assert "Mở sau 01 ngày 03 giờ" in text
    hands.advance(days=2)
    text = page(client, "/")
    assert "Đang diễn ra" in text
    assert "Đăng nhập để vào thi" in text
    assert "15:00 ngày 02/12/2026" in text
    hands.advance(days=2)
    assert "Chưa có cuộc thi nào" in page(client, "/")


def test_a_contestants_next_step(app, hands):
    ids = cast(app)
    client = client_of(app, ids.contestant)
    assert "Chưa có đợt thi nào đang mở hoặc sắp mở" in page(client, "/")
    round_id = held(app, ids, opens_at=NOON + timedelta(minutes=90), closes_at=NOON + DAY)
    assert "Mở sau 01 giờ 30 phút" in page(client, "/")
    hands.advance(minutes=90)
    text = page(client, "/")
    assert "Vào thi" in text
    assert f"/dot-thi/{round_id}" in text
    with app.app_context():
        entry = factories.entry(queries.get_contest(ids.contest), db.session.get(factories.Account, ids.contestant))
        db.session.add(Attempt(id="a" * 32, round_id=round_id, entry_id=entry.id, account_id=ids.contestant,
                               scope=f"round:{round_id}", number=1, rules_version=1, seed="0", owner="x",
                               started_at=hands.now(), time_limit_at=hands.now() + timedelta(minutes=20)))
        db.session.commit()
    hands.advance(minutes=7, seconds=20)
    text = page(client, "/")
    assert "Tiếp tục làm bài (còn 12:40)" in text
    assert "href=\"/luot-thi/%s\"" % ("a" * 32) in text
    hands.advance(minutes=12, seconds=40)
    assert "Xem kết quả" in page(client, "/")
    with app.app_context():
        db.session.get(Round, round_id).result_shown = "nothing"
        db.session.commit()
    assert "Kết quả chờ Ban Tổ chức công bố" in page(client, "/")
    hands.advance(days=2)
    text = page(client, "/")
    assert "Đã kết thúc" in text
    assert "Vào thi" not in text


def test_attempts_used_up_are_said(app, hands):
    ids = cast(app)
    round_id = held(app, ids, result_shown="nothing")
    with app.app_context():
        db.session.get(Round, round_id).attempts_allowed = 1
        entry = factories.entry(queries.get_contest(ids.contest), db.session.get(factories.Account, ids.contestant))
        db.session.add(Attempt(round_id=round_id, entry_id=entry.id, account_id=ids.contestant,
                               scope=f"round:{round_id}", number=1,
                               rules_version=1, seed="0", owner="x", state="submitted", started_at=NOON,
                               time_limit_at=NOON, finished_at=NOON))
        db.session.commit()
    text = page(client_of(app, ids.contestant), "/")
    assert "0 trong 1" in text
    assert "Đã nộp bài" in text
    assert "Vào thi" not in text


def test_extensions_and_cancellations_are_told_with_their_reason(app, hands):
    ids = cast(app)
    round_id = held(app, ids)
    client = client_of(app, ids.contestant)
    with app.app_context():
        publishing.extend_round(round_id, NOON + timedelta(days=2, hours=12), "Mất điện <diện rộng>", by=None, now=NOON)
        db.session.commit()
    for path in ("/", f"/cuoc-thi/{ids.code}"):
        text = page(client, path)
        assert "Đợt thi được gia hạn đến 24:00 ngày 03/12/2026" in text
        assert "Lý do: Mất điện &lt;diện rộng&gt;" in text
    with app.app_context():
        publishing.cancel_round(round_id, "Lộ đề", by=None, now=NOON)
        db.session.commit()
    for path in ("/", f"/cuoc-thi/{ids.code}"):
        text = page(client, path)
        assert "Đã hủy" in text
        assert "Lý do: Lộ đề" in text
        assert "Vào thi" not in text


def test_roles_get_their_work_and_organisers_no_sitting(app, hands):
    ids = cast(app)
    held(app, ids)
    text = page(client_of(app, ids.organiser), "/")
    assert 'href="/to-chuc/cuoc-thi"' in text
    assert ">Công việc<" in text
    assert "Vào thi" not in text
    assert ">Công việc<" not in page(client_of(app, ids.contestant), "/")


def test_a_contest_page_for_everyone(app, hands):
    ids = cast(app)
    held(app, ids, rules="## Quy định\n\nTự làm bài. <script>x</script>", board_shown="after_close")
    held(app, ids, opens_at=NOON - 3 * DAY, closes_at=NOON - DAY)
    held(app, ids, published=False)
    with app.app_context():
        keep_sources(ids.bank, [SourceRow(2, "KH 01, I.1", "Kế hoạch số 01", "I.1", "")], by=None, now=NOON)
        db.session.commit()
    text = page(app.test_client(), f"/cuoc-thi/{ids.code}")
    assert "Đăng nhập để vào thi" in text
    assert "<h2>Quy định</h2>" in text
    assert "<script>x" not in text
    assert "Kế hoạch số 01" in text
    assert "0277 000 001" in text
    assert text.count('href="https://zalo.me/0900000003"') == 2  # among the facts, and where every page has it
    assert "Đơn vị dự thi" not in text
    assert text.count("<dt>Tuần 1") == 2
    mine = page(client_of(app, ids.contestant), f"/cuoc-thi/{ids.code}")
    assert "Vào thi" in mine
    assert "50 CBCCVC" in mine


def test_a_contest_without_published_rounds_is_for_organisers_only(app, hands):
    ids = cast(app)
    held(app, ids, published=False)
    page(app.test_client(), f"/cuoc-thi/{ids.code}", 404)
    page(client_of(app, ids.contestant), f"/cuoc-thi/{ids.code}", 404)
    page(client_of(app, ids.viewer), f"/cuoc-thi/{ids.code}", 200)
    page(app.test_client(), "/cuoc-thi/khong-co", 404)


@pytest.mark.parametrize("path", ["/", "/cuoc-thi/{code}", "/to-chuc/cuoc-thi", "/to-chuc/cuoc-thi/{contest}"])
def test_the_number_of_statements_does_not_grow_with_the_rounds(app, hands, path):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    counts = []
    for more in (1, 2):
        for _ in range(more):
            held(app, ids)
        with counted(app) as statements:
            page(client, path.format(code=ids.code, contest=ids.contest))
        counts.append(len(statements))
    assert counts[0] == counts[1]
