"""The form of how a list's certificates are worded."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField

from contest.awards.certificate_models import ACCENTS, CertificateDesign
from contest.awards.designing import Design
from contest.rounds.forms import Form, Needed, at_most, choices, tidied

COLOURS = {"red": _("Đỏ"), "blue": _("Xanh dương"), "green": _("Xanh lá"), "brown": _("Nâu")}


def _line(name: str, label: Any, *more: Any, **options: Any) -> StringField:
    most = CertificateDesign.__table__.c[name].type.length  # type: ignore[attr-defined]
    return StringField(label, [*more, at_most(most)], filters=[tidied], **options)


class DesignForm(Form):
    agency_parent = _line("agency_parent", _("Cơ quan cấp trên"))
    agency_name = _line("agency_name", _("Cơ quan cấp giấy"), Needed(_("Ghi tên cơ quan cấp giấy.")))
    title = _line("title", _("Tiêu đề"), Needed(_("Ghi tiêu đề của giấy.")),
                  description=_("Ví dụ: Giấy chứng nhận, Giấy khen."))
    opening = _line("opening", _("Ai chứng nhận"), description=_("Ví dụ: Ban Tổ chức chứng nhận; Giám đốc Sở tặng."))
    person_address = _line("person_address", _("Trước tên cá nhân"))
    unit_address = _line("unit_address", _("Trước tên tập thể"))
    achieved = _line("achieved", _("Trước tên giải"))
    reason = _line("reason", _("Sau tên giải"), description=_("Cuộc thi nào, đợt nào, năm nào."))
    place = _line("place", _("Nơi ký"), description=_("In trước ngày của quyết định, ví dụ: Đồng Tháp."))
    accent = RadioField(_("Màu"), choices=choices(*COLOURS.items()), default=ACCENTS[0])

    def design(self) -> Design:
        """What was typed."""
        return Design(**{name: getattr(self, name).data or "" for name in Design.__dataclass_fields__})
