"""What may not stand in any tracked file."""

import hashlib
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REGISTRIES = re.compile(
    "|".join(["pypi" + r"\.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian\.org",
              "--index" + "-url", "--extra-index" + "-url", "npm" + r"\.pkg", "/opt/" + "pypi"])
)


def tracked() -> list[Path]:
    """Every file of the project's own that git knows or would take."""
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True,
                         text=True, check=True).stdout
    return [ROOT / line for line in out.splitlines() if (ROOT / line).is_file()]


def test_no_registry_address():
    guilty = [f"{p.relative_to(ROOT)}: {m.group()}" for p in tracked() if p.suffix not in {".xlsx", ".png", ".woff2"}
              for m in [REGISTRIES.search(p.read_text("utf8", errors="replace"))] if m]
    assert guilty == []


def test_no_lock_file_that_carries_addresses():
    assert not {p.name for p in tracked()} & {"uv.lock", "pylock.toml", "package-lock.json", "poetry.lock"}


@pytest.mark.parametrize("folder", ["contest/web/static/vendor", "tests/browser/vendor"])
def test_vendored_files_are_what_their_readme_says(folder):
    readme = (ROOT / folder / "README.md").read_text("utf8")
    vendored = [p for p in (ROOT / folder).iterdir() if p.suffix in {".css", ".js", ".ttf", ".woff2"}]
    assert vendored
    for path in vendored:
        assert path.name in readme
        assert hashlib.sha256(path.read_bytes()).hexdigest() in readme, path.name
