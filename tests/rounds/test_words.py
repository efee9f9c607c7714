from datetime import timedelta

import pytest

from contest.rounds.models import Round
from contest.rounds.words import unsaid
from tests.factories import NOON


@pytest.mark.parametrize(("rules", "missing"), [
    ("Mở 12:00 ngày 01/12/2026, đến 24:00 ngày 8/12. Làm bài 20 phút, tối đa 2 lượt.", []),
    ("Mở 12 giờ 1-12, đến hết 08.12.2026; làm bài trong 020 phút; 02 lượt.", []),
    ("Mở ngày 11/12/2026 đến 08/12/2026. Làm bài 15 phút, 1 lượt.",
     ["ngày mở 01/12/2026", "thời gian làm bài 20 phút", "số lượt thi tối đa là 2"]),
    ("2. Thời gian: 1/12/2026, 20 phút, 12 lượt.", ["ngày kết thúc 08/12/2026", "số lượt thi tối đa là 2"]),
    ("", []),
])
def test_what_the_rules_leave_unsaid(app, rules, missing):
    midnight = NOON + timedelta(days=7, hours=12)
    with app.app_context():
        assert unsaid(Round(opens_at=NOON, closes_at=midnight, duration_ms=1_200_000, attempts_allowed=2,
                            rules=rules)) == missing
