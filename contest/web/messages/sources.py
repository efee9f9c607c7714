from flask_babel import lazy_gettext as _

MESSAGES = {
    "document_title_needed": _("Ghi trích yếu của văn bản, tối đa %(most)s ký tự."),
    "document_taken": _("Thư viện đã có văn bản số %(number)s cùng cơ quan, cùng ngày ban hành."
                        " Mở văn bản đó để sửa."),
    "document_replaces_itself": _("Một văn bản không thể thay thế chính nó hoặc văn bản đã thay thế nó."
                                  " Chọn văn bản khác."),
    "document_replaced_already": _("Đã ghi văn bản thay thế này rồi."),
    "document_cited": _("Còn %(count)s câu hỏi hoặc căn cứ dẫn văn bản này nên chưa xóa được."),
    "draft_changed": _("Mục lục vừa được sửa ở trang khác. Tải lại trang để xem bản mới rồi sửa tiếp."),
    "draft_expired": _("Mục lục đang sửa đã quá 24 giờ nên không còn được giữ."
                       " Mở lại từ văn bản hoặc tải tệp lên lại."),
    "outline_empty": _("Văn bản chưa có mục nào. Thêm ít nhất một mục rồi lưu."),
    "section_needed": _("Chọn mục của văn bản để liên kết."),
    "questions_needed": _("Chưa chọn câu hỏi nào. Đánh dấu câu hỏi rồi thực hiện lại."),
}
