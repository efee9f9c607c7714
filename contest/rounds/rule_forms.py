"""The forms of a round's rules: what may still change once it is published, and all of a draft."""

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, HiddenField, IntegerField, RadioField, SelectMultipleField, StringField
from wtforms import TextAreaField as Text
from wtforms.validators import NumberRange, ValidationError
from wtforms.widgets import CheckboxInput

from contest.identity.forms import ROLE_WORDS
from contest.identity.models import Unit
from contest.questions.models import Bank
from contest.rounds.amending import AMENDABLE
from contest.rounds.forms import LocalTimeField, Needed, at_most, choices, tidied
from contest.rounds.operations import RoundFields
from contest.rounds.scoring_forms import ScoringForm

MINUTE_MS = 60_000
GRACE_MOST_S = 120


class RuleForm(ScoringForm):
    """The rules that may change after publishing as well."""

    title = StringField(_("Tên đợt thi"), filters=[tidied], validators=[Needed(_("Ghi tên đợt thi.")), at_most(200)])
    minutes = IntegerField(_("Thời gian làm bài (phút)"), validators=[
        NumberRange(1, 600, message=_("Thời gian làm bài từ 1 đến 600 phút."))])
    attempts_allowed = IntegerField(_("Số lượt thi tối đa của mỗi người"), validators=[
        NumberRange(1, 100, message=_("Số lượt từ 1 đến 100."))])
    quota_scope = RadioField(_("Số lượt tính"), choices=choices(
        ("round", _("Trong đợt thi này")), ("week", _("Mỗi tuần từ thứ Hai đến Chủ nhật, chung cho các đợt")),
        ("contest", _("Trong cả cuộc thi, chung cho các đợt"))))
    audience = RadioField(_("Đối tượng dự thi"), choices=choices(
        ("official", _("Cán bộ, công chức, viên chức, người lao động")), ("citizen", _("Người dân")),
        ("all", _("Tất cả"))))
    open_blocs = SelectMultipleField(_("Chỉ các khối"), option_widget=CheckboxInput())
    open_units = SelectMultipleField(_("Chỉ các đơn vị, cùng đơn vị trực thuộc"), option_widget=CheckboxInput())
    barred_roles = SelectMultipleField(_("Không được dự thi"), option_widget=CheckboxInput(), choices=choices(
        *((code, word) for code, word in ROLE_WORDS.items() if code != "contestant")))
    result_shown = RadioField(_("Sau khi nộp bài, người dự thi thấy"), choices=choices(
        ("nothing", _("Chưa thấy gì, chờ Ban Tổ chức công bố")), ("score", _("Điểm của mình")),
        ("review", _("Điểm ngay, đáp án và giải thích sau khi đợt thi kết thúc"))))
    board_shown = RadioField(_("Bảng xếp hạng và số liệu đơn vị"), choices=choices(
        ("never", _("Không hiện cho người dự thi")), ("after_close", _("Hiện sau khi đợt thi kết thúc")),
        ("live", _("Hiện ngay khi đợt thi đang mở"))))
    mask_names = BooleanField(_("Rút gọn họ tên trên bảng xếp hạng (N. T. H. Hạnh)"))
    opinion = Text(_("Câu hỏi lấy ý kiến, không tính điểm"), validators=[at_most(500)])
    rules = Text(_("Thể lệ"), validators=[at_most(40_000)])

    def offer_people(self, blocs: Sequence[str], units: Sequence[Unit]) -> None:
        """Let these blocs and units be chosen."""
        self.open_blocs.choices = choices(*((bloc, bloc) for bloc in blocs))
        self.open_units.choices = choices(*((unit.id, unit_label(unit)) for unit in units))

    def plain(self) -> dict[str, Any]:
        """What the form says, by the names of `RoundFields`."""
        said = {name: tuple(field.data or ()) if isinstance(field, SelectMultipleField) else field.data
                for name, field in self._fields.items() if name in RoundFields.__annotations__}
        return said | {
            "duration_ms": (self.minutes.data or 0) * MINUTE_MS,
            "rules": re.sub(r"\r\n?", "\n", self.rules.data or "").strip(),
            "opinion": " ".join((self.opinion.data or "").split()),
            "scoring": self.scoring(), "appeal_days": self.appeal_days.data or 0,
            "answer_days": self.answer_days.data or 0,
        }


class AmendForm(RuleForm):
    """What may change of a published round, and why it does."""

    reason = Text(_("Lý do"), validators=[
        Needed(_("Ghi lý do. Người dự thi sẽ đọc được lý do này.")), at_most(1_000)])
    version = HiddenField()  # of the rules that the form was filled with

    def values(self) -> dict[str, Any]:
        """What the form says, by the names of `amending.AMENDABLE`."""
        said = self.plain()
        return {name: said[name] for name in AMENDABLE}


class RoundForm(RuleForm):
    """All the rules of a draft."""

    kind = RadioField(_("Loại đợt"), choices=choices(
        ("contest", _("Thi chính thức")), ("practice", _("Thi thử, không tính kết quả"))))
    opens_at = LocalTimeField(_("Mở lúc"), validators=[Needed(_("Chọn ngày và giờ mở."))])
    closes_at = LocalTimeField(_("Kết thúc lúc"), validators=[Needed(_("Chọn ngày và giờ kết thúc."))])
    grace_s = IntegerField(_("Nhận câu trả lời đến muộn vì đường truyền (giây)"), default=0, validators=[
        NumberRange(0, GRACE_MOST_S, message=_("Số giây từ 0 đến 120."))])
    banks = SelectMultipleField(_("Ngân hàng câu hỏi"), option_widget=CheckboxInput())
    prediction = RadioField(_("Câu hỏi dự đoán trước khi nộp bài"), choices=choices(
        ("none", _("Không hỏi")), ("perfect_entries", _("Số người trả lời đúng tất cả các câu")),
        ("participants", _("Số người dự thi")),
        ("perfect_percent", _("Tỷ lệ phần trăm số người trả lời đúng tất cả các câu")),
        ("number", _("Một con số khác, do Ban Tổ chức hỏi và công bố giá trị đúng"))))
    prediction_text = StringField(_("Câu hỏi dự đoán con số"), filters=[tidied], validators=[at_most(300)])
    shuffle_questions = BooleanField(_("Trộn thứ tự câu hỏi"))
    shuffle_options = BooleanField(_("Trộn thứ tự phương án"))
    made = HiddenField()  # of the wording that was put there by the platform: its digest

    def offer(self, banks: Sequence[Bank]) -> None:
        """Let these banks be chosen."""
        self.banks.choices = choices(*((bank.id, bank.title) for bank in banks))

    def validate(self, extra_validators: Any = None) -> bool:
        valid = bool(super().validate(extra_validators))
        return self.check_scoring(self.prediction.data, self.prediction_text.data or "") and valid

    def validate_board_freezes_at(self, field: Field) -> None:
        if field.data and self.opens_at.data and self.closes_at.data and not (
                self.opens_at.data <= field.data <= self.closes_at.data):
            raise ValidationError(gettext("Chọn lúc trong khoảng từ giờ mở đến giờ kết thúc, hoặc bỏ trống."))

    def validate_closes_at(self, field: Field) -> None:
        if self.opens_at.data and field.data <= self.opens_at.data:
            raise ValidationError(gettext("Giờ kết thúc phải sau giờ mở."))

    def validate_quota_scope(self, field: Field) -> None:
        if self.kind.data == "practice" and field.data != "round":
            raise ValidationError(gettext("Thi thử tính lượt trong từng đợt."))

    def values(self, blueprint: list[dict[str, Any]]) -> RoundFields:
        """What the form says, with the blueprint that was read beside it."""
        return RoundFields(**self.plain(), grace_ms=(self.grace_s.data or 0) * 1000,
                           bank_ids=tuple(self.banks.data or ()), blueprint=tuple(blueprint))


def unit_label(unit: Unit) -> str:
    """A unit's name, with that of the one above it where there is one below the top."""
    above = unit.parent if unit.parent and unit.parent.parent_id else None
    return f"{unit.name} · {above.name}" if above else unit.name
