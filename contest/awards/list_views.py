"""A list of who gets what: its page, draws still to be held, declined prizes, the decision it stands in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest import clock
from contest.awards import acts, candidates, operations, queries
from contest.awards.forms import DeclinedForm, DrawForm, FreezeForm, numbers
from contest.awards.models import AwardList, PrizePlan
from contest.awards.official import unofficial
from contest.awards.pages import LIST, Place, blueprint
from contest.awards.queries import Named
from contest.clock import LOCAL
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import person, policy, words
from contest.rounds.contest_views import done
from contest.scoring.prizes import NAMED

BY_HAND = 60  # more equal ones than this nobody draws from a bowl


@blueprint.get(LIST)
@policy("contest.edit")
def shown(list_id: str) -> str:
    """A list with the reason of each line, who is passed over, what is left, and what it changed."""
    row, plan, contest, round_ = queries.list_by_id(list_id)
    after, after_passed = (request.args.get(name, 0, type=int) for name in ("sau", "sau-khong-xet"))
    before, differences = queries.differences(row)
    latest = queries.is_latest(row)
    return render_template(
        "awards/list.html", row=row, place=Place(contest, round_), latest=latest,
        moved_on=latest and operations.moved_on(row),
        unofficial=unofficial(contest.id, plan.round_id) if latest else [],
        unlisted=candidates.unlisted(plan) if latest and row.state == "draft" else [],
        named=[one.id for one in plan.prizes if one.measure == NAMED],
        names=queries.names_in(row, plan), reasons=queries.declined_reasons(plan),
        awards=queries.awards_page(list_id, after),
        passed=queries.passed_page(list_id, after_passed), counts=queries.counts_of(list_id), after=after,
        after_passed=after_passed, before=before, differences=differences)


@blueprint.route(LIST + "/khong-nhan/<id:award_id>", methods=["GET", "POST"])
@policy("contest.edit")
def declined(list_id: str, award_id: str) -> ResponseReturnValue:
    """Somebody declines a prize or never came for it: why; then the next list, where others move up."""
    now = clock.now()
    row, plan, contest, round_ = queries.list_by_id(list_id)
    award = queries.award_of(list_id, award_id)
    form = DeclinedForm()
    if form.validate_on_submit():
        acts.refuse_prize(award.prize_id, queries.holder_of(award), form.reason.data or "", by=person().id, now=now)
        return _next_list(plan, _("Đã ghi %(name)s không nhận giải.", name=award.name), now)
    page = render_template("awards/declined.html", row=row, award=award, place=Place(contest, round_), form=form)
    return page, 422 if form.errors else 200


def _next_list(plan: PrizePlan, said: str, now: datetime) -> ResponseReturnValue:
    held = operations.plan_for(plan.contest_id, plan.round_id, now)  # one list after the other
    made = operations.make_list(held, by=person().id, now=now)
    db.session.commit()
    flash(said, "success")
    return done(_("Đã lập danh sách lần %(number)s.", number=made.number), "awards.shown", list_id=made.id)


@blueprint.route(LIST + "/boc-tham/<int:at>", methods=["GET", "POST"])
@policy("contest.edit")
def draw(list_id: str, at: int) -> ResponseReturnValue:
    """A draw among equal ones: the numbers drawn, by hand or by the published text; then the next list."""
    now = clock.now()
    row, plan, contest, round_ = queries.list_by_id(list_id)
    if at >= len(row.undecided) or not queries.is_latest(row):
        raise Missing
    one = row.undecided[at]
    equal = queries.equal_ones(one["scope"]["kind"], one["candidate_ids"])
    form = DrawForm(held_on=now.astimezone(LOCAL).date())
    wrong: dict[str, str] = {}
    if form.is_submitted():
        found, wrong = _drawn(form, equal, plan, one["scope"], now)
        if found:
            return found
    page = render_template(
        "awards/draw.html", row=row, at=at, one=one, equal=equal, place=Place(contest, round_), form=form,
        names=queries.prize_names(plan), seed=acts.seed_of(plan), by_hand=len(equal) <= BY_HAND, wrong=wrong)
    return page, 422 if form.errors or wrong else 200


def _drawn(form: DrawForm, equal: list[Named], plan: PrizePlan, scope: Mapping[str, Any],
           now: datetime) -> tuple[ResponseReturnValue | None, dict[str, str]]:
    """(the way to the next list once lots are on record, what is wrong with the numbers where they are not)."""
    wrong: dict[str, str] = {}
    kind, measure, by = scope["kind"], scope.get("measure", ""), person().id  # lists of before have no measure
    try:
        if request.form.get("do") == "seed":
            acts.draw_by_seed(plan, kind, equal, _("Bốc thăm theo dòng chữ đã công bố."), measure=measure, by=by,
                              now=now)
        else:
            order, wrong = numbers([one.holder for one in equal], request.form)
            if not form.validate() or wrong:
                return None, wrong
            acts.draw_lots(plan, kind, order, form.note(), measure=measure, by=by, now=now)
    except Refusal as refusal:
        db.session.rollback()
        form.form_errors.append(words(refusal))
        return None, wrong
    return _next_list(plan, _("Đã ghi kết quả bốc thăm."), now), {}


@blueprint.route(LIST + "/chot", methods=["GET", "POST"])
@policy("contest.edit")
def freeze(list_id: str) -> ResponseReturnValue:
    """Let a list stand for good, with its decision."""
    now = clock.now()
    row, plan, contest, round_ = queries.list_by_id(list_id)
    form = FreezeForm(**_last_signer(row))
    if form.validate_on_submit():
        try:
            operations.freeze_list(list_id, form.said(), by=person().id, now=now)
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(words(refusal))
            row, plan, contest, round_ = queries.list_by_id(list_id)
        else:
            db.session.commit()
            return done(_("Đã chốt danh sách theo quyết định %(number)s.", number=form.decision.data), "awards.shown",
                        list_id=list_id)
    page = render_template("awards/freeze.html", row=row, place=Place(contest, round_), form=form,
                           counts=queries.counts_of(list_id), latest=queries.latest(row.plan_id),
                           unofficial=unofficial(contest.id, plan.round_id), unlisted=candidates.unlisted(plan))
    return page, 422 if form.errors else 200


def _last_signer(row: AwardList) -> dict[str, Any]:
    """Who signed the decision before: mostly the same person."""
    before = queries.last_frozen(row.plan_id)
    return {"signer": before.signer, "title": before.signer_title} if before else {}
