"""What the room's pages share: the blueprint, and words for the codes that questions carry."""

from typing import Any

from flask import Blueprint, Response
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from werkzeug.utils import secure_filename

from contest.questions.formats.columns import OPTION_FIELDS

blueprint = Blueprint("questions", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

TYPE_WORDS = {
    "single": _("Chọn một đáp án"), "multiple": _("Chọn nhiều đáp án"), "true_false": _("Đúng/sai"),
    "cluster": _("Cụm câu đúng/sai"), "short_text": _("Trả lời ngắn"), "number": _("Điền số"),
    "matching": _("Ghép cặp"), "ordering": _("Sắp xếp"), "gaps": _("Điền chỗ trống"), "essay": _("Tự luận"),
}
LEVEL_WORDS = {"NB": _("Nhận biết"), "TH": _("Thông hiểu"), "VD": _("Vận dụng"), "VDC": _("Vận dụng cao")}
STATE_WORDS = {
    "valid": _("Hợp lệ"), "warning": _("Cảnh báo"), "error": _("Lỗi"), "duplicate": _("Trùng"),
    "update": _("Cập nhật"),
}
WAY_WORDS = {"skip": _("Bỏ qua"), "update": _("Ghi đè"), "add": _("Thêm mới")}
_FIELD_WORDS = {
    "number": _("Số thứ tự"), "code": _("Mã câu hỏi"), "type": _("Loại câu"), "stem": _("Nội dung câu hỏi"),
    "options": _("Các phương án trong một ô"), "key": _("Đáp án đúng"), "topic": _("Lĩnh vực"),
    "level": _("Mức độ"), "explanation": _("Giải thích"), "citation": _("Căn cứ"), "points": _("Điểm"),
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


def clean(text: Any) -> str:
    """Outer spaces off; None as the empty text."""
    return str(text or "").strip()
