from flask_babel import lazy_gettext as _

MESSAGES = {
    "contest_code_taken": _("Mã “%(address)s” đã có cuộc thi khác dùng. Chọn mã khác."),
    "contest_code_kept": _("Cuộc thi đã có đợt được công bố, địa chỉ đã lưu hành: giữ nguyên mã “%(address)s”."),
    "contest_running": _("Cuộc thi còn đợt đang mở hoặc sắp mở. Chờ đợt kết thúc, hoặc hủy đợt rồi mới lưu trữ."),
    "units_frozen": _("Cuộc thi đã có đợt được công bố: danh sách đơn vị và số CBCCVC không sửa được nữa."),
    "rules_frozen": _("Đợt thi đã công bố: không còn là bản nháp. Có thể sửa một số quy định, gia hạn hoặc hủy, kèm lý do."),
    "rules_closed": _("Không sửa được quy định của đợt thi này: đợt là bản nháp, đã hủy, hoặc đã công bố kết quả."),
    "rules_changed_meanwhile": _("Người khác vừa sửa quy định của đợt thi này. Mở lại trang để xem rồi sửa tiếp."),
    "nothing_changed": _("Chưa có quy định nào khác với hiện nay."),
    "duration_exceeds_window": _("Thời gian làm bài dài hơn thời gian mở đợt."),
    "quota_scope_kept": _("Đã có người bắt đầu làm bài: cách tính lượt giữ nguyên, chỉ đổi được số lượt."),
    "practice_quota": _("Thi thử tính lượt trong từng đợt."),
    "round_not_ready": _("Chưa công bố được đợt thi: còn %(count)s việc cần sửa."),
    "not_extendable": _("Chỉ gia hạn được đợt thi đang mở hoặc sắp mở."),
    "not_cancellable": _("Không hủy được đợt thi này: đợt là bản nháp, đã hủy, hoặc đã công bố kết quả."),
    "reason_required": _("Ghi lý do. Người dự thi sẽ đọc được lý do này."),
    "closes_too_early": _("Giờ kết thúc mới phải sau giờ kết thúc hiện nay (%(closes_at)s) và sau thời điểm hiện tại."),
    "not_closed": _("Chỉ công bố kết quả của đợt thi đã kết thúc và chưa công bố."),
}
