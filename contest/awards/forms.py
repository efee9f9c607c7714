"""The forms of the room: a plan, a decision, a declined prize, a draw."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, Field, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its types
from wtforms.validators import NumberRange, Optional

from contest.awards.candidates import DEFAULT_FORMULA
from contest.awards.formula_forms import FormulaForm, typed
from contest.awards.models import PrizePlan
from contest.awards.operations import Decision
from contest.awards.planned import MOST_PRIZES, PlanFields, PrizeFields
from contest.awards.words import AUDIENCES, KINDS, SHORT, TIES
from contest.rounds.forms import Form, Needed, at_most, choices, tidied
from contest.scoring.prizes import MEASURES, NAMED

COLUMNS = ("id", "name", "count", "kind", "audience", "bloc", "measure", "tie", "worth")
SPARE = 3  # empty rows below those in use


class PlanForm(FormulaForm):
    """Prizes by their worth, and the rules that they are given by."""

    one_per_person = BooleanField(_("Mỗi người nhiều nhất một giải"))
    one_per_unit = BooleanField(_("Mỗi đơn vị nhiều nhất một giải tập thể"))
    need_pass = BooleanField(_("Chỉ trao cho người đạt mức điểm tối thiểu của đợt"))
    need_phone = BooleanField(_("Chỉ trao cho người có số điện thoại"))
    shown = IntegerField(default=SPARE, validators=[Optional()])  # rows on the page

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The places of prizes: column → field."""
        return [{name: self[f"{name}_{n}"] for name in COLUMNS} for n in range(1, MOST_PRIZES + 1)]

    @property
    def rows_shown(self) -> int:
        """How many places the page shows."""
        used = max((n for n, row in enumerate(self.rows, 1) if _used(row)), default=0)
        return min(MOST_PRIZES, max(used + 1, self.shown.data or SPARE))

    def offer(self, blocs: Sequence[str], parts: Sequence[str], *, whole: bool) -> None:
        """Let these blocs, and other parts of the contest, be chosen. `whole`: the prizes are those of the contest."""
        self.entered.choices = choices(*((name, name) for name in parts))
        if not whole:
            self.without_firsts()
        measures = [*choices(("", _("Kết quả thi")), (NAMED, _("Ban Tổ chức chọn"))), *(
            SelectChoice(name, SHORT[name], optgroup=_("Tập thể")) for name in self.components)]
        for row in self.rows:
            row["measure"].choices = measures
            row["bloc"].choices = choices(("", _("Mọi khối")), *((bloc, bloc) for bloc in blocs))

    def act(self, what: str) -> None:
        """"more" shows more places; "up.3" and "down.3" move the third of them (from 0), whatever is in it."""
        name, _dot, at = what.partition(".")
        if name == "more":
            self.shown.data = min(MOST_PRIZES, self.rows_shown + SPARE)
        place = int(at) if at.isdecimal() and len(at) < 4 else -1
        other = place + {"up": -1, "down": 1}.get(name, 0)
        if name in ("up", "down") and min(place, other) >= 0 and max(place, other) < MOST_PRIZES:
            one, two = self.rows[place], self.rows[other]
            for column in COLUMNS:
                one[column].data, two[column].data = two[column].data, one[column].data
                one[column].raw_data, two[column].raw_data = two[column].raw_data, one[column].raw_data

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        for row in self.rows:
            valid = self._check(row) and valid
        numbers = [*self.weights, *(field for band in self.bands for field in band)]
        return not any(field.errors for field in numbers) and self.check_formula() and valid

    def _check(self, row: dict[str, Field]) -> bool:
        wrong: list[tuple[Field, Any]] = []
        if _used(row):
            if not row["name"].data:
                wrong.append((row["name"], gettext("Ghi tên giải, hoặc xóa số lượng để bỏ dòng này.")))
            if row["count"].data is None and not row["count"].errors:
                wrong.append((row["count"], gettext("Ghi số lượng giải.")))
            if row["measure"].data not in MEASURES.get(row["kind"].data, ()):
                wrong.append((row["measure"], gettext(
                    "Chỉ giải tập thể xét theo mục này. Chọn Tập thể ở Loại giải, hoặc chọn mục khác.")))
            if (row["kind"].data == "collective" and self.group.data == "bloc" and not row["bloc"].data
                    and row["measure"].data != NAMED):
                wrong.append((row["bloc"], gettext("Đơn vị xếp hạng riêng từng khối: chọn khối cho giải tập thể này.")))
        for field, sentence in wrong:
            field.errors = [*field.errors, sentence]
        return not wrong

    def values(self) -> PlanFields:
        """What a valid form says."""
        return PlanFields(
            tuple(_prize(row) for row in self.rows if _used(row)), bool(self.one_per_person.data),
            bool(self.one_per_unit.data), bool(self.need_pass.data), bool(self.need_phone.data), self.formula())


def _used(row: dict[str, Field]) -> bool:
    return bool(row["name"].data or row["worth"].data or row["count"].data is not None or row["count"].errors)


def _prize(row: dict[str, Field]) -> PrizeFields:
    said: dict[str, Any] = {name: row[name].data for name in COLUMNS}
    if said["kind"] == "collective":
        said["audience"] = ""  # units count officials
    return PrizeFields(**said | {"id": said["id"] or None})


for _place in range(1, MOST_PRIZES + 1):
    for _column, _field in {
        "id": HiddenField(),
        "name": StringField(_("Tên giải"), filters=[tidied], validators=[at_most(120)]),
        "count": IntegerField(_("Số lượng"), validators=[
            Optional(), NumberRange(1, 10_000, message=_("Số lượng từ 1 đến 10.000."))]),
        "kind": SelectField(_("Loại giải"), choices=choices(*KINDS.items()), default="individual"),
        "audience": SelectField(_("Đối tượng"), choices=choices(*AUDIENCES.items()), default=""),
        "bloc": SelectField(_("Khối"), default=""),
        "measure": SelectField(_("Xét theo"), default=""),
        "tie": SelectField(_("Khi bằng nhau"), choices=choices(*TIES.items()), default="undecided"),
        "worth": StringField(_("Mức thưởng"), filters=[tidied], validators=[at_most(120)]),
    }.items():
        setattr(PlanForm, f"{_column}_{_place}", _field)


def fields_of(plan: PrizePlan) -> PlanFields:
    """A plan as its form shows it."""
    return PlanFields(
        tuple(PrizeFields(**{name: getattr(row, name) for name in COLUMNS}) for row in plan.prizes),
        plan.one_per_person, plan.one_per_unit, plan.need_pass, plan.need_phone, plan.formula)


def filled(fields: PlanFields) -> dict[str, Any]:
    """The form's fields as these values fill them."""
    return {
        **{name: getattr(fields, name) for name in ("one_per_person", "one_per_unit", "need_pass", "need_phone")},
        **{f"{name}_{n}": getattr(prize, name) for n, prize in enumerate(fields.prizes, 1) for name in COLUMNS},
        **typed(fields.formula or DEFAULT_FORMULA), "shown": len(fields.prizes) + SPARE}


class DayField(DateField):
    """A day, from the calendar or typed as 20/12/2026."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d/%m/%Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if any(value.strip() for value in valuelist):
            try:
                super().process_formdata(valuelist)
            except ValueError as error:
                raise ValueError(gettext("Ghi ngày, tháng, năm, ví dụ 20/12/2026.")) from error


class FreezeForm(Form):
    """The decision that a list stands in."""

    decision = StringField(_("Số quyết định"), filters=[tidied], validators=[
        Needed(_("Ghi số quyết định, ví dụ 15/QĐ-SNV.")), at_most(80)])
    decided_on = DayField(_("Ngày ký"), validators=[Needed(_("Chọn ngày ký quyết định."))])
    title = StringField(_("Chức vụ người ký"), filters=[tidied], validators=[at_most(120)], description=_(
        "Trên giấy chứng nhận, dấu / giữa hai dấu cách là xuống dòng: KT. GIÁM ĐỐC / PHÓ GIÁM ĐỐC."))
    signer = StringField(_("Người ký"), filters=[tidied], validators=[
        Needed(_("Ghi họ tên người ký.")), at_most(120)])

    def said(self) -> Decision:
        """What a valid form says."""
        return Decision(self.decision.data or "", self["decided_on"].data, self.signer.data or "",
                        self.title.data or "")


class DeclinedForm(Form):
    """Why a prize is not taken."""

    reason = TextAreaField(_("Lý do"), validators=[
        Needed(_("Ghi lý do, ví dụ: có đơn từ chối; không đến nhận sau 15 ngày.")), at_most(500)])


class DrawForm(Form):
    """Who drew lots, before whom. The numbers are read beside it."""

    drawer = StringField(_("Người bốc thăm"), filters=[tidied], validators=[
        Needed(_("Ghi người bốc thăm.")), at_most(200)])
    witnesses = StringField(_("Trước sự chứng kiến của"), filters=[tidied], validators=[
        Needed(_("Ghi những người chứng kiến.")), at_most(300)])
    held_on = DayField(_("Ngày bốc thăm"), validators=[Needed(_("Chọn ngày bốc thăm."))])

    def note(self) -> str:
        """What goes on record."""
        return str(gettext("%(drawer)s bốc thăm ngày %(day)s, trước sự chứng kiến của %(witnesses)s.",
                           drawer=self.drawer.data, day=f"{self.held_on.data:%d/%m/%Y}", witnesses=self.witnesses.data))


class NamingForm(Form):
    """Why the organisers give somebody a prize. Whom is ticked beside it."""

    reason = StringField(_("Lý do"), filters=[tidied], validators=[
        Needed(_("Ghi lý do, ví dụ: sáng kiến số hóa hồ sơ đất đai.")), at_most(300)])


def numbers(ids: Sequence[str], sent: Any) -> tuple[list[str], dict[str, str]]:
    """The ids by the numbers that were sent for them ("lot-<id>"), 1 to as many as there are; what is wrong by id."""
    read = {one: sent.get(f"lot-{one}", "").strip() for one in ids}
    wrong: dict[str, str] = {}
    held: dict[int, str] = {}
    for one, text in read.items():
        number = int(text) if text.isdecimal() and len(text) < 6 else 0
        if not 1 <= number <= len(ids):
            wrong[one] = str(gettext("Ghi số từ 1 đến %(most)s.", most=len(ids)))
        elif number in held:
            wrong[one] = str(gettext("Số này đã ghi cho người khác."))
        else:
            held[number] = one
    return [held[number] for number in sorted(held)], wrong
