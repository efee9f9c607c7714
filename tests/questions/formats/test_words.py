import pytest

from contest.questions.formats.words import (
    is_open_type,
    is_unsupported_type,
    level_of,
    points_of,
    type_of,
)


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("Nhận biết", "NB"),
        ("dễ", "NB"),
        ("1", "NB"),
        ("Thông hiểu", "TH"),
        ("TB", "TH"),
        ("Vận dụng", "VD"),
        ("Khó", "VD"),
        ("VẬN DỤNG CAO", "VDC"),
        ("4", "VDC"),
        ("Mức 5", None),
    ],
)
def test_levels(words, level):
    assert level_of(words) == level


def test_types():
    assert type_of("Chọn một đáp án") == "single"
    assert type_of("Chọn nhiều đáp án") == "multiple"
    assert type_of("Đúng/Sai") == "true_false"
    assert type_of("Trắc nghiệm nhiều lựa chọn") is None
    assert is_open_type("Trắc nghiệm nhiều lựa chọn")
    assert is_unsupported_type("Dự đoán")


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Tự luận", "essay"),
        ("Ghép nối", "matching"),
        ("Sắp xếp thứ tự", "ordering"),
        ("Điền từ", "gaps"),
        ("Trả lời ngắn", "short_text"),
        ("Số", "number"),
        ("Đúng/sai từng ý", "cluster"),
    ],
)
def test_the_other_types(words, kind):
    assert type_of(words) == kind
    assert not is_unsupported_type(words)


@pytest.mark.parametrize(
    ("words", "points"),
    [
        ("1", 100),
        ("0,5", 50),
        ("1.5", 150),
        ("0,255", 26),
        ("2 điểm", 200),
        ("1000", 100_000),
        ("1001", None),
        ("-1", None),
        ("một", None),
    ],
)
def test_points(words, points):
    assert points_of(words) == points
