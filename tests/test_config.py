import re
import stat
from pathlib import Path

import pytest

from contest.config import TABLE, BadSetting, load

ROOT = Path(__file__).parents[1]
KEY = "k" * 32


def env(tmp_path, **more):
    return {"CONTEST_DATA_DIR": str(tmp_path), "SECRET_KEY": KEY, **more}


def test_defaults(tmp_path):
    config = load(env(tmp_path))
    assert config.database_url == f"sqlite:///{tmp_path}/contest.db"
    assert config.public_url == "http://127.0.0.1:8000"
    assert (config.web_workers, config.web_threads, config.session_hours) == (1, 16, 24)
    assert not config.https


def test_the_key_is_drawn_once_and_kept_private(tmp_path):
    first = load({"CONTEST_DATA_DIR": str(tmp_path)}).secret_key
    assert len(first) == 64
    assert load({"CONTEST_DATA_DIR": str(tmp_path)}).secret_key == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert sorted(p.name for p in tmp_path.iterdir()) == ["secret_key"]


@pytest.mark.parametrize("bad", [
    {"SECRET_KEY": "short"},
    {"DATABASE_URL": "mysql://x"},
    {"WEB_WORKERS": "2"},
    {"PORT": "0"}, {"PORT": "70000"}, {"PORT": "http"},
    {"PUBLIC_URL": "http://thi.example.vn"},
    {"SESSION_HOURS": "0"},
])
def test_what_cannot_be_safe_is_refused_by_name(tmp_path, bad):
    with pytest.raises(BadSetting, match=next(iter(bad))):
        load(env(tmp_path, **bad))


def test_several_processes_need_postgresql(tmp_path):
    url = "postgresql+psycopg://x@/y"
    assert load(env(tmp_path, DATABASE_URL=url, WEB_WORKERS="4")).web_workers == 4


def test_secrets_are_masked(tmp_path):
    shown = load(env(tmp_path, DEMO_PASSWORD="abc")).shown()
    assert shown["SECRET_KEY"] == shown["DEMO_PASSWORD"] == shown["DATABASE_URL"] == "********"
    assert set(shown) == {row.name for row in TABLE}


def test_every_setting_stands_in_the_readme():
    readme = (ROOT / "README.md").read_text("utf8")
    assert [row.name for row in TABLE if not re.search(rf"`{row.name}`", readme)] == []
