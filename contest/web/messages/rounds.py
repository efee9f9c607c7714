from flask_babel import lazy_gettext as _

MESSAGES = {
    "contest_code_taken": _("Mã “%(address)s” đã có cuộc thi khác dùng. Chọn mã khác."),
    "contest_code_kept": _("Cuộc thi đã có đợt được công bố, địa chỉ đã lưu hành: giữ nguyên mã “%(address)s”."),
    "contest_running": _("Cuộc thi còn đợt đang mở hoặc sắp mở. Chờ đợt kết thúc, hoặc hủy đợt rồi mới lưu trữ."),
    "units_frozen": _("Cuộc thi đã có đợt được công bố: danh sách đơn vị và số CBCCVC không sửa được nữa."),
    "rules_frozen": _(
        "Đợt thi đã công bố: không còn là bản nháp. Có thể sửa một số quy định, gia hạn hoặc hủy, kèm lý do."),
    "rules_closed": _("Không sửa được quy định của đợt thi này: đợt là bản nháp, đã hủy, hoặc đã công bố kết quả."),
    "rules_changed_meanwhile": _("Người khác vừa sửa quy định của đợt thi này. Mở lại trang để xem rồi sửa tiếp."),
    "nothing_changed": _("Chưa có gì khác với hiện nay."),
    "duration_exceeds_window": _("Thời gian làm bài dài hơn thời gian mở đợt."),
    "quota_scope_kept": _("Đã có người bắt đầu làm bài: cách tính lượt giữ nguyên, chỉ đổi được số lượt."),
    "scoring_kept": _("Đợt thi đã mở: cách chấm và xếp hạng giữ nguyên. Cần sửa thì chấm lại đợt thi ở trang thống kê, "
                      "sau khi đợt kết thúc."),
    "freeze_kept": _("Bảng xếp hạng đã tạm dừng, hoặc lúc vừa chọn đã qua. Chỉ chọn được lúc còn ở phía trước."),
    "freeze_outside": _("Chọn lúc trong khoảng từ giờ mở đến giờ kết thúc, hoặc bỏ trống."),
    "overall_kept": _("Đã có đợt công bố kết quả: cách xếp hạng chung chỉ sửa được bằng đề nghị có người thứ hai"
                      " duyệt."),
    "weights_kept": _("Đợt này đứng trước một đợt đã công bố kết quả, và hệ số của các đợt trong bảng xếp hạng chung đi"
                      " theo thứ tự: không xóa hay đổi loại đợt này được. Để nguyên bản nháp."),
    "practice_quota": _("Thi thử tính lượt trong từng đợt."),
    "round_not_ready": _("Chưa công bố được đợt thi: còn %(count)s việc cần sửa."),
    "not_extendable": _("Chỉ gia hạn được đợt thi đang mở hoặc sắp mở."),
    "not_cancellable": _("Không hủy được đợt thi này: đợt là bản nháp, đã hủy, hoặc đã công bố kết quả."),
    "bar_reason": _("Ghi lý do."),
    "nobody_chosen": _("Chọn ít nhất một người, hoặc dán tên đăng nhập."),
    "too_many_people": _("Mỗi lần thêm tối đa %(most)s người."),
    "logins_unknown": _("Không có tài khoản nào mang tên đăng nhập: %(logins)s. Chưa thêm ai."),
    "wrong_code": _("Mã dự thi không đúng hoặc không còn dùng được. Xem lại phiếu, hoặc gọi số hỗ trợ ở cuối trang."),
    "name_required": _("Ghi họ và tên, tối đa 120 ký tự."),
    "nobody_without_code": _("Mọi người của đơn vị này đã có mã, hoặc đơn vị chưa có ai."),
    "unit_needed": _("Chọn đơn vị có người cần mã."),
    "code_count": _("Mỗi lần tạo từ 1 đến %(most)s mã."),
    "registration_closed": _("Đăng ký dự thi đã đóng, hoặc cuộc thi này không mở đăng ký."),
    "phone_taken": _("Số điện thoại này đã được dùng. Đăng nhập bằng số đó, hoặc gọi số hỗ trợ ở cuối trang."),
    "reason_required": _("Ghi lý do. Người dự thi sẽ đọc được lý do này."),
    "closes_too_early": _("Giờ kết thúc mới phải sau giờ kết thúc hiện nay (%(closes_at)s) và sau thời điểm hiện tại."),
    "not_closed": _("Chỉ công bố kết quả của đợt thi đã kết thúc và chưa công bố."),
}
