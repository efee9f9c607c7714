"""What printed papers say beside the questions."""

from flask_babel import gettext

from contest.questions.answer_words import penalty_word


def words(minutes: int, questions: int) -> dict[str, str]:
    """The words of the documents by their names; {n} in `pages` stands for the number of pages, in `cost-…` for
    the per cent that a wrong answer costs."""
    def _(message: str, **values: object) -> str:
        return str(gettext(message, **values))

    return {
        "country": _("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), "motto": _("Độc lập - Tự do - Hạnh phúc"),
        "time": _("Thời gian làm bài: %(minutes)s phút, không kể thời gian phát đề", minutes=minutes),
        "pages": _("Đề thi có {n} trang, %(questions)s câu", questions=questions),
        "name": _("Họ và tên"), "unit": _("Đơn vị"), "sign": _("Chữ ký"), "code": _("Mã đề"), "page": _("Trang"),
        "question": _("Câu"), "statement": _("Ý"), "answer": _("Trả lời"), "order": _("Thứ tự đúng"),
        "choose": _("chọn một trong"), "picture": _("hình"), "end": _("---------- HẾT ----------"),
        "sheet": _("PHIẾU TRẢ LỜI"), "keys": _("ĐÁP ÁN"), "keys-foot": _("Đáp án, chỉ dành cho Ban Tổ chức"),
        "how": _("Ghi mã đề rồi tô kín các ô tương ứng. Mỗi câu tô kín ô của phương án đã chọn; muốn đổi thì tẩy sạch "
                 "ô cũ."),
        "part-choice": _("Phần tô ô"), "part-short": _("Phần ghi câu trả lời"), "part-essay": _("Phần viết, câu"),
        "by-hand": _("chấm tay"),
        **{f"cost-{of}": penalty_word(f"{of} {{n}}") for of in ("whole", "part", "options")},
    }
