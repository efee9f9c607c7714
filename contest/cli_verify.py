"""`contest verify`: whether what was put on record, saved, scored and made public is still what it was."""

import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import click
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

if TYPE_CHECKING:
    from contest.awards.frozen import Altered
    from contest.standings.digests import Checked
    from contest.standings.published_files import Behind
    from contest.standings.recount import Person, Recounted
    from contest.standings.sitting_digests import Differing, Sitting

STEP = 100_000  # answers, or people of a board, between two lines of progress


def add_to(main: click.Group, in_app: Callable[[Any], Any]) -> None:
    """Give `contest` the command."""
    main.add_command(click.command("verify")(kept(in_app(verify))))


kept = click.option("--kept", metavar="NUMBER:DIGEST", help="A head of the trail that was kept elsewhere.")


def verify(kept: str | None) -> None:
    """Check the trail of acts, the published boards, the frozen lists of prizes, the answers and results of rounds
    with official results, and the boards that are made of them.

    Names all that does not hold; of answers the sittings, of boards the people, at most 20 a round. How far it is goes
    to stderr: a million answers take a while.
    """
    from contest.audit import chain
    from contest.awards import frozen
    from contest.database import reading
    from contest.standings import digests, published_files

    with reading():
        number = chain.broken(chain.read(kept) if kept else None)
        forged, behind, head = published_files.forged(), published_files.behind(), chain.head()
        rounds, lists = list(digests.checked(_progress)), frozen.altered()
        titles = published_files.board_titles({row.board_id for row in forged} | {one.board_id for one in behind})
        signed = [str(_("Bảng công bố lần %(number)s của %(board)s không còn đúng với chữ ký.", number=row.number,
                        board=_board(row.board_id, titles))) for row in forged]
    boards = list(_recounted())
    if number is not None:
        click.echo(_("Nhật ký đã bị sửa: mắt xích số %(number)s không còn đúng.", number=number))
    for sentence in signed:
        click.echo(sentence)
    for one in behind:
        click.echo(_list_behind(one, titles))
    altered = [sentence for one in rounds for sentence in _sentences(one)]
    stray = [sentence for board in boards if not board.holds for sentence in board_sentences(board)]
    for sentence in (*altered, *stray):
        click.echo(sentence)
    for changed in lists:
        click.echo(_list_altered(changed))
    waiting = sum(one.results is None for one in rounds)
    _say_waiting(waiting)
    broken = number is not None or bool(signed or altered or stray or lists)
    if not (broken or behind or waiting):
        click.echo(_said_to_hold(len(rounds)))
    _say_head(str(head), broken=broken)
    sys.exit(1 if broken or behind else 0)


def _said_to_hold(rounds: int) -> str:
    return str(ngettext("Không thấy gì bị sửa: nhật ký, các bảng công bố, danh sách giải đã chốt, các bảng xếp hạng,"
                        " câu trả lời và kết quả của %(num)s đợt thi.",
                        "Không thấy gì bị sửa: nhật ký, các bảng công bố, danh sách giải đã chốt, các bảng xếp hạng,"
                        " câu trả lời và kết quả của %(num)s đợt thi.", rounds))


def _say_head(head: str, *, broken: bool) -> None:
    """The head of the trail: to be kept elsewhere, but for one of a trail that proves nothing any more."""
    if not broken:
        click.echo(_("Mắt xích cuối của nhật ký: %(head)s. Ghi lại dòng này ở nơi khác.", head=head))
        return
    click.echo(_("Dữ liệu đã bị sửa hoặc mất mà không qua hệ thống. Sao chép nguyên trạng cơ sở dữ liệu và thư mục dữ"
                 " liệu ra nơi khác trước khi làm gì tiếp, rồi so với bản sao lưu làm trước đó."))
    click.echo(_("Mắt xích cuối của nhật ký: %(head)s. Đừng ghi dòng này thay cho dòng đã giữ trước đây.", head=head))


def _board(board_id: str, titles: Mapping[str, str]) -> str:
    return f"“{titles[board_id]}” ({board_id})" if board_id in titles else board_id


def _list_altered(one: "Altered") -> str:
    return str(_("Danh sách giải lần %(number)s của “%(title)s” (%(id)s) không còn như lúc chốt.", number=one.number,
                 title=one.title, id=one.list_id))


def _list_behind(one: "Behind", titles: Mapping[str, str]) -> str:
    named = {"board": _board(one.board_id, titles), "held": one.held, "newest": one.newest}
    if one.newest is None:
        return str(_("Danh sách lần %(held)s của %(board)s đang công khai nhưng không được công khai: bảo đảm `contest"
                     " worker` đang chạy, một phút sau kiểm tra lại.", **named))
    if one.held is None:
        return str(_("Danh sách công bố lần %(newest)s của %(board)s chưa hiện ra: bảo đảm `contest worker` đang chạy,"
                     " một phút sau kiểm tra lại.", **named))
    return str(_("Địa chỉ công bố của %(board)s đang hiện lần %(held)s, bản mới nhất là lần %(newest)s: bảo đảm"
                 " `contest worker` đang chạy, một phút sau kiểm tra lại.", **named))


def _sentences(one: "Checked") -> list[str]:
    """What of a round is not what it was when its results became official, or its latest run was applied."""
    named = {"round": one.title, "contest": one.contest, "id": one.round_id}
    found = []
    if not one.answers:
        found.append(_("Đợt thi “%(round)s” (%(contest)s, %(id)s): câu trả lời đã lưu không còn như lúc công bố kết"
                       " quả.", **named))
        found += _altered(one.differing) if one.differing else []
    elif one.differing and not one.differing.sure:
        found.append(_("Đợt thi “%(round)s” (%(contest)s, %(id)s): câu trả lời vẫn như lúc công bố kết quả, nhưng dấu"
                       " của từng lượt thi đã bị sửa: khôi phục bảng sitting_digest từ bản sao lưu.", **named))
    if one.results is False:
        found.append(_("Đợt thi “%(round)s” (%(contest)s, %(id)s): kết quả không còn như lúc công bố, hoặc như lần"
                       " chấm lại gần nhất để lại.", **named))
    return [str(sentence) for sentence in found]


def _altered(found: "Differing") -> Iterator[str]:
    """The sittings of a round whose answers are not what they were, as far as can be told."""
    if not found.sure:
        yield "  " + str(_("Dấu của từng lượt thi cũng đã bị sửa, nên không chắc lượt thi nào bị sửa: so với bản sao"
                           " lưu."))
    if not found.sure and found.count:
        yield "  " + str(_("Có khả năng là:"))
    for one in found.named:
        yield f"  – {_sitting(one)}"
    if more := found.count - len(found.named):
        yield "  – " + str(ngettext("và %(num)s lượt thi khác.", "và %(num)s lượt thi khác.", more))


def _sitting(one: "Sitting") -> str:
    named = {"id": one.id, "receipt": one.receipt or "–"}
    if one.how == "gone":
        return str(_("Lượt thi %(id)s: không còn trong đợt thi.", **named))
    if one.how == "added":
        return str(_("Lượt thi %(id)s (mã bài thi %(receipt)s): được thêm vào sau khi công bố kết quả.", **named))
    return str(_("Lượt thi %(id)s (mã bài thi %(receipt)s): câu trả lời đã bị sửa, xóa hoặc thêm.", **named))


def _recounted() -> Iterator["Recounted"]:
    """Every board that stands still, each on a state of the database of its own."""
    from contest.database import one_state
    from contest.extensions import db
    from contest.standings import recount

    for boards, reckoned in ((recount.settled, recount.of_round), (recount.added_up, recount.of_contest)):
        db.session.rollback()
        for board_id in one_state(boards):
            yield one_state(partial(reckoned, board_id, _people))


def board_sentences(one: "Recounted") -> Iterator[str]:
    """What of a board is not what results, the rounds' boards and rules come to, whose lines, and what to do."""
    if one.round is None:
        yield str(_("Bảng xếp hạng chung của “%(contest)s” (%(id)s) không còn đúng với xếp hạng của các đợt.",
                    contest=one.contest, id=one.board_id))
    else:
        yield str(_("Đợt thi “%(round)s” (%(contest)s, %(id)s): bảng xếp hạng không còn đúng với kết quả.",
                    round=one.round, contest=one.contest, id=one.board_id))
    if not one.policy:
        yield "  " + str(_("Cách xếp hạng không còn là cách đã quy định."))
    if not one.actual:
        yield "  " + str(_("Giá trị đúng của câu dự đoán không còn như lúc chốt: khôi phục bảng board từ bản sao lưu."))
    if not one.counters:
        yield "  " + str(_("Các số đếm kèm theo bảng (hạng, số người, điểm của đơn vị) không khớp với bảng."))
    for person in one.named:
        yield f"  – {_person(person)}"
    if more := one.count - len(one.named):
        yield "  – " + str(ngettext("và %(num)s người khác.", "và %(num)s người khác.", more))
    if one.again:
        yield "  " + str(_("Khi kết quả của đợt không bị sửa: chạy `contest round score %(id)s` để lập lại bảng từ kết"
                           " quả, rồi lập lại danh sách giải chưa chốt. Nếu không thì khôi phục từ bản sao lưu.",
                           id=one.again))


def _person(one: "Person") -> str:
    named = {"name": one.name, "login": one.login}
    if one.how == "gone":
        return str(_("%(name)s (%(login)s): có kết quả nhưng không còn trong bảng.", **named))
    if one.how == "added":
        return str(_("%(name)s (%(login)s): có trong bảng nhưng không có kết quả.", **named))
    words = {"points": _("điểm"), "rank_key": _("thứ tự xếp hạng"), "distance": _("độ lệch dự đoán"),
             "unit_id": _("đơn vị"), "outside": _("quyền dự thi")}
    told = list(dict.fromkeys(str(words.get(column, _("số liệu khác"))) for column in one.columns))
    return str(_("%(name)s (%(login)s): bị sửa %(what)s.", what=", ".join(told), **named))


def _say_waiting(count: int) -> None:
    if count:
        click.echo(ngettext("%(num)s đợt thi vừa chấm lại, chưa ghi dấu kết quả: bảo đảm `contest worker` đang chạy rồi"
                            " kiểm tra lại.",
                            "%(num)s đợt thi vừa chấm lại, chưa ghi dấu kết quả: bảo đảm `contest worker` đang chạy rồi"
                            " kiểm tra lại.", count))


def _progress(title: str, before: int, saved: int) -> None:
    """A line every 100,000 answers of a round."""
    if before // STEP < saved // STEP:
        click.echo(_("%(round)s: đã đọc %(count)s câu trả lời…", round=title, count=format_decimal(saved)), err=True)


def _people(title: str, before: int, read: int) -> None:
    """A line every 100,000 people of a board."""
    if before // STEP < read // STEP:
        click.echo(_("%(board)s: đã so xếp hạng của %(count)s người…", board=title, count=format_decimal(read)),
                   err=True)
