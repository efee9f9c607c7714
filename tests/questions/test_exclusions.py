import pytest

from contest.audit.models import AuditEvent
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions import exclusions, seals
from contest.questions.models import Bank, Question
from contest.rounds import pools
from tests import factories
from tests.factories import NOON
from tests.rounds.cast import cast, client_of, post


def ids_of(bank_id):
    return list(db.session.scalars(db.select(Question.id).where(Question.bank_id == bank_id)
                                   .order_by(Question.position)))


def test_groups_are_set_moved_and_cleared(app):
    ids = cast(app)
    with app.app_context():
        one, two, three, *_ = ids_of(ids.bank)
        assert exclusions.set_exclusion([one, two], "  Cùng   ý ", by=ids.organiser, now=NOON) == 2
        assert exclusions.set_exclusion([two, three], "Khác", by=None, now=NOON) == 2
        assert exclusions.set_exclusion([two, three], "Khác", by=None, now=NOON) == 0
        found = {name: [member.question_id for member in members]
                 for name, members in exclusions.groups_of(ids.bank).items()}
        assert found == {"Cùng ý": [one], "Khác": [two, three]}
        assert exclusions.free_name(ids.bank, "Nhóm") == "Nhóm 1"
        assert exclusions.set_exclusion([one, two, three], " ", by=None, now=NOON) == 3
        assert exclusions.groups_of(ids.bank) == {}
        events = db.session.query(AuditEvent).filter_by(action="question.exclude").order_by(AuditEvent.id)
        assert [event.details["group"] for event in events] == ["Cùng ý", "Khác", None]


def test_what_is_refused(app):
    ids = cast(app)
    with app.app_context():
        other = factories.bank(1)
        mine, theirs = ids_of(ids.bank)[0], ids_of(other.id)[0]
        for wrong in ([mine, theirs], ["0" * 32], [mine, "0" * 32], []):
            with pytest.raises(Missing):
                exclusions.set_exclusion(wrong, "g", by=None, now=NOON)
        with pytest.raises(Refusal) as refused:
            exclusions.set_exclusion([mine], "x" * 41, by=None, now=NOON)
        assert (refused.value.code, refused.value.status) == ("exclusion_name_long", 422)
        with pytest.raises(Refusal) as refused:
            exclusions.set_exclusion([f"{n:032x}" for n in range(501)], "x", by=None, now=NOON)
        assert refused.value.code == "exclusion_too_many"
        seals.seal_bank(ids.bank, by=None, now=NOON)
        with pytest.raises(Refusal) as refused:
            exclusions.set_exclusion([mine], "g", by=None, now=NOON)
        assert refused.value.code == "bank_sealed"


def test_groups_of_the_same_name_in_two_banks_are_two(app):
    ids = cast(app)
    with app.app_context():
        other = factories.bank(2)
        for bank_id in (ids.bank, other.id):
            exclusions.set_exclusion(ids_of(bank_id)[:2], "Nhóm 1", by=None, now=NOON)
        pool = pools.usable([ids.bank, other.id])
        assert len({item.group for item in pool if item.group}) == 2
        assert {pools.group_name(item.group) for item in pool} == {None, "Nhóm 1"}


def test_the_page_groups_by_code_and_from_alike_questions(app, hands):
    ids = cast(app)
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/ngan-hang/{ids.bank}/nhom-loai-tru"
    with app.app_context():
        codes = list(db.session.scalars(db.select(Question.code).where(Question.bank_id == ids.bank)
                                        .order_by(Question.position)))
    assert "Chưa có nhóm nào" in client.get(path).get_data(as_text=True)
    answer = post(client, path, codes=f"{codes[0].lower()},\n {codes[1]}")
    assert answer.status_code == 303
    text = client.get(path).get_data(as_text=True)
    assert "Nhóm 1" in text
    assert text.count('name="question" value=') == 2
    wrong = post(client, path, codes=f"{codes[0]}, KHÔNG-CÓ", group="Nhóm 1")
    assert wrong.status_code == 422
    assert "KHÔNG-CÓ" in wrong.get_data(as_text=True)
    assert post(client, path, codes=codes[2]).status_code == 422
    assert post(client, path, codes=codes[2], group="Nhóm 1").status_code == 303
    with app.app_context():
        members = exclusions.groups_of(ids.bank)["Nhóm 1"]
        assert [member.code for member in members] == codes[:3]
        first = members[0].question_id
    assert post(client, path + "/bo", question=[first]).status_code == 303
    with app.app_context():
        assert [member.code for member in exclusions.groups_of(ids.bank)["Nhóm 1"]] == codes[1:3]
    assert client_of(app, ids.contestant).get(path).status_code == 403


def test_the_page_of_a_sealed_bank_is_a_reading_and_changes_nothing(app, hands):
    ids = cast(app)
    with app.app_context():
        seals.seal_bank(ids.bank, by=None, now=NOON)
        db.session.commit()
        assert db.session.get(Bank, ids.bank).sealed_at
        one, two = ids_of(ids.bank)[:2]
    client = client_of(app, ids.organiser)
    path = f"/to-chuc/ngan-hang/{ids.bank}/nhom-loai-tru"
    assert "Xếp vào nhóm theo mã câu" not in client.get(path).get_data(as_text=True)
    assert post(client, path, question=[one, two]).status_code == 409
    with app.app_context():
        assert [entry.details["what"] for entry in seals.log(ids.bank) if entry.action == seals.READING] == ["list"]
