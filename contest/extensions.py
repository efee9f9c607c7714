"""The Flask extensions, made here and bound to the application by `create_app`."""

from hmac import compare_digest

from flask import g, request, session
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect, same_origin
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from contest.memo import Memo

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table; constraints are named by convention so that migrations can find them."""

    metadata = MetaData(naming_convention=NAMES)


class RememberingCsrf(CSRFProtect):  # type: ignore[misc]  # Flask-WTF has no types
    """CSRF protection that knows a program's token again instead of checking its signature each time.

    Known are tokens that were right, with the session's secret they belong to; everything else,
    forms above all, goes the long way.
    """

    def __init__(self) -> None:
        super().__init__()
        self.known = Memo[str]()

    def protect(self, apply_exemptions: bool = False) -> None:
        token, secret = request.headers.get("X-CSRF-Token"), session.get("csrf_token")
        if not token or not secret or request.mimetype != "application/json" or "X-CSRFToken" in request.headers:
            super().protect(apply_exemptions)
        elif self.recognises(token, secret, f"{request.scheme}://{request.host}/", request.referrer):
            g.csrf_valid = True
        else:
            super().protect(apply_exemptions)
            if not g.get("csrf_valid"):  # an exempt view, or a method that needs no token: nothing was checked
                return
            self.known.keep(token, secret)

    def recognises(self, token: str, secret: str, address: str, referrer: str | None) -> bool:
        """True for a token known to be right for this session's secret; over https, sent from `address`."""
        known = self.known.recall(token)
        if known is None or not compare_digest(known, secret):
            return False
        return not address.startswith("https:") or same_origin(referrer or "", address)


db = SQLAlchemy(model_class=Base)
migrate = Migrate()
login_manager = LoginManager()
csrf = RememberingCsrf()
babel = Babel()
