"""The part of a round's form that says how marks and ranks are reckoned: `scoring.policy` as fields."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import NumberRange, Optional

from contest.questions.desk import TYPE_WORDS
from contest.rounds.forms import Form, LocalTimeField, at_most, choices, tidied
from contest.rounds.scoring_words import COUNTED, CRITERIA, RULES
from contest.scoring import policy, rules
from contest.scoring.policy import SEED_MOST, BadPolicy

PLACES = 6  # criteria that the form has room for
TYPES = tuple(rules.DEFAULTS)
_DAYS = NumberRange(0, 60, message=_("Số ngày từ 0 đến 60."))


class ChainForm(Form):
    """Who stands before whom."""

    seed = StringField(_("Dòng chữ để bốc thăm"), filters=[tidied], validators=[at_most(SEED_MOST)])
    late = ""  # what lots are drawn from where results are known already: nobody chooses it then

    def keep_seed(self, rules: Mapping[str, Any], board_id: str) -> None:
        """Let the form choose no text for lots: `policy.late_seed` of the rules by which results are known."""
        self.late = policy.late_seed(rules, board_id)
        self.seed.data = self.late if any(field.data == "draw" for field in self.chain) else rules.get("seed", "")

    @property
    def chain(self) -> list[Field]:
        return [self[f"chain_{place}"] for place in range(1, PLACES + 1)]

    def show(self, error: BadPolicy) -> None:
        """Put a refusal at its field; where the form has none, at the chain's first."""
        whole, *rest = error.field.split(".")
        field = (self[f"penalty_{rest[0]}" if rest[-1].endswith("percent") else f"marking_{rest[0]}"]
                 if whole == "marking" else self._in_chain(error.why) if whole == "chain" else
                 next((self[name] for name in (rest[-1:] or [whole]) if name in self), self.chain[0]))
        field.errors = [*field.errors, _sentence(error)]

    def _in_chain(self, why: str) -> Any:
        filled = [field for field in self.chain if field.data] or [self.chain[0]]
        named = [field.data for field in filled]
        guesses = [name == "distance" for name in named]
        wrong = {"prediction": guesses, "units": guesses, "order": [name == "draw" for name in named],
                 "twice": [name in named[:at] for at, name in enumerate(named)]}.get(why, [])
        return next((field for field, bad in zip(filled, wrong, strict=False) if bad), filled[0])


class MarkingForm(ChainForm):
    """How a round is marked and ranked: all of its rules of scoring."""

    counted = RadioField(_("Thi nhiều lượt thì tính"), choices=choices(*COUNTED.items()))
    complete = BooleanField(_("Chỉ bài trả lời đủ tất cả các câu mới hợp lệ"))
    pass_percent = IntegerField(_("Mức đạt (phần trăm số điểm)"), validators=[
        Optional(), NumberRange(0, 100, message=_("Mức đạt từ 0 đến 100 phần trăm, hoặc bỏ trống."))])
    bands = StringField(_("Mốc thống kê chất lượng (phần trăm câu đúng)"))
    below_zero = BooleanField(_("Tổng điểm một bài được xuống dưới 0"))

    @property
    def marking(self) -> list[tuple[str, Field, Field]]:
        """(type, its rule, what a wrong answer costs)."""
        return [(kind, self[f"marking_{kind}"], self[f"penalty_{kind}"]) for kind in TYPES]

    def scoring(self) -> dict[str, Any]:
        """What the form says, as a round keeps it, once it is checked."""
        return policy.written(policy.read(self._said()))

    def _said(self) -> dict[str, Any]:
        marking = {kind: _rule(rule.data, penalty.data) for kind, rule, penalty in self.marking if rule.data}
        return {
            "counted": self.counted.data, "chain": [field.data for field in self.chain if field.data],
            "seed": self.seed.data or "", "pass_percent": self.pass_percent.data, "marking": marking,
            "bands": [_cut(one) for one in (self.bands.data or "").replace(";", ",").split(",") if one.strip()],
            "floor": not self.below_zero.data, "complete": bool(self.complete.data),
        }

    def check_scoring(self, prediction: str, prediction_text: str) -> bool:
        """True where the rules can hold; else puts all that can't be at its field."""
        found = policy.faults(self._said(), predicted=prediction != "none")
        if prediction == "number" and not prediction_text:
            found.append(BadPolicy("prediction_text", "missing"))
        for error in found:
            self.show(error)
        return not found


class ScoringForm(MarkingForm):
    """The same, when its board stands still, and how long people may object."""

    board_freezes_at = LocalTimeField(_("Tạm dừng cập nhật bảng xếp hạng từ"), validators=[Optional()])
    appeal_days = IntegerField(_("Nhận kiến nghị về kết quả (số ngày)"), validators=[Optional(), _DAYS])
    answer_days = IntegerField(_("Trả lời kiến nghị (số ngày)"), validators=[Optional(), _DAYS])


for _place in range(1, PLACES + 1):
    setattr(ChainForm, f"chain_{_place}", SelectField(
        default="", choices=choices(("", "–"), *CRITERIA.items())))
for _kind in TYPES:
    _fitting = [name for name in RULES if rules.fits(name.removesuffix("_below"), _kind)]
    setattr(MarkingForm, f"marking_{_kind}", SelectField(TYPE_WORDS[_kind], default="", choices=choices(
        ("", _("Theo từng câu hỏi")), *((name, RULES[name]) for name in _fitting))))
    setattr(MarkingForm, f"penalty_{_kind}", IntegerField(_("Trừ khi sai (phần trăm)"), validators=[Optional()]))


def typed(data: Mapping[str, Any]) -> dict[str, Any]:
    """The form's fields as a round's rules of scoring fill them."""
    found = policy.read(data)
    chain = [key.name for key in found.chain]
    marked = {kind: "credits_below" if one.values.get("below_zero") else one.rule.name
              for kind, one in found.marking.items()}
    return {
        "counted": found.counted, "seed": found.seed, "pass_percent": found.pass_percent,
        "bands": ", ".join(map(str, found.bands)), "below_zero": not found.floor, "complete": found.complete,
        **{f"chain_{at}": name for at, name in enumerate(chain[:PLACES], 1)},
        **{f"marking_{kind}": name for kind, name in marked.items()},
        **{f"penalty_{kind}": one.values.get("penalty_percent") or None for kind, one in found.marking.items()},
    }


def _rule(name: str, penalty: int | None) -> dict[str, Any]:
    if name == "credits_below":
        return {"rule": "credits", "below_zero": 1}
    return {"rule": name} | ({} if penalty is None else {"penalty_percent": penalty})


def _cut(text: str) -> Any:
    text = text.replace("%", "").strip()
    return int(text) if text.isdecimal() and len(text) < 4 else text


def _sentence(error: BadPolicy) -> str:
    whole = error.field.partition(".")[0]
    if whole == "bands":
        return str(gettext("Ghi từ 1 đến 6 mốc từ 99 xuống 1, giảm dần, cách nhau bằng dấu phẩy, ví dụ 75, 25."))
    if whole == "marking":
        return str(gettext("Cách chấm này không trừ điểm khi sai: bỏ trống ô phần trăm.") if error.why == "unknown" else
                   gettext("Ghi số phần trăm từ 0 đến 100; cách chấm trừ từng phần sai thì từ 1 đến 100."))
    return str({
        ("chain", "missing"): gettext("Chọn ít nhất một tiêu chí xếp hạng."),
        ("chain", "twice"): gettext("Tiêu chí này đã chọn ở trên."),
        ("chain", "order"): gettext("Bốc thăm chỉ đứng cuối: sau bốc thăm không còn ai bằng nhau."),
        ("chain", "unknown"): gettext("Bảng chung không xét điểm của đợt trước."),
        ("rounds", "missing"): gettext("Ghi số đợt được tính."),
        ("rounds", "range"): gettext("Ghi số trong khoảng cho phép."),
        ("rounds", "type"): gettext("Ghi các số nguyên, cách nhau bằng dấu phẩy."),
        ("chain", "prediction"): gettext("Đợt thi này không hỏi câu dự đoán: chọn câu dự đoán ở phần đề thi, hoặc bỏ "
                                         "tiêu chí này."),
        ("chain", "units"): gettext("Các đợt hỏi dự đoán theo đơn vị khác nhau (số người, tỷ lệ phần trăm, con số "
                                    "khác) nên không cộng độ lệch được. Bỏ tiêu chí này, hoặc cho các đợt khác đơn vị "
                                    "trọng số 0."),
        ("seed", "missing"): gettext("Ghi dòng chữ để bốc thăm, công bố trước khi đợt thi mở."),
        ("prediction_text", "missing"): gettext("Ghi câu hỏi mà người dự thi phải dự đoán con số."),
    }.get((whole, error.why)) or gettext("Mục này chưa đúng: xem lại."))
