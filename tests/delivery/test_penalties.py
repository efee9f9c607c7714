"""A contestant reads what a wrong answer costs before answering: on the round's page, at the question, in the API."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from contest.delivery import queries
from contest.extensions import db
from contest.questions.matching import Insert
from contest.questions.operations import draw_rows, write_rows
from tests import factories as make
from tests.questions import every_type as every
from tests.statements import counted

NOON = make.NOON
AHEAD = "Có câu trừ điểm khi trả lời sai: mức trừ ghi ngay dưới nội dung câu."
ASKED = [
    (every.SINGLE, {"rule": "all_or_nothing", "penalty_percent": "25"}, {"of": "whole", "percent": 25},
     "Câu này trừ điểm: trả lời mà chưa đúng hết, kể cả còn thiếu ý, bị trừ 25\u00a0% số điểm của câu; "
     "bỏ trống cả câu không bị trừ."),
    (every.CLUSTER, {"rule": "negative"}, {"of": "part", "percent": 100},
     "Câu này trừ điểm: mỗi chỗ sai trừ 100\u00a0% điểm của một chỗ đúng, điểm của câu có thể dưới 0;"),
    (every.GAPS, {"rule": "negative", "penalty_percent": "40"}, {"of": "part", "percent": 40},
     "Câu này trừ điểm: mỗi chỗ sai trừ 40\u00a0% điểm của một chỗ đúng, điểm của câu có thể dưới 0;"),
    (every.WEIGHTED, {"rule": "credits", "below_zero": "1"}, {"of": "options", "percent": None},
     "Câu này trừ điểm khi chọn phương án sai, điểm của câu có thể dưới 0; bỏ trống không bị trừ."),
    (every.MATCHING, {}, None, ""), (every.ORDERING, {"rule": "partial"}, None, ""),
]


@pytest.fixture
def sitting(app, hands):
    """(round id, account id, client, {stem: (cost, sentence)}) of a round over these questions; `begin` starts one."""
    def begin(asked=ASKED, **columns):
        with app.app_context():
            bank, person = make.bank(0), make.account()
            contents = [replace(one, settings=tuple(sorted(settings.items()))) for one, settings, *_ in asked]
            write_rows(draw_rows(bank.id, [Insert(one.type, one) for one in contents], (), by=None, now=NOON))
            db.session.flush()
            round_ = make.round_(make.contest(), bank, questions=len(asked), **columns)
            ids = round_.id, person.id
            db.session.commit()
        return ids[0], make.signed_in(app.test_client(), SimpleNamespace(id=ids[1]))
    return begin


def paper(client, round_id):
    token = client.get("/api/v1/session").json["csrf_token"]
    return client.post(f"/api/v1/rounds/{round_id}/attempts", json={"consent": True},
                       headers={"X-CSRF-Token": token}).json


def test_each_question_says_what_it_costs(app, sitting):
    round_id, client = sitting()
    assert AHEAD in client.get(f"/dot-thi/{round_id}").text
    attempt = paper(client, round_id)
    told = {item["stem"]: item["penalty"] for item in attempt["items"]}
    assert told == {content.stem: cost for content, _settings, cost, _sentence in ASKED}
    for item in attempt["items"]:
        page = client.get(f"/luot-thi/{attempt['id']}/cau/{item['slot']}").text
        sentence = next(said for content, _s, _c, said in ASKED if content.stem == item["stem"])
        assert ("Câu này trừ điểm" in page) is bool(sentence)
        assert sentence in page
        assert ('aria-describedby="penalty"' in page, 'id="penalty"' in page) == (bool(sentence), bool(sentence))


def test_nothing_is_said_where_nothing_is_taken(app, sitting):
    round_id, client = sitting(ASKED[4:])
    assert AHEAD not in client.get(f"/dot-thi/{round_id}").text
    assert [item["penalty"] for item in paper(client, round_id)["items"]] == [None, None]


def test_the_rule_of_the_round_is_told_instead(app, sitting):
    """What the round says of a type stands on its page, with its own figure, and no longer at the question."""
    marking = {"single": {"rule": "all_or_nothing", "penalty_percent": 60}}
    round_id, client = sitting(ASKED[:1], scoring={"marking": marking})
    page = client.get(f"/dot-thi/{round_id}").text
    assert AHEAD not in page
    assert "trả lời sai trừ 60 % điểm của câu" in page.replace("\u00a0", " ")
    assert [item["penalty"] for item in paper(client, round_id)["items"]] == [None]


def test_it_costs_a_page_and_a_start_no_statement(app, sitting):
    """A page of a question reads as much whether its question costs something or not."""
    figures = []
    for asked in (ASKED[:1], ASKED[5:]):
        round_id, client = sitting(asked)
        queries._pools.clear()
        attempt = paper(client, round_id)
        with counted(app) as statements:
            client.get(f"/luot-thi/{attempt['id']}/cau/1")
        figures.append(len(statements))
        assert not any("answer_key" in statement for statement in statements)
    assert figures[0] == figures[1]
