"""What the minutes of other rules for a contest's board say, sentence by sentence."""

from dataclasses import dataclass
from typing import Any

from contest.reports import minutes_parts as parts
from contest.reports.minutes_parts import _, num, section, when
from contest.rounds import scoring_words
from contest.rounds.models import Contest
from contest.scoring import policy
from contest.standings import overall_recorded
from contest.standings.overall_models import OverallRun
from contest.standings.previewing import Change
from contest.standings.proposals import Line


@dataclass(frozen=True)
class Facts:
    """What the minutes of one proposal tell. `first`: the first places of each audience that anybody is ranked in."""

    contest: Contest
    line: Line[OverallRun]
    rounds: list[str]  # titles of those that counted: as the preview had them
    first: dict[str, list[Change]]


def of(contest: Contest, line: Line[OverallRun], rounds: list[str]) -> Facts:
    """The facts of a proposal whose preview was built."""
    first = {group: overall_recorded.first_places(line.run, group).rows for group in ("official", "citizen")}
    return Facts(contest, line, rounds, {group: rows for group, rows in first.items() if rows})


def data(facts: Facts, agency: tuple[str, str]) -> dict[str, Any]:
    """What both documents are made of, as `minutes_words.data`. `agency`: the one above and the contest's own."""
    run, contest = facts.line.run, facts.contest
    return parts.sheet(
        facts.line, agency, number=_("Số: %(number)s/BB-XHC", number=f"{run.number:02}"),
        about=_("Sửa cách xếp hạng chung – %(contest)s", contest=contest.title),
        basis=[
            _("Căn cứ thể lệ %(contest)s;", contest=contest.title),
            _("Căn cứ kết quả chính thức của các đợt: %(rounds)s;", rounds="; ".join(facts.rounds) or "–"),
            _("Căn cứ đề nghị sửa cách xếp hạng chung của %(name)s lúc %(when)s.", name=facts.line.made_by,
              when=when(run.made_at))],
        sections=[
            parts.why(facts.line, _("Lý do sửa")),
            parts.rules(_("Cách xếp hạng chung"), scoring_words.differences(
                policy.read(run.old_rules), policy.read(run.new_rules))),
            _changes(facts), parts.places(_("Những hạng đầu trước và sau khi sửa"), facts.first), _people(facts)])


def _changes(facts: Facts) -> dict[str, Any]:
    told = facts.line.run.summary
    return section(_("Kết quả thay đổi"), [
        _("Số người trên bảng xếp hạng chung: %(people)s; đổi điểm hoặc hạng: %(moved)s.", people=num(told["people"]),
          moved=num(told["moved"])),
        _("Tăng điểm: %(more)s; giảm điểm: %(fewer)s; lên hạng: %(higher)s; xuống hạng: %(lower)s.",
          more=num(told["more"]), fewer=num(told["fewer"]), higher=num(told["higher"]), lower=num(told["lower"])),
        _("Được xếp hạng thêm: %(come)s; không còn xếp hạng: %(out)s.", come=num(told["in"]), out=num(told["out"])),
        _("Kết quả của từng đợt thi, danh sách đã công bố và danh sách trao giải đã chốt giữ nguyên.")])


def _people(facts: Facts) -> dict[str, Any]:
    line = facts.line
    return parts.people(
        line, waits=_("Chưa có người duyệt. Bảng xếp hạng chung chưa thay đổi."),
        dropped=_("Người quyết định không sửa: %(name)s, lúc %(when)s. Bảng xếp hạng chung giữ nguyên.",
                  name=line.decided_by, when=when(line.run.decided_at)))
