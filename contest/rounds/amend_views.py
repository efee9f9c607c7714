"""The form by which a published round's rules change."""

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.rounds import amended_words, amending, queries, scoring_words
from contest.rounds.contest_views import done
from contest.rounds.editor_views import asked_for, offer_people
from contest.rounds.models import Round
from contest.rounds.pages import blueprint
from contest.rounds.rule_forms import MINUTE_MS, AmendForm
from contest.rounds.scoring_forms import typed

_FIELDS = {"duration_exceeds_window": "minutes", "quota_scope_kept": "quota_scope", "practice_quota": "quota_scope",
           "scoring_kept": "chain_1", "freeze_kept": "board_freezes_at", "freeze_outside": "board_freezes_at"}
# Not among the pages: these know the rules of scoring, which no sitting may reach.
blueprint.add_app_template_filter(amended_words.amended, "amended")
blueprint.add_app_template_filter(scoring_words.counted, "counted_words")
blueprint.add_app_template_filter(scoring_words.chain_of, "chain_words")
blueprint.add_app_template_filter(scoring_words.complete_of, "complete_words")
blueprint.add_app_template_filter(scoring_words.lines, "scoring_lines")
blueprint.add_app_template_filter(scoring_words.band_words, "band_words")


@blueprint.route("/to-chuc/dot-thi/<id:round_id>/sua-quy-dinh", methods=["GET", "POST"])
@policy("contest.edit")
def round_amend(round_id: str) -> ResponseReturnValue:
    """Change what may still change of a published round, with the reason."""
    now = clock.now()
    row = queries.get_round(round_id)
    state = queries.state(row, now)
    if state not in ("open", "upcoming", "closed") or row.results_published_at is not None:
        raise Refusal("rules_closed", 409)
    form = _form(row)
    if form.is_submitted() and asked_for() == "save" and _valid(form, row):
        try:
            amending.amend_rules(round_id, _values(form, row, state), form.reason.data or "", version=_version(form),
                                 by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            row = queries.get_round(round_id)
            _told(form, refusal)
        else:
            db.session.commit()
            return done(_("Đã sửa quy định. Lý do và chỗ sửa hiện ở trang đợt thi."), "rounds.round_overview",
                        round_id=round_id)
    page = render_template("rounds/amend.html", round=row, form=form, state=state, action=asked_for(),
                           unit_search=request.form.get("unit_search", ""))
    return page, 422 if form.errors else 200


def _form(row: Round) -> AmendForm:
    form = AmendForm(data={**{name: getattr(row, name) for name in amending.AMENDABLE},
                           **typed(row.scoring), "minutes": row.duration_ms // MINUTE_MS, "version": row.rules_version})
    offer_people(form, row.contest_id)
    return form


def _valid(form: AmendForm, row: Round) -> bool:
    valid = bool(form.validate())
    return form.check_scoring(row.prediction, row.prediction_text) and valid


def _values(form: AmendForm, row: Round, state: str) -> dict[str, Any]:
    """What the form says; a round that has opened has no fields for its rules of scoring."""
    return form.values() if state == "upcoming" else form.values() | {"scoring": row.scoring}


def _version(form: AmendForm) -> int:
    said = str(form.version.data or "")
    return int(said) if said.isdecimal() and len(said) < 9 else 0


def _told(form: AmendForm, refusal: Refusal) -> None:
    """Put what was refused beside its field, else above the form."""
    name = _FIELDS.get(refusal.code)
    if name:
        form[name].errors = [*form[name].errors, words(refusal)]
    else:
        form.form_errors.append(words(refusal))
