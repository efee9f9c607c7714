"""Objections through their pages: who may say what when, and who may know whose they are."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select, update

from contest.audit.models import AuditEvent
from contest.extensions import db
from contest.questions.models import Bank
from contest.questions.seals import READING
from contest.rounds.models import Round
from contest.standings import appealed, appeals
from contest.standings.appeal_models import Appeal
from tests.standings.test_regrading import CLOSED, LATER
from tests.standings.test_run_pages import Hall, text

DAY, MS = timedelta(days=1), timedelta(milliseconds=1)
REASON = "Nghị định mới nêu khác, khoản 2 Điều 5"


@pytest.fixture
def hall(app, hands):
    return Hall(app, hands, result_shown="review", appeal_days=3, answer_days=5)


def page(hall, n=0):
    return f"/luot-thi/{hall.attempts[n]}/kien-nghi"


def objected(hall, n=0, slot=1, reason=REASON):
    """Person `n` objects; the id of the objection."""
    answer = hall.post(hall.as_(f"p{n}"), page(hall, n), slot=slot, reason=reason)
    assert answer.status_code == 303, text(answer)
    with hall.app.app_context():
        return db.session.scalars(select(Appeal.id).order_by(Appeal.made_at.desc(), Appeal.id.desc())
                                  .where(Appeal.attempt_id == hall.attempts[n], Appeal.slot == slot)).first()


def desk(hall, query=""):
    return hall.as_("lap").get(f"/to-chuc/dot-thi/{hall.round}/kien-nghi{query}")


def answered(hall, *chosen, login="lap", **form):
    return hall.post(hall.as_(login), f"/to-chuc/dot-thi/{hall.round}/kien-nghi/tra-loi",
                     chon=list(chosen), **{"outcome": "upheld", "text": "Đáp án sẽ được sửa", "run": "", **form})


def states(hall):
    with hall.app.app_context():
        return sorted(db.session.scalars(select(Appeal.state)))


def test_from_a_question_of_the_review_to_the_answer(hall):
    client = hall.as_("p0")
    result = client.get(f"/luot-thi/{hall.attempts[0]}/ket-qua").get_data(as_text=True)
    assert f'href="{page(hall)}?cau=2"' in result
    form = client.get(f"{page(hall)}?cau=2").get_data(as_text=True)
    assert '<option selected value="2">' in form
    assert "Ban Tổ chức trả lời trong 5 ngày kể từ lúc gửi." in text(client.get(page(hall)))
    id_ = objected(hall, slot=2)
    shown = text(client.get(page(hall)))
    assert "Chờ trả lời" in shown
    assert "Hạn trả lời 15:01 ngày 06/12/2026" in shown
    assert "Kiến nghị về câu này: Chờ trả lời" in text(client.get(f"/luot-thi/{hall.attempts[0]}/ket-qua"))
    mine = client.get("/ket-qua-cua-toi").get_data(as_text=True)
    assert f"{page(hall)}#kn-{id_}" in mine
    answered(hall, id_, text="Văn bản mới đã thay Điều 5")
    shown = text(client.get(page(hall)))
    assert "Được chấp nhận" in shown
    assert "Văn bản mới đã thay Điều 5" in shown
    assert "Người lap" not in shown


def test_an_answer_stands_on_the_home_page_for_two_weeks(hall):
    said = "Kiến nghị của bạn đã được trả lời"
    id_ = objected(hall, slot=2)
    assert said not in text(hall.as_("p0").get("/"))
    answered(hall, id_)
    shown = hall.as_("p0").get("/")
    assert f"{said} Tuần 1, Câu 2: Được chấp nhận." in text(shown)
    assert f'href="{page(hall)}#kn-{id_}"' in shown.get_data(as_text=True)
    assert said not in text(hall.as_("p1").get("/"))
    for ago, told in ((14 * DAY, True), (14 * DAY + MS, False)):
        with hall.app.app_context():
            db.session.execute(update(Appeal).values(ended_at=LATER - ago))
            db.session.commit()
        assert (said in text(hall.as_("p0").get("/"))) is told


def test_the_home_page_names_the_three_latest_answers(hall, hands):
    ids = [objected(hall, slot=slot) for slot in (1, 2, 3, 0)]
    for number, id_ in enumerate(ids):
        hands.set(LATER + number * MS)
        answered(hall, id_, outcome="rejected")
    shown = text(hall.as_("p0").get("/"))
    assert [f"{what}: Giữ nguyên kết quả" in shown for what in ("Câu 1", "Câu 2", "Câu 3", "Kết quả cả bài thi")] == [
        False, True, True, True]


def test_what_is_wrong_stays_in_the_form_with_its_sentence(hall):
    answer = hall.post(hall.as_("p0"), page(hall), slot=3, reason=" ")
    assert answer.status_code == 422
    assert "Ghi lý do: điều gì chưa đúng" in text(answer)
    assert '<option selected value="3">' in answer.get_data(as_text=True)
    assert hall.post(hall.as_("p0"), page(hall), slot=99, reason=REASON).status_code == 422
    objected(hall)
    again = hall.post(hall.as_("p0"), page(hall), slot=1, reason=REASON)
    assert again.status_code == 422
    assert "Kiến nghị trước của bạn về nội dung này đang chờ trả lời." in text(again)
    assert states(hall) == ["waiting"]


def published(hall, at):
    with hall.app.app_context():
        db.session.execute(update(Round).values(results_published_at=at))
        db.session.commit()


@pytest.mark.parametrize(("now", "since", "taken"), [
    (CLOSED - MS, None, False), (CLOSED, None, True), (LATER, LATER - 3 * DAY + MS, True),
    (LATER, LATER - 3 * DAY, False)])
def test_the_page_offers_the_form_within_the_period_only(hall, hands, now, since, taken):
    published(hall, since)
    hands.set(now)
    found = hall.as_("p0").get(page(hall)).get_data(as_text=True)
    assert ('name="reason"' in found) is taken
    assert ("/kien-nghi" in hall.as_("p0").get("/ket-qua-cua-toi").get_data(as_text=True)) is taken


def test_after_the_period_answers_can_still_be_read(hall, hands):
    objected(hall)
    published(hall, LATER - 3 * DAY)
    found = hall.as_("p0").get(page(hall))
    assert "Đã hết thời gian nhận kiến nghị." in text(found)
    assert REASON in text(found)
    assert 'name="reason"' not in found.get_data(as_text=True)


def test_a_round_that_takes_none_says_so_and_offers_nothing(app, hands):
    hall = Hall(app, hands, result_shown="review")
    assert "không nhận kiến nghị" in text(hall.as_("p0").get(page(hall)))
    assert "kien-nghi" not in hall.as_("p0").get(f"/luot-thi/{hall.attempts[0]}/ket-qua").get_data(as_text=True)
    assert "/kien-nghi" not in hall.as_("lap").get(f"/to-chuc/dot-thi/{hall.round}").get_data(as_text=True)


def test_another_persons_objections_do_not_exist(hall):
    id_ = objected(hall)
    stranger = hall.as_("p1")
    assert stranger.get(page(hall, 0)).status_code == 404
    assert hall.post(stranger, page(hall, 0), slot=1, reason=REASON).status_code == 404
    assert hall.post(stranger, f"/kien-nghi/{id_}/rut").status_code == 404
    for login in ("xem", "donvi", "p1"):  # who reports, who coordinates a unit, a contestant
        for path in ("", "/theo-cau", f"/tra-loi?chon={id_}", "/so-kien-nghi.xlsx"):
            assert hall.as_(login).get(f"/to-chuc/dot-thi/{hall.round}/kien-nghi{path}").status_code == 403
        assert answered(hall, id_, login=login).status_code == 403
    assert states(hall) == ["waiting"]


def test_one_takes_an_objection_back_and_makes_another(hall):
    id_ = objected(hall)
    hall.post(hall.as_("p0"), f"/kien-nghi/{id_}/rut")
    assert "Đã rút" in text(hall.as_("p0").get(page(hall)))
    objected(hall)
    assert states(hall) == ["waiting", "withdrawn"]


def test_the_desk_shows_who_waits_first_due_first(hall, hands):
    objected(hall, 1, 0, "Máy mất điện giữa chừng")
    hands.advance(minutes=5)
    objected(hall, 0)
    assert "Kiến nghị (2 chờ trả lời)" in text(hall.as_("lap").get(f"/to-chuc/dot-thi/{hall.round}"))
    found = text(desk(hall))
    assert found.index("Máy mất điện") < found.index(REASON)
    assert "Quá hạn 0" in found
    with hall.app.app_context():
        db.session.execute(update(Appeal).where(Appeal.slot == 0).values(due_at=LATER + timedelta(minutes=5) - MS))
        db.session.execute(update(Appeal).where(Appeal.slot == 1).values(due_at=LATER + timedelta(minutes=5)))
        db.session.commit()
    found = text(desk(hall))
    assert "1 kiến nghị đã quá hạn trả lời." in found
    late = text(desk(hall, "?xem=qua-han"))
    assert "Máy mất điện" in late
    assert REASON not in late
    named = text(desk(hall, f"?q={hall.receipts[0]}"))
    assert REASON in named
    assert "Máy mất điện" not in named
    only = text(desk(hall, f"?cau={hall.version}"))
    assert REASON in only
    assert "Máy mất điện" not in only
    assert "Máy mất điện" in text(desk(hall, "?cau=ca-bai"))


@pytest.mark.parametrize("shown", ["cho", "tat-ca"])
def test_pages_of_the_desk_hold_everyone_once(hall, monkeypatch, shown):
    monkeypatch.setattr(appealed, "ROWS", 2)
    made = {objected(hall, n, slot) for n in range(3) for slot in (0, 1, 2)}  # alike in time: the id decides
    found, query = [], f"?xem={shown}"
    while query:
        body = desk(hall, query).get_data(as_text=True)
        found += re.findall(r'name="chon" value="(\w+)"', body) if shown == "cho" else re.findall(
            r'href="/to-chuc/luot-thi/(\w+)"', body)
        after = re.search(r"sau=(\w+)", body)
        query = f"?xem={shown}&sau={after[1]}" if after else ""
    assert len(found) == 9
    if shown == "cho":
        assert set(found) == made


def test_several_objections_to_one_question_get_the_same_answer(hall):
    ids = [objected(hall, n) for n in range(3)]
    other = objected(hall, 0, 2)
    asked = text(hall.as_("lap").get(f"/to-chuc/dot-thi/{hall.round}/kien-nghi/theo-cau"))
    assert "3 3 3/5 · 60,00 %" in asked  # waiting, all, right with the key that holds
    form = hall.as_("lap").get(f"/to-chuc/dot-thi/{hall.round}/kien-nghi/tra-loi?cau={hall.version}")
    assert sorted(re.findall(r'name="chon" value="(\w+)"', form.get_data(as_text=True))) == sorted(ids)
    assert "Đáp án hiện nay: A. A1" in text(form)
    hall.post(hall.as_("p2"), f"/kien-nghi/{ids[2]}/rut")
    done = answered(hall, *ids, outcome="rejected", text="Đáp án đúng theo Điều 5")
    told = text(hall.as_("lap").get(done.location))
    with hall.app.app_context():
        rows = {row.id: (row.state, row.answer) for row in db.session.scalars(select(Appeal))}
    assert [rows[one] for one in ids] == [("rejected", "Đáp án đúng theo Điều 5")] * 2 + [("withdrawn", "")]
    assert rows[other][0] == "waiting"
    assert "Kiến nghị" in told


def test_what_is_unticked_on_the_page_gets_no_answer(hall):
    first, second = objected(hall, 0), objected(hall, 1)
    address = f"/to-chuc/dot-thi/{hall.round}/kien-nghi/tra-loi?chon={first}&chon={second}"
    form = {"outcome": "rejected", "text": "Đáp án đúng theo Điều 5", "run": ""}
    client = hall.as_("lap")
    told = text(client.get(hall.post(client, address, **form).location))
    assert "Chọn ít nhất một kiến nghị" in told
    told = text(client.get(hall.post(client, address, chon=[second], **form).location))
    assert "Đã trả lời 1 kiến nghị." in told
    assert "nên giữ nguyên" not in told
    with hall.app.app_context():
        assert {one: db.session.get_one(Appeal, one).state for one in (first, second)} == {
            first: "waiting", second: "rejected"}


def test_an_answer_needs_its_outcome_and_its_words(hall):
    id_ = objected(hall)
    refused = answered(hall, id_, text=" ", outcome="")
    assert refused.status_code == 422
    assert "Chọn một kết luận." in text(refused)
    assert "Ghi nội dung trả lời." in text(refused)
    assert re.search(rf'value="{id_}" checked', refused.get_data(as_text=True))
    assert states(hall) == ["waiting"]


def test_an_answer_names_the_run_that_puts_it_right(hall):
    id_ = objected(hall)
    hall.made()
    hall.work()
    with hall.app.app_context():
        run = db.session.scalar(select(appeals.GradingRun.id))
    assert answered(hall, id_, run="0" * 32).status_code == 422
    assert answered(hall, id_, run=run).status_code == 303
    assert "Biên bản chấm lại số 1" in text(hall.as_("p0").get(page(hall)))
    assert "Chấm lại lần 1" in text(desk(hall, "?xem=chap-nhan"))


def test_the_file_holds_every_objection_and_no_formula(hall):
    objected(hall, 0, 1, "=1+1")
    answered(hall, objected(hall, 1, 0))
    answer = hall.as_("lap").get(f"/to-chuc/dot-thi/{hall.round}/kien-nghi/so-kien-nghi.xlsx")
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert len(rows) == 3
    by_reason = {row[10]: row for row in rows[1:]}
    assert by_reason["=1+1"][7] == "Câu 1"
    assert by_reason[REASON][12:14] == ("Chấp nhận", "Đáp án sẽ được sửa")
    assert by_reason[REASON][15] == "Người lap"


def test_who_reads_questions_of_a_sealed_bank_here_is_on_record(hall):
    id_ = objected(hall)
    with hall.app.app_context():
        db.session.execute(update(Bank).where(Bank.id == hall.bank).values(sealed_at=LATER))
        db.session.commit()
    desk(hall)
    hall.as_("lap").get(f"/to-chuc/dot-thi/{hall.round}/kien-nghi/tra-loi?chon={id_}")
    with hall.app.app_context():
        noted = db.session.scalars(select(AuditEvent).where(AuditEvent.action == READING)).all()
    assert [one.details["what"] for one in noted] == ["appeals"] * 2
