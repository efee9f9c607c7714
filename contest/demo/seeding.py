"""`contest demo`: an empty database becomes a contest at one stage of its life."""

import random
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from contest import clock
from contest.clock import LOCAL
from contest.config import Config
from contest.demo import essays, prizes
from contest.demo.people import CONTESTANTS, COORDINATORS, STAFF, load_people, load_units
from contest.demo.sittings import Sitter, count_rows
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.questions.formats.gate import read_bank
from contest.questions.imports import commit_import, stage_import
from contest.questions.models import TOPICS, Bank
from contest.questions.operations import create_bank
from contest.rounds.models import Contest, Round
from contest.rounds.operations import ContestFields, RoundFields, create_contest, create_round
from contest.rounds.participation import choose_units
from contest.rounds.publishing import publish_round
from contest.standings.operations import publish_results, score_round
from contest.standings.published_files import let_hold, publish
from contest.standings.run_models import Publication

SEED = 20261121
BANKS = Path(__file__).parents[2] / "question_banks"
TITLES = {
    "dong-thap-1600-2021": "Đồng Tháp: Đề án tuyên truyền cải cách hành chính 2021 – 2025",
    "hong-ngu-2024": "Hồng Ngự: Kế hoạch tuyên truyền cải cách hành chính 2024",
    "soc-trang-stttt-2021": "Sóc Trăng: Kế hoạch tuyên truyền của Sở Thông tin và Truyền thông 2021",
    "tp-hcm-1963-2021": "TP. Hồ Chí Minh: Kế hoạch tuyên truyền cải cách hành chính 2021",
    "vinh-long-3060-2023": "Vĩnh Long: Kế hoạch tuyên truyền cải cách hành chính 2024",
}
NOTE = "demo_accounts.txt"  # in the data folder: the names and their password, for the next start
RULES = """## Đối tượng dự thi

Cán bộ, công chức, viên chức của các đơn vị dự thi và người dân trong tỉnh. Thành viên Ban Tổ chức,
Tổ giúp việc và người soạn câu hỏi không dự thi.

## Cách thi

- Mỗi đợt thi có 20 câu, làm trong 20 phút, tối đa 2 lượt; hệ thống lấy lượt tốt nhất.
- Bài làm được lưu từng câu. Mất mạng hoặc đổi máy vẫn làm tiếp được; đồng hồ không dừng.
- Hết giờ, hệ thống tự nộp phần đã lưu.

## Xếp hạng

Điểm cao hơn xếp trên; cùng điểm thì thời gian làm bài ngắn hơn; vẫn bằng nhau thì nộp sớm hơn.

*Cuộc thi này là dữ liệu mẫu: tên người, số biên chế và kết quả đều là giả định.*
"""


def seed(config: Config, app: Flask, stage: str, say: Callable[[str], object]) -> None:
    """Fill an empty database; leave a filled one as it is. Says the address and the accounts."""
    note = config.data_dir / NOTE
    with app.app_context(), app.test_request_context():
        if db.session.scalar(select(Account.id).limit(1)) is None:
            password = config.demo_password or secrets.token_urlsafe(9)
            say("Loading the sample data …")
            lists = fill(password, stage, clock.now())
            db.session.commit()
            for row in lists:
                let_hold(row)
            config.data_dir.mkdir(parents=True, exist_ok=True)
            note.touch(mode=0o600)
            note.write_text(_accounts(password), "utf8")
    say(f"\n{config.public_url}\n")
    if note.exists():
        say(note.read_text("utf8"))


def _accounts(password: str) -> str:
    rows = [(f"thisinh1 … thisinh{CONTESTANTS}", "contestants"),
            (", ".join(f"donvi{i + 1}" for i in range(COORDINATORS)), "unit coordinators"),
            *((login, role.replace("_", " ")) for login, role in STAFF)]
    return "\n".join([*(f"  {login:<24} {role}" for login, role in rows), f"  {'password':<24} {password}", ""])


def fill(password: str, stage: str, now: datetime) -> list[Publication]:
    """Add the sample province at this stage of its contest; its published lists. The caller commits and lets them hold.
    """
    rng = random.Random(SEED)  # noqa: S311 -- invented data, the same each time
    before = now - timedelta(days=20)
    units = load_units(rng, before.date())
    people = load_people(rng, units, password, before)
    banks = [_load_bank(path, before) for path in sorted(BANKS.glob("*.xlsx"))]
    organiser = db.session.scalars(select(Account).where(Account.login == "totchuc")).one()
    contest = _contest(units, organiser.id, before)
    lists = []
    for round_, results_out in _rounds(contest, banks, stage, organiser.id, now):
        if round_.opens_at < now:
            _sit(round_, people, rng, now)
            score_round(round_.id, now)
            count_rows()
            if results_out:
                publish_results(round_.id, by=organiser.id, now=now)
                lists.append(publish(round_.id, "", by=organiser.id, now=now))
                prizes.award(round_, by=organiser.id, now=now)
    if stage == "published":
        day = timedelta(days=1)
        essays.hold(contest, banks, people, (_local_hour(now - 5 * day, 8), _local_hour(now - day, 17)),
                    by=organiser.id, now=now)
    return lists


def _load_bank(path: Path, now: datetime) -> Bank:
    data = path.read_bytes()
    reading = read_bank(data, path.name)
    bank = create_bank(path.stem, TITLES[path.stem], by=None, now=now)
    staged = stage_import(bank, path.name, sha256(data).hexdigest(), reading, by=None, now=now)
    commit_import(staged.id, on_duplicate="skip", by=None, now=now)
    return bank


def _contest(units: dict[str, Unit], organiser_id: str, now: datetime) -> Contest:
    contest = create_contest(ContestFields(
        title="Tìm hiểu cải cách hành chính năm 2026", code="cchc-2026",
        summary="Cuộc thi trực tuyến dành cho cán bộ, công chức, viên chức và người dân trong tỉnh.",
        agency_parent="Ủy ban nhân dân tỉnh Đồng Tháp", agency_name="Sở Nội vụ tỉnh Đồng Tháp",
        hotline_technical="0277 000 0001", hotline_content="0277 000 0002", hotline_zalo="0900 000 003",
        target_percent=80,
    ), by=organiser_id, now=now)
    choose_units(contest.id, [u.id for u in units.values() if u.bloc], by=organiser_id, now=now)
    return contest


def _local_hour(instant: datetime, hour: int, minute: int = 0) -> datetime:
    return instant.astimezone(LOCAL).replace(hour=hour, minute=minute, second=0, microsecond=0)


def _rounds(contest: Contest, banks: list[Bank], stage: str, organiser_id: str,
            now: datetime) -> list[tuple[Round, bool]]:
    """The published rounds of this stage, with whether their results are out."""
    day = timedelta(days=1)
    first, second = "Tuần 1: Kế hoạch và tuyên truyền", "Tuần 2: Thủ tục hành chính và công vụ"
    windows = {
        "before": [(first, _local_hour(now + 2 * day, 8), _local_hour(now + 9 * day, 7, 30), False)],
        "open": [(first, _local_hour(now - 9 * day, 8), _local_hour(now - 2 * day, 7, 30), True),
                 (second, _local_hour(now - 1 * day, 8), _local_hour(now + 6 * day, 17), False)],
        "closed": [(first, _local_hour(now - 8 * day, 8), _local_hour(now - day, 7, 30), False)],
        "published": [(first, _local_hour(now - 8 * day, 8), _local_hour(now - day, 7, 30), True)],
    }[stage]
    made = []
    for title, opens_at, closes_at, results_out in windows:
        round_ = create_round(contest.id, RoundFields(
            title=title, opens_at=opens_at, closes_at=closes_at, duration_ms=20 * 60_000, attempts_allowed=2,
            bank_ids=tuple(bank.id for bank in banks), blueprint=_blueprint(), result_shown="review",
            board_shown="live", rules=RULES,
        ), by=organiser_id, now=opens_at - 5 * day)
        publish_round(round_.id, by=organiser_id, now=opens_at - 3 * day)
        made.append((round_, results_out))
    return made


def _blueprint() -> tuple[dict[str, object], ...]:
    """Twenty questions: two or three of each field of reform, by level where the banks are rich."""
    steering, others = TOPICS[6], [t for t in TOPICS if t != TOPICS[6]]
    rows = [(steering, "NB", 3), (steering, "TH", 2), (steering, "VD", 1), *((topic, None, 2) for topic in others)]
    return tuple({"bank_id": None, "topic": topic, "level": level, "count": count} for topic, level, count in rows)


def _sit(round_: Round, people: list[Account], rng: random.Random, now: datetime) -> None:
    """Invented sittings: each unit has its own zeal, each person their own knowledge.

    The named demo accounts leave the open round to whoever tries the demo.
    """
    sitter = Sitter(round_, rng)
    zeal: dict[str | None, float] = {}
    idle, eager_ones = (0.0, 0.3), (0.55, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0, 1.0)
    open_ = round_.closes_at > now
    last = min(round_.closes_at, now) - timedelta(minutes=25)
    span_s = int((last - round_.opens_at).total_seconds())
    for i, account in enumerate(people):
        eager = zeal.setdefault(account.unit_id, rng.choice(idle if rng.random() < 0.08 else eager_ones))
        if (open_ and i < CONTESTANTS) or (i and rng.random() > eager * (0.45 if open_ else 1)):
            continue
        knowledge = rng.betavariate(6, 1.6) if rng.random() < 0.97 else rng.betavariate(1.5, 6)
        started_at = round_.opens_at + timedelta(seconds=int(span_s * rng.betavariate(1.2, 1.6)))
        started_at = started_at.replace(microsecond=rng.randrange(1000) * 1000)
        if i:
            sitter.sit(account, started_at, knowledge)
        else:  # somebody who can sign in wins a prize
            sitter.sit(account, started_at, 1.0, slowest_ms=12_000)
        again = started_at + timedelta(hours=rng.randint(1, 40))
        if again < last and rng.random() < 0.3:
            sitter.sit(account, again, min(1.0, knowledge + 0.12), number=2)
    sitter.write()
