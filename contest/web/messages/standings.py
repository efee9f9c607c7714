from flask_babel import lazy_gettext as _

MESSAGES = {
    "not_yet": _("Ban Tổ chức chưa công bố phần này. Xem lại sau khi đợt thi kết thúc và kết quả được công bố."),
    "not_settled": _("Còn bài thi đang chờ chốt điểm. Chờ một phút rồi bấm “Công bố kết quả” lần nữa."),
    "results_published": _("Kết quả đã công bố: bài thi của đợt này không chấm lại được nữa."),
    "bad_cursor": _("Không đọc được vị trí trang của bảng xếp hạng. Mở lại bảng từ trang đầu."),
    "bad_limit": _("Số dòng một trang là số nguyên từ 1 đến 200."),
    "bad_audience": _("Nhóm người dự thi là “official” hoặc “citizen”."),
}
