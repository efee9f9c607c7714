"""Why nothing of a round can be graded anew or analysed yet, and when it can."""

from datetime import datetime, timedelta

from flask_babel import gettext as _

from contest.rounds.models import Round
from contest.rounds.words import said_closing
from contest.standings import regrading
from contest.standings.operations import SETTLE


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
