from flask_babel import lazy_gettext as _

MESSAGES = {
    "not_yet": _("Ban Tổ chức chưa công bố phần này. Xem lại sau khi đợt thi kết thúc và kết quả được công bố."),
    "bad_cursor": _("Không đọc được vị trí trang của bảng xếp hạng. Mở lại bảng từ trang đầu."),
    "bad_limit": _("Số dòng một trang là số nguyên từ 1 đến 200."),
    "bad_audience": _("Nhóm người dự thi là “official” hoặc “citizen”."),
}
