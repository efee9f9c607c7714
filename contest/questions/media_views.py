"""The pictures of questions, and the filters by which the pages of all rooms show their texts."""

import re
from functools import lru_cache

from flask import Response, request
from markupsafe import Markup

from contest.errors import Missing
from contest.identity.access import policy
from contest.questions import pictures
from contest.questions.desk import blueprint
from contest.questions.formats import markup

_NAME = re.compile(r"[0-9a-f]{64}")
_YEAR_S = 31_536_000


@blueprint.get("/hinh/<name>")
@policy("own.read")
def picture(name: str) -> Response:
    """A picture, to any signed-in person: its name is a hash that only those know who were shown it."""
    if not _NAME.fullmatch(name):
        raise Missing
    if request.if_none_match.contains(name):
        return _headed(Response(status=304), name)
    found = pictures.picture(name)
    if found is None:
        raise Missing
    answer = Response(found.data, mimetype=found.mime)
    answer.headers["Content-Disposition"] = f'inline; filename="{name[:16]}.webp"'
    return _headed(answer, name)


def _headed(answer: Response, name: str) -> Response:
    answer.set_etag(name)
    answer.headers["Cache-Control"] = f"private, max-age={_YEAR_S}, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


_block = lru_cache(maxsize=1024)(markup.to_html)
_inline = lru_cache(maxsize=4096)(markup.to_inline_html)


@blueprint.app_template_filter("rich")
def rich(text: str | None, marked: bool = False) -> Markup:
    """A text as HTML of its own blocks: `{{ item.stem|rich(item.markup) }}`, inside a <div>, not a <p>."""
    return Markup(_block(text or "") if marked else markup.plain_html(text or ""))  # noqa: S704 -- sanitised


@blueprint.app_template_filter("rich_inline")
def rich_inline(text: str | None, marked: bool = False) -> Markup:
    """Like `rich`, a single paragraph without its tags: for options, statements and cells."""
    return Markup(_inline(text or "") if marked else markup.plain_html(text or ""))  # noqa: S704 -- sanitised


@blueprint.app_template_filter("rich_plain")
def rich_plain(text: str | None, marked: bool = False) -> str:
    """A text without its markup: where only words fit, cut short or in an attribute."""
    return markup.plain(text or "") if marked else text or ""
