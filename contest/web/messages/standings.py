from flask_babel import lazy_gettext as _

MESSAGES = {
    "not_yet": _("Ban Tổ chức chưa công bố phần này. Xem lại sau khi đợt thi kết thúc và kết quả được công bố."),
    "board_freezing": _("Bảng xếp hạng đang được chốt. Mở lại trang sau một phút."),
    "essays_pending": _("Còn %(count)s bài tự luận chờ chấm. Chấm xong, bấm “Kết thúc chấm” ở trang chấm tự luận của"
                        " đợt thi rồi mới công bố kết quả."),
    "marking_open": _("Mọi bài tự luận đã có điểm nhưng việc chấm chưa kết thúc. Bấm “Kết thúc chấm” ở trang chấm tự"
                      " luận của đợt thi rồi mới công bố kết quả."),
    "not_settled": _("Còn bài thi đang chờ chốt điểm. Chờ một phút rồi làm lại."),
    "number_not_given": _("Chưa ghi giá trị đúng của câu dự đoán. Ghi ở trang thống kê của đợt thi rồi công bố."),
    "no_number_asked": _("Đợt thi này không hỏi dự đoán một con số."),
    "number_too_early": _("Đợt thi chưa kết thúc: giá trị đúng chỉ ghi sau khi không ai còn dự đoán được."),
    "board_settled": _("Bảng xếp hạng đã chốt theo giá trị đúng đã ghi. Cần sửa thì chấm lại đợt thi."),
    "board_stands": _("Bảng xếp hạng của đợt thi đã chốt nên một người không đổi được lượt thi nào nữa. Lập một lần"
                      " chấm lại, ghi mã bài thi ở mục “Lượt thi bị loại hoặc khôi phục”; có người thứ hai duyệt mới có"
                      " hiệu lực."),
    "marking_over": _("Việc chấm tự luận của đợt thi đã kết thúc. Mở lại việc chấm rồi mới khôi phục lượt thi này, vì"
                      " bài tự luận của lượt thi phải có người chấm."),
    "bad_number": _("Ghi một số nguyên từ 0 đến 999.999.999."),
    "results_published": _("Kết quả đã công bố: bài thi của đợt này không chấm lại được nữa."),
    "run_open": _("Đợt thi còn một lần chấm lại đang chờ quyết định. Duyệt hoặc bỏ lần đó trước."),
    "run_not_ready": _("Lần chấm lại này chưa tính xong, hoặc đã có quyết định. Mở lại trang để xem."),
    "same_person": _("Người đề nghị không được tự duyệt. Cần một người tổ chức khác."),
    "run_outdated": _("Kết quả của đợt thi đã thay đổi sau khi tính. Bấm “Tính lại” rồi xem lại trước khi duyệt."),
    "run_decided": _("Lần chấm lại này đã có quyết định, hoặc không tính lại được. Mở lại trang để xem."),
    "run_not_latest": _("Chỉ hoàn tác được lần chấm lại gần nhất đang có hiệu lực."),
    "overall_free": _("Chưa đợt nào công bố kết quả: sửa thẳng cách xếp hạng chung, không cần người thứ hai duyệt."),
    "overall_unchanged": _("Cách xếp hạng chung chưa khác gì cách đang áp dụng. Sửa ít nhất một mục."),
    "overall_run_open": _("Cuộc thi còn một đề nghị sửa cách xếp hạng chung đang chờ quyết định. Duyệt hoặc bỏ đề nghị"
                          " đó trước."),
    "overall_run_not_ready": _("Đề nghị này chưa tính xong, hoặc đã có quyết định. Mở lại trang để xem."),
    "overall_run_outdated": _("Kết quả các đợt đã thay đổi sau khi tính. Bấm “Tính lại” rồi xem lại trước khi duyệt."),
    "overall_rules_void": _("Cách tính này không cộng được các đợt hiện nay, vì các đợt hỏi dự đoán theo đơn vị khác"
                            " nhau. Lập một đề nghị khác."),
    "overall_run_decided": _("Đề nghị này đã có quyết định, hoặc không tính lại được. Mở lại trang để xem."),
    "overall_run_not_latest": _("Chỉ hoàn tác được lần sửa gần nhất đang có hiệu lực."),
    "not_published": _("Kết quả đợt thi chưa chính thức. Công bố kết quả trước rồi mới công bố danh sách."),
    "no_official_round": _("Chưa đợt nào có kết quả chính thức. Công bố kết quả đợt thi trước rồi mới công bố bảng"
                           " chung."),
    "no_public_list": _("Bảng xếp hạng của đợt thi này không hiện cho người dự thi nên không có danh sách công khai."
                        " Kết quả đã là chính thức; mỗi người xem kết quả của mình."),
    "hidden_round": _("Không công bố được bảng chung: nó gồm cả điểm của đợt không hiện bảng xếp hạng (%(rounds)s)."
                      " Danh sách của các đợt khác công bố riêng ở trang thống kê của từng đợt; người được giải công bố"
                      " ở trang trao giải."),
    "appeals_closed": _("Ngoài thời gian nhận kiến nghị theo thể lệ của đợt thi."),
    "appeal_waiting": _("Kiến nghị trước của bạn về nội dung này đang chờ trả lời."),
    "reason_too_long": _("Lý do dài quá %(most)s ký tự. Viết gọn lại."),
    "appeal_ended": _("Kiến nghị này đã được trả lời hoặc đã rút. Mở lại trang để xem."),
    "own_appeal": _("Không tự trả lời kiến nghị của chính mình. Cần một người tổ chức khác."),
    "not_in_round": _("Có câu hỏi hoặc lượt thi không thuộc đợt thi này, hoặc không khôi phục được. Chọn lại."),
    "quota_full": _("Khôi phục như vậy thì có người được tính nhiều lượt hơn quy định của đợt thi. Loại lượt thi kia"
                    " của người đó trong cùng lần chấm lại này, hoặc bỏ lượt khôi phục ra."),
    "essay_unmarked": _("Lượt thi có bài tự luận chưa được chấm. Kết quả chưa công bố thì mở lại việc chấm; đã công bố"
                        " thì chọn cả câu tự luận đó, “Không tính câu này” hoặc “Tính điểm cho mọi người”, cùng lúc"
                        " khôi phục."),
    "seed_chosen_late": _("Đã có kết quả nên không chọn được dòng chữ bốc thăm khác. Mở lại trang rồi làm lại."),
    "rules_unchanged": _("Quy tắc chấm chưa khác gì quy tắc đang áp dụng. Sửa ít nhất một mục, hoặc bỏ phần này ra."),
    "bad_policy": _("Quy tắc chấm không hợp lệ (%(field)s)."),
    "bad_cursor": _("Không đọc được vị trí trang của bảng xếp hạng. Mở lại bảng từ trang đầu."),
    "bad_limit": _("Số dòng một trang là số nguyên từ 1 đến 200."),
    "bad_audience": _("Nhóm người dự thi là “official” hoặc “citizen”."),
    "bad_part": _("Chọn một đơn vị hoặc một khối, không chọn cả hai."),
}
