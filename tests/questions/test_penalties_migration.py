"""Questions that have a rule already tell their contestants what it costs; nothing else of them changes."""

import json

from contest.extensions import db
from tests.questions.test_trust_migration import ID, NOON, insert, migrate, old, rows

__all__ = ["old"]
# Type, settings as they are kept, and what a contestant reads from then on.
KEPT = [
    ("single", {}, ""), ("single", {"rule": "all_or_nothing"}, ""), ("multiple", {"rule": "partial"}, ""),
    ("multiple", {"rule": "negative"}, "part 100"), ("cluster", {"rule": "negative", "case": "kept"}, "part 100"),
    ("cluster", {"rule": "ladder"}, ""), ("gaps", {"rule": "negative", "penalty_percent": "40"}, "part 40"),
    ("multiple", {"rule": "negative", "penalty_percent": "0"}, ""), ("single", {"rule": "negative"}, ""),
    ("single", {"rule": "all_or_nothing", "penalty_percent": "25"}, "whole 25"),
    ("multiple", {"rule": "credits"}, ""), ("multiple", {"rule": "credits", "below_zero": "1"}, "options"),
    ("short_text", {"diacritics": "needed", "penalty_percent": "9"}, ""), ("single", {"rule": "exact"}, "")]


def test_versions_get_what_their_rules_cost_and_lose_it_again(old):
    migrate(old, "0027")
    insert("bank", id=ID(3), code="kh", title="Kế hoạch", created_at=NOON)
    for number, (kind, settings, _told) in enumerate(KEPT, 1):
        insert("question", id=ID(100 + number), bank_id=ID(3), position=number, content_hash=f"{number:064x}",
               version=1, state="draft", used_count=0)
        insert("question_version", id=ID(200 + number), question_id=ID(100 + number), number=1, type=kind, stem="A?",
               options="[]", parts="[]", tags="[]", markup=False, points=100, search_text="x", created_at=NOON)
        insert("answer_key", version_id=ID(200 + number), correct='["a"]', settings=json.dumps(settings))
    db.session.commit()
    kept = "SELECT version_id, correct, settings FROM answer_key ORDER BY version_id"
    before = [tuple(map(str, row)) for row in rows(kept)]
    migrate(old, "0032")
    assert [row[0] for row in rows("SELECT penalty FROM question_version ORDER BY id")] == [told for *_, told in KEPT]
    assert [tuple(map(str, row)) for row in rows(kept)] == before
    migrate(old, "0027", down=True)
    assert len(rows("SELECT id FROM question_version")) == len(KEPT)
    migrate(old, "head")
