from flask_babel import lazy_gettext as _

MESSAGES = {
    "round_not_open": _("Đợt thi mở lúc %(at)s."),
    "round_closed": _("Đợt thi đã kết thúc lúc %(at)s."),
    "round_cancelled": _("Đợt thi đã bị hủy. Xem lý do ở trang cuộc thi."),
    "officials_only": _("Đợt thi này dành cho cán bộ, công chức, viên chức."),
    "citizens_only": _("Đợt thi này dành cho người dân."),
    "no_attempts_left": _("Đã dùng hết %(used)s/%(allowed)s lượt thi của đợt này."),
    "consent_required": _("Đọc thể lệ và đánh dấu vào ô cam kết để bắt đầu làm bài."),
    "closed": _("Lượt thi đã kết thúc lúc %(at)s. Những câu đã lưu trước đó vẫn được tính. Mã bài thi: %(receipt)s."),
    "attempt_void": _("Lượt thi này không còn hiệu lực. Gọi hỗ trợ kỹ thuật để biết lý do."),
    "other_device": _("Bài thi đang mở trên thiết bị khác."),
    "malformed": _("Yêu cầu gửi lên không đúng mẫu, ở mục “%(field)s”. Tải lại trang rồi thử lại."),
    "body_too_large": _("Nội dung gửi lên quá lớn. Giới hạn là %(kilobytes)s kB."),
    "nothing_saved": _("Chưa lưu được câu trả lời nào. Tải lại trang rồi chọn lại."),
    "unknown_slot": _("Đề thi không có câu này. Tải lại trang."),
    "unknown_option": _("Câu này không có phương án vừa chọn. Tải lại trang rồi chọn lại."),
    "too_many_options": _("Câu này chỉ chọn một phương án."),
    "wrong_shape": _("Câu này không nhận kiểu trả lời vừa gửi. Tải lại trang rồi trả lời lại."),
    "answer_too_long": _("Câu trả lời quá dài. Giới hạn là 500 ký tự, với câu tự luận là 20.000 ký tự."),
    "conflict": _("Câu này đã lưu một lựa chọn khác với cùng số thứ tự. Tải lại trang rồi chọn lại."),
}
