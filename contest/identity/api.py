"""`/api/v1/session`."""

from flask import Blueprint

blueprint = Blueprint("identity_api", __name__, url_prefix="/api/v1")
