"""What every page carries: the menu of this person's roles, whose platform it is, whom to call."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.local import LocalProxy

from contest import clock
from contest.identity.permissions import can
from contest.rounds.queries import PageOwner, page_owner


@dataclass(frozen=True)
class Item:
    """A place in the menu: its words, its endpoint, the action that opens it, the addresses that lie below it."""

    label: LazyString
    endpoint: str
    action: str
    below: tuple[str, ...]


ITEMS = (
    Item(_l("Cuộc thi"), "rounds.home", "public.read", ("/cuoc-thi/", "/dot-thi/")),
    Item(_l("Kết quả của tôi"), "standings.mine", "own.read", ("/luot-thi/",)),
    Item(_l("Tổ chức thi"), "rounds.contests", "contest.read",
         ("/to-chuc/cuoc-thi/", "/to-chuc/dot-thi/", "/to-chuc/luot-thi/", "/to-chuc/giai-thuong/", "/to-chuc/giai/",
          "/to-chuc/phan-thi/")),
    Item(_l("Chấm tự luận"), "marker.desks", "essay.mark", ("/cham-tu-luan/",)),
    Item(_l("Thống kê"), "standings.reports", "report.read", ("/thong-ke/",)),
    Item(_l("Ngân hàng câu hỏi"), "questions.banks", "bank.read",
         ("/to-chuc/ngan-hang/", "/to-chuc/van-ban", "/to-chuc/bao-phu")),
    Item(_l("Đơn vị"), "identity.units", "unit.report", ("/to-chuc/don-vi/",)),
    Item(_l("Người dự thi"), "identity.people", "people.read", ("/to-chuc/nguoi-du-thi/",)),
    Item(_l("Tài khoản"), "identity.account", "own.read", ("/tai-khoan/",)),
)


def _menu() -> list[dict[str, Any]]:
    actor = current_user.actor if current_user.is_authenticated else None
    return [{"label": str(item.label), "url": url_for(item.endpoint), "current": _current(item)}
            for item in ITEMS if item.endpoint in current_app.view_functions and can(actor, item.action)]


def _current(item: Item) -> str:
    """What `aria-current` says of an item: this "page", the section that this page is in ("true"), or nothing."""
    return "page" if request.endpoint == item.endpoint else "true" if request.path.startswith(item.below) else ""


def _owner() -> PageOwner:
    """The owner of pages that belong to no contest, read once a request and only where it is shown.

    An error page must appear even while the database is down.
    """
    if "page_owner" not in g:
        try:
            found = page_owner(clock.now())
        except SQLAlchemyError:
            found = None
        g.page_owner = found or PageOwner("", _("Cuộc thi trực tuyến"), "CC", {})
    owner: PageOwner = g.page_owner
    return owner


def _agency() -> dict[str, str]:
    owner = _owner()
    return {"parent": owner.agency_parent, "name": owner.agency_name, "seal": owner.seal}


def _hotline() -> dict[str, str]:
    return _owner().hotline


def install(app: Flask) -> None:
    """Give the templates `nav`, `agency` and `hotline`; a view may pass its contest's own."""

    @app.context_processor
    def carry() -> dict[str, Any]:
        return {"nav": LocalProxy(_menu), "agency": LocalProxy(_agency), "hotline": LocalProxy(_hotline)}
