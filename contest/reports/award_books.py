"""A list of who gets what as a workbook: individual and collective prizes, those passed over. Written row by row."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from flask_babel import gettext as _

from contest.awards import certified, queries, words
from contest.awards.models import Award, AwardList, PrizePlan
from contest.clock import LOCAL
from contest.reports.award_list_words import with_decision
from contest.reports.workbook import Cell, Sheet
from contest.rounds.models import Contest, Round
from contest.scoring.prizes import NAMED
from contest.spreadsheets import SAFE


def write(path: Path, row: AwardList, plan: PrizePlan, contest: Contest, round_: Round | None) -> None:
    """Write a list to `path` (.xlsx)."""
    import xlsxwriter

    awards = certified.awards_of(row.id)
    created = row.made_at.astimezone(LOCAL).replace(tzinfo=None)
    with xlsxwriter.Workbook(str(path), SAFE | {"constant_memory": True}) as book:
        title = f"{contest.title} - {round_.title}" if round_ else contest.title
        book.set_properties({"title": title, "created": created})
        top = _top(row, contest, round_)
        _given(Sheet(book, _("Cá nhân"), [6, 26, 18, 30, 36, 26, 10, 8, 60]), top,
               [_("Họ và tên"), _("Đơn vị")], [(one, [one.name, one.unit_name]) for one in awards if one.entry_id])
        _given(Sheet(book, _("Tập thể"), [6, 26, 18, 40, 26, 10, 8, 60]), top,
               [_("Đơn vị")], [(one, [one.name]) for one in awards if one.unit_id])
        _passed(Sheet(book, _("Không được xét"), [30, 36, 26, 8, 60]), top, row, plan)


def _top(row: AwardList, contest: Contest, round_: Round | None) -> list[list[Cell]]:
    state = with_decision(row) if row.state == "frozen" else _("Bản nháp, chưa có quyết định")
    return [[contest.title], [round_.title if round_ else _("Giải chung của cuộc thi")],
            [_("Danh sách trao giải lần %(n)s", n=row.number)], [state], [_("Lập lúc"), row.made_at]]


def _begin(sheet: Sheet, title: str, top: Iterable[Sequence[Cell]]) -> None:
    sheet.line([title], sheet.bold)
    for line in top:
        sheet.line(line)
    sheet.row += 1


def _given(sheet: Sheet, top: Iterable[Sequence[Cell]], names: Sequence[str],
           awards: Sequence[tuple[Award, Sequence[Cell]]]) -> None:
    _begin(sheet, _("Được giải"), top)
    sheet.table([_("STT"), _("Giải"), _("Mức thưởng"), *names, _("Khối"), _("Điểm"), _("Hạng"),
                 _("Vì sao (so với hạng sau)")], [
        [number, one.prize_name, one.worth, *who, one.bloc, one.points / 100 if words.by_points(one) else None,
         one.rank if one.reason != NAMED else None, words.given(one)]
        for number, (one, who) in enumerate(awards, 1)])


def _passed(sheet: Sheet, top: Iterable[Sequence[Cell]], row: AwardList, plan: PrizePlan) -> None:
    names, reasons = queries.names_in(row, plan), queries.declined_reasons(plan)
    named = {prize.id for prize in plan.prizes if prize.measure == NAMED}
    _begin(sheet, _("Đến lượt nhưng không nhận hoặc không được xét"), top)
    sheet.table([_("Họ và tên, đơn vị"), _("Đơn vị"), _("Khi xét"), _("Hạng"), _("Vì sao")], (
        [one.name, one.unit_name, names.get(one.prize_id), one.rank if one.prize_id not in named else None,
         words.passed(one, names, reasons)]
        for one in queries.passed_of(row.id)))
