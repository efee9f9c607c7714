"""What organisers and markers send."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, RadioField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from contest.rounds.forms import Form, at_most, choices, tidied
from contest.scoring.essays import MOST_CRITERIA, Criterion, Terms, mark_faults, rubric_faults

NAME_MOST, DESCRIPTION_MOST = 200, 2_000
_POINTS = re.compile(r"([0-9]{1,4})(?:[.,]([0-9]{1,2}))?")
THIRD_WORDS = {
    "mean": _("Trung bình cộng của ba lần chấm"), "closest": _("Trung bình cộng của hai lần gần nhau nhất"),
    "third": _("Lấy điểm của lần chấm thứ ba"),
}


def hundredths(text: str) -> int | None:
    """Points as people write them: "2,5" → 250; None for what is no number of at most two decimals."""
    found = _POINTS.fullmatch(text.strip())
    return None if found is None else int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def written(points: int | None) -> str:
    """`hundredths` the other way round, without idle zeros; "" for None."""
    if points is None:
        return ""
    whole, rest = divmod(points, 100)
    return f"{whole},{rest:02d}".rstrip("0") if rest else str(whole)


class PointsField(StringField):
    """Points; `points` are hundredths, None where nothing was written."""

    points: int | None = None

    def process_data(self, value: Any) -> None:
        self.points = value

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else written(self.points)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip()[:20] if valuelist else ""
        self.points = hundredths(text)
        if text and self.points is None:
            raise ValueError(gettext("Ghi một số, ví dụ 2 hoặc 0,25."))


class TermsForm(Form):
    """When a third marks, and what then counts."""

    gap_kind = RadioField(_("Giới hạn lệch tính theo"), choices=choices(
        ("percent", _("Phần trăm điểm của câu")), ("points", _("Số điểm"))), default="percent")
    gap = StringField(_("Hai lần chấm được lệch nhau nhiều nhất"), filters=[tidied])
    third = RadioField(_("Khi đã chấm lần ba, điểm của bài là"), choices=choices(*THIRD_WORDS.items()), default="mean")
    units_apart = BooleanField(_("Giám khảo không chấm bài của người cùng đơn vị"))
    told = BooleanField(_("Cho người dự thi xem điểm từng tiêu chí và nhận xét"))

    def validate_gap(self, field: Field) -> None:
        if self.gap_kind.data == "percent":
            if not (field.data or "").isdecimal() or int(field.data) > 100:
                raise ValidationError(gettext("Ghi một số nguyên từ 0 đến 100."))
        elif hundredths(field.data or "") is None:
            raise ValidationError(gettext("Ghi một số, ví dụ 2 hoặc 0,25."))

    @property
    def terms(self) -> Terms:
        """What was chosen; of a form that is valid."""
        text = self.gap.data or ""
        gap = int(text) if self.gap_kind.data == "percent" else hundredths(text) or 0
        return Terms(gap, self.gap_kind.data, self.third.data)


class MarkersForm(Form):
    logins = TextAreaField(_("Tên đăng nhập"), validators=[at_most(20_000)])

    @property
    def names(self) -> list[str]:
        """What was written, name by name."""
        return re.split(r"[\s,;]+", self.logins.data or "")


class RubricForm(Form):
    """The criteria of a question, row by row: rows without anything in them are left out."""

    reason = TextAreaField(_("Lý do sửa"), validators=[at_most(1_000)])

    @classmethod
    def of(cls, held: Sequence[Criterion]) -> "RubricForm":
        """A form with these criteria and two rows to spare."""
        rows = min(MOST_CRITERIA, max(4, len(held) + 2))
        fields: dict[str, Any] = {"rows": rows}
        for n in range(rows):
            fields |= {
                f"id_{n}": StringField(validators=[Length(max=40)]),
                f"name_{n}": StringField(_("Tiêu chí"), filters=[tidied], validators=[at_most(NAME_MOST)]),
                f"description_{n}": TextAreaField(_("Mô tả"), validators=[at_most(DESCRIPTION_MOST)]),
                f"most_{n}": PointsField(_("Điểm tối đa")), f"step_{n}": PointsField(_("Bước điểm"))}
        data: dict[str, Any] = {}
        for n, one in enumerate(held):
            data |= {f"{name}_{n}": getattr(one, name) for name in ("id", "name", "description", "most", "step")}
        found: RubricForm = type("RubricForm", (cls,), fields)(data=data)
        return found

    def places(self) -> list[tuple[Any, ...]]:
        """The fields of every row: name, description, most, step, id."""
        return [tuple(self[f"{name}_{n}"] for name in ("name", "description", "most", "step", "id"))
                for n in range(self.rows)]

    def criteria(self) -> list[tuple[int, Criterion]]:
        """(row, criterion) of every row that says something; a new one gets an id of its own."""
        taken = {row[4].data for row in self.places()}
        fresh = (name for name in (f"c{n}" for n in range(1, 100)) if name not in taken)
        return [(n, Criterion(id_.data or next(fresh), (name.data or "").strip(), most.points or 0,
                              (description.data or "").strip(), step.points))
                for n, (name, description, most, step, id_) in enumerate(self.places())
                if name.data or description.data or most.points is not None or step.points is not None]

    def faulty(self, points: int) -> bool:
        """True where the criteria don't make a rubric; the fields then say why. `points`: of the question."""
        found = self.criteria()
        sentences = {
            "criterion_name": (0, gettext("Ghi tên tiêu chí.")),
            "criterion_most": (2, gettext("Ghi điểm tối đa, lớn hơn 0.")),
            "criterion_step": (3, gettext("Điểm tối đa phải chia hết cho bước điểm."))}
        faults = rubric_faults([one for _row, one in found], points)
        for index, code in faults:
            if index is None:
                self.form_errors.append(self._about_all(code, found, points))
            else:
                place, said = sentences[code]
                self.places()[found[index][0]][place].errors = [said]
        return bool(faults)

    @staticmethod
    def _about_all(code: str, found: Sequence[tuple[int, Criterion]], points: int) -> str:
        if code == "criteria_count":
            return str(gettext("Ghi từ 1 đến %(most)s tiêu chí.", most=MOST_CRITERIA))
        return str(gettext("Tổng điểm tối đa của các tiêu chí là %(sum)s, phải bằng điểm của câu: %(points)s.",
                           sum=written(sum(one.most for _row, one in found)), points=written(points)))


class MarkSent:
    """What a marker typed, kept whatever is wrong with it. `errors`: criterion, or "comment" → sentence."""

    def __init__(self, criteria: Sequence[Criterion], form: Mapping[str, str]) -> None:
        self.criteria = criteria
        self.texts = {one.id: form.get(f"points-{one.id}", "").strip()[:20] for one in criteria}
        self.comment = form.get("comment", "")
        self.points = {key: hundredths(text) for key, text in self.texts.items()}
        self.errors: dict[str, str] = {}

    def check(self, most_comment: int, *, unfinished: bool) -> bool:
        """Whether it can be kept; a draft may lack marks."""
        faults = mark_faults(self.criteria, self.points)
        for one in self.criteria:
            fault = faults.get(one.id)
            if fault == "missing" and self.texts[one.id]:
                self.errors[one.id] = gettext("Ghi một số, ví dụ 2 hoặc 0,25.")
            elif fault == "missing" and not unfinished:
                self.errors[one.id] = gettext("Cho điểm tiêu chí này.")
            elif fault == "outside":
                self.errors[one.id] = gettext("Điểm từ 0 đến %(most)s.", most=written(one.most))
            elif fault == "off_step":
                self.errors[one.id] = gettext("Điểm theo bước %(step)s.", step=written(one.step))
        if len(self.comment.strip()) > most_comment:
            self.errors["comment"] = gettext("Nhận xét dài quá %(most)s ký tự. Viết gọn lại.", most=most_comment)
        return not self.errors
