"""The answer keys are out of a contestant's reach: nothing that delivery loads can load them."""

import subprocess
import sys

from tests.test_architecture import CONTEST, ROOT, imports

FORBIDDEN = ("contest.questions.keys", "contest.scoring", "contest.standings", "contest.reports")


def reachable(start):
    """Every module that these load, themselves included, read from the import lines."""
    found, waiting = set(), list(start)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        path = ROOT.joinpath(*name.split("."))
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        waiting += imports(file)
    return found


def test_no_import_leads_from_a_sitting_to_a_key():
    rooms = [f"contest.delivery.{path.stem}" for path in (CONTEST / "delivery").glob("*.py") if path.stem != "__init__"]
    assert {"contest.delivery.api", "contest.delivery.save", "contest.delivery.queries"} <= set(rooms)
    assert [name for name in sorted(reachable(rooms)) if name.startswith(FORBIDDEN)] == []


def test_the_reading_of_imports_would_see_one():
    assert "contest.questions.keys" in reachable(["contest.questions.operations"])


def test_no_key_is_loaded_with_the_saving_path():
    program = f"import sys, contest.delivery.api; print([m for m in sys.modules if m.startswith({FORBIDDEN})])"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
