"""Organisers at work on prizes: a settled round of eight people, and who presses the buttons."""

import html

from contest.awards import operations as awards
from contest.awards.operations import PlanFields, PrizeFields
from contest.extensions import db
from contest.identity.models import Account
from contest.rounds.models import Round
from tests.awards.test_lists import HUE, SETTLED, Case
from tests.factories import account, signed_in


class Desk:
    """The case of `test_lists` with an organiser signed in, its clock once all is settled."""

    def __init__(self, app, hands, fields=PlanFields(HUE), **columns):
        self.app = app
        hands.set(SETTLED)
        with app.app_context():
            case = Case(fields, **columns)
            self.people = [one.id for one in case.people]
            self.round, self.contest, self.code = case.round.id, case.contest.id, case.contest.code
            self.author = account("totchuc", name="Phạm Tổ Chức", roles=("organiser",)).id
            db.session.commit()
        self.client = self.as_(self.author)
        self.base = f"/to-chuc/dot-thi/{self.round}/giai-thuong"

    def as_(self, account_id):
        with self.app.app_context():
            row = db.session.get(Account, account_id)
            db.session.expunge(row)
        return signed_in(self.app.test_client(), row)

    def post(self, path, **form):
        token = self.client.get("/api/v1/session").get_json()["csrf_token"]
        return self.client.post(path, data={"csrf_token": token, **form})

    def draw_up(self):
        """The address of a new list."""
        answer = self.post(self.base + "/lap-danh-sach")
        assert answer.status_code == 303, text(answer)
        return answer.location

    def frozen(self):
        """The address of a list that stands in a decision."""
        where = self.draw_up()
        assert self.freeze(where).status_code == 303
        return where

    def freeze(self, where, **form):
        return self.post(where + "/chot", **{"decision": "15/QĐ-SNV", "decided_on": "2026-12-01",
                                             "signer": "Nguyễn Văn Mẫu", "title": "GIÁM ĐỐC", **form})

    def plan(self):
        return awards.plan_for(self.contest, self.round, SETTLED)

    def change_round(self, **values):
        with self.app.app_context():
            row = db.session.get_one(Round, self.round)
            for name, value in values.items():
                setattr(row, name, value)
            db.session.commit()


def text(answer):
    """A page as a person reads it: words without tags, spaces single."""
    import re

    body = re.sub(r"<(script|style).*?</\1>", " ", answer.get_data(as_text=True), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


__all__ = ["Desk", "PlanFields", "PrizeFields", "text"]
