"""What is wrong with a question file, in Vietnamese: code → sentence.

The pure readers in `formats/` know codes only; this is the one place with their sentences.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from contest.questions.formats.drafts import Problem, UnreadableFile

_PROBLEMS: Mapping[str, LazyString] = {
    "no_stem": _("thiếu nội dung câu hỏi. Điền nội dung hoặc xóa dòng."),
    "no_key": _("chưa có đáp án đúng. Ghi chữ cái của phương án đúng, ví dụ B."),
    "key_unreadable": _(
        "không hiểu đáp án “%(value)s”. Ghi chữ cái của phương án đúng, ví dụ B hoặc A, C."
    ),
    "key_ambiguous": _(
        "đáp án “%(value)s” hiểu được hai cách. Ghi chữ cái của phương án đúng, ví dụ B."
    ),
    "key_beyond_options": _(
        "đáp án “%(value)s” nằm ngoài %(options)s phương án. Sửa đáp án hoặc thêm phương án."
    ),
    "key_conflict": _(
        "đáp án “%(value)s” trái với dấu đánh trong phương án. Giữ một cách ghi đáp án."
    ),
    "key_not_single": _("câu đúng/sai có %(keys)s đáp án. Giữ một đáp án."),
    "too_few_options": _("chỉ có %(found)s phương án. Cần ít nhất 2 phương án."),
    "option_gap": _("phương án bị bỏ trống ở giữa. Điền hoặc dồn các phương án từ cột A."),
    "duplicate_options": _("phương án %(first)s và %(second)s giống nhau. Sửa một phương án."),
    "options_unsplit": _(
        "chỉ tách được %(found)s phương án. Kiểm tra ký hiệu %(letter)s ở đầu phương án."
    ),
    "broken_marker": _("chỉ tách được %(found)s phương án. Kiểm tra dấu chấm sau chữ %(letter)s."),
    "unsupported_type": _(
        "chưa nhận loại câu “%(value)s”. Dùng chọn một đáp án, chọn nhiều đáp án hoặc đúng/sai."
    ),
    "too_long": _("dài %(chars)s ký tự, tối đa %(limit)s. Rút ngắn rồi nhập lại."),
    "legacy_font": _("chữ gõ bằng phông cũ (TCVN3, VNI). Chuyển sang Unicode rồi nhập lại."),
    "type_key_mismatch": _(
        "loại “%(value)s” không khớp với %(keys)s đáp án đúng. Kiểm tra loại hoặc đáp án."
    ),
    "unknown_type": _("không rõ loại câu “%(value)s”. Loại được hiểu theo số đáp án đúng."),
    "points_unreadable": _("không đọc được điểm “%(value)s”. Ghi một số, ví dụ 0,5."),
    "duplicate_in_file": _("trùng với câu ở dòng %(first_row)s. Giữ một câu."),
    "duplicate_code": _("mã “%(value)s” đã dùng ở dòng %(first_row)s. Đổi mã hoặc bỏ một câu."),
    "fixed_option": _(
        "phương án %(letter)s nói về các phương án khác (“%(value)s”). Đặt cố định ở cuối khi trộn."
    ),
    "names_letters": _(
        "phương án %(letter)s gọi tên chữ cái (“%(value)s”). Viết lại hoặc không trộn phương án."
    ),
    "no_markers": _("phương án không có chữ cái, tách theo dòng. Kiểm tra %(found)s phương án."),
    "hidden_row": _("dòng bị ẩn trong tệp. Kiểm tra có nhập câu này không."),
    "cell_date": _("ô là ngày tháng, được đọc thành chữ. Kiểm tra lại nội dung."),
    "cell_boolean": _("ô là giá trị đúng/sai của Excel, được đọc thành chữ. Kiểm tra lại."),
    "cell_error": _("ô báo lỗi công thức, được đọc là trống. Thay bằng giá trị."),
    "formula_without_value": _(
        "công thức chưa có kết quả, được đọc là trống. Mở bằng Excel, lưu lại rồi tải lên."
    ),
    "keys_count_from_zero": _("đáp án đánh số từ 0: 0 là A, 1 là B. Kiểm tra lại đáp án."),
    "text_repaired": _("đã chuẩn hóa ký tự ở %(cells)s ô (%(kind)s), từ chỗ này trở đi."),
    "merged_cells": _("ô gộp đến dòng %(last_row)s. Kiểm tra giá trị của từng dòng."),
    "sheet_unread": _("trang tính này không được đọc (%(rows)s dòng). Chọn trang nếu cần nhập."),
    "encoding_guessed": _(
        "bảng mã được đoán là %(encoding)s. Nếu chữ sai, lưu lại dạng CSV UTF-8."
    ),
    "quotes_repaired": _("dấu ngoặc kép không khớp, được giữ như chữ. Kiểm tra các cột."),
}

_REPAIRS: Mapping[str, LazyString] = {
    "nfd": _("dấu tổ hợp"),
    "nbsp": _("khoảng trắng lạ"),
    "zero_width": _("ký tự không nhìn thấy"),
    "full_width": _("chữ toàn hình"),
    "quotes": _("dấu ngoặc lạ"),
    "line_breaks": _("dấu xuống dòng lạ"),
    "control": _("ký tự điều khiển"),
}

_REFUSALS: Mapping[str, LazyString] = {
    "empty_file": _("Tệp trống. Chọn tệp có câu hỏi."),
    "too_big": _("Tệp lớn quá 25 MB. Bỏ hình ảnh hoặc chia thành nhiều tệp."),
    "old_xls": _("Tệp Excel đời cũ (.xls). Mở bằng Excel, lưu lại thành .xlsx."),
    "old_doc": _("Tệp Word đời cũ (.doc). Chuyển câu hỏi sang tệp .xlsx hoặc .csv."),
    "encrypted": _("Tệp đặt mật khẩu. Bỏ mật khẩu rồi tải lên."),
    "pdf": _("Tệp PDF không có bảng câu hỏi để đọc. Dùng tệp .xlsx hoặc .csv."),
    "docx": _("Tệp là văn bản Word, không phải bảng tính. Chuyển câu hỏi sang tệp .xlsx hoặc .csv."),
    "ods": _("Tệp LibreOffice (.ods). Lưu lại thành .xlsx."),
    "xlsb": _("Tệp Excel nhị phân (.xlsb). Lưu lại thành .xlsx."),
    "other_zip": _("Tệp nén không phải bảng tính. Giải nén rồi chọn tệp .xlsx hoặc .csv."),
    "web_page": _("Tệp là trang web hoặc XML mang tên Excel. Mở bằng Excel, lưu lại thành .xlsx."),
    "not_a_table": _("Tệp không phải bảng tính. Chọn tệp .xlsx hoặc .csv."),
    "broken_file": _("Tệp hỏng. Mở bằng Excel, lưu lại rồi tải lên."),
    "unsafe_zip": _("Tệp nén bất thường nên không được mở. Lưu lại thành .xlsx bằng Excel."),
    "unsafe_xml": _("Tệp chứa XML bất thường nên không được mở. Lưu lại bằng Excel."),
    "too_many_rows": _(
        "Trang “%(sheet)s” có quá %(limit)s dòng (ô %(cell)s). Xóa các dòng thừa hoặc chia tệp."
    ),
    "too_many_columns": _("Trang “%(sheet)s” có quá %(limit)s cột (ô %(cell)s). Xóa các cột thừa."),
    "cell_too_long": _(
        "Ô %(cell)s có %(chars)s ký tự, quá %(limit)s. Rút ngắn hoặc chia nội dung."
    ),
    "too_much_text": _("Tệp có quá nhiều chữ. Chia thành nhiều tệp."),
    "no_sheet": _("Không có trang tính “%(sheet)s”. Chọn trang khác."),
    "no_header": _(
        "Không tìm thấy dòng tiêu đề trong 10 dòng đầu. Cần cột Nội dung câu hỏi và cột đáp án."
        " Đã thấy: %(seen)s"
    ),
    "no_rows": _("Dưới dòng tiêu đề %(row)s không có câu hỏi nào. Thêm câu hỏi rồi tải lên."),
    "bad_mapping": _("Không ghép được cột %(column)s với “%(field)s”. Chọn lại cột."),
    "too_heavy": _("Tệp quá nặng để đọc. Chia thành nhiều tệp."),
    "crashed": _("Không đọc được tệp. Mở bằng Excel, lưu lại thành .xlsx rồi tải lên."),
}


class _Known(dict[str, str | int]):
    """Parameters; one that a reader forgot shows as an ellipsis instead of breaking the page."""

    def __missing__(self, name: str) -> str:
        return "…"


def message(problem: Problem | UnreadableFile) -> str:
    """Return the sentence of a problem with its place, or of a refusal."""
    params: dict[str, str | int] = dict(problem.params)
    if isinstance(problem, UnreadableFile):
        return _filled(_REFUSALS.get(problem.code), problem.code, params)
    if problem.code == "text_repaired":
        kind = str(params.get("kind", ""))
        params["kind"] = str(_REPAIRS.get(kind, kind))
    text = _filled(_PROBLEMS.get(problem.code), problem.code, params)
    where = _where(problem)
    return f"{where}: {text}" if where else text[:1].upper() + text[1:]


def _filled(template: LazyString | None, code: str, params: Mapping[str, str | int]) -> str:
    if template is None:
        return str(gettext("lỗi chưa có tên (%(code)s)", code=code))
    text = str(template)
    return text % _Known(params) if "%(" in text else text


def _where(problem: Problem) -> str:
    """Return "Dòng 349, cột Phương án", as much of it as the problem says."""
    row = problem.place.rpartition("!")[2]
    if row.isdecimal() and problem.column:
        return str(gettext("Dòng %(row)s, cột %(column)s", row=row, column=problem.column))
    if row.isdecimal():
        return str(gettext("Dòng %(row)s", row=row))
    if problem.column:
        return str(gettext("Cột %(column)s", column=problem.column))
    return str(gettext("Trang %(sheet)s", sheet=problem.place)) if problem.place else ""
