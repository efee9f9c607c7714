"""What a list of units and a list of people say, row by row. Pure: no database is asked here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from contest.identity.kinds import kind_of
from contest.identity.names import fold, tidy
from contest.identity.sheets import Problem, Row

UNIT_COLUMNS = {
    "code": ("ma don vi", "ma dv", "ma", "code"),
    "name": ("ten don vi", "ten dv", "don vi", "ten", "name"),
    "parent": ("ma don vi cap tren", "ma dv cap tren", "don vi cap tren", "ma cap tren", "truc thuoc",
               "ma hoac ten don vi cap tren", "ten don vi cap tren", "parent"),
    "kind": ("loai", "loai don vi", "loai hinh", "kind"),
    "bloc": ("khoi", "khoi thi dua", "cum", "khoi don vi", "bloc"),
    "headcount": ("so cbccvc bien che", "so cbccvc", "bien che", "so bien che", "cbccvc", "tong so cbccvc",
                  "headcount"),
    "headcount_on": ("ngay tinh bien che", "ngay tinh", "ngay bien che", "tinh den ngay", "headcount on"),
}
UNIT_HEADER = ("Mã đơn vị", "Tên đơn vị", "Mã hoặc tên đơn vị cấp trên", "Loại", "Khối", "Số CBCCVC (biên chế)",
               "Ngày tính biên chế")
UNIT_SAMPLE = ("XMT", "Phường Mỹ Tho", "UBND", "phường", "Khối xã, phường", "58", "31/12/2025")
UNIT_REQUIRED = {"Tên đơn vị": ("name",)}
UNIT_CODED = {"Mã đơn vị": ("code",), **UNIT_REQUIRED}

PEOPLE_COLUMNS = {
    "login": ("ten dang nhap", "tai khoan", "dang nhap", "username", "login"),
    "name": ("ho va ten", "ho ten", "ho va ten can bo", "full name", "name"),
    "family": ("ho lot", "ho va ten dem", "ho dem", "ho va chu lot", "ho"),
    "given": ("ten",),
    "unit": ("ma don vi", "ma dv", "don vi", "ten don vi", "don vi cong tac", "co quan don vi",
             "ma don vi hoac ten don vi", "ma hoac ten don vi", "unit"),
    "position": ("chuc vu", "chuc danh", "chuc vu chuc danh", "position"),
    "phone": ("so dien thoai", "dien thoai", "sdt", "di dong", "phone"),
    "audience": ("doi tuong", "doi tuong du thi", "audience"),
}
PEOPLE_HEADER = ("Tên đăng nhập", "Họ và tên", "Mã đơn vị hoặc tên đơn vị", "Chức vụ", "Số điện thoại", "Đối tượng")
PEOPLE_SAMPLE = ("nguyenvanan", "Nguyễn Văn An", "XMT", "Chuyên viên", "0912345678", "cán bộ")
PEOPLE_REQUIRED = {"Tên đăng nhập": ("login",), "Họ và tên": ("name", "given"),
                   "Mã đơn vị hoặc tên đơn vị": ("unit",)}

LOGIN = re.compile(r"[a-z0-9][a-z0-9._@\-]{1,79}")
_AUDIENCES = {
    "can bo": "official", "cbccvc": "official", "cong chuc": "official", "vien chuc": "official",
    "can bo cong chuc vien chuc": "official", "cong chuc vien chuc": "official", "official": "official",
    "cong dan": "citizen", "nguoi dan": "citizen", "citizen": "citizen",
}


@dataclass(frozen=True)
class UnitRow:
    """One unit of a list; `parent` is a code or a name as written, `code` "" where the list has no codes.

    An empty cell is None and changes nothing of a unit that exists.
    """

    number: int
    code: str
    name: str
    parent: str | None = None
    kind: str | None = None
    bloc: str | None = None
    headcount: int | None = None
    headcount_on: date | None = None


@dataclass(frozen=True)
class PersonRow:
    """One person of a list; `unit` is the code or the name as written. None changes nothing."""

    number: int
    login: str
    name: str
    unit: str
    position: str | None = None
    phone: str | None = None
    audience: str | None = None


def unit_rows(rows: Iterable[Row]) -> tuple[list[UnitRow], list[Problem]]:
    """The usable rows and the problems of all. A row with an error is not among the usable ones.

    Where the list has no column of codes, name and place take their part: see `coding`.
    """
    found, problems, seen = [], [], dict[str, int]()
    for row in rows:
        coded = "code" in row.cells
        key = row.get("code").casefold() if coded else f"{fold(row.get('name'))}|{fold(row.get('parent'))}"
        notes = [*(_needed(row, "code", 40) if coded else []), *_needed(row, "name", 200), *_fits(row, "bloc", 80),
                 *_repeated(row, key, "code" if coded else "name", seen)]
        headcount, note = whole_number(row.get("headcount"))
        notes += [_problem(row, note, "headcount")] if note else []
        counted_on, note = day_of(row.get("headcount_on"))
        notes += [_problem(row, note, "headcount_on")] if note else []
        kind = kind_of(row.get("kind")) if row.get("kind") else None
        if row.get("kind") and kind is None:
            kind = "other"
            notes.append(_problem(row, "kind_unknown", "kind", "warning"))
        if not any(note.severity == "error" for note in notes):
            seen[key] = row.number
            found.append(UnitRow(row.number, row.get("code"), tidy(row.get("name")), row.get("parent") or None, kind,
                                 tidy(row.get("bloc")) or None, headcount, counted_on))
        problems += notes
    return found, problems


def people_rows(rows: Iterable[Row]) -> tuple[list[PersonRow], list[Problem]]:
    """The usable rows and the problems of all. A row with an error is not among the usable ones."""
    found, problems, seen = [], [], dict[str, int]()
    for row in rows:
        login = row.get("login").casefold()
        name = tidy(row.get("name") or f"{row.get('family')} {row.get('given')}")
        notes = [*_needed(row, "login", 80), *_needed(row, "unit", 200), *_fits(row, "position", 120),
                 *_repeated(row, login, "login", seen)]
        if login and not LOGIN.fullmatch(login):
            notes.append(_problem(row, "login_signs", "login"))
        if not name or len(name) > 120:
            notes.append(_problem(row, "cell_needed" if not name else "cell_long", "name", most="120"))
        phone, note = phone_of(row.get("phone"))
        notes += [_problem(row, note, "phone", "warning")] if note else []
        audience = _AUDIENCES.get(" ".join(re.sub(r"[,;/]", " ", fold(row.get("audience"))).split()))
        if row.get("audience") and audience is None:
            notes.append(_problem(row, "audience_unknown", "audience"))
        if not any(note.severity == "error" for note in notes):
            seen[login] = row.number
            found.append(PersonRow(row.number, login, name, row.get("unit"), tidy(row.get("position")) or None,
                                   phone, audience))
        problems += notes
    return found, problems


def phone_of(text: str) -> tuple[str | None, str | None]:
    """(the number as digits with its leading zero, or None; the code of what was noticed, or None).

    "+84 912 345 678" → "0912345678"; "912345678" → the same with `phone_zero`: a spreadsheet
    drops the zero of a number. What is no telephone number is left out with `phone_bad`.
    """
    digits = re.sub(r"[\s.\-()]", "", text)
    if not digits:
        return None, None
    digits = re.sub(r"^(\+84|0084|84(?=\d{9}$))0?", "0", digits)
    if re.fullmatch(r"[1-9]\d{8}", digits):
        return "0" + digits, "phone_zero"
    if re.fullmatch(r"0\d{9,10}", digits):
        return digits, None
    return None, "phone_bad"


def whole_number(text: str) -> tuple[int | None, str | None]:
    """"1.234" or "1234" → 1234; a code where it is no whole number from 0 to 10 million."""
    if not text:
        return None, None
    plain = re.sub(r"[.,\s]", "", text) if re.fullmatch(r"\d{1,3}([.,\s]\d{3})+", text) else text
    if not re.fullmatch(r"[0-9]{1,8}", plain) or int(plain) > 10_000_000:
        return None, "number_bad"
    return int(plain), None


def day_of(text: str) -> tuple[date | None, str | None]:
    """"31/12/2025" or "2025-12-31" → the day; a code where it is none."""
    if not text:
        return None, None
    found = re.fullmatch(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})", text)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1])), None
        return date.fromisoformat(text), None
    except ValueError:
        return None, "day_bad"


def _problem(row: Row, code: str, column: str, severity: str = "error", **params: str) -> Problem:
    return Problem(row.number, severity, code, column, (("value", row.get(column)), *params.items()))


def _needed(row: Row, column: str, most: int) -> list[Problem]:
    return _fits(row, column, most) if row.get(column) else [_problem(row, "cell_needed", column)]


def _fits(row: Row, column: str, most: int) -> list[Problem]:
    return [_problem(row, "cell_long", column, most=str(most))] if len(row.get(column)) > most else []


def _repeated(row: Row, key: str, column: str, seen: dict[str, int]) -> list[Problem]:
    if key not in seen:
        return []
    return [_problem(row, "row_repeated", column, first=str(seen[key]))]
