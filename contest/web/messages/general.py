from flask_babel import lazy_gettext as _

MESSAGES = {
    "bad_request": _("Không đọc được yêu cầu. Tải lại trang rồi thử lại."),
    "not_found": _("Không tìm thấy trang hoặc nội dung này."),
    "wrong_method": _("Địa chỉ này không nhận kiểu yêu cầu vừa gửi."),
    "too_large": _("Tệp hoặc nội dung gửi lên quá lớn. Giới hạn là 25 MB."),
    "csrf": _("Trang đã mở quá lâu hoặc phiên đã đổi. Tải lại trang rồi thử lại."),
    "busy": _("Hệ thống đang đông. Chờ vài giây rồi thử lại; bài làm đã lưu vẫn còn."),
    "failure": _("Hệ thống gặp sự cố. Những gì đã lưu vẫn còn. Thử lại sau 1 phút."),
    "bad_head": _("Ghi mắt xích đúng như lệnh này đã in ra: số, dấu hai chấm, 64 chữ số và chữ cái."),
    "file_exists": _("Tệp %(path)s đã có. Chọn tên khác để không ghi đè."),
    "round_still_open": _("Đợt thi còn mở đến %(closes_at)s. Chờ đến lúc đó, hoặc hủy đợt thi trên trang tổ chức."),
    "not_allowed": _("Tài khoản này không được phân quyền làm việc này."),
}
