"""Lists from Excel: choose a file, look at what it would do, confirm."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from contest import clock
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity import desk, imports, uploads
from contest.identity.access import person, policy, words
from contest.identity.desk import blueprint
from contest.identity.forms import AUDIENCE_WORDS, COLUMN_WORDS, KIND_WORDS, FileForm
from contest.identity.imports import Plan
from contest.identity.people_views import XLSX
from contest.identity.rosters import (
    PEOPLE_HEADER,
    PEOPLE_REQUIRED,
    PEOPLE_SAMPLE,
    UNIT_HEADER,
    UNIT_REQUIRED,
    UNIT_SAMPLE,
    people_rows,
    unit_rows,
)
from contest.identity.sheets import Problem, Row, Sheet, UnreadableSheet, dump_sheet, load_sheet
from contest.identity.workbooks import workbook

SHOWN = 200  # rows of each kind on the page; the workbook of faulty rows has them all


@dataclass(frozen=True)
class Kind:
    """What is imported: its words, its columns, its operations."""

    title: Any
    template: str
    header: tuple[str, ...]
    sample: tuple[str, ...]
    required: tuple[str, ...]
    back: str
    read: Callable[[bytes], tuple[Sheet, Sequence[Any], list[Problem]]]
    rows: Callable[[Iterable[Row]], tuple[Sequence[Any], list[Problem]]]
    plan: Callable[[Sequence[Any], Iterable[Problem]], Plan]
    carry_out: Callable[..., Plan]


UNITS = Kind(_("Nhập đơn vị từ Excel"), "mau-don-vi.xlsx", UNIT_HEADER, UNIT_SAMPLE, tuple(UNIT_REQUIRED),
             "identity.units", imports.read_units, unit_rows, imports.plan_units, imports.import_units)
PEOPLE = Kind(_("Nhập người dự thi từ Excel"), "mau-nguoi-du-thi.xlsx", PEOPLE_HEADER, PEOPLE_SAMPLE,
              tuple(PEOPLE_REQUIRED), "identity.people", imports.read_people, people_rows,
              imports.plan_people, imports.import_people)


def _folder() -> Path:
    return desk.config().data_dir / "uploads"


def _choose(kind: Kind, step: str, template: str) -> ResponseReturnValue:
    now = clock.now()
    form = FileForm()
    if form.validate_on_submit():
        by, data = person().id, form.file.data.read()
        db.session.rollback()  # gives the turn to write back while the file is read
        try:
            sheet, _rows, _problems = kind.read(data)
        except UnreadableSheet as refusal:
            form.file.errors = [words(refusal)]
        else:
            return redirect(url_for(step, key=uploads.keep(_folder(), by, dump_sheet(sheet), now)), 303)
    return render_template("identity/import.html", form=form, kind=kind, template=template), \
        422 if form.errors else 200


def _kept(kind: Kind, by: str, key: str) -> tuple[Sheet, Sequence[Any], list[Problem]]:
    """The list as it was read. Raises `Missing` where it is not kept, or was by a version that kept it otherwise."""
    try:
        sheet = load_sheet(uploads.load(_folder(), by, key))
    except ValueError as error:
        raise Missing("upload_gone") from error
    return sheet, *kind.rows(sheet.rows)


def _preview(kind: Kind, key: str, faulty: str) -> ResponseReturnValue:
    sheet, rows, problems = _kept(kind, person().id, key)
    plan = kind.plan(rows, problems)
    return render_template("identity/preview.html", kind=kind, plan=plan, sheet=sheet, columns=COLUMN_WORDS,
                           say=_say, told=_told, shown=SHOWN, faulty=url_for(faulty, key=key),
                           tab=asked.args.get("tab") or _opening(plan))


def _opening(plan: Plan) -> str:
    """The tab that a preview opens on: the first that holds something to look at."""
    return next((action for action in ("new", "updated") if plan.count(action)),
                "errors" if plan.errors else "unchanged")


def _confirm(kind: Kind, key: str, step: str, now: datetime) -> ResponseReturnValue:
    by, confirmed = person().id, asked.form.get("plan")
    db.session.rollback()  # gives the turn to write back while the file is read
    _sheet, rows, problems = _kept(kind, by, key)
    plan = kind.carry_out(rows, problems, by=by, now=now)
    if plan.digest != confirmed:
        db.session.rollback()
        flash(gettext("Dữ liệu đã thay đổi sau khi xem trước. Xem lại rồi xác nhận lần nữa."), "warning")
        return redirect(url_for(step, key=key), 303)
    db.session.commit()
    uploads.forget(_folder(), by, key)
    flash(gettext("Đã thêm %(new)s, cập nhật %(updated)s, giữ nguyên %(same)s, bỏ qua %(errors)s dòng lỗi.",
            new=plan.count("new"), updated=plan.count("updated"), same=plan.count("unchanged"),
            errors=plan.errors), "success")
    if kind is PEOPLE and plan.count("new"):
        return redirect(url_for("identity.issue_passwords"), 303)
    return redirect(url_for(kind.back), 303)


def _told(field: str, value: Any) -> str:
    """What a cell holds, in words."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    words_of: dict[Any, Any] = {"audience": AUDIENCE_WORDS, "kind": KIND_WORDS}.get(field, {})
    return "–" if value in (None, "") else str(words_of.get(value, value))


def _say(problem: Problem) -> str:
    return words(Refusal(problem.code, 422, **dict(problem.params)))


def _template(kind: Kind) -> Response:
    notes = [gettext("Cột bắt buộc: %(columns)s. Các cột khác có thể để trống.", columns=", ".join(kind.required)),
             gettext("Ô để trống không làm thay đổi dữ liệu đã có. Nhập lại cùng tệp không tạo bản ghi trùng."),
             gettext("Dòng 2 là ví dụ: xóa trước khi nhập.")]
    return Response(workbook(gettext("Danh sách"), kind.header, [kind.sample], notes,
                             gettext("Hướng dẫn")), mimetype=XLSX, headers={
        "Content-Disposition": f'attachment; filename="{kind.template}"'})


def _faulty(kind: Kind, key: str) -> Response:
    """The rows with an error as a workbook, with the reason: to be mended and sent again."""
    sheet, rows, problems = _kept(kind, person().id, key)
    plan = kind.plan(rows, problems)
    reasons: dict[int, list[str]] = {}
    for problem in plan.problems:
        if problem.severity == "error":
            reasons.setdefault(problem.row, []).append(f"{COLUMN_WORDS[problem.column]}: {_say(problem)}")
    fields = list(sheet.header)
    lines = [(*(row.get(field) for field in fields), str(row.number), " ".join(reasons[row.number]))
             for row in sheet.rows if row.number in reasons]
    header = [*(sheet.header[field] for field in fields), gettext("Dòng"), gettext("Lý do")]
    data = workbook(gettext("Dòng lỗi"), header, lines)
    return Response(data, mimetype=XLSX, headers={"Content-Disposition": 'attachment; filename="dong-loi.xlsx"'})


@blueprint.route("/to-chuc/don-vi/nhap", methods=["GET", "POST"])
@policy("unit.edit")
def import_units() -> ResponseReturnValue:
    """Choose a workbook of units."""
    return _choose(UNITS, "identity.preview_units", "identity.units_template")


@blueprint.get("/to-chuc/don-vi/nhap/<id:key>")
@policy("unit.edit")
def preview_units(key: str) -> ResponseReturnValue:
    """What the workbook of units would do."""
    return _preview(UNITS, key, "identity.faulty_units")


@blueprint.post("/to-chuc/don-vi/nhap/<id:key>")
@policy("unit.edit")
def confirm_units(key: str) -> ResponseReturnValue:
    """Add and change the units."""
    return _confirm(UNITS, key, "identity.preview_units", clock.now())


@blueprint.get("/to-chuc/don-vi/nhap/<id:key>/dong-loi.xlsx")
@policy("unit.edit")
def faulty_units(key: str) -> Response:
    """The rows of units that were left out."""
    return _faulty(UNITS, key)


@blueprint.get("/to-chuc/don-vi/mau.xlsx")
@policy("unit.edit")
def units_template() -> Response:
    """An empty workbook of units."""
    return _template(UNITS)


@blueprint.route("/to-chuc/nguoi-du-thi/nhap", methods=["GET", "POST"])
@policy("people.import")
def import_people() -> ResponseReturnValue:
    """Choose a workbook of people."""
    return _choose(PEOPLE, "identity.preview_people", "identity.people_template")


@blueprint.get("/to-chuc/nguoi-du-thi/nhap/<id:key>")
@policy("people.import")
def preview_people(key: str) -> ResponseReturnValue:
    """What the workbook of people would do."""
    return _preview(PEOPLE, key, "identity.faulty_people")


@blueprint.post("/to-chuc/nguoi-du-thi/nhap/<id:key>")
@policy("people.import")
def confirm_people(key: str) -> ResponseReturnValue:
    """Add and change the people."""
    return _confirm(PEOPLE, key, "identity.preview_people", clock.now())


@blueprint.get("/to-chuc/nguoi-du-thi/nhap/<id:key>/dong-loi.xlsx")
@policy("people.import")
def faulty_people(key: str) -> Response:
    """The rows of people that were left out."""
    return _faulty(PEOPLE, key)


@blueprint.get("/to-chuc/nguoi-du-thi/mau.xlsx")
@policy("people.import")
def people_template() -> Response:
    """An empty workbook of people."""
    return _template(PEOPLE)
