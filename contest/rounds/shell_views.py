"""What a browser keeps of the platform to open without a line: the worker, the manifest, a page that says so.

Nothing of a person, a paper or an answer is in any of them.
"""

import hashlib
import json

from flask import Response, current_app, jsonify, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest.identity.access import policy
from contest.rounds.pages import blueprint

FILES = ("css/pages.css", "js/prefs.js", "js/before.js", "js/share.js", "js/exam.js", "js/fields.js", "js/offline.js",
         "vendor/idb-keyval.js", "img/icon.svg")
WORKER = "js/shell.js"
ICONS = (("img/icon-192.png", "192x192", "any"), ("img/icon-512.png", "512x512", "any"),
         ("img/icon-maskable-512.png", "512x512", "maskable"))


def _asset(name: str) -> str:
    return str(current_app.jinja_env.globals["asset"](name))  # type: ignore[operator]


@blueprint.get("/sw.js")
@policy("public.read")
def worker() -> ResponseReturnValue:
    """The service worker, with the addresses that it keeps: new ones make a new worker."""
    files = [_asset(name) for name in FILES]
    kept = {"files": files, "offline": url_for("rounds.offline"),
            "version": hashlib.sha256("".join([*files, _asset(WORKER)]).encode()).hexdigest()[:10]}
    with current_app.open_resource(f"static/{WORKER}", "r", encoding="utf8") as file:
        script = file.read()
    return Response(f"const SHELL = {json.dumps(kept)};\n{script}", mimetype="text/javascript",
                    headers={"Cache-Control": "no-cache"})


@blueprint.get("/ung-dung.webmanifest")
@policy("public.read")
def manifest() -> ResponseReturnValue:
    """How a phone puts the platform on its home screen."""
    answer = jsonify({
        "name": _("Cuộc thi trực tuyến"), "short_name": _("Cuộc thi"), "lang": "vi", "dir": "ltr",
        "id": "/", "start_url": "/", "scope": "/", "display": "standalone",
        "background_color": "#f4f6f9", "theme_color": "#0b4f9e",
        "icons": [{"src": _asset(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
                  for name, sizes, purpose in ICONS],
    })
    answer.mimetype = "application/manifest+json"
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@blueprint.get("/mat-ket-noi")
@policy("public.read")
def offline() -> ResponseReturnValue:
    """What the worker shows where no page can be had. It is kept without a cookie, so it is nobody's."""
    return render_template("rounds/offline.html")
