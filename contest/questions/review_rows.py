"""The rows of a preview page: what each says, what is wrong where, what it resembles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from contest.questions.cards import Card, cards_of
from contest.questions.desk import TYPE_WORDS
from contest.questions.formats.columns import OPTION_FIELDS
from contest.questions.formats.drafts import Draft, Problem
from contest.questions.formats.one_row import FIELDS, cells_to_mend, field_of_problem
from contest.questions.matching import Match, OnDuplicate
from contest.questions.previews import Preview
from contest.questions.problems import message
from contest.questions.similarity import Likeness
from contest.questions.staged import state_of
from contest.questions.twins import near

PAGE = 50
STATE_WORDS = {
    "valid": _("Hợp lệ"), "warning": _("Cảnh báo"), "error": _("Lỗi"), "duplicate": _("Trùng"),
    "update": _("Cập nhật"), "skipped": _("Bỏ qua"),
}
WAY_WORDS = {"skip": _("Bỏ qua"), "update": _("Ghi đè"), "add": _("Thêm bản mới")}
_FIELD_WORDS = {
    "number": _("Số thứ tự"), "code": _("Mã câu hỏi"), "type": _("Loại câu"), "stem": _("Nội dung câu hỏi"),
    "options": _("Các phương án trong một ô"), "key": _("Đáp án đúng"), "topic": _("Lĩnh vực"),
    "level": _("Mức độ"), "explanation": _("Giải thích"), "citation": _("Căn cứ"), "points": _("Điểm"),
    "tags": _("Nhãn"), "scoring": _("Cách chấm"), "credits": _("Tỷ lệ điểm"), "fixed": _("Giữ vị trí"),
    "format": _("Định dạng"),
}
LONG = frozenset({"stem", "key", "explanation", "citation", *OPTION_FIELDS})  # fields of several lines


@dataclass(frozen=True)
class Cell:
    """A cell of a row; `faults` are sentences about it, `wrong` where one of them is an error."""

    field: str
    title: str
    text: str
    faults: tuple[str, ...]
    wrong: bool


@dataclass(frozen=True)
class Row:
    """A row of the preview. `cells` are None where it cannot be mended here; `faults` are about no one cell."""

    ordinal: int
    match: Match
    state: str
    faults: tuple[tuple[str, bool], ...]  # sentence, whether it is an error
    cells: tuple[Cell, ...] | None
    choice: OnDuplicate | None
    edited: bool
    twin: Card | None = None
    likeness: Likeness | None = None

    @property
    def draft(self) -> Draft:
        return self.match.draft

    @property
    def wrong_cells(self) -> list[Cell]:
        return [cell for cell in self.cells or () if cell.faults]


def rows_of(plan: Preview, ordinals: Sequence[int], bank_id: str) -> list[Row]:
    """The rows of one page. The same statements for one row and `PAGE` rows."""
    matches = plan.matches.at(ordinals)
    fresh = [place for place in ordinals if matches[place].kind == "new"]
    found = near([content for place in fresh if (content := matches[place].content)], bank_id) if fresh else []
    best = {place: alike[0] for place, alike in zip(fresh, found, strict=True) if alike}
    held = cards_of({key for key, _likeness in best.values()}) if best else {}
    return [_row(plan, place, match, best.get(place), held) for place, match in matches.items()]


def _row(plan: Preview, place: int, match: Match, best: tuple[str, Likeness] | None, held: Mapping[str, Card]) -> Row:
    draft, columns = match.draft, plan.reading.columns
    by_field: dict[str, list[Problem]] = {}
    loose: list[Problem] = []
    texts = cells_to_mend(draft)
    for problem in draft.problems:
        field = field_of_problem(problem, columns) if texts is not None else None
        (by_field.setdefault(field, []) if field else loose).append(problem)
    cells = None if texts is None else tuple(
        Cell(name, field_name(name, columns), texts[name],
             tuple(message(replace(one, place="", column=None)) for one in by_field.get(name, ())),
             any(one.severity == "error" for one in by_field.get(name, ())))
        for name in FIELDS)
    return Row(place, match, state_of(match),
               tuple((sentence(one, columns), one.severity == "error") for one in loose), cells,
               plan.choices.get(place), place in plan.edited,
               held.get(best[0]) if best else None, best[1] if best else None)


def sentence(problem: Problem, columns: Mapping[str, str]) -> str:
    """The sentence of a problem; a field of ours by its name."""
    if problem.column in FIELDS and problem.column not in columns.values():
        named = Problem(problem.severity, problem.code, problem.place, field_name(problem.column), problem.params)
        return message(named)
    return message(problem)


def field_name(field: str, columns: Mapping[str, str] | None = None) -> str:
    """The header of a field's column in the file; else our name for it."""
    if columns and columns.get(field):
        return columns[field]
    if field in OPTION_FIELDS:
        return str(gettext("Phương án %(letter)s", letter=field[-1].upper()))
    return str(_FIELD_WORDS.get(field, field))


def type_names() -> list[str]:
    """The words for types that a cell takes."""
    return [str(word) for word in TYPE_WORDS.values()]
