"""The formula of units as a form: parts with their weights, thresholds by size, groups, what decides between equals."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput

from contest.awards.words import COMPONENTS
from contest.rounds.forms import Form, choices
from contest.scoring import formulas
from contest.scoring.formulas import BadFormula

BANDS = 8  # thresholds that the form has room for
TIES = 3


class FormulaForm(Form):
    """How units are told apart."""

    cap = BooleanField(_("Tỷ lệ tham gia trên 100 % chỉ tính là 100 %"))
    entered = SelectMultipleField(_("Đơn vị phải dự cả phần thi"), option_widget=CheckboxInput(), choices=[])
    group = RadioField(_("Xếp hạng đơn vị"), choices=choices(
        ("overall", _("Chung mọi khối")), ("bloc", _("Từng khối riêng"))))

    def without_firsts(self) -> None:
        """Of a round: first prizes are counted over the rounds of a contest."""
        del self.weight_firsts
        for place in range(1, TIES + 1):
            self[f"equal_{place}"].choices = _equal([name for name in formulas.COMPONENTS if name != "firsts"])

    @property
    def components(self) -> list[str]:
        """Those that may have a weight."""
        return [name for name in formulas.COMPONENTS if f"weight_{name}" in self]

    @property
    def weights(self) -> list[Field]:
        return [self[f"weight_{name}"] for name in self.components]

    @property
    def bands(self) -> list[tuple[Field, Field]]:
        """(below, percent) of each place."""
        return [(self[f"below_{n}"], self[f"percent_{n}"]) for n in range(1, BANDS + 1)]

    @property
    def ties(self) -> list[Field]:
        return [self[f"equal_{n}"] for n in range(1, TIES + 1)]

    def formula(self) -> dict[str, Any]:
        """What the form says, as a plan keeps it."""
        return {
            "weights": [{"component": name, "percent": field.data} | (
                {"cap": True} if name == "rate" and self.cap.data else {}) for name, field in self._weighted()],
            "thresholds": [{"below": below.data, "percent": percent.data} for below, percent in self._filled()],
            "group": self.group.data, "ties": [field.data for field in self._tied()],
            **({"entered": list(self.entered.data)} if self.entered.data else {}),
        }

    def _weighted(self) -> list[tuple[str, Field]]:
        return [(name, field) for name, field in zip(self.components, self.weights, strict=True)
                if field.data is not None]

    def _filled(self) -> list[tuple[Field, Field]]:
        return [(below, percent) for below, percent in self.bands
                if below.data is not None or percent.data is not None]

    def _tied(self) -> list[Field]:
        return [field for field in self.ties if field.data]

    def check_formula(self) -> bool:
        """True where the formula can be; else puts what can't be at its field."""
        try:
            formulas.read(self.formula())
        except BadFormula as error:
            field = self._at(error.field.split("."))
            field.errors = [*field.errors, _sentence(error)]
            return False
        return True

    def _at(self, path: list[str]) -> Field:
        place = int(path[1]) if len(path) > 1 else 0
        if path[0] == "thresholds":
            below, percent = self._filled()[place]
            return percent if path[-1] == "percent" else below
        if path[0] == "ties":
            return self._tied()[place]
        if path[0] in ("group", "entered"):
            return {"group": self.group, "entered": self.entered}[path[0]]
        found = self._weighted()
        return self.cap if path[-1] == "cap" else found[place][1] if found else self.weights[0]


def _equal(names: Sequence[str]) -> list[Any]:
    return choices(("", "–"), *((name, COMPONENTS[name]) for name in names))


for _name in formulas.COMPONENTS:
    setattr(FormulaForm, f"weight_{_name}", IntegerField(COMPONENTS[_name], validators=[Optional()]))
for _place in range(1, BANDS + 1):
    setattr(FormulaForm, f"below_{_place}", IntegerField(_("Dưới (số CBCCVC)"), validators=[Optional()]))
    setattr(FormulaForm, f"percent_{_place}", IntegerField(_("Ít nhất (phần trăm)"), validators=[Optional()]))
for _place in range(1, TIES + 1):
    setattr(FormulaForm, f"equal_{_place}", SelectField(default="", choices=_equal(formulas.COMPONENTS)))


def typed(data: Any) -> dict[str, Any]:
    """The form's fields as a formula fills them."""
    found = formulas.read(data)
    weights = {weight.component: weight.percent for weight in found.weights}
    return {
        "cap": found.capped("rate"), "group": found.group, "entered": list(found.entered),
        **{f"weight_{name}": weights.get(name) for name in formulas.COMPONENTS},
        **{f"below_{n}": band.below for n, band in enumerate(found.thresholds[:BANDS], 1)},
        **{f"percent_{n}": band.percent for n, band in enumerate(found.thresholds[:BANDS], 1)},
        **{f"equal_{n}": name for n, name in enumerate(found.ties[:TIES], 1)},
    }


def _sentence(error: BadFormula) -> str:
    whole = error.field.partition(".")[0]
    return str({
        ("weights", "sum_not_100"): gettext("Các trọng số phải cộng lại bằng 100."),
        ("weights", "out_of_range"): gettext("Trọng số từ 1 đến 100; bỏ trống nếu không tính."),
        ("thresholds", "not_whole"): gettext("Ghi cả số CBCCVC và tỷ lệ phần trăm."),
        ("thresholds", "out_of_range"): gettext("Tỷ lệ từ 0 đến 100; số CBCCVC từ 1 trở lên."),
        ("thresholds", "not_rising"): gettext("Số CBCCVC của các dòng phải tăng dần; dòng bỏ trống chỉ đứng cuối."),
        ("thresholds", "not_open"): gettext("Dòng cuối cùng bỏ trống số CBCCVC: mức cho các đơn vị còn lại."),
        ("ties", "twice"): gettext("Tiêu chí này đã chọn ở trên."),
    }.get((whole, error.why)) or gettext("Mục này chưa đúng: xem lại."))
