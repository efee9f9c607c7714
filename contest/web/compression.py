"""gzip for pages and static text, so that a weak line carries a quarter of the bytes.

Static files are compressed once and kept in memory; pages and papers at each answer; an answer's
acknowledgement is smaller than what gzip could save. A page holds a CSRF token, but its
cookie is SameSite=Lax, so no other site can make a browser fetch it with chosen text (BREACH).
"""

import gzip
from functools import cache
from pathlib import Path

from flask import Flask, Response, request

from contest.web import assets

SMALLEST = 1_000  # bytes; below that gzip saves nothing
TEXT = {"text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml",
        "application/manifest+json", "application/json"}


@cache
def _compressed_file(path: Path, _modified_ns: int) -> bytes:
    return gzip.compress(path.read_bytes(), 9, mtime=0)


@cache
def _compressed_bundle(name: str) -> bytes:
    return gzip.compress(assets.bundle(name), 9, mtime=0)


def _static_body(folder: Path) -> bytes | None:
    name = (request.view_args or {}).get("filename", "")
    if name in assets.BUNDLES:
        return _compressed_bundle(name)
    path = folder / name
    return _compressed_file(path, path.stat().st_mtime_ns) if path.is_file() else None


def install(app: Flask, folder: Path) -> None:
    """Compress what a browser accepts and what is text; static files lie in `folder`."""

    @app.after_request
    def compress(response: Response) -> Response:
        if response.status_code != 200 or response.mimetype not in TEXT or "Content-Encoding" in response.headers:
            return response
        response.vary.add("Accept-Encoding")
        if "gzip" not in request.headers.get("Accept-Encoding", "") or request.method == "HEAD":
            return response
        if request.endpoint == "static":
            body = _static_body(folder)
            if body is None:
                return response
            response.direct_passthrough = False
        elif response.is_streamed or (response.content_length or 0) < SMALLEST:
            return response
        else:
            body = gzip.compress(response.get_data(), 5, mtime=0)
        if hasattr(response.response, "close"):
            response.response.close()  # the static file that is not sent as it is
        response.set_data(body)
        response.headers["Content-Encoding"] = "gzip"
        return response
