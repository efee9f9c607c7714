"""A round's results as a workbook: summary, people, attempts, units. Written row by row."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, literal, select

from contest.delivery.models import Attempt
from contest.delivery.prediction import PERCENT, SCALE
from contest.extensions import db
from contest.identity.models import Account, Unit
from contest.marking import queries as marking
from contest.reports.workbook import DATES, Cell, Sheet
from contest.rounds import scoring_words
from contest.rounds.models import ContestUnit, Entry, Round
from contest.rounds.scoring_words import band_words
from contest.scoring import policy, ranking, units
from contest.scoring.units import Tally
from contest.spreadsheets import SAFE
from contest.standings import figures, outside
from contest.standings.board import actual
from contest.standings.board_models import Standing
from contest.standings.grading import grader_of
from contest.standings.models import Result
from contest.standings.queries import Freshness, freshness, incomplete, round_by_id

FETCH = 2_000  # rows held in memory at a time


def write_results(round_id: str, path: str | Path, now: datetime) -> int:
    """Write a round's results to `path` (.xlsx); the number of attempts in it. Raises `Missing`.

    The file appears whole or not at all.
    """
    round_ = round_by_id(round_id, privileged=True)
    draft = Path(path).with_name(Path(path).name + ".part")
    try:
        attempts = _write(round_, draft, now)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return attempts


def _write(round_: Round, path: Path, now: datetime) -> int:
    import xlsxwriter

    fresh = freshness(round_, now)
    sides, found = figures.sides(round_.id), figures.participation(round_)
    essays = marking.asks(round_.id)
    wide = [10] if essays else []
    with xlsxwriter.Workbook(str(path), SAFE | {"constant_memory": True, "default_date_format": DATES}) as book:
        book.set_properties({"title": f"{round_.contest.title} - {round_.title}", "created": now.replace(tzinfo=None)})
        _summary(Sheet(book, _("Tổng hợp"), [44, 16, 16, 16, 16]), round_, fresh, sides, found)
        _people(Sheet(book, _("Thí sinh"), [
            8, 28, 16, 34, 26, 14, 24, 16, 10, *wide, 10, 10, 12, 12, 22, 34, 34, 18]),
                round_, fresh, sides["all"].valid_people, essays=essays)
        attempts = _attempts(Sheet(book, _("Lượt thi"), [
            18, 28, 16, 34, 8, 18, 22, 22, 12, 10, *wide, 10, 10, 10, 22, 18]), round_, fresh, essays=essays)
        _units(Sheet(book, _("Đơn vị"), [40, 26, 12, 14, 12, 14, 12, 12, 12, 12]), round_, fresh, found)
        if gone := outside.lines(round_):
            _outside(Sheet(book, _("Ngoài danh sách"), [28, 16, 34, 40, 22, 28, 10, 12, 22]), round_, fresh, gone)
    return attempts


def file_name(round_: Round) -> str:
    """The name a reader saves the file under: "ket-qua-tuan-1.xlsx" (ASCII only)."""
    from contest.identity.names import fold

    slug = "".join(c if c.isascii() and c.isalnum() else "-" for c in fold(round_.title))
    return "ket-qua-" + "-".join(part for part in slug.split("-") if part)[:60].strip("-") + ".xlsx"


def _top(sheet: Sheet, title: str, round_: Round, fresh: Freshness, count: int) -> None:
    """The block above a table: whose figures, of when, how final, how many rows."""
    sheet.line([title], sheet.bold)
    sheet.line([round_.contest.title])
    sheet.line([round_.title])
    sheet.line([_("Số liệu đến"), fresh.as_of])
    sheet.line([_("Tạm tính, chưa phải kết quả chính thức") if fresh.provisional else _("Kết quả chính thức")])
    sheet.line([_("Số dòng"), count])
    sheet.row += 1


def _summary(sheet: Sheet, round_: Round, fresh: Freshness, sides: dict[str, figures.Side],
             found: figures.Participation) -> None:
    columns = [sides["all"], sides["official"], sides["citizen"]]
    words = [_("Tất cả"), _("CBCCVC"), _("Người dân")]
    _top(sheet, _("Tổng hợp kết quả"), round_, fresh, 5 + 2 * len(sides["all"].people_bands))
    _truth(sheet, round_)
    sheet.line([_("Chỉ số"), *words], sheet.head)
    sheet.line([_("Người dự thi"), *(side.people for side in columns)])
    sheet.line([_("Lượt thi có trả lời"), *(side.attempts for side in columns)])
    sheet.line([_("Lượt thi không trả lời"), *(side.blank for side in columns)])
    sheet.line([_("Điểm trung bình"), *(_points(side.average) for side in columns)])
    sheet.line([_("Bài chờ chấm"), fresh.pending])
    names = band_words(sides["all"].people_bands)
    for title, kind in ((_("Theo người (lượt tốt nhất)"), "people_bands"), (_("Theo lượt thi"), "attempt_bands")):
        sheet.row += 1
        sheet.line([title, *words], sheet.head)
        for band, name in names.items():
            sheet.line([name, *(getattr(side, kind)[band] for side in columns)])
    sheet.row += 1
    sheet.line([_("Đơn vị dự thi"), _("Số lượng")], sheet.head)
    sheet.line([_("Đơn vị trong danh sách"), len(found.lines)])
    sheet.line([_("Đơn vị có người dự thi"), found.taking_part])
    sheet.line([_("Đơn vị đạt từ %(rate)s", rate="100 %"), len(found.complete)])
    if round_.contest.target_percent:
        target = round_.contest.target_percent
        sheet.line([_("Đơn vị đạt chỉ tiêu %(target)s", target=f"{target} %"), len(found.reaching(target))])
    _bloc_table(sheet, found)


def _bloc_table(sheet: Sheet, found: figures.Participation) -> None:
    sheet.row += 1
    sheet.line([_("Khối"), _("CBCCVC"), _("Người dự thi"), _("Tỷ lệ"), _("Điểm trung bình")], sheet.head)
    rows = [*((bloc or _("Chưa xếp khối"), one) for bloc, one in found.blocs.items()), (_("Cộng"), found.total)]
    for name, one in rows:
        for column, value in enumerate([name, one.headcount, one.people]):
            sheet.cell(column, value)
        _share(sheet, 3, one)
        sheet.cell(4, _points(units.average(one)))
        sheet.row += 1


def _people(sheet: Sheet, round_: Round, fresh: Freshness, count: int, *, essays: bool) -> None:
    rules = grader_of(round_).rules
    lots = policy.asks(rules, "draw")
    _top(sheet, _("Thí sinh"), round_, fresh, count)
    _truth(sheet, round_)
    if lots:
        sheet.line([scoring_words.lots(rules)])
        sheet.row += 1
    sheet.table([_("Hạng"), _("Họ và tên"), _("Tên đăng nhập"), _("Đơn vị"), _("Khối"), _("Nhóm"), _("Chức vụ"),
                 _("Số điện thoại"), _("Điểm"), *_pending_name(essays), _("Câu đúng"), _("Số câu"),
                 _("Thời gian (giây)"), _("Số lượt thi"), _("Nộp lúc"),
                 *([_("Mã bốc thăm"), _("Số bốc thăm")] if lots else []), *_guess_name(round_)],
                _people_rows(round_, rules.seed if lots else None, essays=essays), _guess_style(sheet, round_))


def _people_rows(round_: Round, seed: str | None, *, essays: bool) -> Iterator[Sequence[Cell]]:
    """`seed`: of the lots, where ranks look at them."""
    groups = _audiences()
    rank = func.rank().over(partition_by=Standing.audience, order_by=Standing.rank_key)
    rows = db.session.execute(
        select(rank, Account.name, Account.login, func.coalesce(ContestUnit.name, Unit.name), ContestUnit.bloc,
               Standing.audience, Account.position, Account.phone, Standing.points, Standing.correct, Standing.items,
               Standing.taken_ms, Standing.attempts, Standing.finished_at, Attempt.prediction,
               Standing.entry_id, Result.pending)
        .select_from(Standing)
        .join(Entry, Entry.id == Standing.entry_id).join(Account, Account.id == Entry.account_id)
        .outerjoin(Attempt, Attempt.id == Standing.attempt_id)
        .outerjoin(Result, Result.attempt_id == Standing.attempt_id)
        .outerjoin(ContestUnit, ContestUnit.id == Standing.unit_id).outerjoin(Unit, Unit.id == Entry.unit_id)
        .where(Standing.board_id == round_.id, Standing.ranked)
        .order_by(Standing.audience.desc(), Standing.rank_key, Standing.entry_id)
        .execution_options(yield_per=FETCH))
    for row in rows:
        yield [row[0], *row[1:5], groups[row[5]], row[6], row[7], _points(row[8]), *([row[16]] if essays else []),
               row[9], row[10], row[11] / 1000, row[12], row[13],
               *([] if seed is None else [row[15], f"{ranking.draw(seed, row[15]):0{ranking.DRAWN}x}"]),
               *_guess(round_, row[14])]


def _attempts(sheet: Sheet, round_: Round, fresh: Freshness, *, essays: bool) -> int:
    count = db.session.scalar(select(func.count()).select_from(Attempt).where(*_valid(round_))) or 0
    _top(sheet, _("Lượt thi"), round_, fresh, count)
    _truth(sheet, round_)
    return sheet.table(
        [_("Mã bài thi"), _("Họ và tên"), _("Tên đăng nhập"), _("Đơn vị"), _("Lượt"), _("Trạng thái"),
         _("Bắt đầu lúc"), _("Nộp lúc"), _("Thời gian (giây)"), _("Điểm"),
         *_pending_name(essays), _("Câu đúng"), _("Đã trả lời"), _("Số câu"), _("Lượt tính"), *_guess_name(round_)],
        _attempt_rows(round_, essays=essays), _guess_style(sheet, round_))


def _valid(round_: Round) -> list[Any]:
    return [Attempt.round_id == round_.id, Attempt.state != "void", literal(round_.state != "cancelled")]


def _attempt_rows(round_: Round, *, essays: bool) -> Iterator[Sequence[Cell]]:
    states = {"open": _("Đang làm bài"), "submitted": _("Đã nộp"), "expired": _("Tự động nộp khi hết giờ")}
    blank, short = _("Không trả lời"), _("Chưa trả lời đủ, không hợp lệ")
    counts = {True: _("Có"), False: _("Ngoài danh sách xếp hạng")}
    rows = db.session.execute(
        select(Attempt.receipt, Account.name, Account.login, func.coalesce(ContestUnit.name, Unit.name),
               Attempt.number, Attempt.state, Attempt.started_at, Attempt.finished_at, Result.taken_ms, Result.points,
               Result.correct, Result.answered, Result.items,
               Standing.attempt_id == Attempt.id, outside.inside(), Attempt.prediction, incomplete(round_),
               Result.pending)
        .join(Entry, Entry.id == Attempt.entry_id).join(Account, Account.id == Attempt.account_id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .outerjoin(Standing, (Standing.board_id == Attempt.round_id) & (Standing.entry_id == Attempt.entry_id))
        .outerjoin(ContestUnit, ContestUnit.id == Entry.counted_unit_id).outerjoin(Unit, Unit.id == Entry.unit_id)
        .where(*_valid(round_)).order_by(Attempt.started_at, Attempt.id)
        .execution_options(yield_per=FETCH))
    for row in rows:
        state = "; ".join([states[row[5]], *([blank] if row[11] == 0 else [short] if row[16] else [])])
        yield [*row[:5], state, row[6], row[7], None if row[8] is None else row[8] / 1000, _points(row[9]),
               *([row[17]] if essays else []), *row[10:13], counts[bool(row[14])] if row[13] else None,
               *_guess(round_, row[15])]


def _pending_name(essays: bool) -> list[str]:
    """The heading of the column of essays that wait for their marks, where the round asks for essays."""
    return [_("Tự luận chờ chấm")] if essays else []


def _guess_name(round_: Round) -> list[str]:
    """The heading of the column of guesses, where the round asks for one."""
    return {"perfect_entries": [_("Dự đoán số người đúng hết")], "participants": [_("Dự đoán số người dự thi")],
            "perfect_percent": [_("Dự đoán tỷ lệ đúng hết")],
            "number": [_("Dự đoán: %(asked)s", asked=round_.prediction_text)]}.get(round_.prediction, [])


def _guess_style(sheet: Sheet, round_: Round) -> Any:
    return {"none": None, PERCENT: sheet.exact}.get(round_.prediction, sheet.whole)


def _truth(sheet: Sheet, round_: Round) -> None:
    """What guesses are compared with, where the round asks for them and it is known."""
    value = None if round_.prediction == "none" else actual(round_.id)
    if value is not None:
        sheet.line([_("Giá trị đúng của câu dự đoán"), *_guess(round_, value)], last=_guess_style(sheet, round_))
        sheet.row += 1


def _guess(round_: Round, value: int | None) -> list[Cell]:
    """A number of people, or a share of 1; empty where nothing was guessed."""
    if round_.prediction == "none":
        return []
    return [value / (100 * SCALE) if value is not None and round_.prediction == PERCENT else value]


def _outside(sheet: Sheet, round_: Round, fresh: Freshness, lines: Sequence[outside.Line]) -> None:
    _top(sheet, _("Ngoài danh sách xếp hạng"), round_, fresh, len(lines))
    sheet.table([_("Họ và tên"), _("Tên đăng nhập"), _("Đơn vị"), _("Lý do"), _("Ghi lúc"), _("Người ghi"), _("Điểm"),
                 _("Thời gian (giây)"), _("Nộp lúc")],
                [[one.name, one.login, one.unit, one.reason, one.barred_at, one.author, _points(one.points),
                  None if one.taken_ms is None else one.taken_ms / 1000, one.finished_at] for one in lines])


def _units(sheet: Sheet, round_: Round, fresh: Freshness, found: figures.Participation) -> None:
    _top(sheet, _("Đơn vị"), round_, fresh, len(found.lines))
    sheet.line([_("Đơn vị"), _("Khối"), _("CBCCVC"), _("Người dự thi"), _("Lượt thi"), _("Lượt không trả lời"),
                _("Tử số"), _("Mẫu số"), _("Tỷ lệ"), _("Điểm trung bình")], sheet.head)
    for line in found.lines:
        _unit_row(sheet, line.name, line.bloc, line.tally)
    _unit_row(sheet, _("Cộng"), None, found.total)


def _unit_row(sheet: Sheet, name: str, bloc: str | None, one: Tally) -> None:
    values = [name, bloc, one.headcount, one.people, one.attempts, one.blank, one.counted, one.headcount]
    for column, value in enumerate(values):
        sheet.cell(column, value)
    _share(sheet, 8, one)
    sheet.cell(9, _points(units.average(one)))
    sheet.row += 1


def _share(sheet: Sheet, column: int, one: Tally) -> None:
    rate = units.rate(one)
    sheet.cell(column, None if rate is None else float(rate), sheet.share)


def _points(hundredths: int | None) -> float | None:
    return None if hundredths is None else hundredths / 100


def _audiences() -> dict[str, str]:
    return {"official": _("CBCCVC"), "citizen": _("Người dân")}
