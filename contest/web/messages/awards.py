from flask_babel import lazy_gettext as _

MESSAGES = {
    "no_prizes": _("Chưa có giải thưởng nào. Ghi cơ cấu giải thưởng trước."),
    "no_overall": _("Cuộc thi chưa có bảng xếp hạng chung của các đợt. Đặt cách xếp hạng chung trước."),
    "no_seed": _("Quy định của đợt không có dòng chữ để bốc thăm. Bốc thăm bằng tay và ghi kết quả."),
    "list_differs": _("Có người được ghi vào hoặc ra khỏi danh sách không được dự thi sau khi công bố. "
                      "Công bố lại danh sách kết quả ở trang thống kê của đợt rồi làm lại."),
    "results_not_published": _("Kết quả chưa chính thức. Công bố kết quả rồi mới lập danh sách trao giải."),
    "rounds_not_official": _("Còn đợt chưa có kết quả chính thức nên chưa chốt được danh sách. "
                             "Công bố kết quả đợt đó rồi chốt lại."),
    "too_many_prizes": _("Nhiều nhất %(most)s loại giải."),
    "bad_prize": _("Giải thứ %(place)s chưa đúng: cần tên giải và số lượng từ 1 trở lên."),
    "bad_formula": _("Công thức tính điểm tập thể không hợp lệ (%(field)s)."),
    "part_unknown": _("Cuộc thi không còn phần thi “%(part)s”. Chọn lại các phần thi mà đơn vị phải dự."),
    "firsts_of_round": _("Số giải Nhất cộng từ các đợt, nên chỉ dùng cho giải chung của cuộc thi. "
                         "Chọn mục khác cho giải của đợt."),
    "firsts_not_frozen": _("Danh sách có tính số giải Nhất của đơn vị, mà còn đợt chưa chốt danh sách trao giải: "
                           "%(rounds)s. Chốt danh sách của các đợt đó, rồi lập lại danh sách này."),
    "more_named": _("Giải “%(prize)s” đã chọn %(named)s người hoặc đơn vị nhận. "
                    "Bỏ chọn bớt trước rồi mới giảm số lượng."),
    "nobody_named": _("Đánh dấu người hoặc đơn vị trong kết quả tìm."),
    "not_of_prize": _("Có người hoặc đơn vị không dự cuộc thi này, hoặc không thuộc đối tượng, khối của giải. "
                      "Tìm và chọn lại."),
    "too_many_named": _("Giải này có %(most)s suất, chỉ chọn thêm được %(left)s. Bỏ bớt đánh dấu."),
    "part_name": _("Ghi tên phần thi, ví dụ Sáng kiến."),
    "part_exists": _("Cuộc thi đã có phần thi tên này."),
    "too_many_parts": _("Nhiều nhất %(most)s phần thi."),
    "part_needed": _("Cơ cấu giải thưởng đang yêu cầu dự phần thi này. Bỏ yêu cầu đó trước rồi mới xóa được."),
    "part_entered": _("Đã ghi nhận đơn vị dự phần thi này. Bỏ ghi nhận của mọi đơn vị trước rồi mới xóa được."),
    "no_units": _("Chọn đơn vị trong danh sách, dán mã đơn vị hoặc tải tệp lên."),
    "too_many_units": _("Mỗi lần nhiều nhất %(most)s đơn vị."),
    "codes_unknown": _("%(count)s mã không phải của đơn vị dự thi nào của cuộc thi này: %(codes)s. Sửa rồi ghi lại; "
                       "chưa đơn vị nào được ghi."),
    "codes_no_column": _("Không thấy cột Mã đơn vị trong 10 dòng đầu của tệp. Ghi “Mã đơn vị” ở ô đầu cột mã rồi tải "
                         "lên lại."),
    "act_undone": _("Việc này đã được hoàn tác rồi."),
    "prize_awarded": _(
        "Có giải đã nằm trong một danh sách đã chốt nên không bỏ được. Sửa tên hoặc số lượng của giải."),
    "list_empty": _("Danh sách chưa có ai được giải nên không chốt được."),
    "list_frozen": _("Danh sách trao giải này đã chốt."),
    "list_superseded": _("Đã có danh sách lập sau danh sách này, nên chỉ chốt được danh sách mới nhất."),
    "list_undecided": _("Còn %(count)s trường hợp bằng nhau chưa bốc thăm. Ghi kết quả bốc thăm, lập lại danh sách."),
    "list_outdated": _("Kết quả hoặc cơ cấu giải đã thay đổi từ khi lập danh sách. Lập lại danh sách rồi hãy chốt."),
    "decision_required": _("Ghi số quyết định và người ký."),
    "decision_to_come": _("Ngày ký ở sau hôm nay. Xem lại ngày ký; quyết định chưa ký thì ký xong mới chốt danh sách."),
    "already_drawn": _("Có người đã được bốc thăm trước đó."),
    "certificate_empty": _("Ghi tiêu đề của giấy và tên cơ quan."),
    "wrong_certificate": _(
        "Không có giấy nào mang mã này. Xem lại mã in ở góc dưới bên trái của giấy: 10 chữ và số, không có số 0, số 1, "
        "chữ O, chữ I."),
}
