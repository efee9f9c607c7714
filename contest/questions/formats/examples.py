"""The examples and the guide of the empty template. Pure."""

from __future__ import annotations

from contest.questions.formats.drafts import TRUE_FALSE_OPTIONS, Accepted, Draft, Gap

_PLAN = "Nghị quyết số 76/NQ-CP"
_LEAD, _PROCEDURES = "Chỉ đạo, điều hành", "Cải cách thủ tục hành chính"

EXAMPLES = (
    Draft("", 2, "MAU-001", "single",
          "Nghị quyết số 76/NQ-CP ngày 15/7/2021 của Chính phủ ban hành Chương trình tổng thể cải cách hành chính "
          "nhà nước cho giai đoạn nào?",
          ("2011 - 2020", "2016 - 2025", "2021 - 2030", "2026 - 2035"), (2,), _LEAD, "NB", None, _PLAN),
    Draft("", 3, "MAU-002", "multiple",
          "Những nội dung nào sau đây thuộc Chương trình tổng thể cải cách hành chính nhà nước giai đoạn 2021 - 2030?",
          ("Cải cách thể chế", "Cải cách tư pháp", "Cải cách tài chính công", "Cải cách tiền tệ"), (0, 2), _LEAD,
          "TH", None, _PLAN),
    Draft("", 4, "MAU-003", "true_false",
          "Nghị quyết số 76/NQ-CP coi cải cách thủ tục hành chính là một nội dung của cải cách hành chính.",
          TRUE_FALSE_OPTIONS, (0,), _PROCEDURES, "NB", None, _PLAN),
    Draft("", 5, "MAU-004", "cluster", "Mỗi ý sau về Nghị quyết số 76/NQ-CP đúng hay sai?",
          TRUE_FALSE_OPTIONS, (0, 1, 0), _LEAD, "TH", None, _PLAN,
          parts=("Nghị quyết do Chính phủ ban hành.", "Nghị quyết ban hành năm 2011.",
                 "Cải cách chế độ công vụ là một nội dung của Chương trình.")),
    Draft("", 6, "MAU-005", "short_text", "Cơ quan nào ban hành Nghị quyết số 76/NQ-CP?", (), (), _LEAD, "NB", None,
          _PLAN, gaps=(Gap("text", (Accepted("Chính phủ"), Accepted("Chính phủ Việt Nam"))),)),
    Draft("", 7, "MAU-006", "number",
          "Chương trình tổng thể theo Nghị quyết số 76/NQ-CP có bao nhiêu nội dung cải cách hành chính?",
          (), (), _LEAD, "TH", None, _PLAN, gaps=(Gap("number", (Accepted("6"),)),)),
    Draft("", 8, "MAU-007", "matching", "Ghép mỗi văn bản với năm ban hành.", ("2011", "2021"), (0, 1), _LEAD, "NB",
          None, None, parts=("Nghị quyết số 30c/NQ-CP", "Nghị quyết số 76/NQ-CP")),
    Draft("", 9, "MAU-008", "ordering", "Sắp xếp các bước giải quyết một hồ sơ tại bộ phận một cửa.",
          ("Tiếp nhận hồ sơ", "Giải quyết hồ sơ", "Trả kết quả"), (0, 1, 2), _PROCEDURES, "TH"),
    Draft("", 10, "MAU-009", "gaps",
          "Nghị quyết số 76/NQ-CP ban hành năm [[1]], cho giai đoạn từ 2021 đến [[2]].", (), (), _LEAD, "NB", None,
          _PLAN, gaps=(Gap("number", (Accepted("2021"),)), Gap("text", (Accepted("2030"), Accepted("năm 2030"))))),
    Draft("", 11, "MAU-010", "essay", "Anh (chị) đề xuất một sáng kiến cải cách hành chính tại đơn vị mình.", (), (),
          _PROCEDURES, "VDC"),
)
GUIDE = (
    ("Cột", "Cách điền"),
    ("Chung", "Mỗi dòng là một câu hỏi. Xóa mười dòng ví dụ trước khi nhập."),
    ("Mã câu hỏi", "Không bắt buộc. Có mã thì nhập lại sẽ cập nhật đúng câu đó."),
    ("Loại", "Để trống cũng được với câu chọn: một đáp án đúng là chọn một, nhiều đáp án đúng là chọn nhiều."),
    ("Nội dung", "Bắt buộc, tối đa 8.000 ký tự."),
    ("Phương án", "Điền từ cột A, ít nhất 2 và nhiều nhất 8 phương án, không chừa cột trống ở giữa."),
    ("Đáp án", "Bắt buộc. Ghi chữ cái của cột: B. Nhiều đáp án thì ghi A, C."),
    ("Cụm câu đúng/sai", "Mỗi cột đáp án là một ý. Đáp án đúng ghi lần lượt Đ hoặc S: Đ, S, Đ."),
    ("Trả lời ngắn", "Bỏ trống các cột đáp án. Đáp án đúng ghi mọi câu trả lời được nhận, cách nhau bằng dấu |."),
    ("Điền số", "Đáp án đúng là một số 23,5, một số có sai số 23,5±0,1 hoặc một khoảng 20..25."),
    ("Ghép cặp", "Mỗi cột đáp án là một cặp: vế trái -> vế phải. Vế phải thừa ghi: -> vế phải."),
    ("Sắp xếp", "Mỗi cột đáp án là một bước. Đáp án đúng ghi thứ tự đúng: C, A, B."),
    ("Điền chỗ trống", "Nội dung ghi [[1]], [[2]] tại chỗ trống. Đáp án đúng ghi mỗi chỗ một dòng: 1: Chính phủ | "
                       "CP. Chỗ điền số ghi 1 (số): 2021. Chỗ chọn ghi 1 (chọn): *đúng | sai."),
    ("Tự luận", "Bỏ trống các cột đáp án và đáp án đúng."),
    ("Mức độ", "Nhận biết, Thông hiểu, Vận dụng hoặc Vận dụng cao."),
    ("Căn cứ", "Văn bản, điều, khoản mà câu hỏi dựa vào."),
    ("Điểm", "Để trống là 1 điểm. Ví dụ: 0,5."),
    ("Cột thêm", "Nếu cần, thêm cột: Nhãn (cách nhau bằng dấu ;), Cách chấm (Phân biệt hoa thường; Đúng dấu; hoặc "
                 "rule=all_or_nothing; penalty_percent=25 để trừ 25 phần trăm số điểm của câu khi trả lời sai), Tỷ lệ "
                 "điểm (mỗi phương án một số phần trăm: 50; 50; 0; 0), Giữ vị trí (các phương án không trộn: D)."),
    ("Thứ tự", "Tránh phương án “Cả A và B đúng”: thứ tự phương án được trộn khi thi."),
)
