"""The prizes of a contest for everyone, once they stand in a decision."""

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from contest.awards import queries
from contest.awards.models import AwardList
from contest.awards.pages import blueprint
from contest.errors import Missing
from contest.identity.access import policy
from contest.identity.names import mask
from contest.rounds.models import Contest, Round
from contest.rounds.pages import owner_context
from contest.rounds.queries import contest_by_code


@blueprint.get("/cuoc-thi/<code>/giai-thuong")
@policy("public.read")
def announced(code: str) -> ResponseReturnValue:
    """The frozen lists: one of a round, or of the contest as a whole, the latest by itself."""
    contest = contest_by_code(code)
    found = queries.announced(contest.id)
    if not found:
        raise Missing
    row, round_ = next((one for one in found if one[0].id == request.args.get("ds")), found[-1])
    after = request.args.get("sau", 0, type=int)
    page = queries.awards_page(row.id, after)
    hidden = masked(contest, round_)
    return render_template(
        "awards/announced.html", contest=contest, row=row, after=after, page=page,
        tabs=[(_title(one), one[0].id) for one in found],
        lines=[(one, mask(one.name) if hidden and one.entry_id else one.name) for one in page.rows],
        counts=queries.counts_of(row.id), **owner_context(contest))


def _title(one: tuple[AwardList, Round | None]) -> str:
    return one[1].title if one[1] else str(_("Giải chung của cuộc thi"))


def masked(contest: Contest, round_: Round | None) -> bool:
    """Whether people's names are shortened, as on the boards that the prizes go by."""
    return any(one.mask_names for one in ([round_] if round_ else contest.rounds) if one.kind == "contest")
