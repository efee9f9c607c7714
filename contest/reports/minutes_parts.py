"""What all minutes say alike: their frame, who stands behind them, how figures and instants are written."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext

from contest.clock import LOCAL
from contest.standings.previewing import Change
from contest.standings.proposals import Line


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


def sheet(line: Line[Any], agency: tuple[str, str], *, about: str, number: str, basis: Sequence[str],
          sections: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What both documents are made of. `agency`: the one above and the contest's own; empty sections are left out."""
    run = line.run
    told = [one for one in sections if one["lines"] or one["tables"]]
    for place_, one in enumerate(told, 1):
        one["heading"] = f"{place_}. {one['heading']}"
    how = _("(Ký, ghi rõ họ tên)")
    return {
        "title": _("BIÊN BẢN"), "about": about, "parent": agency[0], "agency": agency[1], "motto": True,
        "draft": _("DỰ THẢO") if run.state == "ready" else "", "number": number, "place": place(run.decided_at),
        "basis": list(basis), "sections": told, "sent": _("Nơi nhận:"),
        "receivers": [_("- Ban Tổ chức;"), _("- Lưu: Hồ sơ cuộc thi.")],
        "signs": [{"role": _("Người đề nghị"), "how": how, "name": line.made_by},
                  {"role": _("Người duyệt"), "how": how,
                   "name": (line.decided_by or "") if run.state == "applied" else ""}],
        "words": {"country": _("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), "motto": _("Độc lập - Tự do - Hạnh phúc")},
    }


def why(line: Line[Any], heading: str) -> dict[str, Any]:
    """The reason, and which minutes it takes back."""
    lines = [_("Biên bản này hoàn tác biên bản số %(number)s.", number=f"{line.undoes:02}")] if line.undoes else []
    return section(heading, [*lines, line.run.reason])


def rules(heading: str, rows: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """(rule, before, after) of all that changes."""
    head = (_("Quy tắc"), _("Trước"), _("Sau"))
    return section(heading, (), [table([head, *rows], (4, 8, 8), ())] if rows else ())


def places(heading: str, first: Mapping[str, Sequence[Change]], more: Sequence[str] = (),
           told: Callable[[Change], list[str]] = lambda _row: []) -> dict[str, Any]:
    """The first places of each audience, before and after; `told` fills the columns headed `more`."""
    names = {"official": _("Cán bộ, công chức, viên chức"), "citizen": _("Người dân")}
    head = [_("Hạng mới"), _("Hạng cũ"), _("Họ và tên"), _("Đơn vị"), _("Điểm cũ"), _("Điểm mới"), *more]
    widths = (2, 2, 5, 4, 2, 2, *(3 for _one in more)) if more else (2, 2, 6, 6, 2, 2)
    centred = [column for column in range(len(head)) if column not in (2, 3)]
    rows = {group: [[num(row.after_rank), num(row.before_rank), row.name, row.unit or "–", points(row.before_points),
                     points(row.after_points), *told(row)] for row in found] for group, found in first.items()}
    return section(heading, (), [table([head, *found], widths, centred, names[group]) for group, found in rows.items()])


def people(line: Line[Any], *, waits: str, dropped: str) -> dict[str, Any]:
    """Who proposed and decided. `waits`: said while nobody has decided; `dropped`: said where it came to nothing."""
    run = line.run
    lines = [_("Người đề nghị: %(name)s, lúc %(when)s.", name=line.made_by, when=when(run.made_at))]
    if run.state == "ready":
        lines.append(waits)
    elif run.state == "applied":
        lines.append(_("Người duyệt: %(name)s, lúc %(when)s; có hiệu lực từ lúc đó.", name=line.decided_by,
                       when=when(run.decided_at)))
    else:
        lines.append(dropped)
    if run.note:
        lines.append(_("Ý kiến của người quyết định: %(note)s", note=run.note))
    return section(_("Người chịu trách nhiệm"), lines)


def place(at: datetime | None) -> str:
    """Where is left to be filled in, and when: days below 10 and months below 3 take a zero."""
    if at is None:
        return _("................, ngày ..... tháng ..... năm .........")
    day = at.astimezone(LOCAL)
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return _("................, ngày %(day)s tháng %(month)s năm %(year)s", day=f"{day.day:02}", month=month,
             year=day.year)


def when(at: datetime | None) -> str:
    """An instant in words."""
    if at is None:
        return "–"
    local = at.astimezone(LOCAL)
    return _("%(time)s ngày %(day)s", time=local.strftime("%H:%M"), day=local.strftime("%d/%m/%Y"))


def section(heading: str, lines: Sequence[str] = (), tables: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """A section of a document: paragraphs, then tables."""
    return {"heading": heading, "lines": list(lines), "tables": list(tables)}


def table(rows: Sequence[Sequence[str]], widths: Sequence[int], centred: Sequence[int],
          caption: str = "") -> dict[str, Any]:
    """A table of a document: its rows, the first the head, widths in proportion, which columns are centred."""
    return {"rows": [list(row) for row in rows], "widths": list(widths), "centred": list(centred), "caption": caption}


def num(value: int | None) -> str:
    """A whole number; a dash for none."""
    return "–" if value is None else f"{value:,}".replace(",", ".")


def points(hundredths: int | None) -> str:
    """Points as they are read; a dash for none."""
    if hundredths is None:
        return "–"
    whole = f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
    return whole.replace(".", ",")
