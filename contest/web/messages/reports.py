from flask_babel import lazy_gettext as _

MESSAGES = {
    "printed_title_needed": _("Ghi tên bài thi, tối đa %(most)s ký tự."),
    "printed_variants": _("Số mã đề từ 1 đến %(most)s."),
    "printed_code": _("Mã đề từ 1 đến %(most)s."),
    "printed_short": _("Ngân hàng không đủ câu cho ma trận đề của đợt này nên chưa rút được đề giấy. Sửa ma trận đề "
                       "hoặc thêm câu."),
    "list_not_frozen": _("Danh sách trao giải này chưa chốt. Chốt danh sách rồi mới in giấy."),
    "no_certificates": _("Danh sách này không có giấy nào để in."),
    "file_gone": _("Tệp này đã xóa. Tạo lại tệp."),
}
