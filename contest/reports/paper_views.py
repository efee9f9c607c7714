"""Pages about the papers of a round: printed ones, and how equivalent drawn ones are."""

import secrets
from datetime import datetime
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import allowed, person, policy, words
from contest.questions.seals import note_reading_of
from contest.reports import equivalence as judging
from contest.reports import facility, printed, printed_words
from contest.reports.forms import PrintedForm
from contest.reports.models import PrintedSet
from contest.reports.pages import blueprint
from contest.rounds import queries
from contest.rounds.models import Round


@blueprint.route("/to-chuc/dot-thi/<id:round_id>/de-giay", methods=["GET", "POST"])
@policy("contest.edit")
def printed_sets(round_id: str) -> ResponseReturnValue:
    """The printed papers of a round, and the form of new ones."""
    now = clock.now()
    round_ = queries.get_round(round_id)
    form = PrintedForm(data={"title": round_.title})
    wrong = None
    if form.validate_on_submit():
        try:
            row = printed.create_set(round_id, form.wanted(), seed=secrets.token_hex(16), by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            wrong = words(refusal)
        else:
            db.session.commit()
            flash(_("Đã rút %(count)s mã đề. Tải về để in.", count=row.variants), "success")
            return redirect(url_for("reports.printed_sets", round_id=round_id), 303)
    return render_template("reports/printed.html", round=round_, form=form, sets=printed.sets_of(round_id),
                           wrong=wrong), 422 if form.errors else 409 if wrong else 200


@blueprint.get("/to-chuc/de-giay/<id:set_id>.zip")
@policy("contest.edit")
def printed_files(set_id: str) -> ResponseReturnValue:
    """Every document of a set in one file. Of a sealed bank that is a reading."""
    now = clock.now()
    row = printed.set_of(set_id)
    _note(row.round, now, set_id=set_id)
    made = printed.archive(printed.files(row, _words(row)), row.created_at)
    name = f"{row.round.contest.title} - {row.title}.zip"
    return Response(made, mimetype="application/zip", headers={
        "Content-Disposition": f"attachment; filename=\"de-giay.zip\"; filename*=UTF-8''{quote(name, safe='')}"})


@blueprint.get("/to-chuc/dot-thi/<id:round_id>/do-tuong-duong")
@policy("contest.read")
def equivalence(round_id: str) -> ResponseReturnValue:
    """How far sample papers differ in difficulty, and what they share. Keys are not told, stems are."""
    round_ = queries.get_round(round_id)
    _note(round_, clock.now())
    found = facility.equivalence(round_)
    return render_template("reports/equivalence.html", round=round_, found=found, ends=facility.ENDS,
                           known_from=facility.KNOWN, attempts=facility.ATTEMPTS, defaults=judging.DEFAULTS,
                           otherwise=judging.OTHERWISE, may_edit=allowed("contest.edit"))


def _words(row: PrintedSet) -> dict[str, str]:
    return printed_words.words(row.round.duration_ms // 60_000, len(row.papers[0]))


def _note(round_: Round, now: datetime, **details: str) -> None:
    note_reading_of([bank.bank_id for bank in round_.banks], "paper", actor=person().actor, now=now,
                    round_id=round_.id, **details)
