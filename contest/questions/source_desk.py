"""What the pages of documents, citations and coverage share: the blueprint, words for codes, days."""

from datetime import date
from typing import Any

from flask import Blueprint, request
from flask_babel import lazy_gettext as _

from contest import clock
from contest.clock import LOCAL
from contest.questions.formats.law_numbers import dates_in

blueprint = Blueprint("sources", __name__)

KIND_WORDS = {
    "ke_hoach": _("Kế hoạch"), "nghi_quyet": _("Nghị quyết"), "quyet_dinh": _("Quyết định"), "luat": _("Luật"),
    "nghi_dinh": _("Nghị định"), "thong_tu": _("Thông tư"), "chi_thi": _("Chỉ thị"), "de_an": _("Đề án"),
    "other": _("Văn bản khác"),
}
STATUS_WORDS = {
    "in_force": _("Còn hiệu lực"), "replaced": _("Bị thay thế"), "partly_replaced": _("Bị thay thế một phần"),
    "expired": _("Hết hiệu lực"),
}
STANDING_WORDS = {**STATUS_WORDS, "not_yet": _("Chưa có hiệu lực")}
LEFT_WORDS = {
    "nation": _("quốc hiệu, tiêu ngữ"), "head": _("phần đầu văn bản"), "tail": _("nơi nhận, chữ ký"),
    "rule": _("dòng kẻ, dòng tiêu đề bảng"),
}
HOW_WORDS = {"import": _("tự động"), "guess": _("theo gợi ý"), "hand": _("chọn tay")}
REASON_WORDS = {
    "words": _("đúng lời trong danh sách nguồn của ngân hàng"),
    "number": _("đúng số, ký hiệu văn bản"),
    "name": _("đúng tên văn bản"),
    "short_number": _("chỉ ghi số, không ghi ký hiệu"),
    "kind_differs": _("cùng số nhưng khác loại văn bản"),
    "name_alike": _("tên gần giống một văn bản"),
    "several_documents": _("có nhiều văn bản khớp"),
    "as_fine": _("văn bản không tách nhỏ hơn mục này"),
    "wider": _("không có mục nhỏ đó, gợi ý mục chứa nó"),
    "inside": _("mục này nằm trong phần khác của văn bản"),
    "other_reading": _("vị trí hiểu được nhiều cách"),
    "repeated": _("văn bản có hai mục cùng vị trí"),
    "no_place": _("không ghi điều, khoản, mục"),
    "place_unknown": _("văn bản không có mục đó"),
    "unknown_number": _("chưa có văn bản mang số đó"),
    "no_document": _("chưa có văn bản nào khớp tên"),
    "too_long": _("căn cứ quá dài"),
    "empty": _("căn cứ trống"),
}


@blueprint.app_template_filter("document_kind")
def kind_word(code: str) -> str:
    """The name of a kind of document."""
    return str(KIND_WORDS.get(code, KIND_WORDS["other"]))


@blueprint.app_template_filter("document_standing")
def standing_word(code: str) -> str:
    """How a document stands, in words."""
    return str(STANDING_WORDS.get(code, code))


@blueprint.app_template_filter("document_label")
def label_of(document: Any) -> str:
    """A document in a few words: kind and number, else the start of its title."""
    if document.number:
        return f"{kind_word(document.kind)} {document.number}"
    return str(document.title) if len(document.title) <= 80 else document.title[:80].rsplit(" ", 1)[0] + "…"


def citation_of(document: Any, locator: str) -> str:
    """How a question cites a place so that it is linked at once."""
    name = f"{kind_word(document.kind)} {document.number}" if document.number_key else document.title
    return f"{name}, {locator[:1].lower()}{locator[1:]}" if locator else str(name)


@blueprint.app_template_filter("reasons")
def reason_words(codes: tuple[str, ...]) -> str:
    """Why a citation was read so."""
    return "; ".join(str(REASON_WORDS.get(code, code)) for code in codes)


def today() -> date:
    """The day it is in Vietnam."""
    return clock.now().astimezone(LOCAL).date()


def asked_day() -> date:
    """The day that the page is asked about (?ngay=21/10/2021 or 2021-10-21), else today."""
    return day_of(request.args.get("ngay", "")) or today()


def day_of(text: str) -> date | None:
    """The day that a text names, as 21/10/2021 or as a browser sends it; None for none."""
    found = dates_in(text)
    if found:
        return found[0]
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
