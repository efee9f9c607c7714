"""What somebody changes in the bank while people sit: their paper, its key and its points stay as they were frozen."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.delivery import queries
from contest.extensions import db
from contest.questions import cards, operations
from contest.questions.keys import AnswerKey
from contest.questions.models import Question, QuestionVersion
from contest.standings.models import Result
from contest.standings.operations import score_round
from tests import factories as make
from tests.factories import NOON

LATER = NOON + timedelta(minutes=3)


@pytest.fixture
def running(app, hands):
    """A sitting over the three questions of a bank, just begun: its client, its paper, the ids."""
    with app.app_context():
        bank = make.bank(3)
        round_ = make.round_(make.contest(), bank, questions=3)
        person, organiser = make.account(), make.account(roles=("organiser",))
        ids = SimpleNamespace(round=round_.id, person=person.id, organiser=organiser.id)
        db.session.commit()
    client = make.signed_in(app.test_client(), SimpleNamespace(id=ids.person))
    paper = client.post(f"/api/v1/rounds/{ids.round}/attempts", json={"consent": True}, headers=token(client)).json
    return client, paper, ids


def token(client):
    return {"X-CSRF-Token": client.get("/api/v1/session").json["csrf_token"]}


def shown(client, paper):
    """The bytes of the paper, as data and as pages; without what is drawn anew for each answer."""
    addresses = [f"/api/v1/attempts/{paper['id']}", *(f"/luot-thi/{paper['id']}/cau/{slot}" for slot in (1, 2, 3))]
    bodies = []
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200
        bodies.append(re.sub(r'(name="(?:csrf_token|nonce)"[^>]*value|data-csrf)="[^"]*"', "", answer.text))
    return bodies


def rights(app):
    """Version → its right tokens, as they stand."""
    with app.app_context():
        return {key.version_id: key.correct for key in db.session.scalars(select(AnswerKey))}


def change_everything(ids):
    """Every question gets another text, another right option, its options in another order, and is retired."""
    for question in db.session.scalars(select(Question)):
        before = cards.card(question.id, question.bank_id).content
        first, *rest = before.choices
        changed = (replace(rest[0], right=True, text="Phương án mới"), *rest[1:], replace(first, right=False))
        operations.edit_question(question.id, replace(before, stem="Sửa: " + before.stem, choices=changed, points=500),
                                 version=1, by=ids.organiser, now=LATER)
        operations.retire_question(question.id, by=ids.organiser, now=LATER)
    queries._pools.clear()  # as another process reads it


def test_a_question_edited_and_retired_while_people_sit(app, hands, running):
    client, paper, ids = running
    frozen, before = rights(app), shown(client, paper)
    with app.app_context():
        change_everything(ids)
        db.session.commit()
        versions = {row.id: row.number for row in db.session.scalars(select(QuestionVersion))}
        assert sorted(versions.values()) == [1, 1, 1, 2, 2, 2]
        told = [(event.action, event.account_id) for event in db.session.scalars(select(AuditEvent).where(
            AuditEvent.object_type == "question").order_by(AuditEvent.action))]
        assert told == [("question.edit", ids.organiser)] * 3 + [("question.retire", ids.organiser)] * 3
    assert shown(client, paper) == before

    right = {token for correct in frozen.values() for token in correct}
    answers = [{"slot": item["slot"], "seq": 1,
                "choice": [option["id"] for option in item["options"] if option["id"] in right]}
               for item in paper["items"]]
    saved = client.put(f"/api/v1/attempts/{paper['id']}/answers", headers=token(client),
                       json={"generation": 1, "answers": answers}).json
    assert len(saved["saved"]) == 3, json.dumps(saved)
    assert client.post(f"/api/v1/attempts/{paper['id']}/submit", headers=token(client)).status_code == 200
    with app.app_context():
        score_round(ids.round, hands.now())
        db.session.commit()
        result = db.session.scalars(select(Result)).one()
        assert (result.points, result.max_points) == (300, 300)
    assert {version: rights(app)[version] for version in frozen} == frozen
