from flask_babel import lazy_gettext as _

MESSAGES = {
    "marking_closed": _("Việc chấm tự luận của đợt thi đã kết thúc: điểm và hướng dẫn chấm không sửa ở đây được nữa."
                        " Sau khi kết thúc chấm, sai sót chỉ được sửa bằng một lần chấm lại, có người thứ hai duyệt."),
    "marking_begun": _("Đã có bài chấm xong: giới hạn lệch điểm, cách tính lần ba và cách phân công không đổi được"
                       " nữa."),
    "marking_too_early": _("Chưa lập phách được: đợt thi chưa kết thúc hoặc còn bài chưa chốt. Làm lại sau khi đợt"
                           " thi kết thúc ít nhất một phút."),
    "marking_not_started": _("Chưa lập phách nên chưa có gì để kết thúc. Lập phách và phân công trước."),
    "marking_not_closed": _("Chưa hồi phách được: việc chấm chưa kết thúc. Kết thúc chấm trước."),
    "codes_opened": _("Đã có người hồi phách nên không mở lại việc chấm được nữa. Sai sót chỉ còn sửa được bằng một lần"
                      " chấm lại, có người thứ hai duyệt."),
    "marking_reason": _("Ghi lý do. Lý do được lưu trong hồ sơ chấm."),
    "rubric_missing": _("Có câu tự luận chưa có hướng dẫn chấm. Lập hướng dẫn chấm cho mọi câu rồi làm lại."),
    "few_markers": _("Cần ít nhất hai giám khảo. Thêm giám khảo rồi làm lại."),
    "no_essays": _("Không ai trả lời câu tự luận nào: không có bài để chấm."),
    "marks_left": _("Còn %(count)s bài chưa có điểm chính thức. Chấm xong mọi bài rồi mới kết thúc."),
    "bad_rubric": _("Hướng dẫn chấm chưa hợp lệ. Xem lại tên, điểm tối đa, bước điểm và tổng điểm."),
    "bad_marks": _("Có điểm chưa hợp lệ. Xem lại từng tiêu chí."),
    "mark_finished": _("Bài này đã chấm xong. Bấm “Mở lại bài chấm” nếu cần sửa."),
    "mark_stale": _("Bài này vừa được lưu ở một cửa sổ khác. Những gì đang ghi vẫn còn bên dưới: xem lại rồi bấm lưu"
                    " lần nữa."),
    "third_not_needed": _("Hai lần chấm đầu không còn lệch quá giới hạn: bài này không cần chấm lần ba nữa."),
}
