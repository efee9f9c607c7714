"""A window is entered and told in Vietnam's time, whatever zone the server runs in."""

import json
import subprocess
import sys
from datetime import datetime

import pytest

from contest.clock import rfc3339
from contest.columns import from_ms

# Most with daylight saving, one by half an hour; two where it is another day; one that there is not.
ZONES = ("UTC", "Asia/Ho_Chi_Minh", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns",
         "Pacific/Kiritimati", "Pacific/Pago_Pago", "EST5EDT", "Nowhere/At_All")
WINDOWS = (
    ("2026-03-08T02:30", "2026-03-08T03:30"),  # an hour that New York skips
    ("2026-11-01T01:30", "2026-11-01T01:31"),  # one that it has twice
    ("2026-03-29T02:00", "2026-03-29T02:59"),  # one that Berlin skips
    ("2026-12-01T12:00", "2026-12-31T23:59"),
    ("2028-02-29T00:00", "2028-03-01T00:00"),
)
PROGRAM = """
import json, os, sys, time
from datetime import UTC, datetime
from contest import clock
from contest.app import create_app
from contest.columns import to_ms
from contest.config import load
from contest.rounds.rule_forms import RoundForm
from contest.rounds.window import spoken, spoken_closing
from contest.web.filters import when

app = create_app(load({"CONTEST_DATA_DIR": sys.argv[3], "SECRET_KEY": "a key for tests only, 32 characters"}))
found = {}
for zone in sys.argv[2].split():
    os.environ["TZ"] = zone
    time.tzset()
    rows = []
    for opens, closes in json.loads(sys.argv[1]):
        with app.test_request_context(method="POST", data={"opens_at": opens, "closes_at": closes}):
            form = RoundForm(meta={"csrf": False})
            for field, say in ((form.opens_at, spoken), (form.closes_at, spoken_closing)):
                at = field.data
                again = RoundForm(formdata=None, data={field.short_name: at}, meta={"csrf": False})
                rows.append([to_ms(at), say(at), when(at), clock.rfc3339(at), again[field.short_name]._value()])
    right = abs(to_ms(clock.now()) - time.time_ns() // 1_000_000) < 60_000
    found[zone] = rows, time.localtime(1_772_951_400)[:5], right
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Zone → what a server in it makes of the windows, its own time of an instant, whether its clock is right."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(WINDOWS), " ".join(ZONES), str(tmp_path_factory.mktemp("zones"))],
        capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_process_was_in_these_zones(told):
    assert len({tuple(there) for _rows, there, _right in told.values()}) >= 6


@pytest.mark.parametrize("zone", ZONES)
def test_a_server_in_any_zone_enters_and_tells_the_same_instants(told, zone):
    rows, _there, right = told[zone]
    assert right
    for text, (ms, spoken, shown, sent, typed) in zip([t for window in WINDOWS for t in window], rows, strict=True):
        instant = datetime.fromisoformat(text + "+07:00")
        assert from_ms(ms) == instant
        assert typed == text
        assert sent == rfc3339(instant)
        day, time = instant.strftime("%d/%m/%Y"), instant.strftime("%H:%M")
        assert shown == f"{time} ngày {day}"
        assert spoken == ([time, day] if text != "2028-03-01T00:00" else ["24:00", "29/02/2028"])
