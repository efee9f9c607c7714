"""The application factory: the only module that knows every room."""

from contextlib import suppress
from datetime import datetime, timedelta
from importlib import import_module

from flask import Flask, has_request_context, request
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from contest import database, health, menu, openapi
from contest.awards import verifying_views
from contest.awards import views as awards_views
from contest.config import Config, load
from contest.delivery import api as delivery_api
from contest.delivery import exposure, history, waiting
from contest.delivery import views as delivery_views
from contest.delivery.door import SavingDoor
from contest.extensions import babel, csrf, db, login_manager, migrate
from contest.identity import access
from contest.identity import api as identity_api
from contest.identity import views as identity_views
from contest.identity.events import person_moved
from contest.marking import marker_views as marking_desks
from contest.marking import views as marking_views
from contest.marking.events import marking_reopened, marks_changed
from contest.questions import document_views, import_jobs
from contest.questions import views as questions_views
from contest.reports import analysing, analysis_jobs, certificate_jobs
from contest.reports import views as reports_views
from contest.rounds import api as rounds_api
from contest.rounds import views as rounds_views
from contest.rounds.entering_views import admit_code
from contest.rounds.entries import move_entries
from contest.rounds.events import entries_changed, overall_changed, round_cancelled
from contest.rounds.models import Round
from contest.standings import api as standings_api
from contest.standings import (
    appeal_desk_views,
    appeal_views,
    earlier_views,
    monitor_views,
    overall,
    overall_run_views,
    overall_views,
    publication_views,
    run_jobs,
    run_views,
)
from contest.standings import views as standings_views
from contest.standings.events import regraded
from contest.standings.freezing import thaw
from contest.standings.keeping import keep_people, take_down, unsettle
from contest.standings.operations import score_marked
from contest.web import assets, compression, cookies, errors, filters, headers

LANGUAGES = ("vi", "en")
MAX_UPLOAD = 25 * 1024 * 1024


class IdConverter(BaseConverter):
    """An id in an address: 32 hexadecimal digits. Anything else is no address of ours."""

    regex = "[0-9a-f]{32}"


# Every table, so that migrations and relationships see them all.
MODELS = (
    "audit.models",
    "jobs.models",
    "identity.models",
    "questions.models",
    "questions.document_models",
    "questions.import_models",
    "questions.keys",
    "rounds.models",
    "delivery.models",
    "delivery.record_models",
    "marking.models",
    "standings.models",
    "standings.board_models",
    "standings.run_models",
    "standings.appeal_models",
    "awards.models",
    "awards.certificate_models",
    "awards.part_models",
    "reports.models",
    "reports.analysis_models",
)


def create_app(config: Config | None = None) -> Flask:
    """The WSGI application for `config` (default: the environment). Touches no table."""
    config = config or load()
    for name in MODELS:
        import_module(f"contest.{name}")
    app = Flask("contest.web", root_path=str(assets.FOLDER.parent))
    app.config.update(_flask_settings(config))
    app.extensions["contest_config"] = config
    app.extensions["question_uses"] = exposure.uses  # for `rounds.pools`, which may not import it
    app.extensions["published_with"] = history.published_with  # for `identity.views`, which may not import it
    app.extensions["admit_code"] = admit_code  # for `identity.api`, which may not import it
    app.extensions["jobs"] = {  # kind → handler, as `jobs.running` calls it
        **import_jobs.HANDLERS, **run_jobs.HANDLERS, **certificate_jobs.HANDLERS, **analysis_jobs.HANDLERS}
    app.url_map.converters["id"] = IdConverter

    @app.before_request
    def mark_writing() -> None:
        database.set_writing(request.method not in {"GET", "HEAD", "OPTIONS"})

    waiting.install(app, config)  # before all that reads the database
    access.install(app)  # before the CSRF check: who is not signed in is told so first
    _bind_extensions(app)
    cookies.install(app)
    assets.install(app)
    compression.install(app, assets.FOLDER)
    filters.install(app)
    headers.install(app, https=config.https)
    errors.install(app)
    _register_rooms(app)
    person_moved.connect(_let_entries_follow)
    entries_changed.connect(_let_standings_follow)
    overall_changed.connect(_let_the_board_follow)
    round_cancelled.connect(_take_board_down)
    regraded.connect(_analyse_anew)
    marks_changed.connect(_score_marked)
    marking_reopened.connect(_unsettle)
    menu.install(app)
    app.context_processor(_page_context)
    access.check_policies(app)
    with app.app_context():
        database.prepare(db.engine)
        app.wsgi_app = SavingDoor(app, db.engine)  # type: ignore[method-assign]
    if config.https:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    return app


def _flask_settings(config: Config) -> dict[str, object]:
    return {
        "SECRET_KEY": config.secret_key,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": database.engine_options(config.database_url, config.web_threads),
        "SESSION_COOKIE_NAME": "__Host-contest" if config.https else "contest",
        "SESSION_COOKIE_SECURE": config.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,
        "SESSION_PROTECTION": None,  # Flask-Login's mark, which nothing here asks for, would be signed at every request
        # A day longer than a sign-in: it is prolonged for a sitting, and ends in the database.
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=config.session_hours + 24),
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the session: a sitting must not end with a 400
        "MAX_CONTENT_LENGTH": MAX_UPLOAD,
        "MAX_FORM_PARTS": 2_000,
        "BABEL_DEFAULT_LOCALE": "vi",
        "BABEL_TRANSLATION_DIRECTORIES": str(assets.FOLDER.parent / "translations"),
    }


def _bind_extensions(app: Flask) -> None:
    db.init_app(app)
    app.teardown_appcontext(_end_session)  # comes before that of `db`, which then finds it ended
    migrate.init_app(app, db, render_as_batch=True, compare_type=True,
                     directory=str(assets.FOLDER.parents[2] / "migrations"))
    login_manager.init_app(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=_language)


def _end_session(_error: BaseException | None) -> None:
    """A connection that dies once the answer is ready must not turn it into a failure."""
    if db.session.registry.has():
        with suppress(DBAPIError):
            db.session.close()


def _language() -> str:
    chosen = request.cookies.get("language") if has_request_context() else None  # files of the command line
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def _register_rooms(app: Flask) -> None:
    for blueprint in (
        health.blueprint,
        identity_views.blueprint,
        identity_api.blueprint,
        questions_views.blueprint,
        document_views.blueprint,
        rounds_views.blueprint,
        rounds_api.blueprint,
        delivery_views.blueprint,
        delivery_api.blueprint,
        marking_views.blueprint,
        marking_desks.blueprint,
        standings_views.blueprint,
        monitor_views.blueprint,
        publication_views.blueprint,
        overall_views.blueprint,
        overall_run_views.blueprint,
        run_views.blueprint,
        earlier_views.blueprint,
        appeal_views.blueprint,
        appeal_desk_views.blueprint,
        standings_api.blueprint,
        verifying_views.blueprint,
        awards_views.blueprint,
        reports_views.blueprint,
        openapi.blueprint,
    ):
        app.register_blueprint(blueprint)


def _let_entries_follow(_sender: object, *, account_id: str, unit_id: str, now: datetime) -> None:
    move_entries(account_id, unit_id, now)


def _let_standings_follow(_sender: object, *, contest_id: str, account_ids: list[str], now: datetime) -> None:
    keep_people(contest_id, account_ids, now)
    overall.keep_people(contest_id, account_ids, now)


def _let_the_board_follow(_sender: object, *, contest_id: str, now: datetime) -> None:
    overall.renew(contest_id, now)


def _analyse_anew(_sender: object, *, round_id: str, now: datetime) -> None:
    analysing.renew(round_id, now)


def _take_board_down(_sender: object, *, round_id: str) -> None:
    take_down(round_id)
    thaw(round_id)


def _score_marked(_sender: object, *, round_id: str, attempt_ids: list[str], now: datetime) -> None:
    score_marked(round_id, attempt_ids, now)


def _unsettle(_sender: object, *, round_id: str) -> None:
    unsettle(db.session.get_one(Round, round_id))


def _page_context() -> dict[str, object]:
    return {"language": _language(), "_": _}
