"""A question with a rule of its own and its parameter: written, kept, told, carried by files out and in again."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from contest.extensions import db
from contest.questions import cards, operations
from contest.questions.content import to_draft
from contest.questions.formats.gate import read_bank_here
from contest.questions.formats.writing import FORMATS, write
from contest.questions.keys import AnswerKey
from contest.questions.models import Question, QuestionVersion
from tests.factories import NOON
from tests.questions import every_type as every
from tests.questions.cast import post
from tests.questions.drafted import take
from tests.questions.formats.built import HEADER, workbook
from tests.questions.sent import sent_by
from tests.questions.test_writing import COMMON, TYPED, added, bank, new, organiser, text, written

__all__ = ["bank", "organiser"]

PLAIN = {**TYPED, "multiple": {"text_0": "Một", "right_0": "y", "text_1": "Hai", "right_1": "y", "text_2": "Ba"},
         "cluster": {"text_0": "Ý một", "is_0": "0", "text_5": "Ý sáu", "is_5": "1"}}
# What is chosen for each type, what its settings become, what its contestant reads.
CHOSEN = [
    ("single", "all_or_nothing", "25", {"rule": "all_or_nothing", "penalty_percent": "25"}, "whole 25"),
    ("true_false", "all_or_nothing", "100 %", {"rule": "all_or_nothing", "penalty_percent": "100"}, "whole 100"),
    ("single", "all_or_nothing", "0", {"rule": "all_or_nothing", "penalty_percent": "0"}, ""),
    ("multiple", "negative", "050", {"rule": "negative", "penalty_percent": "50"}, "part 50"),
    ("multiple", "negative", "", {"rule": "negative"}, "part 100"),
    ("multiple", "partial", "", {"rule": "partial"}, ""),
    ("cluster", "negative", "1", {"rule": "negative", "penalty_percent": "1"}, "part 1"),
    ("matching", "negative", "99", {"rule": "negative", "penalty_percent": "99"}, "part 99"),
    ("gaps", "all_or_nothing", "5", {"rule": "all_or_nothing", "penalty_percent": "5"}, "whole 5"),
    ("ordering", "all_or_nothing", "30", {"rule": "all_or_nothing", "penalty_percent": "30"}, "whole 30"),
    ("number", "all_or_nothing", "10", {"rule": "all_or_nothing", "penalty_percent": "10"}, "whole 10"),
]


@pytest.mark.parametrize(("kind", "rule", "percent", "settings", "told"), CHOSEN)
def test_a_rule_and_its_parameter_are_kept_with_the_version(app, organiser, bank, kind, rule, percent, settings, told):
    sent = {**sent_by(organiser.get(new(bank, kind)).text), **COMMON, **PLAIN[kind], "rule": rule, "penalty": percent}
    done = post(organiser, new(bank, kind), **sent)
    assert done.status_code == 303
    assert dict(written(app)[0].settings) == settings
    with app.app_context():
        assert db.session.execute(select(AnswerKey.settings, QuestionVersion.penalty).join(
            QuestionVersion, QuestionVersion.id == AnswerKey.version_id)).all() == [(settings, told)]
        address = f"/to-chuc/ngan-hang/{bank}/cau-hoi/{db.session.scalar(select(QuestionVersion.question_id))}"
    back = sent_by(organiser.get(address).text)
    assert (back["rule"], back["penalty"]) == (rule, settings.get("penalty_percent", ""))
    again = post(organiser, address, **back)
    assert "Không có gì thay đổi nên không tạo phiên bản mới." in text(organiser.get(again.location))


def test_options_may_take_a_question_below_zero(app, organiser, bank):
    sent = {**sent_by(organiser.get(new(bank, "multiple")).text), **COMMON, **TYPED["multiple"],
            "rule": "credits_below"}
    assert post(organiser, new(bank, "multiple"), **sent).status_code == 303
    assert dict(written(app)[0].settings) == {"rule": "credits", "below_zero": "1"}
    with app.app_context():
        assert db.session.scalar(select(QuestionVersion.penalty)) == "options"


@pytest.mark.parametrize(("kind", "change", "words", "place"), [
    ("single", {"rule": "all_or_nothing", "penalty": "101"}, "Ghi một số nguyên từ 0 đến 100.", "penalty"),
    ("single", {"rule": "all_or_nothing", "penalty": "-5"}, "Ghi một số nguyên từ 0 đến 100.", "penalty"),
    ("multiple", {"rule": "negative", "penalty": "0"}, "Ghi một số nguyên từ 1 đến 100.", "penalty"),
    ("multiple", {"rule": "negative", "penalty": "12,5"}, "Ghi một số nguyên từ 1 đến 100.", "penalty"),
    ("multiple", {"rule": "negative", "penalty": "năm"}, "Ghi một số nguyên từ 1 đến 100.", "penalty"),
    ("multiple", {"rule": "partial", "penalty": "5"}, "Cách chấm này không trừ điểm khi sai", "penalty"),
    ("single", {"rule": "", "penalty": "5"}, "Cách chấm này không trừ điểm khi sai", "penalty"),
    ("single", {"rule": "negative", "penalty": "5"}, "Cách chấm này không dùng cho loại câu đã chọn.", "rule"),
    ("multiple", {"rule": "credits_below"}, "Cách chấm này cần tỷ lệ điểm của từng phương án.", "rule"),
])
def test_a_fault_stands_at_its_field(app, organiser, bank, kind, change, words, place):
    sent = {**sent_by(organiser.get(new(bank, kind)).text), **COMMON, **PLAIN[kind], **change}
    answer = post(organiser, new(bank, kind), **sent)
    assert answer.status_code == 422
    assert words in text(answer)
    assert re.search(rf'<p class="error" id="{place}-error">.*?{re.escape(words)}', answer.text)
    back = sent_by(answer.text)
    assert {name: back.get(name, "") for name in change} == change
    assert written(app) == []


def test_the_field_is_explained_where_the_type_has_a_rule_for_it(organiser, bank):
    whole = "Phần trăm số điểm của câu bị trừ khi trả lời sai, từ 0 đến 100."
    part = "Phần trăm điểm của một chỗ đúng bị trừ cho mỗi chỗ sai, từ 1 đến 100."
    told = {kind: [sentence in text(organiser.get(new(bank, kind))) for sentence in (whole, part)] for kind in TYPED}
    assert told == {"single": [True, True], "multiple": [True, True], "true_false": [True, True],
                    "cluster": [True, True], "short_text": [True, False], "number": [True, False],
                    "matching": [True, True], "ordering": [True, False], "gaps": [True, True], "essay": [False, False]}


def test_organisers_read_the_rule_and_what_a_version_changed_word_by_word(app, organiser, bank):
    content = replace(every.MULTIPLE, settings=(("penalty_percent", "25"), ("rule", "negative")))
    address = added(app, bank, content)
    assert "mỗi chỗ sai trừ 25 % điểm một chỗ đúng" in text(organiser.get(f"/to-chuc/ngan-hang/{bank}"))
    sent = sent_by(organiser.get(address).text)
    preview = post(organiser, f"/to-chuc/ngan-hang/{bank}/cau-hoi/xem-truoc?loai=multiple", **{**sent, "penalty": "40"})
    assert "mỗi chỗ sai trừ 40 % điểm một chỗ đúng" in text(preview)
    assert post(organiser, address, **{**sent, "penalty": "75"}).status_code == 303
    page = organiser.get(address)
    assert "<dt>Cách chấm</dt>" in page.text
    assert ("<del>25</del>" in page.text, "<ins>75</ins>" in page.text) == (True, True)
    assert page.text.count("<del>") == 1
    with app.app_context():  # the version before is as it was
        assert list(db.session.execute(select(QuestionVersion.number, QuestionVersion.penalty)
                                       .order_by(QuestionVersion.number))) == [(1, "part 25"), (2, "part 75")]


@pytest.mark.parametrize(("settings", "words"), [
    ((("rule", "negative"),), "mỗi chỗ sai trừ bằng điểm một chỗ đúng; câu có thể bị điểm âm."),
    ((("rule", "negative"), ("source", "tệp")), "mỗi chỗ sai trừ bằng điểm một chỗ đúng; câu có thể bị điểm âm."),
    ((("rule", "all_or_nothing"),), "Cách chấm: Đúng hoàn toàn mới được điểm."),
])
def test_a_rule_without_parameter_says_what_it_said(app, organiser, bank, settings, words):
    added(app, bank, replace(every.MULTIPLE, settings=settings))
    assert words in text(organiser.get(f"/to-chuc/ngan-hang/{bank}"))


def test_what_an_older_import_left_is_shown_and_can_be_mended(app, organiser, bank):
    """Earlier versions took any rule of a file: the page says what can't be, and saving asks for another."""
    address = added(app, bank, every.MULTIPLE)
    with app.app_context():
        db.session.scalars(select(AnswerKey)).one().settings = {"rule": "partial", "penalty_percent": "50"}
        db.session.commit()
    page = organiser.get(address)
    assert "Cách chấm không dùng được: rule=partial; penalty_percent=50." in text(page)
    sent = sent_by(page.text)
    assert post(organiser, address, **sent).status_code == 422
    assert post(organiser, address, **{**sent, "penalty": ""}).status_code == 303
    assert written(app)[0].settings == (("rule", "partial"),)


def carried(content, name):
    draft = to_draft(content, code="C-1")
    made = write(name, [draft], (), ())
    return draft, made, made.data and read_bank_here(made.data, f"x.{made.suffix}")


OWN = [replace(every.MULTIPLE, settings=(("penalty_percent", "35"), ("rule", "negative"))),
       replace(every.SINGLE, settings=(("penalty_percent", "20"), ("rule", "all_or_nothing"))),
       replace(every.WEIGHTED, settings=(("below_zero", "1"), ("rule", "credits"))),
       replace(every.SHORT, settings=(("case", "kept"), ("penalty_percent", "10"), ("rule", "all_or_nothing"))),
       replace(every.CLUSTER, settings=(("penalty_percent", "60"), ("rule", "negative")))]


@pytest.mark.parametrize("content", OWN, ids=lambda content: content.type)
@pytest.mark.parametrize("name", FORMATS)
def test_a_file_carries_the_parameter_or_says_that_it_cannot(app, name, content):
    _draft, made, back = carried(content, name)
    lost = {problem.params["what"] for problem in made.left_out}
    if name in ("aiken", "moodle-xml") or (name == "gift" and content.type == "cluster"):
        assert lost & {"settings", content.type}
        return
    assert "settings" not in lost
    assert dict(back.drafts[0].settings) == dict(content.settings)
    assert [problem.code for problem in back.drafts[0].problems if problem.severity == "error"] == []


def test_the_column_goes_into_the_bank_and_out_again(app, organiser, bank):
    """A workbook out of one bank, into another: the same settings, the same words for the contestant."""
    for content in OWN:
        added(app, bank, content)
    with app.app_context():
        other = operations.create_bank("khac", "Khác", by=None, now=NOON)
        db.session.commit()
        drafts, sources = cards.drafts(bank)
        data = write("xlsx", drafts, (), sources).data
        take(other, read_bank_here(data, "x.xlsx"))
        db.session.commit()
        told = [[(card.content.type, card.content.settings) for card in cards.cards_of(ids_of(one)).values()]
                for one in (bank, other.id)]
        assert sorted(told[0]) == sorted(told[1]) == sorted((one.type, one.settings) for one in OWN)
        assert sorted(db.session.scalars(select(QuestionVersion.penalty))) == sorted(
            2 * ["part 35", "whole 20", "options", "whole 10", "part 60"])


def ids_of(bank_id):
    return set(db.session.scalars(select(Question.id).where(Question.bank_id == bank_id)))


@pytest.mark.parametrize(("cell", "code", "severity", "settings"), [
    ("rule=negative; penalty_percent=50", None, None, {"rule": "negative", "penalty_percent": "50"}),
    ("rule=negative", None, None, {"rule": "negative"}),
    ("Phân biệt hoa thường; rule=partial", None, None, {"case": "kept", "rule": "partial"}),
    ("rule=poem", "rule_unknown", "error", {"rule": "poem"}),
    ("rule=ladder", "rule_unknown", "error", {"rule": "ladder"}),
    ("rule=partial; penalty_percent=50", "parameter_unknown", "error", {"rule": "partial", "penalty_percent": "50"}),
    ("rule=negative; penalty_percent=0", "parameter_range", "error", {"rule": "negative", "penalty_percent": "0"}),
    ("rule=negative; penalty_percent=50%", "parameter_range", "error", {"rule": "negative", "penalty_percent": "50%"}),
    ("penalty_percent=50", "parameter_alone", "error", {"penalty_percent": "50"}),
    ("rule=negative; penalty=50", "setting_unknown", "warning", {"rule": "negative", "penalty": "50"}),
])
def test_a_cell_is_checked_where_it_stands(cell, code, severity, settings):
    rows = [[*HEADER, "Loại", "Cách chấm"], [1, "Chọn?", "Một", "Hai", "Ba", None, "A, B", "Chọn nhiều đáp án", cell]]
    (draft,) = read_bank_here(workbook(rows), "x.xlsx").drafts
    found = [(problem.code, problem.severity, problem.column) for problem in draft.problems]
    assert found == ([(code, severity, "Cách chấm")] if code else [])
    assert dict(draft.settings) == settings
