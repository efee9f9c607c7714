"""One question of every type, as rich as the type allows."""

from contest.questions.content import Choice, Content, Part
from contest.questions.formats.drafts import Accepted, Gap

SINGLE = Content("single", "Thủ đô của Việt Nam?", (Choice("Huế", False), Choice("Hà Nội", True),
                                                    Choice("Tất cả các đáp án trên", False, fixed=True)),
                 "Chuyển đổi số", "NB", 50, "Giải thích.", "KH 1, mục I", tags=("ôn tập",))
WEIGHTED = Content("multiple", "Chọn các số chẵn", (Choice("2", True, credit=50_000), Choice("4", True, credit=50_000),
                                                    Choice("5", False, credit=-33_333)))
MULTIPLE = Content("multiple", "Chọn các số lẻ", (Choice("1", True), Choice("2", False), Choice("3", True)),
                   settings=(("rule", "partial"),))
TRUE_FALSE = Content("true_false", "Đất quay quanh mặt trời.", (Choice("Đúng", True, fixed=True),
                                                               Choice("Sai", False, fixed=True)))
CLUSTER = Content("cluster", "Về Nghị quyết 76:", (Choice("Đúng", False), Choice("Sai", False)),
                  parts=(Part("Ban hành năm 2021.", 0), Part("Có tám nội dung.", 1), Part("Đến năm 2030.", 0)))
SHORT = Content("short_text", "Viết tắt của cải cách hành chính?",
                gaps=(Gap("text", (Accepted("CCHC"), Accepted("cải cách HC", 50_000))),),
                settings=(("diacritics", "needed"),))
NUMBER = Content("number", "Chỉ tiêu là bao nhiêu phần trăm?",
                 gaps=(Gap("number", (Accepted("23.53±0.01"), Accepted("20..25", 50_000))),))
MATCHING = Content("matching", "Ghép cơ quan với việc", (Choice("Sở Nội vụ", False), Choice("Sở Tài chính", False),
                                                         Choice("Thanh tra", False)),
                   parts=(Part("Cải cách công vụ", 0), Part("Tài chính công", 1), Part("Bộ máy", 0)))
ORDERING = Content("ordering", "Sắp xếp các bước", tuple(Choice(text, True) for text in ("Nộp", "Nhận", "Trả")))
GAPS = Content("gaps", "Thủ đô [[1]] có [[2]] quận, mùa [[3]].", gaps=(
    Gap("text", (Accepted("Hà Nội"),)), Gap("number", (Accepted("12"),)),
    Gap("choice", (Accepted("thu"), Accepted("xuân", 50_000), Accepted("mưa", 0)))))
ESSAY = Content("essay", "Nêu sáng kiến.", explanation="Chấm theo ba ý.", points=300)
RICH = Content("single", "Giá trị $x^2$ là **bao nhiêu**?", (Choice("1", True), Choice("`2`", False)), markup=True)
EVERY = (SINGLE, WEIGHTED, MULTIPLE, TRUE_FALSE, CLUSTER, SHORT, NUMBER, MATCHING, ORDERING, GAPS, ESSAY, RICH)
