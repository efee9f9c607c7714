"""What pages say of a round's rules: how often, for whom, what is asked and shown."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from flask_babel import gettext

from contest.identity.forms import ROLE_WORDS
from contest.rounds.queries import units_named


class Rules(Protocol):
    """A round, or the fields of one."""

    @property
    def attempts_allowed(self) -> int: ...
    @property
    def quota_scope(self) -> str: ...
    @property
    def open_units(self) -> Collection[str]: ...
    @property
    def open_blocs(self) -> Collection[str]: ...
    @property
    def barred_roles(self) -> Collection[str]: ...
    @property
    def prediction(self) -> str: ...
    @property
    def prediction_text(self) -> str: ...
    @property
    def scoring(self) -> Mapping[str, Any]: ...
    @property
    def appeal_days(self) -> int: ...
    @property
    def answer_days(self) -> int: ...
    @property
    def audience(self) -> str: ...
    @property
    def result_shown(self) -> str: ...
    @property
    def board_shown(self) -> str: ...
    @property
    def mask_names(self) -> bool: ...


def _(message: str, **values: Any) -> str:
    return str(gettext(message, **values))


def quota(rules: Rules) -> str:
    """"2 lượt", "2 lượt mỗi tuần", "2 lượt trong cả cuộc thi"."""
    n = rules.attempts_allowed
    return {"round": _("%(n)s lượt", n=n), "week": _("%(n)s lượt mỗi tuần", n=n),
            "contest": _("%(n)s lượt trong cả cuộc thi", n=n)}[rules.quota_scope]


def only(rules: Rules) -> str:
    """The blocs and units that a round is kept to; "" where it is open to all of its audience."""
    return "; ".join([*rules.open_blocs, *(unit.name for unit in units_named(rules.open_units))])


def barred(rules: Rules) -> str:
    """Who may not sit for the role that they hold; "" where nobody is kept out."""
    return ", ".join(str(word) for code, word in ROLE_WORDS.items() if code in rules.barred_roles)


def prediction(rules: Rules) -> str:
    """What a contestant guesses before submitting; "" for nothing."""
    return {"none": "", "perfect_entries": _("số người trả lời đúng tất cả các câu"),
            "participants": _("số người dự thi"),
            "perfect_percent": _("tỷ lệ phần trăm số người trả lời đúng tất cả các câu, năm chữ số thập phân"),
            "number": _("một con số: %(asked)s", asked=rules.prediction_text),
            }[rules.prediction]


def audience(rules: Rules) -> str:
    """For whom a round is."""
    return {"official": _("Cán bộ, công chức, viên chức, người lao động"), "citizen": _("Người dân"),
            "all": _("Tất cả")}[rules.audience]


def result_shown(rules: Rules) -> str:
    """What a participant sees of their result."""
    return {"nothing": _("Chưa thấy gì, chờ công bố"), "score": _("Điểm của mình"),
            "review": _("Điểm ngay, đáp án sau khi đợt kết thúc")}[rules.result_shown]


def board_shown(rules: Rules) -> str:
    """When participants see the leaderboard, and whether with whole names."""
    said = {"never": _("Không hiện"), "after_close": _("Hiện sau khi đợt kết thúc"),
            "live": _("Hiện khi đợt đang mở")}[rules.board_shown]
    return f"{said}, {_('rút gọn họ tên')}" if rules.mask_names else said


def appeals(rules: Rules) -> str:
    """How long people may object to official results; "" where they may not."""
    if not rules.appeal_days:
        return ""
    return _("trong %(days)s ngày kể từ khi công bố; Ban Tổ chức trả lời trong %(answer)s ngày",
             days=rules.appeal_days, answer=rules.answer_days)
