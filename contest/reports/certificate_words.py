"""What certificates say: Vietnamese, whatever language the page is read in."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlsplit

from flask_babel import force_locale, gettext

from contest.awards import certified
from contest.awards.certificate_codes import ADDRESS
from contest.awards.designing import Design
from contest.awards.models import Award, AwardList
from contest.reports.certificates import Face, Sheet
from contest.rounds.models import Contest, Round
from contest.rounds.queries import owner_of
from contest.rounds.sharing_views import public_url

NO_CODE = "····-····-··"  # on samples


def _(message: str, **values: object) -> str:
    return str(gettext(message, **values))


def verify_address() -> str:
    """The address before a code, as QR codes hold it."""
    return public_url() + ADDRESS


def design_of(award_list: AwardList, contest: Contest, round_: Round | None) -> Design:
    """How a list's certificates are worded: as its organiser said, else as the contest suggests."""
    row = certified.design_of(award_list.id)
    if row is not None:
        return Design(**{name: getattr(row, name) for name in Design.__dataclass_fields__})
    owner = owner_of(contest)
    with force_locale("vi"):
        held = _("%(contest)s – %(round)s", contest=contest.title, round=round_.title) if round_ else contest.title
        return Design(owner.agency_parent, owner.agency_name[:120], _("Giấy chứng nhận"), _("Ban Tổ chức chứng nhận"),
                      _("Ông/Bà"), _("Tập thể"), _("Đã đạt"), held[:240], "")


def face(design: Design, award_list: AwardList) -> Face:
    """What all certificates of a list say. A draft leaves room for what its decision will be."""
    with force_locale("vi"):
        return Face(
            parent=design.agency_parent, agency=design.agency_name, title=design.title, opening=design.opening,
            achieved=design.achieved, reason=design.reason, dated=_dated(design.place, award_list.decided_on),
            signer_title=award_list.signer_title.replace(" / ", "\n") or _("Người ký"),
            signer=award_list.signer or "…", decision=_decision(award_list), accent=design.accent,
            words={"country": _("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), "motto": _("Độc lập - Tự do - Hạnh phúc"),
                   "code": _("Mã xác nhận"), "sample": _("BẢN XEM THỬ"),
                   "verify": _("Quét ô QR, hoặc gõ mã tại %(address)s để kiểm tra giấy này.",
                               address=urlsplit(public_url()).netloc + ADDRESS)})


def sheet(design: Design, award: Award, *, sample: bool = False) -> Sheet:
    """What one certificate says. A sample's code proves nothing."""
    return Sheet(design.person_address if award.entry_id else design.unit_address, award.name, award.unit_name,
                 award.prize_name, NO_CODE if sample else award.code)


def invented(design: Design) -> Sheet:
    """A certificate to look at where a list has nobody yet."""
    with force_locale("vi"):
        return Sheet(design.person_address, _("Họ và tên người đạt giải"), _("Tên đơn vị"), _("Giải Nhất"), NO_CODE)


def file_name(award_list: AwardList, extension: str) -> str:
    """What a file of all certificates is saved as."""
    with force_locale("vi"):
        return _("Giấy chứng nhận - danh sách %(number)s.%(extension)s", number=award_list.number, extension=extension)


def of_units(awards: Iterable[Award]) -> dict[str, list[Award]]:
    """The awards by the unit they belong to, units in the order of their first award; "" where there is none."""
    found: dict[str, list[Award]] = {}
    for one in awards:
        found.setdefault(one.unit_name if one.entry_id else one.name, []).append(one)
    return found


def unit_file(number: int, unit: str) -> str:
    """The name of a unit's file in the archive."""
    with force_locale("vi"):
        plain = "".join(sign if sign.isalnum() or sign in " -,." else "-" for sign in unit or _("Không thuộc đơn vị"))
    return f"{number:03} {plain.strip()[:100]}.pdf"


def _dated(place: str, day: date | None) -> str:
    """Days below 10 and months below 3 take a zero."""
    if day is None:
        said = _("ngày … tháng … năm …")
    else:
        month = f"{day.month:02}" if day.month < 3 else str(day.month)
        said = _("ngày %(day)s tháng %(month)s năm %(year)s", day=f"{day.day:02}", month=month, year=day.year)
    return f"{place}, {said}" if place else said[:1].upper() + said[1:]


def _decision(award_list: AwardList) -> str:
    if award_list.decided_on is None:
        return _("Quyết định số … ngày …")
    return _("Quyết định số %(number)s ngày %(day)s", number=award_list.decision,
             day=award_list.decided_on.strftime("%d/%m/%Y"))
