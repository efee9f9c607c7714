"""The result page for answers of every type."""

import json

import pytest

from contest.delivery import operations
from contest.delivery.models import PaperItem, Response
from contest.extensions import db
from contest.questions.keys import AnswerKey
from contest.questions.models import QuestionVersion
from tests import factories as make
from tests.questions.ten import TEN, stage
from tests.standings.test_views import as_, text

GIVEN: dict[str, object] = {  # by type; what names tokens is put in below
    "short_text": "<b>cchc</b>", "number": "20", "essay": "Một <i>cửa</i> số.\nHai bước.",
}


def wrong_answer(version: QuestionVersion, key: AnswerKey) -> object:
    """An answer that is right in its first part alone, or wrong."""
    if version.type in ("single", "true_false"):
        return [option["id"] for option in version.options if option["id"] not in key.correct][:1]
    if version.type == "multiple":
        return key.correct[:1]
    if version.type == "ordering":
        return {token: str(place) for place, token in enumerate([*key.correct[1:], key.correct[0]], 1)}
    if version.type == "gaps":
        (one, _text), (two, _number), (three, offered) = key.correct.items()
        return {one: "Hà Nội", two: "<u>x</u>", three: min(offered, key=lambda pair: pair[1])[0]}
    first, second = version.parts[0]["id"], version.parts[1]["id"]
    other = next(option["id"] for option in version.options if option["id"] != key.correct[second])
    return {first: key.correct[first], second: other}


@pytest.fixture
def page(app, hands):
    """The result page of a sitting in which hardly anything is wholly right; `blank` leaves all blank."""

    def make_page(*, blank: bool = False, query: str = "") -> str:
        with app.app_context():
            unit = make.unit()
            who = make.account(unit=unit)
            round_ = stage(make.bank(0), make.contest(units=(unit,)), result_shown="review")
            sign = make.sign_in(who, "phone")
            db.session.commit()
            attempt = operations.start(round_.id, who.id, sign.id, True, make.NOON).attempt_id
            for item in [] if blank else db.session.query(PaperItem).filter_by(attempt_id=attempt):
                version = db.session.get_one(QuestionVersion, item.version_id)
                given = GIVEN.get(version.type) or wrong_answer(version, db.session.get_one(AnswerKey, version.id))
                db.session.add(Response(attempt_id=attempt, slot=item.slot, generation=1, seq=1,
                                        received_at=make.NOON, choice=json.dumps(given)))
            db.session.commit()
            owner = who.id
        hands.advance(hours=8)
        answer = as_(app, owner).get(f"/luot-thi/{attempt}/ket-qua{query}")
        assert answer.status_code == 200
        return answer

    return make_page


def test_each_part_beside_the_right_one(page):
    answer = page()
    said = " ".join(text(answer).split())
    for words in (
        "Câu 2 Chọn nhiều đáp án Đúng một phần 0,5 trên 1 điểm",
        "Câu 3 Đúng/sai Sai Đất quay",
        "Ban hành năm 2021. Đã chọn: Đúng Đúng",
        "Có tám nội dung. Đã chọn: Đúng Đáp án đúng: Sai Sai",
        "Đến năm 2030. Không trả lời Đáp án đúng: Đúng",
        "Đã viết: &lt;b&gt;cchc&lt;/b&gt; Đáp án đúng: CCHC Sai",
        "Đã viết: 20 Đáp án đúng: 23,53±0,01 Sai",
        "Nộp Đã xếp thứ 3 Thứ tự đúng là 1 Sai Nhận Đã xếp thứ 1 Thứ tự đúng là 2 Sai",
        "Thủ đô (1)&nbsp;…… có (2)",
        "(1) Đã viết: Hà Nội Đúng", "(2) Đã viết: &lt;u&gt;x&lt;/u&gt; Đáp án đúng: 12 Sai",
        "(3) Đã chọn: mưa Đáp án đúng: thu Sai",
        "Tự luận Chờ chấm", "Đã viết: Một &lt;i&gt;cửa&lt;/i&gt; số. Hai bước.",
        "Còn 1 câu tự luận chờ chấm.",
    ):
        assert words in said, words
    assert "<math" in answer.text
    assert "<td>1.204</td>" in answer.text
    assert all(f"Câu {number}" in said for number in range(1, len(TEN) + 1))


def test_blank_answers_show_the_right_ones(page):
    said = " ".join(text(page(blank=True)).split())
    assert said.count("Không trả lời") >= 10
    assert "Chờ chấm" not in said
    assert "Đáp án đúng: CCHC" in said
    assert "Thứ tự đúng là 3" in said


def test_an_essay_that_waits_is_not_wrong(page):
    said = text(page(query="?cau=sai"))
    assert "Nêu sáng kiến." not in said
    assert "Sắp xếp các bước" in said
