"""What the organisers' and participants' pages say of rounds: words for places, problems and lengths of time."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext

from contest.identity.names import fold
from contest.questions.desk import TYPE_WORDS
from contest.rounds.blueprint import ASKED, Place, lacking
from contest.rounds.cited import documents
from contest.rounds.models import Round
from contest.rounds.pools import groups
from contest.rounds.problems import Problem
from contest.rounds.queries import banks
from contest.rounds.window import needed_ms, room_ms, spoken, spoken_closing


def _(message: str, **values: Any) -> str:
    return str(gettext(message, **values))


def said(instant: datetime) -> str:
    """"08:00 ngày 16/11/2026", local time."""
    time, day = spoken(instant)
    return _("%(time)s ngày %(day)s", time=time, day=day)


def said_closing(instant: datetime) -> str:
    """An instant as an end: midnight is "24:00 ngày 22/11/2026"."""
    time, day = spoken_closing(instant)
    return _("%(time)s ngày %(day)s", time=time, day=day)


def level_name(level: str | None) -> str:
    """The name of a level's code; None is any level."""
    names = {None: _("Bất kỳ mức độ"), "NB": _("Nhận biết"), "TH": _("Thông hiểu"), "VD": _("Vận dụng"),
             "VDC": _("Vận dụng cao")}
    return names.get(level, level or "")


def topic_name(topic: str | None) -> str:
    """The name of a topic; None is any topic."""
    return topic or _("Bất kỳ lĩnh vực")


def place_name(place: Place, titles: dict[str, str]) -> str:
    """A place of the blueprint in words. `titles`: id → title, of banks and documents."""
    words = [str(TYPE_WORDS.get(place.type, place.type))] if place.type else []
    words += [topic_name(place.topic), level_name(place.level)] if place.plain else [
        *([place.topic] if place.topic else []), *([level_name(place.level)] if place.level else [])]
    if place.plain and place.topic is None and place.level is None:
        words = [_("Bất kỳ câu nào")]
    if place.document_id:
        words.append(_("văn bản %(title)s", title=titles.get(place.document_id, _("không còn"))))
    if place.bank_id:
        words.append(_("ngân hàng %(title)s", title=titles.get(place.bank_id, _("đã bỏ chọn"))))
    return ", ".join(words)


def shortage(place: Place, needed: int, available: int, titles: dict[str, str]) -> str:
    """One place that the pool cannot serve, and by how much."""
    return _("%(place)s: cần %(needed)s câu, chỉ có %(available)s.",
             place=place_name(place, titles), needed=needed, available=available)


def shortages(rows: Sequence[dict[str, Any]], bank_ids: Sequence[str]) -> list[str]:
    """Every place of a blueprint that these banks cannot serve, in words."""
    found = lacking(groups(bank_ids, rows), rows)
    titles = _titles(bank_ids) if found else {}
    return [shortage(place, short.needed, short.available, titles) for place, short in found]


def _titles(bank_ids: Sequence[str]) -> dict[str, str]:
    return {bank.id: bank.title for bank in banks()} | dict(documents(bank_ids))


def problem(found: Problem) -> str:
    """What keeps a round from being published, and where to mend it."""
    if found.code == "shortage":
        place = Place(*(found.params[name] for name in ASKED))
        titles = _titles([bank.id for bank in banks()]) if place.bank_id or place.document_id else {}
        return _("Ma trận đề. %(what)s",
                 what=shortage(place, found.params["needed"], found.params["available"], titles))
    return {
        "contest_archived": _("Cuộc thi đang ở trong kho lưu. Đưa cuộc thi ra khỏi kho lưu trước."),
        "no_hotline": _("Chưa có số điện thoại hỗ trợ. Thêm ở trang sửa cuộc thi."),
        "window_over": _("Giờ kết thúc đã qua. Chọn giờ kết thúc sau thời điểm hiện tại."),
        "duration_exceeds_window": _("Thời gian làm bài dài hơn thời gian mở đợt. Rút ngắn thời gian làm bài "
                                     "hoặc lùi giờ kết thúc."),
        "no_bank": _("Chưa chọn ngân hàng câu hỏi nào."),
        "no_blueprint": _("Ma trận đề chưa có câu nào. Ghi số câu vào ít nhất một ô."),
        "no_rules": _("Chưa có thể lệ."),
        "freeze_outside": _("Lúc tạm dừng cập nhật bảng xếp hạng nằm ngoài thời gian mở đợt. Chọn lại lúc đó."),
        "nothing_to_guess": _("Xếp hạng có xét câu dự đoán, nhưng đợt thi không hỏi câu dự đoán."),
        "mixed_predictions": _("Bảng xếp hạng chung cộng độ lệch dự đoán của các đợt, nhưng đợt này hỏi dự đoán theo "
                               "đơn vị khác (số người, tỷ lệ phần trăm hay con số khác) nên không cộng được. Đổi câu "
                               "dự đoán của đợt cho giống các đợt kia, hoặc cho đợt này trọng số 0 trong bảng chung."),
        "number_unasked": _("Câu dự đoán hỏi một con số, nhưng chưa ghi câu hỏi."),
        "seed_used": _("Dòng chữ bốc thăm trùng với một đợt đã công bố: cùng những người ấy sẽ lại bốc được số nhỏ. "
                       "Ghi dòng chữ khác."),
    }[found.code]


def tight(row: Round, people: int, rate: int) -> str | None:
    """What to do where `people` who come at the opening cannot all have their whole time; None where they can.

    `rate`: starts a second that the queue lets in. A remark only.
    """
    room, needed = room_ms(row.opens_at, row.closes_at, row.duration_ms), needed_ms(people, rate)
    if room >= needed or row.closes_at - row.opens_at < timedelta(milliseconds=row.duration_ms):
        return None
    minutes = -(-needed // 60_000)
    return _("Thời gian mở đợt chỉ dư %(room)s phút so với thời gian làm bài. Khoảng %(people)s người cùng vào lúc "
             "mở cần đến %(needed)s phút để vào hết, nên người vào sau thiếu giờ làm bài. Lùi giờ kết thúc đến "
             "%(until)s hoặc muộn hơn, hoặc rút ngắn thời gian làm bài.",
             room=room // 60_000, people=f"{people:,}".replace(",", "."), needed=minutes,
             until=said(row.opens_at + timedelta(milliseconds=row.duration_ms, minutes=minutes)))


def tells_keys(row: Round) -> str | None:
    """What to do where points after each of several attempts would help to find the keys; None where they can't."""
    if row.kind != "contest" or row.attempts_allowed < 2 or row.result_shown == "nothing":
        return None
    return _("Mỗi người được thi %(n)s lượt và thấy điểm ngay sau từng lượt: so điểm các lượt có thể đoán ra đáp án "
             "khi đợt còn mở. Nên chỉ báo điểm sau khi công bố kết quả, hoặc lấy đề từ ngân hàng nhiều câu.",
             n=row.attempts_allowed)


def unsaid(row: Round) -> list[str]:
    """What a round's rules ought to name and do not: days, minutes, attempts, for whom. A remark only."""
    opens, closes = spoken(row.opens_at)[1], spoken_closing(row.closes_at)[1]
    minutes = row.duration_ms // 60_000
    facts = {
        _("ngày mở %(day)s", day=opens): _day(opens),
        _("ngày kết thúc %(day)s", day=closes): _day(closes),
        _("thời gian làm bài %(n)s phút", n=minutes): rf"(?<!\d)0*{minutes}\s+[^\W\d]",
        _("số lượt thi tối đa là %(n)s", n=row.attempts_allowed): rf"(?<!\d)0*{row.attempts_allowed}\s+[^\W\d]",
    }
    plain = {  # of the text without case and accents
        _("dành riêng cho %(bloc)s", bloc=bloc): re.escape(fold(bloc)) for bloc in row.open_blocs or ()}
    if row.quota_scope == "week":
        plain[_("số lượt tính theo tuần")] = r"(moi|mot|tung|trong|theo|hang) tuan|/ ?tuan|week"
    if row.quota_scope == "contest":
        plain[_("số lượt tính trong cả cuộc thi")] = "(ca|toan) cuoc thi|whole contest"
    if row.prediction not in (None, "none"):
        plain[_("câu hỏi dự đoán")] = "du doan|predict"
    folded = fold(row.rules)
    return [what for text, known in ((row.rules, facts), (folded, plain)) for what, pattern in known.items()
            if text and not re.search(pattern, text)]


def _day(text: str) -> str:
    day, month, _year = text.split("/")
    return rf"(?<!\d)0?{int(day)}\s*[/.-]\s*0?{int(month)}(?!\d)"


def span(length: timedelta) -> str:
    """A length of time in its two largest units: "02 ngày 03 giờ", "03 giờ 20 phút", "15 phút"."""
    minutes = max(0, int(length.total_seconds())) // 60
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return _("%(days)s ngày %(hours)s giờ", days=f"{days:02d}", hours=f"{hours:02d}")
    if hours:
        return _("%(hours)s giờ %(minutes)s phút", hours=f"{hours:02d}", minutes=f"{minutes:02d}")
    return _("%(minutes)s phút", minutes=minutes) if minutes else _("dưới 1 phút")
