"""Why nothing of a round can be graded anew or analysed yet, and when it can; how far the work on a proposal is."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _

from contest.errors import Refusal
from contest.identity.access import words
from contest.jobs.queries import Work
from contest.rounds.models import Round
from contest.rounds.words import said_closing
from contest.standings import proposals, regrading
from contest.standings.operations import SETTLE
from contest.standings.overall_models import OverallRun
from contest.standings.proposal_models import Proposal
from contest.standings.run_models import GradingRun


def why_not_yet(round_: Round, now: datetime) -> str | None:
    """Why nothing can be put right yet, and when it can; None where it can."""
    if round_.state == "cancelled":
        return str(_("Đợt thi đã hủy: không có kết quả nào để chấm lại."))
    if now < round_.closes_at:
        return str(_("Đợt thi còn mở đến %(when)s. Đáp án chỉ xem và sửa được ở đây khi đợt thi đã kết thúc và mọi bài"
                     " đã chốt điểm.", when=said_closing(round_.closes_at)))
    if regrading.settled(round_):
        return None
    if round_.prediction == "number" and round_.prediction_given is None:
        return str(_("Chưa ghi giá trị đúng của câu dự đoán, nên điểm của đợt thi chưa chốt."))
    return str(_("Điểm của đợt thi đang được chốt, sớm nhất lúc %(when)s. Mở lại trang này sau ít phút.",
                 when=said_closing(round_.closes_at + timedelta(milliseconds=round_.grace_ms) + SETTLE)))


def told(run: Proposal, work: Work, applying: str) -> dict[str, Any]:
    """For a page that waits: {"work", "said", "late": a sentence or None, "over"}.

    `applying`: what is said while it comes to hold.
    """
    done = f"{work.done * 100 // work.total}\u00a0%" if work.total else ""
    said = _("Đang chờ bắt đầu.") if work.state == "queued" else \
        applying if run.state == "ready" else _("Đã tính %(percent)s.", percent=done) if done else \
        _("Đang chờ bắt đầu.")
    late = _("Chưa có tiến trình nền nào nhận việc. Báo người quản trị kiểm tra dịch vụ “worker”.")
    return {"work": work, "said": said, "late": late if work.idle else None, "over": work.ended}


def progress(told: dict[str, Any]) -> dict[str, Any]:
    """The same for its script."""
    work = told["work"]
    return {"words": told["said"], "done": work.done, "total": work.total, "late": told["late"], "over": told["over"]}


def refused(run: GradingRun | OverallRun, crashed: str) -> str | None:
    """Why the worker could not let it hold, which waits for its decision again. `crashed`: where it was stopped."""
    code = proposals.refused(run)
    return None if code is None else crashed if code == "crashed" else str(words(Refusal(code)))
