"""A database of the first version, with questions in use, becomes one that can be trusted."""

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from alembic import command
from flask_migrate import Config
from sqlalchemy import text

from contest.app import create_app
from contest.config import load
from contest.extensions import db
from contest.questions.similarity import BANDS

ID = "{:032x}".format
NOON = 1_796_101_200_000
STEMS = ("Cơ quan nào chủ trì việc tổng hợp kết quả?", "Cơ quan nào chủ trì tổng hợp kết quả?", "Ai ký ban hành?")


@pytest.fixture
def old(database_url, database_name, tmp_path):
    """An application over an empty database of its own, at the first revision."""
    if database_name == "sqlite":
        folder = Path(tempfile.mkdtemp())
        url = f"sqlite:///{folder / 'old.db'}"
    else:
        import psycopg

        plain = database_url.replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute("DROP DATABASE IF EXISTS old_version")
            connection.execute("CREATE DATABASE old_version")
        url = database_url.replace("/postgres?", "/old_version?")
        assert url != database_url
    app = create_app(load({"CONTEST_DATA_DIR": str(tmp_path), "DATABASE_URL": url,
                           "SECRET_KEY": "a key for tests only, 32 characters"}))
    with app.app_context():
        migrate(app, "0001")
        yield app
        db.session.remove()
        db.engine.dispose()
    if database_name == "sqlite":
        shutil.rmtree(folder)


def migrate(app, revision: str, *, down: bool = False) -> None:
    db.session.remove()
    config: Config = app.extensions["migrate"].migrate.get_config()
    (command.downgrade if down else command.upgrade)(config, revision)


def insert(table: str, **values: object) -> None:
    names = ", ".join(f'"{name}"' for name in values)
    db.session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(':' + n for n in values)})"), values)


def fill() -> None:
    insert("account", id=ID(1), login="binh", name="Trần Văn Bình", audience="official", must_change_password=False,
           active=True, sort_key="a", search_text="a", created_at=NOON)
    insert("role_grant", id=ID(2), account_id=ID(1), role="organiser")
    insert("bank", id=ID(3), code="kh", title="Kế hoạch", created_at=NOON)
    for number, stem in enumerate(STEMS, 1):
        insert("question", id=ID(10 + number), bank_id=ID(3), position=number, content_hash=f"{number:064x}", version=1)
        insert("question_version", id=ID(20 + number), question_id=ID(10 + number), number=1, type="single", stem=stem,
               options=json.dumps([{"id": "a", "text": "Sở Nội vụ"}, {"id": "b", "text": "Sở Tài chính"}]), points=100,
               search_text="x", created_at=NOON, created_by=ID(1))
        insert("answer_key", version_id=ID(20 + number), correct='["a"]')
    insert("contest", id=ID(30), code="c", title="C", summary="", agency_parent="", agency_name="",
           hotline_technical="1", hotline_content="1", created_at=NOON)
    insert("round", id=ID(31), contest_id=ID(30), position=1, title="1", kind="contest", audience="all", opens_at=NOON,
           closes_at=NOON + 1000, duration_ms=1000, grace_ms=0, attempts_allowed=1, shuffle_questions=True,
           shuffle_options=True, result_shown="score", board_shown="live", state="published", rules="x",
           mask_names=False, rules_version=1, blueprint="[]", created_at=NOON)
    insert("rules_version", round_id=ID(31), number=1, content="{}", sha256="0" * 64, published_at=NOON + 5)
    insert("round_question", round_id=ID(31), version_id=ID(21), bank_id=ID(3))
    db.session.commit()


def rows(statement: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.session.execute(text(statement))]


def test_an_old_database_moves_up_and_down_with_its_data(old):
    fill()
    migrate(old, "0004")
    assert rows("SELECT review, sealed_at FROM bank") == [("off", None)]
    assert rows("SELECT state, used_count, used_at FROM question ORDER BY position") == [
        ("draft", 1, NOON + 5), ("draft", 0, None), ("draft", 0, None)]
    assert rows("SELECT count(*) FROM similarity_band") == [(3 * BANDS,)]
    alike = """SELECT DISTINCT a.question_id, b.question_id FROM similarity_band a
               JOIN similarity_band b ON b.value = a.value AND b.question_id > a.question_id"""
    assert [tuple(str(i).replace("-", "") for i in row) for row in rows(alike)] == [(ID(11), ID(12))]
    insert("role_grant", id=ID(4), account_id=ID(1), role="reviewer")
    db.session.commit()
    assert rows("SELECT count(*) FROM answer_key") == [(3,)]
    migrate(old, "0003", down=True)
    assert rows("SELECT role FROM role_grant") == [("organiser",)]
    assert rows("SELECT count(*) FROM round_question") == [(1,)]
    migrate(old, "head")
    assert rows("SELECT count(*) FROM similarity_band") == [(3 * BANDS,)]
