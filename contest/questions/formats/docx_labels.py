"""The words and styles by which our own Word files show a question's parts. Pure."""

from __future__ import annotations

import re

from contest.questions.formats.drafts import QuestionType

# style id → its role and the name that Word shows
STYLES = {
    "BankTitle": ("title", "Tên ngân hàng"),
    "QuestionText": ("question", "Câu hỏi"),
    "OptionText": ("option", "Phương án"),
    "PartText": ("part", "Ý của câu hỏi"),
    "FieldText": ("field", "Đáp án và ghi chú"),
}
ROLES = {key: role for key, (role, _name) in STYLES.items()}
RAW_STYLE = "MarkdownSource"  # markup that no run of Word's can show
TABLE_STYLE = "BankTable"

TYPES: dict[QuestionType, str] = {
    "single": "Chọn một đáp án", "multiple": "Chọn nhiều đáp án", "true_false": "Đúng/Sai",
    "cluster": "Chùm đúng/sai", "short_text": "Trả lời ngắn", "number": "Điền số", "matching": "Ghép nối",
    "ordering": "Sắp xếp", "gaps": "Điền chỗ trống", "essay": "Tự luận"}
TYPE_OF = {word: kind for kind, word in TYPES.items()}

TYPE, KEY, TOPIC, LEVEL = "Loại", "Đáp án", "Lĩnh vực", "Mức độ"
EXPLANATION, CITATION, CODE, POINTS, TAG = "Giải thích", "Căn cứ", "Mã", "Điểm", "Nhãn"
CREDITS, PINNED, SETTING, GAP = "Tỉ lệ điểm", "Giữ vị trí", "Cách chấm", "Chỗ trống"
NO_POINTS = "không"
GAP_KINDS = {"text": "chữ", "number": "số", "choice": "chọn"}
LABEL = re.compile(r"(?P<name>[^\W\d_][^\d:(]{1,20}?)(?: (?P<number>\d{1,3}) \((?P<kind>chữ|số|chọn)\))?"
                   r"(?: \((?P<credit>-?\d{1,3}(?:,\d{1,3})?)%\))?:(?: |$)")
MARKER = re.compile(r"(?P<star>\*?)(?P<letter>[A-Z]{1,2}|[a-z]{1,2})[.)](?: |$)")
EACH = re.compile(r"(?P<part>[a-z]{1,2})\) ?(?P<option>Đúng|Sai|[A-Z]{1,2})")


def percent(credit: int) -> str:
    """A credit as per cent: 33333 → "33,333"."""
    whole, rest = divmod(abs(credit), 1_000)
    return ("-" if credit < 0 else "") + (f"{whole},{rest:03d}".rstrip("0") if rest else str(whole))


def credit_of(words: str) -> int:
    """The credit of a percentage as `percent` writes it."""
    whole, _, rest = words.lstrip("-").partition(",")
    credit = int(whole or "0") * 1_000 + int(rest.ljust(3, "0")[:3] or "0")
    return -credit if words.startswith("-") else credit
