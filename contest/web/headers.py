"""Response headers that keep a page to itself."""

from flask import Flask, Response, request

# Without `require-trusted-types-for 'script'`: exam.js and monitor.js read pages of our own with DOMParser, question.js
# puts the card in that the server has sanitised. Browsers refuse all three under trusted types unless a policy lets
# any text through, and such a policy would be no defence.
POLICY = "; ".join([
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
])


# JSON is not a page: it loads nothing and nothing may frame it. Short, as each saved answer carries it.
DATA = {"application/json", "application/problem+json"}
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"


def install(app: Flask, *, https: bool) -> None:
    """Set them on every response. Nothing but a static file may be kept by a cache."""

    @app.after_request
    def secure(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("X-Content-Type-Options", "nosniff")
        if response.mimetype in DATA:
            headers.setdefault("Content-Security-Policy", DATA_POLICY)
        else:
            headers.setdefault("Content-Security-Policy", POLICY)
            headers.setdefault("Referrer-Policy", "same-origin")
            headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
            headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
        if https:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store")
        return response
