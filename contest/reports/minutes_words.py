"""What the minutes of a round graded anew say, sentence by sentence."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext

from contest.clock import LOCAL
from contest.delivery.prediction import PERCENT, written
from contest.reports.minutes import Facts
from contest.rounds import scoring_words
from contest.standings.previewing import Change
from contest.standings.recorded import Answer

Plain = Callable[[str, bool], str]  # a text of a question, whether it is Markdown → its words


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


def data(facts: Facts, agency: tuple[str, str], plain: Plain) -> dict[str, Any]:
    """What both documents are made of. `agency`: the one above and the contest's own."""
    run, round_ = facts.line.run, facts.round
    sections = [one for one in (
        _why(facts), _questions(facts, plain), _rules(facts), _number(facts), _sittings(facts), _changes(facts),
        _places(facts), _people(facts), _digests(facts)) if one["lines"] or one["tables"]]
    for number, one in enumerate(sections, 1):
        one["heading"] = f"{number}. {one['heading']}"
    decider = facts.line.decided_by or ""
    return {
        "title": _("BIÊN BẢN"), "about": _("Chấm lại %(round)s – %(contest)s", round=round_.title,
                                           contest=round_.contest.title),
        "parent": agency[0], "agency": agency[1], "motto": True, "draft": _("DỰ THẢO") if facts.draft else "",
        "number": _("Số: %(number)s/BB-CL", number=f"{run.number:02}"), "place": place(run.decided_at),
        "basis": _basis(facts), "sections": sections, "sent": _("Nơi nhận:"),
        "receivers": [_("- Ban Tổ chức;"), _("- Lưu: Hồ sơ cuộc thi.")],
        "signs": [{"role": _("Người đề nghị"), "how": _("(Ký, ghi rõ họ tên)"), "name": facts.line.made_by},
                  {"role": _("Người duyệt"), "how": _("(Ký, ghi rõ họ tên)"),
                   "name": decider if run.state == "applied" else ""}],
        "words": {"country": _("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), "motto": _("Độc lập - Tự do - Hạnh phúc")},
    }


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


def _basis(facts: Facts) -> list[str]:
    round_ = facts.round
    return [
        _("Căn cứ thể lệ %(contest)s, %(round)s, quy định phiên bản %(version)s;", contest=round_.contest.title,
          round=round_.title, version=round_.rules_version),
        _("Căn cứ bài làm lưu trong hệ thống của đợt thi mở từ %(opens)s đến %(closes)s;", opens=when(round_.opens_at),
          closes=when(round_.closes_at)),
        _("Căn cứ đề nghị chấm lại của %(name)s lúc %(when)s.", name=facts.line.made_by,
          when=when(facts.line.run.made_at)),
    ]


def section(heading: str, lines: Sequence[str] = (), tables: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    """A section of a document: paragraphs, then tables."""
    return {"heading": heading, "lines": list(lines), "tables": list(tables)}


def table(rows: Sequence[Sequence[str]], widths: Sequence[int], centred: Sequence[int],
           caption: str = "") -> dict[str, Any]:
    """A table of a document: its rows, the first the head, widths in proportion, which columns are centred."""
    return {"rows": [list(row) for row in rows], "widths": list(widths), "centred": list(centred), "caption": caption}


def _why(facts: Facts) -> dict[str, Any]:
    lines = [_("Biên bản này hoàn tác biên bản số %(number)s.", number=f"{facts.line.undoes:02}")] \
        if facts.line.undoes else []
    return section(_("Lý do chấm lại"), [*lines, facts.line.run.reason])


def _questions(facts: Facts, plain: Plain) -> dict[str, Any]:
    if not facts.corrected:
        return section(_("Câu hỏi"))
    rows = [[one.code or str(number), plain(one.version.stem, one.version.markup),
             _answer(one.old_kind, one.old, plain, markup=_marked(one)),
             _answer(one.kind, one.new, plain, markup=_marked(one))]
            for number, one in enumerate(facts.corrected, 1)]
    head = [_("Câu"), _("Nội dung"), _("Đáp án cũ"), _("Đáp án mới")]
    return section(_("Câu hỏi"), (), [table([head, *rows], (3, 7, 5, 5), (0,))])


def _rules(facts: Facts) -> dict[str, Any]:
    heading = _("Quy tắc chấm và xếp hạng")
    rows = scoring_words.differences(*facts.rules) if facts.rules else []
    if not rows:
        return section(heading)
    head = (_("Quy tắc"), _("Trước"), _("Sau"))
    return section(heading, (), [table([head, *rows], (4, 8, 8), ())])


def _number(facts: Facts) -> dict[str, Any]:
    heading = _("Giá trị đúng của câu dự đoán")
    if facts.number is None:
        return section(heading)
    before, after = map(num, facts.number)
    return section(heading, [_("Câu dự đoán: %(question)s", question=facts.round.prediction_text),
                              _("Giá trị cũ: %(before)s; giá trị mới: %(after)s.", before=before, after=after)])


def _marked(one: Any) -> bool:
    return one.version.markup and one.version.type not in ("short_text", "number", "gaps")


def _answer(kind: str, answer: Answer, plain: Plain, *, markup: bool) -> str:
    if kind == "full":
        return _("Tính điểm cho mọi người")
    if kind == "out":
        return _("Không tính câu này")
    said = [f"{plain(label, markup)}{'.' if len(label) < 3 else ':'} {plain(text, markup)}" if label
            else plain(text, markup) for label, text in answer]
    return "\n".join(said)


def _sittings(facts: Facts) -> dict[str, Any]:
    heading = _("Lượt thi khôi phục") if facts.line.undoes else _("Lượt thi bị loại")
    if not facts.sittings:
        return section(heading)
    rows = [[one.name, one.unit or "–", one.receipt or "–", one.reason] for one in facts.sittings]
    head = [_("Họ và tên"), _("Đơn vị"), _("Mã bài thi"), _("Lý do bị loại")]
    return section(heading, (), [table([head, *rows], (5, 5, 4, 6), (2,))])


def _changes(facts: Facts) -> dict[str, Any]:
    told, round_ = facts.line.run.summary, facts.round
    sittings, people = told["sittings"], told["people"]
    lines = [_("Số lượt thi tăng điểm: %(up)s; giảm điểm: %(down)s; bị loại: %(out)s; khôi phục: %(back)s.",
               up=num(sittings["up"]), down=num(sittings["down"]), out=num(sittings["out"]),
               back=num(sittings.get("back", 0))),
             _("Số người có kết quả xếp hạng thay đổi: %(changed)s; không còn xếp hạng: %(out)s.",
               changed=num(people["changed"]), out=num(people["out"]))]
    if round_.prediction != "none" and facts.number is None:
        lines.append(_("Giá trị đúng của câu dự đoán: trước %(before)s, sau %(after)s.",
                       before=_guess(round_.prediction, told["actual_before"]),
                       after=_guess(round_.prediction, told["actual_after"])))
    return section(_("Kết quả thay đổi"), lines)


def _places(facts: Facts) -> dict[str, Any]:
    names = {"official": _("Cán bộ, công chức, viên chức"), "citizen": _("Người dân")}
    head = [_("Hạng mới"), _("Hạng cũ"), _("Họ và tên"), _("Đơn vị"), _("Điểm cũ"), _("Điểm mới")]
    told = facts.line.run.summary
    kind = facts.round.prediction if told["actual_before"] != told["actual_after"] else ""
    if kind:
        head += [_("Độ lệch cũ"), _("Độ lệch mới")]
    widths, centred = ((2, 2, 5, 4, 2, 2, 3, 3), (0, 1, 4, 5, 6, 7)) if kind else ((2, 2, 6, 6, 2, 2), (0, 1, 4, 5))
    tables = [table([head, *(_place_row(row, kind) for row in rows)], widths, centred, names[group])
              for group, rows in facts.first.items()]
    return section(_("Những hạng đầu trước và sau khi chấm lại"), (), tables)


def _place_row(row: Change, kind: str) -> list[str]:
    """A person's line; `kind` of the prediction where its distances are told."""
    distances = [_guess(kind, row.before_distance), _guess(kind, row.after_distance)] if kind else []
    return [num(row.after_rank), num(row.before_rank), row.name, row.unit or "–", points(row.before_points),
            points(row.after_points), *distances]


def _people(facts: Facts) -> dict[str, Any]:
    line, run = facts.line, facts.line.run
    lines = [_("Người đề nghị: %(name)s, lúc %(when)s.", name=line.made_by, when=when(run.made_at))]
    if run.state == "ready":
        lines.append(_("Chưa có người duyệt. Kết quả của đợt thi chưa thay đổi."))
    elif run.state == "applied":
        lines.append(_("Người duyệt: %(name)s, lúc %(when)s; có hiệu lực từ lúc đó.", name=line.decided_by,
                       when=when(run.decided_at)))
    else:
        lines.append(_("Người quyết định không chấm lại: %(name)s, lúc %(when)s. Kết quả của đợt thi giữ nguyên.",
                       name=line.decided_by, when=when(run.decided_at)))
    if run.note:
        lines.append(_("Ý kiến của người quyết định: %(note)s", note=run.note))
    return section(_("Người chịu trách nhiệm"), lines)


def _digests(facts: Facts) -> dict[str, Any]:
    run = facts.line.run
    after = run.summary.get("digest_after") or _("ghi khi có hiệu lực")
    return section(_("Mã băm của toàn bộ kết quả (SHA-256)"), [
        _("Trước: %(digest)s", digest=run.basis or "–"), _("Sau: %(digest)s", digest=after)])


def num(value: int | None) -> str:
    """A whole number; a dash for none."""
    return "–" if value is None else f"{value:,}".replace(",", ".")


def points(hundredths: int | None) -> str:
    """Points as they are read; a dash for none."""
    if hundredths is None:
        return "–"
    whole = f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
    return whole.replace(".", ",")


def _guess(kind: str, value: int | None) -> str:
    said = written(kind, value) or "–"
    return f"{said}\u00a0%" if value is not None and kind == PERCENT else said
