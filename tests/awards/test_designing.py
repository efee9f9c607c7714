import pytest
from sqlalchemy import select

from contest.audit.models import AuditEvent
from contest.awards import certified
from contest.awards.designing import Design, set_design
from contest.errors import Missing, Refusal
from contest.extensions import db
from tests.awards.winners import winners
from tests.factories import NOON

DESIGN = Design("Ủy ban nhân dân tỉnh Mẫu", "Sở Nội vụ", "Giấy khen", "Tặng", "Ông/Bà", "Tập thể", "Đã đạt",
                "Cuộc thi năm 2026", "Mẫu", "blue")


def test_words_are_set_again_and_again_on_record(app):
    with app.app_context():
        made = winners()
        assert certified.design_of(made.list_id) is None
        set_design(made.list_id, DESIGN, by=None, now=NOON)
        set_design(made.list_id, Design(**{**DESIGN.__dict__, "title": "Giấy chứng nhận"}), by=made.people[0], now=NOON)
        held = certified.design_of(made.list_id)
        assert (held.title, held.accent, held.changed_by) == ("Giấy chứng nhận", "blue", made.people[0])
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "awards.certificate")).all()
        assert sorted(one.details["title"] for one in events) == ["Giấy chứng nhận", "Giấy khen"]


def test_what_no_certificate_can_do_without(app):
    with app.app_context():
        made = winners()
        for name in ("title", "agency_name"):
            with pytest.raises(Refusal) as told:
                set_design(made.list_id, Design(**{**DESIGN.__dict__, name: " "}), by=None, now=NOON)
            assert told.value.code == "certificate_empty"
        with pytest.raises(Missing):
            set_design("0" * 32, DESIGN, by=None, now=NOON)
