"""Plain functions that make rows. Each returns the row; the caller commits.

Use them inside `with app.app_context():` and leave the block before a request is made: an open
context around the test client would hide queries and stale rows.
"""

from datetime import UTC, datetime, timedelta
from itertools import count

from contest.columns import new_id
from contest.extensions import db
from contest.identity import names
from contest.identity.models import Account, Grant, SignIn, Unit
from contest.identity.operations import hash_password
from contest.questions.keys import AnswerKey
from contest.questions.models import TOPICS, Bank, Question, QuestionVersion
from contest.rounds.models import Contest, ContestUnit, Entry, Round, RoundBank, RoundQuestion, RulesVersion

NOON = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)  # 12:00 in Vietnam
PASSWORD = "mat khau thu"
_HASH = hash_password(PASSWORD)
_next = count(1)


def unit(name: str = "Sở Nội vụ", *, code: str | None = None, parent: Unit | None = None,
         bloc: str | None = "Khối sở, ban, ngành", headcount: int | None = 50, kind: str = "department") -> Unit:
    key = new_id()
    row = Unit(id=key, code=code or f"U{next(_next)}", name=name, kind=kind, bloc=bloc,
               parent_id=parent.id if parent else None, path=(parent.path if parent else "") + key + "/",
               headcount=headcount, headcount_on=NOON.date(), sort_key=names.sort_key(name),
               search_text=names.fold(name))
    db.session.add(row)
    db.session.flush()
    return row


def account(login: str | None = None, *, name: str = "Nguyễn Thị Hồng Hạnh", unit: Unit | None = None,
            roles: tuple[str, ...] = ("contestant",), scope: Unit | None = None,
            audience: str = "official") -> Account:
    row = Account(login=login or f"nguoi{next(_next)}", name=name, unit_id=unit.id if unit else None,
                  audience=audience, password_hash=_HASH, sort_key=names.name_sort_key(name),
                  search_text=names.fold(name), created_at=NOON)
    db.session.add(row)
    db.session.flush()
    for role in roles:
        db.session.add(Grant(account_id=row.id, role=role,
                             unit_id=(scope or unit).id if role == "coordinator" else None))
    db.session.flush()
    return row


def bank(questions: int = 12, *, code: str | None = None) -> Bank:
    """A bank of single-choice questions, spread over two topics and two levels; the first option is right."""
    number = next(_next)
    row = Bank(code=code or f"nganhang{number}", title=f"Ngân hàng {number}", created_at=NOON)
    db.session.add(row)
    db.session.flush()
    for i in range(questions):
        question(row, stem=f"Câu hỏi số {i + 1} của {row.code}?", topic=TOPICS[i % 2],
                 level=("NB", "TH")[i // 2 % 2], position=i + 1)
    return row


def question(bank: Bank, *, stem: str = "Cơ quan nào chủ trì?", options: tuple[str, ...] = ("A1", "B2", "C3", "D4"),
             correct: tuple[int, ...] = (0,), type: str = "single", topic: str | None = TOPICS[0],
             level: str | None = "NB", position: int | None = None, points: int = 100,
             explanation: str = "Vì kế hoạch ghi như vậy.") -> Question:
    number = next(_next)
    row = Question(bank_id=bank.id, code=f"Q{number}", position=position or number, version=1,
                   content_hash=f"{number:064d}")
    db.session.add(row)
    db.session.flush()
    tokens = [f"t{number}x{i}" for i in range(len(options))]
    version = QuestionVersion(
        question_id=row.id, number=1, type=type, stem=stem, topic=topic, level=level, points=points,
        options=[{"id": t, "text": o, "fixed": False} for t, o in zip(tokens, options, strict=True)],
        search_text=names.fold(stem), created_at=NOON,
    )
    db.session.add(version)
    db.session.flush()
    db.session.add(AnswerKey(version_id=version.id, correct=sorted(tokens[i] for i in correct),
                             explanation=explanation, citation="Kế hoạch 01, mục I.1"))
    db.session.flush()
    return row


def contest(*, title: str = "Tìm hiểu cải cách hành chính năm 2026", units: tuple[Unit, ...] = ()) -> Contest:
    row = Contest(code=f"cuocthi{next(_next)}", title=title, agency_parent="Ủy ban nhân dân tỉnh",
                  agency_name="Sở Nội vụ", hotline_technical="0277 000 001", hotline_content="0277 000 002",
                  hotline_zalo="0900 000 003",
                  target_percent=80, created_at=NOON)
    db.session.add(row)
    db.session.flush()
    for u in units:
        db.session.add(ContestUnit(contest_id=row.id, unit_id=u.id, name=u.name, bloc=u.bloc,
                                   headcount=u.headcount, headcount_on=u.headcount_on, sort_key=u.sort_key))
    db.session.flush()
    return row


def round_(contest: Contest, bank: Bank, *, questions: int = 4, opens_at: datetime | None = None,
           closes_at: datetime | None = None, minutes: int = 20, published: bool = True, **columns: object) -> Round:
    """A round that opened an hour before NOON and closes six hours after it, frozen as publishing does."""
    row = Round(contest_id=contest.id, position=next(_next), title="Tuần 1",
                opens_at=opens_at or NOON - timedelta(hours=1), closes_at=closes_at or NOON + timedelta(hours=6),
                duration_ms=minutes * 60_000, state="published" if published else "draft",
                rules_version=1 if published else 0, created_at=NOON,
                blueprint=[{"bank_id": None, "topic": None, "level": None, "count": questions}],
                **columns)
    db.session.add(row)
    db.session.flush()
    db.session.add(RoundBank(round_id=row.id, bank_id=bank.id))
    if published:
        db.session.add(RulesVersion(round_id=row.id, number=1, content={}, sha256="0" * 64, published_at=NOON))
        for version in db.session.query(QuestionVersion).join(Question).filter(Question.bank_id == bank.id):
            db.session.add(RoundQuestion(round_id=row.id, version_id=version.id, bank_id=bank.id,
                                         topic=version.topic, level=version.level))
    db.session.flush()
    return row


def entry(contest: Contest, account: Account, counted_unit: ContestUnit | None = None) -> Entry:
    row = Entry(contest_id=contest.id, account_id=account.id, unit_id=account.unit_id,
                counted_unit_id=counted_unit.id if counted_unit else None, audience=account.audience, created_at=NOON)
    db.session.add(row)
    db.session.flush()
    return row


def sign_in(account: Account, token: str) -> SignIn:
    """A live sign-in whose cookie token is `token`."""
    from contest.identity.access import digest

    row = SignIn(id=digest(token), account_id=account.id, created_at=NOON, expires_at=NOON + timedelta(hours=24))
    db.session.add(row)
    db.session.flush()
    return row


def signed_in(client, account: Account):
    """Make `client` carry a live sign-in of `account`, without the cost of a password check. Returns the client."""
    token = f"token-{next(_next)}"
    with client.application.app_context():
        sign_in(account, token)
        db.session.commit()
    with client.session_transaction() as session:
        session["token"] = token
        session["csrf_token"] = "csrf"
    return client
