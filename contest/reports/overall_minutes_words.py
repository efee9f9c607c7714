"""What the minutes of other rules for a contest's board say, sentence by sentence."""

from dataclasses import dataclass
from typing import Any

from contest.reports.minutes_words import _, num, place, points, section, table, when
from contest.rounds import scoring_words
from contest.rounds.models import Contest
from contest.scoring import policy
from contest.standings import overall_recorded
from contest.standings.overall_recorded import Line
from contest.standings.previewing import Change


@dataclass(frozen=True)
class Facts:
    """What the minutes of one proposal tell. `first`: the first places of each audience that anybody is ranked in."""

    contest: Contest
    line: Line
    rounds: list[str]  # titles of those that counted: as the preview had them
    first: dict[str, list[Change]]


def of(contest: Contest, line: Line, rounds: list[str]) -> Facts:
    """The facts of a proposal whose preview was built."""
    first = {group: overall_recorded.first_places(line.run, group).rows for group in ("official", "citizen")}
    return Facts(contest, line, rounds, {group: rows for group, rows in first.items() if rows})


def data(facts: Facts, agency: tuple[str, str]) -> dict[str, Any]:
    """What both documents are made of, as `minutes_words.data`. `agency`: the one above and the contest's own."""
    run, contest = facts.line.run, facts.contest
    sections = [one for one in (_why(facts), _rules(facts), _changes(facts), _places(facts), _people(facts))
                if one["lines"] or one["tables"]]
    for number, one in enumerate(sections, 1):
        one["heading"] = f"{number}. {one['heading']}"
    return {
        "title": _("BIÊN BẢN"), "about": _("Sửa cách xếp hạng chung – %(contest)s", contest=contest.title),
        "parent": agency[0], "agency": agency[1], "motto": True, "draft": _("DỰ THẢO") if run.state == "ready" else "",
        "number": _("Số: %(number)s/BB-XHC", number=f"{run.number:02}"), "place": place(run.decided_at),
        "basis": [
            _("Căn cứ thể lệ %(contest)s;", contest=contest.title),
            _("Căn cứ kết quả chính thức của các đợt: %(rounds)s;", rounds="; ".join(facts.rounds) or "–"),
            _("Căn cứ đề nghị sửa cách xếp hạng chung của %(name)s lúc %(when)s.", name=facts.line.made_by,
              when=when(run.made_at))],
        "sections": sections, "sent": _("Nơi nhận:"),
        "receivers": [_("- Ban Tổ chức;"), _("- Lưu: Hồ sơ cuộc thi.")],
        "signs": [{"role": _("Người đề nghị"), "how": _("(Ký, ghi rõ họ tên)"), "name": facts.line.made_by},
                  {"role": _("Người duyệt"), "how": _("(Ký, ghi rõ họ tên)"),
                   "name": (facts.line.decided_by or "") if run.state == "applied" else ""}],
        "words": {"country": _("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), "motto": _("Độc lập - Tự do - Hạnh phúc")},
    }


def _why(facts: Facts) -> dict[str, Any]:
    lines = [_("Biên bản này hoàn tác biên bản số %(number)s.", number=f"{facts.line.undoes:02}")] \
        if facts.line.undoes else []
    return section(_("Lý do sửa"), [*lines, facts.line.run.reason])


def _rules(facts: Facts) -> dict[str, Any]:
    run = facts.line.run
    rows = scoring_words.differences(policy.read(run.old_rules), policy.read(run.new_rules))
    return section(_("Cách xếp hạng chung"), (), [
        table([(_("Quy tắc"), _("Trước"), _("Sau")), *rows], (4, 8, 8), ())])


def _changes(facts: Facts) -> dict[str, Any]:
    told = facts.line.run.summary
    return section(_("Kết quả thay đổi"), [
        _("Số người trên bảng xếp hạng chung: %(people)s; đổi điểm hoặc hạng: %(moved)s.", people=num(told["people"]),
          moved=num(told["moved"])),
        _("Tăng điểm: %(more)s; giảm điểm: %(fewer)s; lên hạng: %(higher)s; xuống hạng: %(lower)s.",
          more=num(told["more"]), fewer=num(told["fewer"]), higher=num(told["higher"]), lower=num(told["lower"])),
        _("Được xếp hạng thêm: %(come)s; không còn xếp hạng: %(out)s.", come=num(told["in"]), out=num(told["out"])),
        _("Kết quả của từng đợt thi, danh sách đã công bố và danh sách trao giải đã chốt giữ nguyên.")])


def _places(facts: Facts) -> dict[str, Any]:
    names = {"official": _("Cán bộ, công chức, viên chức"), "citizen": _("Người dân")}
    head = [_("Hạng mới"), _("Hạng cũ"), _("Họ và tên"), _("Đơn vị"), _("Điểm cũ"), _("Điểm mới")]
    rows = {group: [[num(row.after_rank), num(row.before_rank), row.name, row.unit or "–", points(row.before_points),
                     points(row.after_points)] for row in found] for group, found in facts.first.items()}
    return section(_("Những hạng đầu trước và sau khi sửa"), (), [
        table([head, *lines], (2, 2, 6, 6, 2, 2), (0, 1, 4, 5), names[group]) for group, lines in rows.items()])


def _people(facts: Facts) -> dict[str, Any]:
    line, run = facts.line, facts.line.run
    lines = [_("Người đề nghị: %(name)s, lúc %(when)s.", name=line.made_by, when=when(run.made_at))]
    if run.state == "ready":
        lines.append(_("Chưa có người duyệt. Bảng xếp hạng chung chưa thay đổi."))
    elif run.state == "applied":
        lines.append(_("Người duyệt: %(name)s, lúc %(when)s; có hiệu lực từ lúc đó.", name=line.decided_by,
                       when=when(run.decided_at)))
    else:
        lines.append(_("Người quyết định không sửa: %(name)s, lúc %(when)s. Bảng xếp hạng chung giữ nguyên.",
                       name=line.decided_by, when=when(run.decided_at)))
    if run.note:
        lines.append(_("Ý kiến của người quyết định: %(note)s", note=run.note))
    return section(_("Người chịu trách nhiệm"), lines)
