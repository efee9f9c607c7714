"""What pages say of changes of a published round's rules."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from flask_babel import gettext

from contest.columns import from_ms
from contest.questions.differences import Pair
from contest.rounds import scoring_words
from contest.rounds.amended import difference
from contest.rounds.models import RoundChange
from contest.rounds.rule_words import appeals, audience, barred, board_shown, only, quota, result_shown
from contest.rounds.words import said


def _(message: str, **values: Any) -> str:
    return str(gettext(message, **values))


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
        (_("Cách chấm và xếp hạng"), ["scoring"], lambda rules: " ".join(scoring_words.lines(rules))),
        (_("Tạm dừng cập nhật bảng xếp hạng"), ["board_freezes_at"], _freeze),
        (_("Kiến nghị về kết quả"), ["appeal_days", "answer_days"], lambda rules: appeals(rules) or _("Không nhận")),
        (_("Câu hỏi lấy ý kiến"), ["opinion"], lambda rules: rules.opinion or _("Không hỏi")),
    )]


def _freeze(rules: Any) -> str:
    at = rules.board_freezes_at  # of a version on record, in ms
    return _("từ %(at)s đến khi công bố kết quả", at=said(from_ms(at))) if at else _("Không dừng")
