"""`/healthz`, `/readyz`, `/metrics`: for the machines that watch over this one."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from contest.errors import Missing
from contest.extensions import db
from contest.identity.access import policy

blueprint = Blueprint("health", __name__)


def schema_is_current() -> bool:
    """True where the database stands at the newest migration of this code."""
    migrations = current_app.extensions["migrate"].directory
    newest = ScriptDirectory(str(migrations)).get_current_head()
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest


@blueprint.get("/healthz")
@policy("public.read")
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@policy("public.read")
def ready() -> ResponseReturnValue:
    """The database answers and its tables are those of this code; 503 otherwise."""
    if not schema_is_current():
        return jsonify(status="migrations missing"), 503
    return jsonify(status="ok")


@blueprint.get("/metrics")
@policy("public.read")
def metrics() -> ResponseReturnValue:
    """Counters for Prometheus, to this machine alone: a stranger finds no such page."""
    if request.remote_addr not in {"127.0.0.1", "::1"} or "X-Forwarded-For" in request.headers:
        raise Missing
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)
