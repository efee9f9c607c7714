from flask_babel import lazy_gettext as _

MESSAGES = {
    "bank_code_invalid": _("Mã ngân hàng chỉ gồm chữ a–z không dấu, chữ số và dấu gạch nối, tối đa 60 ký tự."
                           " Ví dụ: cchc-2026."),
    "bank_code_taken": _("Mã “%(bank_code)s” đã có ngân hàng khác dùng. Chọn mã khác."),
    "bank_title_needed": _("Ghi tên ngân hàng, tối đa %(most)s ký tự."),
    "import_done": _("Tệp “%(file_name)s” đã được nhập lúc %(done_at)s. Không có gì thay đổi thêm."),
    "import_discarded": _("Lần nhập tệp “%(file_name)s” đã bị hủy. Tải tệp lên lại nếu cần nhập."),
    "import_expired": _("Tệp tải lên đã quá 24 giờ nên không còn được giữ. Tải tệp lên lại."),
    "import_conflict": _("Ngân hàng vừa có người khác thay đổi nên chưa nhập câu nào. Xem trước lại rồi nhập."),
    "question_changed": _("Câu này vừa có người khác sửa. Tải lại trang để xem bản mới rồi sửa tiếp."),
    "question_stem_missing": _("Ghi nội dung câu hỏi."),
    "question_options_few": _("Cần ít nhất 2 phương án."),
    "question_options_many": _("Chỉ được tối đa 8 phương án."),
    "question_option_empty": _("Có phương án đang trống. Ghi nội dung hoặc bỏ phương án."),
    "question_options_same": _("Có hai phương án giống nhau. Sửa một phương án."),
    "question_key_missing": _("Đánh dấu phương án đúng."),
    "question_key_single": _("Loại câu này chỉ có một đáp án đúng. Bỏ bớt dấu, hoặc đổi loại thành chọn nhiều đáp án."),
    "question_true_false": _("Câu đúng/sai có đúng 2 phương án. Bỏ bớt phương án hoặc đổi loại câu."),
    "question_parts_few": _("Cần ít nhất một ý không trống; ghép cặp cần ít nhất hai. Điền thêm ý."),
    "question_parts_many": _("Chỉ được tối đa 20 ý hoặc chỗ điền. Tách thành nhiều câu."),
    "question_gaps": _("Số chỗ điền trong nội dung khác số đáp án. Ghi [[1]], [[2]] … theo thứ tự, đủ đáp án."),
    "question_too_long": _("Nội dung, phương án hoặc ý dài quá 8.000 ký tự. Rút ngắn lại."),
    "question_legacy_font": _("Chữ gõ bằng phông cũ (TCVN3, VNI). Chuyển sang Unicode rồi lưu lại."),
    "question_points": _("Điểm phải lớn hơn 0."),
}
