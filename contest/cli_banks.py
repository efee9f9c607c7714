"""`contest bank …`: check a question file, import it, write a bank to a file.

`check` needs neither a database nor an application. Exit codes: 0 done, 1 done with problems in
the data, 2 refused, with one line on stderr.
"""

import html
import io
import json
import re
import sys
import zipfile
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NoReturn

import click
from flask_babel import gettext as _

from contest import clock
from contest.questions.content import checked
from contest.questions.formats.detect import FORMATS as READABLE
from contest.questions.formats.drafts import Draft, Problem, Reading, UnreadableFile
from contest.questions.formats.gate import read_bank_files
from contest.questions.formats.writing import FORMATS as WRITABLE
from contest.questions.formats.writing import write
from contest.questions.matching import ON_DUPLICATE, OnDuplicate, classify
from contest.questions.problems import message
from contest.questions.told import item_of
from contest.zips import BROKEN

Wrapper = Callable[[Callable[..., Any]], Callable[..., Any]]
File = click.Path(dir_okay=False, path_type=Path)


def add_to(group: click.Group, in_app: Wrapper) -> None:
    """Give the group its commands; `in_app` runs a command inside the application."""
    group.add_command(check)
    for name, function, options in (("import", _import, _IMPORT_OPTIONS), ("export", _export, _EXPORT_OPTIONS)):
        command = in_app(function)
        for option in reversed(options):
            command = option(command)
        group.add_command(click.command(name)(command))


@click.command()
@click.argument("files", nargs=-1, required=True, type=File)
@click.option("--format", "asked", help=f"The format that the files must have: {', '.join(READABLE)}.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def check(files: tuple[Path, ...], asked: str | None, as_json: bool) -> None:
    """Read question files without a database and name every problem. Several FILES are one bank."""
    if asked is not None and asked not in READABLE:
        _refuse(_("Định dạng %(format)s chưa có. Dùng: %(known)s.", format=asked, known=", ".join(READABLE)))
    reading, _data = _read(files, asked)
    repeated = sum(match.kind == "duplicate" for match in classify(reading.drafts, ()))
    _answer(files, reading, {"created": 0, "updated": 0, "duplicates": repeated}, as_json)


def _import(files: tuple[Path, ...], code: str, title: str | None, on_duplicate: OnDuplicate, as_json: bool) -> None:
    """Read question files into a bank; the bank is made where it is missing. Several FILES are one bank."""
    from contest.extensions import db
    from contest.questions.imports import confirm_import, stage_import
    from contest.questions.operations import create_bank
    from contest.questions.queries import bank_by_code

    now = clock.now()
    reading, data = _read(files)
    bank = bank_by_code(code) or create_bank(code, title or title_of(data) or files[0].stem, by=None, now=now)
    db.session.commit()
    row = stage_import(bank, ", ".join(file.name for file in files), sha256(data).hexdigest(), reading, by=None,
                       now=now)
    import_id = row.id
    db.session.commit()
    outcome = confirm_import(import_id, on_duplicate, by=None, now=now)
    db.session.commit()
    _answer(files, reading, outcome, as_json)


def _export(code: str, asked: str, output: Path) -> None:
    """Write a bank's questions in use to a file that reads back as the same questions."""
    from contest.database import reading
    from contest.questions.cards import drafts
    from contest.questions.pictures import pictures_of
    from contest.questions.queries import bank_by_code
    from contest.questions.seals import note_reading

    if asked not in WRITABLE:
        _refuse(_("Định dạng %(format)s chưa có. Dùng: %(known)s.", format=asked, known=", ".join(WRITABLE)))
    with reading():
        bank = bank_by_code(code)
        if bank is None:
            _refuse(_("Không có ngân hàng mã “%(code)s”.", code=code))
        note_reading([bank], "export", actor=None, now=clock.now())
        questions, sources = drafts(bank.id)
        written = write(asked, questions, pictures_of(questions), sources)
    try:
        output.write_bytes(written.data)
    except OSError as error:
        _refuse(_("Không ghi được tệp %(path)s: %(why)s.", path=str(output), why=error.strerror or ""))
    for problem in written.left_out:
        click.echo(message(problem), err=True)
    click.echo(_("Đã ghi %(count)s câu vào %(path)s.", count=len(questions), path=str(output)))
    sys.exit(1 if written.left_out else 0)


_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
_IMPORT_OPTIONS = (
    click.argument("files", nargs=-1, required=True, type=File),
    click.option("--bank", "code", required=True, help="The bank's code; a bank that is missing is made."),
    click.option("--title", help="The title of a bank that is made; by default the file's own."),
    click.option("--on-duplicate", type=click.Choice(ON_DUPLICATE), default="skip", show_default=True,
                 help="What happens to questions that the bank has with other words."),
    _JSON,
)
_EXPORT_OPTIONS = (
    click.argument("code"),
    click.option("--format", "asked", default="xlsx", show_default=True,
                 help=f"The format of the file: {', '.join(WRITABLE)}."),
    click.option("-o", "--output", type=File, required=True, help="The file to write."),
)


def _refuse(sentence: str) -> NoReturn:
    click.echo(" ".join(sentence.split()), err=True)
    sys.exit(2)


def _read(paths: Sequence[Path], asked: str | None = None) -> tuple[Reading, bytes]:
    """The reading of a bank's files, and their bytes; what can't be read ends the command."""
    try:
        files = [(path.name, path.read_bytes()) for path in paths]
    except OSError as error:
        _refuse(_("Không mở được tệp %(path)s: %(why)s.", path=str(error.filename), why=error.strerror or ""))
    try:
        reading = checked(read_bank_files(files))
    except UnreadableFile as refusal:
        named = next((path for path in paths if path.name == refusal.params.get("name")), paths[0])
        _refuse(f"{named}: {message(refusal)}")
    if asked is not None and reading.format != asked:
        _refuse(_("%(path)s: tệp là %(found)s, không phải %(format)s.", path=str(paths[0]), found=reading.format,
                  format=asked))
    return reading, b"".join(data for _name, data in files)


def title_of(data: bytes) -> str | None:
    """The title among a workbook's own properties, without "Ngân hàng câu hỏi:"; None without one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package, package.open("docProps/core.xml") as part:
            xml = part.read(65_536).decode("utf-8", "replace")
    except (KeyError, *BROKEN):
        return None
    found = re.search(r"<dc:title>([^<]{1,400})</dc:title>", xml)
    title = html.unescape(found[1]).rpartition(":")[2].strip() if found else ""
    return title[:200] or None


def _answer(files: Sequence[Path], reading: Reading, outcome: dict[str, int], as_json: bool) -> None:
    """Print what was found; exit 1 where a question can't be used."""
    drafts, usable = reading.drafts, reading.usable
    told = {
        "file": ", ".join(map(str, files)), "format": reading.format, "questions": len(usable),
        "created": outcome["created"], "updated": outcome["updated"], "duplicates": outcome["duplicates"],
        "errors": len(drafts) - len(usable), "warnings": sum(bool(draft.problems) for draft in usable),
    }
    if as_json:
        about_files = [_problem(problem) for problem in reading.problems]
        click.echo(json.dumps({**told, "items": [_item(draft) for draft in drafts], "problems": about_files},
                              ensure_ascii=False))
    else:
        _print(told, reading)
    sys.exit(1 if len(usable) < len(drafts) else 0)


def _print(told: dict[str, Any], reading: Reading) -> None:
    for problem in (*reading.problems, *(problem for draft in reading.drafts for problem in draft.problems)):
        click.echo(message(problem))
    click.echo(_("%(file)s (%(format)s): %(questions)s câu dùng được, %(errors)s dòng lỗi, %(warnings)s cảnh báo;"
                 " tạo mới %(created)s, cập nhật %(updated)s, trùng %(duplicates)s.", **told))


def _item(draft: Draft) -> dict[str, Any]:
    return {**item_of(draft), "problems": [_problem(problem) for problem in draft.problems]}


def _problem(problem: Problem) -> dict[str, str]:
    return {"severity": problem.severity, "code": problem.code, "message": message(problem)}
