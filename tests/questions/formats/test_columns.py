import pytest

from contest.questions.formats.columns import field_of


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("STT", "number"),
        ("Số TT", "number"),
        ("Mã câu hỏi", "code"),
        ("ID", "code"),
        ("NỘI DUNG", "stem"),
        ("Nội dung\ncâu hỏi", "stem"),
        ("Nội dung câu hỏi (tối đa 500 ký tự)", "stem"),
        ("Questions", "stem"),
        ("Đáp án A", "option_a"),
        ("Phương án b", "option_b"),
        ("LỰA CHỌN C", "option_c"),
        ("Trả lời D", "option_d"),
        ("dap an h", "option_h"),
        ("A", "option_a"),
        ("Đáp án 1", "option_a"),
        ("Phương án trả lời", "options"),
        ("Đáp án đúng", "key"),
        ("Câu trả lời đúng", "key"),
        ("correctAnswer", "key"),
        ("Đáp án", "answer"),
        ("Mức độ", "level"),
        ("Độ khó", "level"),
        ("Loại câu hỏi", "kind"),
        ("Lĩnh vực", "topic"),
        ("Chuyên đề", "topic"),
        ("Giải thích", "explanation"),
        ("Ghi chú", "explanation"),
        ("Căn cứ pháp lý", "citation"),
        ("Trích dẫn", "citation"),
        ("Điểm", "points"),
        ("1", None),
        ("Họ và tên", None),
        ("", None),
    ],
)
def test_headers(header, field):
    assert field_of(header) == field
