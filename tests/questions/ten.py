"""One question of each type with an answer to each, for sittings over all of them."""

from dataclasses import replace

from contest.questions import writing
from contest.questions.content import Content
from contest.questions.models import Bank
from contest.rounds.models import Round
from tests import factories as make
from tests.questions import every_type as every

_TABLE = """Theo bảng, giá trị $x^2$ với $x = 3$ là **bao nhiêu**?

| Cơ quan | Số hồ sơ | Đúng hạn |
| --- | --- | --- |
| Sở Nội vụ | 1.204 | 98,5 % |
| Sở Tài chính | 310 | 97 % |"""
TEN: tuple[Content, ...] = (
    replace(every.RICH, stem=_TABLE, points=100),
    replace(every.MULTIPLE, stem="Những số nào là số lẻ?"),
    every.TRUE_FALSE, every.CLUSTER, every.SHORT, every.NUMBER, every.MATCHING, every.ORDERING, every.GAPS, every.ESSAY,
)


def stage(bank: Bank, contest, **columns) -> Round:
    """A round of the ten, in this order."""
    for number, content in enumerate(TEN):
        placed = replace(content, topic=f"Phần {number + 1:02}")
        writing.add_question(bank.id, placed, code=None, by=None, now=make.NOON)
    round_ = make.round_(contest, bank, questions=10, shuffle_questions=False, **columns)
    round_.blueprint = [{"bank_id": None, "topic": f"Phần {n + 1:02}", "level": None, "count": 1} for n in range(10)]
    return round_
