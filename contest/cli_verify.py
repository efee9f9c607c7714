"""`contest verify`: whether what was put on record and made public is still what it was."""

import sys
from collections.abc import Callable
from typing import Any

import click
from flask_babel import gettext as _


def add_to(main: click.Group, in_app: Callable[[Any], Any]) -> None:
    """Give `contest` the command."""
    main.add_command(click.command("verify")(kept(in_app(verify))))


kept = click.option("--kept", metavar="NUMBER:DIGEST", help="A head of the trail that was kept elsewhere.")


def verify(kept: str | None) -> None:
    """Check the trail of acts and the published boards. Names the first that does not hold."""
    from contest.audit import chain
    from contest.database import reading
    from contest.standings import published_files

    with reading():
        number = chain.broken(chain.read(kept) if kept else None)
        forged, head = published_files.forged(), chain.head()
    if number is not None:
        click.echo(_("Nhật ký đã bị sửa: mắt xích số %(number)s không còn đúng.", number=number))
    for row in forged:
        click.echo(_("Bảng công bố lần %(number)s của %(board)s không còn đúng với chữ ký.", number=row.number,
                     board=row.board_id))
    click.echo(_("Mắt xích cuối của nhật ký: %(head)s. Ghi lại dòng này ở nơi khác.", head=str(head)))
    sys.exit(1 if number is not None or forged else 0)
