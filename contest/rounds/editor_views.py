"""The form of a round with its blueprint, the live check of the matrix, the preview of a paper."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.clock import LOCAL
from contest.extensions import db
from contest.identity.access import allowed, person, policy
from contest.questions.desk import TYPE_WORDS
from contest.questions.models import TOPICS, Bank
from contest.questions.seals import note_reading_of
from contest.rounds import blueprint as plan
from contest.rounds import operations, pools, preview, queries, rule_words, words
from contest.rounds.cited import documents
from contest.rounds.contest_views import done
from contest.rounds.copying import values_of
from contest.rounds.models import Contest, Round
from contest.rounds.operations import RoundFields
from contest.rounds.pages import blueprint
from contest.rounds.rule_forms import MINUTE_MS, RoundForm, RuleForm
from contest.rounds.scoring_forms import typed


def rules_text(contest: Contest, values: RoundFields) -> str:
    """A first wording of the rules (thể lệ) that says what the round's own settings say. Markdown."""
    text = render_template("rounds/rules.html", contest=contest, round=values, minutes=values.duration_ms // MINUTE_MS,
                           questions=plan.total(values.blueprint), only=rule_words.only(values))
    return text.strip()


def _new_values(contest: Contest, now: datetime) -> RoundFields:
    """What the form of a new round starts with: a week from next Monday 08:00, local time."""
    local = now.astimezone(LOCAL)
    monday = (local + timedelta(days=7 - local.weekday())).replace(hour=8, minute=0, second=0, microsecond=0)
    number = 1 + sum(row.kind == "contest" for row in contest.rounds)
    return RoundFields(title=_("Tuần %(number)s", number=number), opens_at=monday, audience="official",
                       closes_at=monday + timedelta(days=6, hours=23, minutes=30), duration_ms=20 * MINUTE_MS)


@blueprint.route("/to-chuc/cuoc-thi/<id:contest_id>/dot-thi/moi", methods=["GET", "POST"])
@policy("contest.edit")
def round_new(contest_id: str) -> ResponseReturnValue:
    """The form of a new round."""
    now = clock.now()
    contest = queries.get_contest(contest_id)
    values = _new_values(contest, now)
    form = _form(contest, replace(values, rules=rules_text(contest, values)))
    rows, wrong = plan.read(request.form.items())
    if _saving(form, wrong):
        row = operations.create_round(contest_id, _with_rules(contest, form, rows), by=person().id, now=now)
        db.session.commit()
        return done(_("Đã lưu bản nháp."), "rounds.round_overview", round_id=row.id)
    return _page(contest, None, form, rows, wrong)


@blueprint.route("/to-chuc/dot-thi/<id:round_id>/sua", methods=["GET", "POST"])
@policy("contest.edit")
def round_edit(round_id: str) -> ResponseReturnValue:
    """The form of a draft. A published round's rules stand."""
    now = clock.now()
    row = operations.draft(round_id) if request.method == "POST" else queries.get_round(round_id)
    if row.state != "draft":
        return render_template("rounds/rules_frozen.html", round=row), 409
    form = _form(row.contest, values_of(row))
    rows, wrong = plan.read(request.form.items()) if request.method == "POST" else (list(row.blueprint), [])
    if _saving(form, wrong):
        operations.edit_round(round_id, _with_rules(row.contest, form, rows), by=person().id, now=now)
        db.session.commit()
        return done(_("Đã lưu bản nháp."), "rounds.round_overview", round_id=round_id)
    return _page(row.contest, row, form, rows, wrong)


def _form(contest: Contest, values: RoundFields) -> RoundForm:
    form = RoundForm(data={**vars(values), **typed(values.scoring), "minutes": values.duration_ms // MINUTE_MS,
                           "grace_s": values.grace_ms // 1000, "banks": list(values.bank_ids)})
    form.offer(queries.banks())
    offer_people(form, contest.id)
    if not form.made.data and rules_text(contest, values) == values.rules:
        form.made.data = _digest(values.rules)
    return form


def asked_for() -> str:
    """Which button was pressed: "save", "units", … Enter in the search for units presses the form's first
    button, but means the search: so does any text there that was not searched for yet."""
    typed = request.form.get("unit_search", "").strip()
    action = request.form.get("action", "save")
    return "units" if action == "save" and typed and typed != request.form.get("unit_searched", "").strip() else action


def offer_people(form: RuleForm, contest_id: str) -> None:
    """Let blocs of the contest be chosen, the units chosen so far and those that were searched for."""
    units = queries.units_named(form.open_units.data or [])
    found = queries.units_found(request.form.get("unit_search", ""))
    form.offer_people(queries.contest_blocs(contest_id), [*units, *(unit for unit in found if unit not in units)])


def _digest(rules: str) -> str:
    return hashlib.sha256(rules.encode()).hexdigest()


def _saving(form: RoundForm, wrong: list[str]) -> bool:
    """True where the form asks to be saved and may be."""
    if not form.is_submitted() or asked_for() != "save":
        return False
    valid = bool(form.validate())
    if wrong:
        form.form_errors.append(_("Ma trận đề: ghi số từ 0 đến %(most)s vào mỗi ô.", most=plan.MOST))
    return valid and not wrong


def _with_rules(contest: Contest, form: RoundForm, rows: list[dict[str, Any]]) -> RoundFields:
    """Rules that nobody has reworded since they were written here follow the settings; others are left as typed."""
    new = form.values(rows)
    untouched = not new.rules or _digest(new.rules) == form.made.data
    return replace(new, rules=rules_text(contest, new)) if untouched else new


def _show_rules(form: RoundForm, rules: str) -> None:
    """Put rules written here into the form."""
    form.rules.raw_data = form.made.raw_data = None
    form.rules.data, form.made.data = rules, _digest(rules)


def _page(contest: Contest, row: Round | None, form: RoundForm, rows: list[dict[str, Any]],
          wrong: list[str]) -> ResponseReturnValue:
    action = asked_for() if form.is_submitted() else None
    if action == "rules" and form.validate():
        _show_rules(form, rules_text(contest, form.values(rows)))
    elif action == "preview" and form.validate():
        shown = _with_rules(contest, form, rows).rules
        if shown != form.values(rows).rules:
            _show_rules(form, shown)
    banks = queries.banks()
    chosen = _known(form.banks.data or [], banks)
    editor = _editor(banks, chosen, dict(request.form.items()) if form.is_submitted() else plan.fields_of(rows),
                     adding=action == "add")
    page = render_template(
        "rounds/round_form.html", contest=contest, round=row, form=form, wrong=wrong, action=action, editor=editor,
        unit_search=request.form.get("unit_search", ""),
        total=plan.total(rows), shortages=words.shortages(rows, chosen) if rows else [], checked=bool(rows) and chosen,
    )
    return page, 422 if form.errors else 200


def _known(bank_ids: Sequence[str], banks: Sequence[Bank]) -> list[str]:
    return [bank.id for bank in banks if bank.id in bank_ids]


@dataclass(frozen=True)
class Extra:
    """A row with further conditions as the form shows it."""

    number: int
    place: plan.Place
    typed: str
    available: int

    def field(self, what: str) -> str:
        """The name of one of its fields."""
        return plan.field_name(self.number, what)


@dataclass(frozen=True)
class Editor:
    """The matrices, one over all chosen banks, one for each where there are several; and the further rows."""

    whole: plan.Matrix
    single: list[tuple[str, plan.Matrix]]  # (title of the bank, its matrix)
    extras: list[Extra]
    offer: dict[str, list[tuple[str, str]]]
    blank: Extra = Extra(999, plan.Place(), "", 0)  # what a script copies; its number is replaced


def _editor(banks: Sequence[Bank], chosen: list[str], typed: dict[str, str], *, adding: bool) -> Editor:
    known = pools.groups()
    rows = plan.extras(typed.items())
    if adding:
        rows[max(rows, default=-1) + 1] = (plan.Place(), "")
    found = pools.groups(chosen, [vars(place) for place, _typed in rows.values()])
    return Editor(
        plan.matrix(known, chosen, typed, TOPICS),
        [(bank.title, plan.matrix(known, chosen, typed, TOPICS, bank.id)) for bank in banks
         if len(chosen) > 1 and bank.id in chosen],
        [Extra(number, place, count, plan.available(found, place)) for number, (place, count) in rows.items()],
        _offer(known, banks, chosen),
    )


def _offer(known: Sequence[plan.Group], banks: Sequence[Bank], chosen: list[str]) -> dict[str, list[tuple[str, str]]]:
    """What the selects of a row with further conditions offer, by `plan.ASKED`: (value, words)."""
    mine = [group for group in known if group.bank_id in chosen]
    topics, levels, kinds = ({getattr(group, name) for group in mine} for name in ("topic", "level", "type"))
    return {
        "type": [(code, str(word)) for code, word in TYPE_WORDS.items() if code in kinds],
        "topic": [(topic, topic) for topic in sorted(filter(None, topics), key=_usual)],
        "level": [(level, words.level_name(level)) for level in (*plan.LEVELS, *sorted(levels - {None, *plan.LEVELS}))
                  if level in levels],
        "document_id": documents(chosen),
        "bank_id": [(bank.id, bank.title) for bank in banks if bank.id in chosen] if len(chosen) > 1 else [],
    }


def _usual(topic: str) -> tuple[int, str]:
    return (TOPICS.index(topic) if topic in TOPICS else len(TOPICS), topic)


@blueprint.get("/to-chuc/ma-tran.json", endpoint="matrix")
@blueprint.get("/to-chuc/dot-thi/<id:round_id>/ma-tran.json")
@policy("contest.read")
def round_matrix(round_id: str | None = None) -> ResponseReturnValue:
    """What the pool can serve: `banks` (repeated) and the filled boxes of the matrix as query parameters."""
    chosen = _known(request.args.getlist("banks"), queries.banks())
    rows, wrong = plan.read(request.args.items())
    extras = plan.extras(request.args.items())
    found = pools.groups(chosen, [vars(place) for place, _typed in extras.values()])
    enough = rows and chosen and not wrong
    lacking = words.shortages(rows, chosen)
    return jsonify({
        "available": plan.availability(found) | {
            plan.field_name(number, "count"): plan.available(found, place)
            for number, (place, _typed) in extras.items()},
        "total": plan.total(rows), "wrong": wrong,
        "shortages": lacking, "enough": bool(enough and not lacking), "summary": summary(rows, wrong, chosen),
    })


def summary(rows: list[dict[str, Any]], wrong: list[str], chosen: list[str]) -> str:
    """One sentence on whether papers can be drawn."""
    if wrong:
        return str(_("Ghi số từ 0 đến %(most)s vào mỗi ô.", most=plan.MOST))
    if not chosen:
        return str(_("Chọn ít nhất một ngân hàng câu hỏi."))
    return str(_("Mỗi đề %(total)s câu.", total=plan.total(rows)))


@blueprint.get("/to-chuc/dot-thi/<id:round_id>/xem-de")
@policy("contest.read")
def round_preview(round_id: str) -> ResponseReturnValue:
    """A paper as a contestant would get it; with its keys for those who may edit."""
    seed = request.args.get("de", "")
    if not (len(seed) == 32 and all(c in "0123456789abcdef" for c in seed)):
        seed = secrets.token_hex(16)
    row = queries.get_round(round_id)
    note_reading_of([bank.bank_id for bank in row.banks], "paper", actor=person().actor, now=clock.now(),
                    round_id=round_id, seed=seed)
    items = pools.drawn(row, seed)
    may_see = allowed("contest.edit")
    shown = may_see and request.args.get("dap-an") == "1"
    return render_template("rounds/preview.html", round=row, items=items, seed=seed, may_see=may_see, shown=shown,
                           answers=preview.answers(items) if shown else {})
