"""An import's preview: every row, what is wrong with it, what becomes of it; and the word that writes it."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.extensions import db
from contest.identity.access import person, policy
from contest.jobs.operations import enqueue
from contest.questions import decisions, imports, queries, staged
from contest.questions.desk import LEVEL_WORDS, blueprint
from contest.questions.formats.one_row import FIELDS
from contest.questions.import_jobs import ABOUT, is_long
from contest.questions.import_progress import standing_of
from contest.questions.imports import OnError
from contest.questions.matching import ON_DUPLICATE, OnDuplicate
from contest.questions.models import TOPICS
from contest.questions.previews import Preview, preview_of
from contest.questions.problems import message
from contest.questions.review_rows import LONG, PAGE, STATE_WORDS, WAY_WORDS, field_name, rows_of, type_names
from contest.questions.staged import STATES
from contest.questions.staging import IMPORT_JOB, check_staged, open_import

ADDRESS = "/to-chuc/ngan-hang/nhap/<id:import_id>"
ROW = ADDRESS + "/dong/<int:ordinal>"


@dataclass(frozen=True)
class Asked:
    """What the address of a preview says: ways, filter, page; the row being mended, the row just mended."""

    import_id: str
    way: OnDuplicate
    on_error: OnError
    state: str | None
    page: int
    editing: int | None = None
    just: int | None = None

    def link(self, **change: Any) -> str:
        """The same preview, changed; what is None is left out."""
        said = {"way": self.way if self.way != "skip" else None, "loi": "dung" if self.on_error == "stop" else None,
                "state": self.state, "page": self.page if self.page > 1 else None, **change}
        return url_for("questions.import_preview", import_id=self.import_id,
                       **{name: value for name, value in said.items() if value is not None})


def asked(import_id: str) -> Asked:
    """From the query string, or from the form that came from such a page."""
    said = request.values
    way: OnDuplicate = next((one for one in ON_DUPLICATE if one == said.get("way")), "skip")
    state = said.get("state")
    return Asked(import_id, way, "stop" if said.get("loi") == "dung" else "skip", state if state in STATES else None,
                 max(1, said.get("page", 1, type=int)), said.get("sua", type=int), said.get("vua", type=int))


@blueprint.get(ADDRESS)
@policy("bank.edit")
def import_preview(import_id: str) -> ResponseReturnValue:
    """What a staged file would do, row by row."""
    now = clock.now()
    row = staged.import_of(import_id, now)
    if row.state in ("done", "undone"):
        return redirect(url_for("questions.import_result", import_id=import_id), 303)
    standing = standing_of(row, now)
    if row.state != "staged" or (standing is not None and standing.unfinished):
        return redirect(url_for("questions.import_progress", import_id=import_id), 303)
    plan, said = preview_of(row), asked(import_id)
    places = plan.places_of(said.state, said.editing, said.just)
    pages = max(1, -(-len(places) // PAGE))
    page = min(said.page, pages)
    created, updated = plan.sizes[said.way]
    counts = {state: len(found) for state, found in plan.places.items()}
    return render_template(
        "questions/preview.html", row=row, bank=queries.bank_of(row.bank_id), plan=plan, counts=counts, said=said,
        link=said.link, created=created, updated=updated, ways=WAY_WORDS,
        states=STATE_WORDS, rows=rows_of(plan, places[(page - 1) * PAGE:page * PAGE], row.bank_id), page=page,
        pages=pages, shown=len(places), columns=_columns(plan), same=staged.same_file(row), message=message,
        until=row.created_at + staged.KEPT, offers=plan.offers if plan.last == (said.just,) else (),
        field_name=field_name, long=LONG, topics=TOPICS, levels=[str(word) for word in LEVEL_WORDS.values()],
        types=type_names(), blocked=said.on_error == "stop" and counts["error"] > 0)


def _columns(plan: Preview) -> list[tuple[str, str, str | None]]:
    """The file's columns: letter, header, what it was taken for."""
    taken = {letter: name for name, letter in plan.reading.letters.items()}
    letters = sorted({*plan.reading.headers, *taken}, key=lambda letter: (len(letter), letter))
    return [(letter, plan.reading.headers.get(letter, ""), field_name(taken[letter]) if letter in taken else None)
            for letter in letters]


@blueprint.post(ADDRESS)
@policy("bank.edit")
def import_commit(import_id: str) -> ResponseReturnValue:
    """Write the import to its bank; a long one is the worker's."""
    now = clock.now()
    said, who = asked(import_id), person().id
    row = staged.import_of(import_id, now)
    if is_long(row, int(row.outcome.get("rows", 0))):
        check_staged(open_import(import_id, now), now)
        enqueue(IMPORT_JOB, ABOUT, import_id, by=who, now=now, way=said.way, on_error=said.on_error,
                rows=row.outcome["rows"])
        step = "import_progress"
    else:
        imports.confirm_import(import_id, said.way, by=who, now=now, on_error=said.on_error)
        step = "import_result"
    db.session.commit()
    return redirect(url_for(f"questions.{step}", import_id=import_id), 303)


@blueprint.post(ROW)
@policy("bank.edit")
def import_edit(import_id: str, ordinal: int) -> ResponseReturnValue:
    """Give a row other words."""
    now = clock.now()
    cells = {name: request.form[f"f_{name}"] for name in FIELDS if f"f_{name}" in request.form}
    draft = decisions.edit_row(import_id, ordinal, cells, by=person().id, now=now)
    db.session.commit()
    if draft.usable:
        flash(_("Đã sửa dòng %(row)s, nay nhập được.", row=draft.row), "success")
    else:
        flash(_("Đã giữ phần sửa của dòng %(row)s, nhưng dòng vẫn còn lỗi.", row=draft.row), "warning")
    return redirect(asked(import_id).link(vua=ordinal, _anchor=f"d{ordinal}"), 303)


@blueprint.post(ROW + "/giong-nhau")
@policy("bank.edit")
def import_edit_alike(import_id: str, ordinal: int) -> ResponseReturnValue:
    """Do to all rows alike what was just done to this one."""
    now = clock.now()
    count = decisions.apply_alike(import_id, ordinal, request.form.get("field", ""), by=person().id, now=now)
    db.session.commit()
    flash(_("Đã sửa thêm %(count)s dòng giống nhau.", count=count), "success")
    return redirect(asked(import_id).link(), 303)


@blueprint.post(ROW + "/chon")
@policy("bank.edit")
def import_choose(import_id: str, ordinal: int) -> ResponseReturnValue:
    """Decide what becomes of one row; an empty choice: what becomes of all."""
    now = clock.now()
    choice = request.form.get("choice") or None
    decisions.choose(import_id, [ordinal], choice, by=person().id, now=now)
    db.session.commit()
    return redirect(asked(import_id).link(vua=ordinal, _anchor=f"d{ordinal}"), 303)


@blueprint.post(ADDRESS + "/lui-lai")
@policy("bank.edit")
def import_step_back(import_id: str) -> ResponseReturnValue:
    """Take the last step back."""
    now = clock.now()
    count = decisions.undo_last(import_id, by=person().id, now=now)
    db.session.commit()
    flash(_("Đã hoàn tác lần sửa gần nhất (%(count)s dòng).", count=count), "info")
    return redirect(asked(import_id).link(), 303)
