from flask_babel import lazy_gettext as _

MESSAGES = {
    "too_many_sittings": _("Đợt thi có hơn %(most)s lượt thi: nhiều quá để so từng cặp bài."),
    "unknown_verdict": _("Chọn một kết luận."),
    "note_required": _("Ghi lý do của kết luận nghi vấn."),
    "note_too_long": _("Ghi chú dài quá %(most)s ký tự. Viết gọn lại."),
    "printed_title_needed": _("Ghi tên bài thi, tối đa %(most)s ký tự."),
    "printed_variants": _("Số mã đề từ 1 đến %(most)s."),
    "printed_code": _("Mã đề từ 1 đến %(most)s."),
    "printed_short": _("Ngân hàng không đủ câu cho ma trận đề của đợt này nên chưa rút được đề giấy. Sửa ma trận đề "
                       "hoặc thêm câu."),
    "list_not_frozen": _("Danh sách trao giải này chưa chốt. Chốt danh sách rồi mới in giấy."),
    "no_certificates": _("Danh sách này không có giấy nào để in."),
    "file_gone": _("Tệp này đã xóa. Tạo lại tệp."),
}
