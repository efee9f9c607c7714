"""What is said of analysed questions, rounds and pairs of sittings, in words for organisers."""

from flask_babel import lazy_gettext as _

from contest.reports.analysis_models import RoundAnalysis

REMARKS = {
    "probable_wrong_key": _("Nghi sai đáp án"),
    "negative": _("Phân biệt âm: xem lại đáp án"),
    "trap": _("Phương án bẫy người làm tốt"),
    "attracts_strong": _("Có thể có đáp án đúng thứ hai"),
    "too_hard": _("Quá khó"),
    "weak": _("Phân biệt kém"),
    "too_easy": _("Quá dễ"),
    "unused": _("Phương án rất ít người chọn"),
}
ADVICE = {
    "probable_wrong_key": _("Nhóm điểm cao chọn một phương án khác nhiều hơn đáp án. Đối chiếu căn cứ; nếu đáp án "
                            "sai, lập lần chấm lại."),
    "negative": _("Người làm tốt các câu khác lại hay sai câu này. Đối chiếu đáp án và lời dẫn với căn cứ."),
    "trap": _("Nhóm điểm cao chọn phương án này nhiều hơn đáp án, nhưng đáp án vẫn phân biệt đúng. Xem lời dẫn có gây "
              "hiểu lầm không."),
    "attracts_strong": _("Nhóm điểm cao chọn phương án này nhiều hơn nhóm điểm thấp. Xem nó có đúng trong một trường "
                         "hợp nào không."),
    "too_hard": _("Trung bình mỗi bài chỉ được không quá 20 phần trăm số điểm của câu. Kiểm tra đáp án, rồi xếp câu "
                  "vào mức độ khó hơn."),
    "weak": _("Nhóm điểm cao và nhóm điểm thấp làm gần như nhau. Viết lại phương án nhiễu cho rõ khác nhau."),
    "too_easy": _("Trung bình mỗi bài được từ 95 phần trăm số điểm của câu: câu hầu như không phân loại người thi. "
                  "Viết khó hơn, hoặc chỉ dùng để khởi động."),
    "unused": _("Phương án sai có dưới 5 phần trăm số bài chọn không làm nhiễu ai. Thay bằng một lỗi "
                "người ta hay mắc."),
}
VERDICTS = {
    "very_good": _("rất tốt"), "good": _("tốt"), "marginal": _("tạm được"), "poor": _("kém"),
    "negative": _("âm"), "unknown": _("chưa đủ bài"),
}
METHODS = {"kr20": "KR-20", "alpha": _("Alpha Cronbach"), "nested": _("ICC(1, k)")}
REASONS = {
    "few_papers": _("Chưa đủ hai bài thi để tính độ tin cậy."),
    "few_questions": _("Có đề dưới hai câu nên không tính được độ tin cậy."),
    "no_spread": _("Mọi bài thi đều được cùng một kết quả nên không tính được độ tin cậy."),
}
PAIRS = {"waiting": _("Chờ xem"), "suspicious": _("Nghi vấn"), "cleared": _("Không nghi vấn")}
HIGH, FAIR = 8_000, 6_000  # ten-thousandths, from which on a coefficient is called so


def meaning(row: RoundAnalysis) -> str:
    """A sentence on what the coefficient of a round means; "" where there is none."""
    if row.coefficient is None:
        return ""
    if row.coefficient >= HIGH:
        return str(_("Cao: người thi làm một đề khác cùng loại thì thứ hạng thay đổi ít."))
    if row.coefficient >= FAIR:
        return str(_("Vừa phải: thứ hạng của những người gần điểm nhau có thể đổi nếu làm một đề khác cùng loại."))
    if row.coefficient >= 0:
        return str(_("Thấp: điểm do may rủi của đề chiếm phần lớn khác biệt giữa mọi người. Thêm câu, bớt câu quá "
                     "dễ và quá khó."))
    return str(_("Âm: các câu đo những điều trái nhau. Xem các câu phân biệt âm trước."))
