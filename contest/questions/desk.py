"""What the room's pages share: the blueprint, and words for the codes that questions carry."""

from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.utils import secure_filename

from contest.columns import is_id
from contest.questions.formats.columns import OPTION_FIELDS
from contest.questions.queries import Filters

blueprint = Blueprint("questions", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

TYPE_WORDS = {
    "single": _("Chọn một đáp án"), "multiple": _("Chọn nhiều đáp án"), "true_false": _("Đúng/sai"),
    "cluster": _("Cụm câu đúng/sai"), "short_text": _("Trả lời ngắn"), "number": _("Điền số"),
    "matching": _("Ghép cặp"), "ordering": _("Sắp xếp"), "gaps": _("Điền chỗ trống"), "essay": _("Tự luận"),
}
LEVEL_WORDS = {"NB": _("Nhận biết"), "TH": _("Thông hiểu"), "VD": _("Vận dụng"), "VDC": _("Vận dụng cao")}
REVIEW_WORDS = {"off": _("Không cần thẩm định"), "one": _("Thẩm định rồi duyệt"),
                "two": _("Người soạn, người thẩm định, người duyệt là ba người khác nhau")}
QUESTION_STATES = {"draft": _("Chờ thẩm định"), "reviewed": _("Đã thẩm định, chờ duyệt"), "approved": _("Đã duyệt"),
                   "retired": _("Ngừng dùng")}
VERDICT_WORDS = {"reviewed": _("Đã thẩm định"), "approved": _("Đã duyệt"), "returned": _("Trả lại")}
READING_WORDS = {"list": _("Xem danh sách câu hỏi"), "question": _("Xem một câu hỏi"), "export": _("Xuất tệp"),
                 "paper": _("Xem thử đề"), "twins": _("Xem câu trùng và gần trùng"),
                 "regrade": _("Xem đáp án để chấm lại"), "appeals": _("Xem câu hỏi và đáp án để trả lời kiến nghị"),
                 "analysis": _("Xem phân tích câu hỏi"),
                 "marking": _("Xem câu tự luận để tổ chức chấm")}
_FIELD_WORDS = {
    "number": _("Số thứ tự"), "code": _("Mã câu hỏi"), "type": _("Loại câu"), "stem": _("Nội dung câu hỏi"),
    "options": _("Các phương án trong một ô"), "key": _("Đáp án đúng"), "topic": _("Lĩnh vực"),
    "level": _("Mức độ"), "explanation": _("Giải thích"), "citation": _("Căn cứ"), "points": _("Điểm"),
    "option": _("Phương án"), "part": _("Ý"), "gap": _("Đáp án"), "scoring": _("Cách chấm"),
}


@blueprint.app_template_filter("question_type")
def type_word(code: str) -> str:
    """The name of a question type."""
    return str(TYPE_WORDS.get(code, code))


@blueprint.app_template_filter("question_level")
def level_word(code: str | None) -> str:
    """The name of a level: ours for the codes, else the file's own words."""
    return str(LEVEL_WORDS.get(code or "", code or gettext("Chưa ghi mức độ")))


@blueprint.app_template_filter("question_topic")
def topic_word(topic: str | None) -> str:
    """A topic, or that there is none."""
    return topic or str(gettext("Chưa ghi lĩnh vực"))


@blueprint.app_template_filter("question_state")
def state_word(code: str) -> str:
    """The name of a question's state; "retired" is one of them."""
    return str(QUESTION_STATES.get(code, code))


@blueprint.app_template_filter("question_verdict")
def verdict_word(code: str) -> str:
    """The name of a verdict."""
    return str(VERDICT_WORDS.get(code, code))


@blueprint.app_template_filter("question_field")
def field_word(name: str | None) -> str:
    """What a column of a file was taken for; None: for nothing."""
    if name is None:
        return str(gettext("Không dùng"))
    if name in OPTION_FIELDS:
        return str(gettext("Phương án %(letter)s", letter=name[-1].upper()))
    return str(_FIELD_WORDS.get(name, name))


def download(data: bytes, name: str) -> Response:
    """An .xlsx to keep; `name` without its ending."""
    safe = secure_filename(name) or "tep"
    return Response(data, mimetype=XLSX, headers={"Content-Disposition": f'attachment; filename="{safe}.xlsx"'})


def filters_of_request() -> Filters:
    """What the query string narrows a list to."""
    asked = request.args
    usage = asked.get("usage")
    return Filters(clean(asked.get("q"))[:200], asked.get("topic") or None, asked.get("level") or None,
                   asked.get("type") or None, asked.get("state") or None,
                   usage if usage in ("used", "fresh") else None,  # type: ignore[arg-type]
                   clean(asked.get("citation"))[:200])


def query_of(filters: Filters, **change: Any) -> dict[str, Any]:
    """The query string of a list, without what narrows nothing."""
    asked = {"q": filters.text, "topic": filters.topic, "level": filters.level, "type": filters.type,
             "state": filters.state, "usage": filters.usage, "citation": filters.citation, **change}
    return {name: value for name, value in asked.items() if value}


def id_of_request(name: str) -> str | None:
    """An id of the query string; None for what is none."""
    asked = request.args.get(name, "")
    return asked if is_id(asked) else None


def clean(text: Any) -> str:
    """Outer spaces off; None as the empty text."""
    return str(text or "").strip()
