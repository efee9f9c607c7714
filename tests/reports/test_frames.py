import subprocess
import sys
from datetime import timedelta

from contest.reports import frames
from contest.standings import figures
from contest.standings.operations import score_round
from tests import factories
from tests.factories import NOON
from tests.standings.cast import sit, stage


def test_frames_add_up_to_the_pages(app):
    with app.app_context():
        _contest, bank, round_, (unit,) = stage()
        for right in (4, 2, 0):
            sit(round_, bank, factories.account(unit=unit), unit=unit, right=right)
        sit(round_, bank, factories.account(audience="citizen"), right=1)
        score_round(round_.id, NOON + timedelta(hours=1))
        attempts, units = frames.attempts(round_.id), frames.units(round_.id)
        side = figures.sides(round_.id)["all"]
        assert int(attempts["counts"].sum()) == side.people == 3
        assert int(attempts.loc[attempts["counts"], "points"].sum()) == side.points == 700
        assert units.to_dict("records") == [{"unit": "Sở Nội vụ", "bloc": "Khối sở", "headcount": 10, "people": 2,
                                             "attempts": 2, "blank": 1, "points": 600}]


def test_pandas_is_not_loaded_by_the_application():
    code = ("import sys; from contest.app import create_app; create_app(); import contest.reports.frames; "
            "print([m for m in ('pandas', 'xlsxwriter') if m in sys.modules])")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
