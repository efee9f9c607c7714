"""What is wrong with a question file, in Vietnamese: code → sentence.

The pure readers in `formats/` know codes only; this is the one place with their sentences.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel.speaklater import LazyString

from contest.questions.formats.drafts import Problem, UnreadableFile
from contest.questions.problem_words import PROBLEMS, REFUSALS, REPAIRS, WHATS


class _Known(dict[str, str | int]):
    """Parameters; one that a reader forgot shows as an ellipsis instead of breaking the page."""

    def __missing__(self, name: str) -> str:
        return "…"


def message(problem: Problem | UnreadableFile) -> str:
    """Return the sentence of a problem with its place, or of a refusal."""
    params: dict[str, str | int] = dict(problem.params)
    if isinstance(problem, UnreadableFile):
        return _filled(REFUSALS.get(problem.code), problem.code, params)
    if problem.code == "text_repaired":
        kind = str(params.get("kind", ""))
        params["kind"] = str(REPAIRS.get(kind, kind))
    if problem.code == "not_written":
        what = str(params.get("what", ""))
        params["what"] = str(WHATS.get(what, what))
    text = _filled(PROBLEMS.get(problem.code), problem.code, params)
    where = _where(problem)
    return f"{where}: {text}" if where else text[:1].upper() + text[1:]


def _filled(template: LazyString | None, code: str, params: Mapping[str, str | int]) -> str:
    if template is None:
        return str(gettext("lỗi chưa có tên (%(code)s)", code=code))
    text = str(template)
    return text % _Known(params) if "%(" in text else text


def _where(problem: Problem) -> str:
    """Return "Dòng 349, cột Phương án", as much of it as the problem says."""
    if problem.place.startswith("@"):
        return str(gettext("Câu %(item)s", item=problem.place[1:]))
    row = problem.place.rpartition("!")[2]
    if row.isdecimal() and problem.column:
        return str(gettext("Dòng %(row)s, cột %(column)s", row=row, column=problem.column))
    if row.isdecimal():
        return str(gettext("Dòng %(row)s", row=row))
    if problem.column:
        return str(gettext("Cột %(column)s", column=problem.column))
    return str(gettext("Trang %(sheet)s", sheet=problem.place)) if problem.place else ""
