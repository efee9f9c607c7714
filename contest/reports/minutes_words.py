"""What the minutes of a round graded anew say, sentence by sentence."""

from collections.abc import Callable, Sequence
from typing import Any

from contest.delivery.prediction import PERCENT, written
from contest.reports import minutes_parts as parts
from contest.reports.minutes import Facts
from contest.reports.minutes_parts import _, num, section, table, when
from contest.rounds import scoring_words
from contest.standings.recorded import Answer, Sitting

Plain = Callable[[str, bool], str]  # a text of a question, whether it is Markdown → its words


def data(facts: Facts, agency: tuple[str, str], plain: Plain) -> dict[str, Any]:
    """What both documents are made of. `agency`: the one above and the contest's own."""
    run, round_ = facts.line.run, facts.round
    return parts.sheet(
        facts.line, agency, number=_("Số: %(number)s/BB-CL", number=f"{run.number:02}"),
        about=_("Chấm lại %(round)s – %(contest)s", round=round_.title, contest=round_.contest.title),
        basis=_basis(facts), sections=[
            parts.why(facts.line, _("Lý do chấm lại")), _questions(facts, plain), _rules(facts), _number(facts),
            _out(facts), _back(facts), _changes(facts), _places(facts), _people(facts), _digests(facts)])


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
    return parts.rules(_("Quy tắc chấm và xếp hạng"), scoring_words.differences(*facts.rules) if facts.rules else [])


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


def _out(facts: Facts) -> dict[str, Any]:
    return _sittings(_("Lượt thi bị loại"), _("Lý do bị loại"), facts.moves.out)


def _back(facts: Facts) -> dict[str, Any]:
    return _sittings(_("Lượt thi khôi phục"), _("Lý do khôi phục"), facts.moves.back)


def _sittings(heading: str, why: str, found: Sequence[Sitting]) -> dict[str, Any]:
    if not found:
        return section(heading)
    rows = [[one.name, one.unit or "–", one.receipt or "–", one.reason] for one in found]
    head = [_("Họ và tên"), _("Đơn vị"), _("Mã bài thi"), why]
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
    heading, summary = _("Những hạng đầu trước và sau khi chấm lại"), facts.line.run.summary
    kind = facts.round.prediction
    if summary["actual_before"] == summary["actual_after"]:
        return parts.places(heading, facts.first)
    return parts.places(heading, facts.first, (_("Độ lệch cũ"), _("Độ lệch mới")), lambda row: [
        _guess(kind, row.before_distance), _guess(kind, row.after_distance)])


def _people(facts: Facts) -> dict[str, Any]:
    line = facts.line
    return parts.people(
        line, waits=_("Chưa có người duyệt. Kết quả của đợt thi chưa thay đổi."),
        dropped=_("Người quyết định không chấm lại: %(name)s, lúc %(when)s. Kết quả của đợt thi giữ nguyên.",
                  name=line.decided_by, when=when(line.run.decided_at)))


def _digests(facts: Facts) -> dict[str, Any]:
    run = facts.line.run
    after = run.summary.get("digest_after") or _("ghi khi có hiệu lực")
    return section(_("Mã băm của toàn bộ kết quả (SHA-256)"), [
        _("Trước: %(digest)s", digest=run.basis or "–"), _("Sau: %(digest)s", digest=after)])


def _guess(kind: str, value: int | None) -> str:
    said = written(kind, value) or "–"
    return f"{said}\u00a0%" if value is not None and kind == PERCENT else said
