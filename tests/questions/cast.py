"""Who acts on these pages, and how their forms are sent."""

import io

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest.extensions import db
from contest.questions.import_models import BankImport
from tests import factories
from tests.questions.formats.built import HEADER, question, workbook
from tests.statements import counted as counted


def browser(app: Flask, role: str) -> FlaskClient:
    """A browser in which somebody of this role is signed in."""
    with app.app_context():
        unit = factories.unit()
        account = factories.account(name="Trần Văn Bình", unit=unit, roles=(role,))
        db.session.commit()
        db.session.refresh(account)
        db.session.expunge(account)
    return factories.signed_in(app.test_client(), account)


def post(client: FlaskClient, path: str, **form: object):
    """Send a form as a page of this session does."""
    token = client.get("/api/v1/session").json["csrf_token"]
    return client.post(path, data={"csrf_token": token, **form})


def upload(client: FlaskClient, bank_id: str, data: bytes, name: str = "tep.xlsx"):
    """Send a file to a bank's import page."""
    return post(client, f"/to-chuc/ngan-hang/{bank_id}/nhap", file=(io.BytesIO(data), name))


def sheet(*keys: object) -> bytes:
    """A workbook with one question a key, from row 2 on."""
    return workbook([HEADER, *(question(number, key) for number, key in enumerate(keys, start=1))])


def staged_ids(app: Flask) -> list[str]:
    """The ids of all imports, in any state."""
    with app.app_context():
        return list(db.session.scalars(select(BankImport.id).order_by(BankImport.created_at, BankImport.id)))

