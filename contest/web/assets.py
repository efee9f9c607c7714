"""Static files by content: a changed file has a new address, so browsers may keep it for a year."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request, url_for

FOLDER = Path(__file__).parent / "static"
YEAR_S = 31_536_000


@cache
def _version(name: str) -> str:
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file, with its content's version."""
    return url_for("static", filename=name, v=_version(name))


def install(app: Flask) -> None:
    """`asset()` in templates; a year of caching for addresses that carry their right version."""
    app.add_template_global(asset)

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200:
            name = (request.view_args or {}).get("filename", "")
            if request.args.get("v") == _version(name):
                response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
            else:
                response.headers["Cache-Control"] = "no-cache"
        return response
