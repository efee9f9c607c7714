"""The form that says how the rounds of a contest add up."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, IntegerField, RadioField, StringField
from wtforms.validators import NumberRange, Optional

from contest.rounds.forms import choices
from contest.rounds.scoring_forms import PLACES, ChainForm
from contest.scoring import policy
from contest.scoring.policy import ROUNDS_MOST


class AddingForm(ChainForm):
    """How rounds add up, and who stands before whom."""

    how = RadioField(_("Cộng các đợt"), choices=choices(
        ("sum", _("Tất cả các đợt")), ("best", _("Một số đợt tốt nhất")),
        ("last", _("Chỉ đợt cuối mà người đó dự thi"))))
    k = IntegerField(_("Số đợt tốt nhất được tính"), validators=[
        Optional(), NumberRange(1, ROUNDS_MOST, message=_("Số đợt từ 1 đến 100."))])
    weights = StringField(_("Trọng số từng đợt (phần trăm)"))

    def rules(self) -> dict[str, Any]:
        """What the form says, as `adding_up.checked` takes it."""
        weights = [one.replace("%", "").strip() for one in (self.weights.data or "").replace(";", ",").split(",")]
        return {
            "chain": [field.data for field in self.chain if field.data], "seed": self.seed.data or "",
            "rounds": {"how": self.how.data, **({"k": self.k.data} if self.how.data == "best" and self.k.data else {}),
                       "weights": [int(one) if one.isdecimal() and len(one) < 6 else one for one in weights if one]}}


class OverallForm(AddingForm):
    """The same, or that there is no such board."""

    wanted = BooleanField(_("Có bảng xếp hạng chung của các đợt"))

    def values(self) -> dict[str, Any] | None:
        """What the form says, as `adding_up.set_overall` takes it."""
        return self.rules() if self.wanted.data else None


def typed(data: Mapping[str, Any] | None) -> dict[str, Any]:
    """The form's fields as a contest's rules fill them."""
    found = policy.read(data or {})
    chain = [key.name for key in found.chain]
    return {"wanted": data is not None, "how": found.rounds.how, "k": found.rounds.k, "seed": found.seed,
            "weights": ", ".join(map(str, found.rounds.weights)),
            **{f"chain_{at}": name for at, name in enumerate(chain[:PLACES], 1)}}
