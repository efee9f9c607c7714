"""What pages say of a round's rules: how often, for whom, what is asked and shown; and of their changes."""

from collections.abc import Collection
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Protocol

from flask_babel import gettext

from contest.identity.forms import ROLE_WORDS
from contest.questions.differences import Pair
from contest.rounds.amended import difference
from contest.rounds.models import RoundChange
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


@dataclass(frozen=True)
class Amended:
    """A change of the rules in words: (what, before, after), and the two texts where these differ."""

    number: int
    lines: list[tuple[str, str, str]]
    text: Pair | None


def amended(change: RoundChange) -> Amended:
    """What a change of kind "rules" changed."""
    number = change.rules_version or 1
    found = difference(change.round_id, number)
    old, new = SimpleNamespace(**found.old), SimpleNamespace(**found.new)
    told = [(what, tell(old), tell(new)) for what, names, tell in _lines() if found.changed & names]
    return Amended(number, told, found.text)


def _lines() -> list[tuple[str, frozenset[str], Any]]:
    """(what, the names of the rules that it tells, how it tells them)."""
    return [(what, frozenset(names), tell) for what, names, tell in (
        (_("Tên đợt thi"), ["title"], lambda rules: rules.title),
        (_("Thời gian làm bài"), ["duration_ms"], lambda rules: _("%(n)s phút", n=rules.duration_ms // 60_000)),
        (_("Số lượt thi tối đa"), ["attempts_allowed", "quota_scope"], quota),
        (_("Đối tượng"), ["audience"], audience),
        (_("Dành riêng cho"), ["open_units", "open_blocs"], lambda rules: only(rules) or _("tất cả")),
        (_("Không được dự thi"), ["barred_roles"], lambda rules: barred(rules) or "–"),
        (_("Sau khi nộp, người dự thi thấy"), ["result_shown"], result_shown),
        (_("Bảng xếp hạng"), ["board_shown", "mask_names"], board_shown),
        (_("Câu hỏi lấy ý kiến"), ["opinion"], lambda rules: rules.opinion or _("Không hỏi")),
    )]
