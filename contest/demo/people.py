"""Units from `units.csv` with invented headcounts, and invented people."""

import csv
import random
from datetime import date, datetime
from pathlib import Path

from contest.columns import new_id
from contest.extensions import db
from contest.identity import names
from contest.identity.models import Account, Grant, Unit
from contest.identity.operations import hash_password

UNITS = Path(__file__).with_name("units.csv")
# Invented, and small on purpose.
HEADCOUNTS = {"department": (12, 26), "office": (10, 20), "school": (10, 20), "hospital": (16, 28), "commune": (6, 14)}
CITIZENS = 60
CONTESTANTS, COORDINATORS = 40, 2
FAMILY = ("Nguyễn Trần Lê Phạm Huỳnh Phan Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Trương Lâm Châu Đinh").split()
MIDDLE = ("Văn Thị Minh Hồng Ngọc Thanh Hữu Quốc Thị Kim Đức Thị Mỹ Xuân Công Anh Thị Bích Gia Hoàng").split()
GIVEN = ("An Ánh Bình Châu Cường Dung Duy Đạt Điệp Giang Hà Hạnh Hiếu Hoa Huy Hương Khánh Lan Linh Long Mai Minh "
         "Nam Nga Ngân Nghĩa Nhung Phong Phúc Phượng Quân Quyên Sơn Tâm Thảo Thắng Thủy Thư Tiên Trang Trí Tuấn "
         "Tuyết Vân Vinh Vy Yến").split()
POSITIONS = ("Chuyên viên", "Chuyên viên chính", "Công chức Tư pháp - Hộ tịch", "Phó Trưởng phòng", "Văn thư",
             "Viên chức", "Công chức Văn hóa - Xã hội", "Kế toán")
STAFF = (("totchuc", "organiser"), ("baocao", "report_viewer"), ("quantri", "administrator"),
         ("giamkhao1", "marker"), ("giamkhao2", "marker"))


def load_units(rng: random.Random, counted_on: date) -> dict[str, Unit]:
    """Add the tree; returns code → unit."""
    units: dict[str, Unit] = {}
    with UNITS.open(encoding="utf8", newline="") as file:
        for row in csv.DictReader(file):
            parent, key = units.get(row["parent"]), new_id()
            bounds = HEADCOUNTS.get(row["kind"]) if row["bloc"] else None
            units[row["code"]] = Unit(
                id=key, code=row["code"], name=row["name"], kind=row["kind"], bloc=row["bloc"] or None,
                parent_id=parent.id if parent else None, path=(parent.path if parent else "") + key + "/",
                headcount=rng.randint(*bounds) if bounds else None, headcount_on=counted_on if bounds else None,
                sort_key=names.sort_key(row["name"]), search_text=names.fold(f"{row['name']} {row['code']}"))
            db.session.add(units[row["code"]])
            db.session.flush()
    return units


def _name(rng: random.Random) -> str:
    return f"{rng.choice(FAMILY)} {rng.choice(MIDDLE)} {rng.choice(GIVEN)} {rng.choice(GIVEN)}" \
        if rng.random() < 0.35 else f"{rng.choice(FAMILY)} {rng.choice(MIDDLE)} {rng.choice(GIVEN)}"


def _account(rng: random.Random, login: str, unit: Unit, password_hash: str | None, now: datetime) -> Account:
    name = _name(rng)
    citizen = unit.kind == "province"
    return Account(
        id=new_id(), login=login, name=name, unit_id=unit.id, audience="citizen" if citizen else "official",
        position=None if citizen else rng.choice(POSITIONS), phone=f"0900{rng.randint(0, 999999):06d}",
        password_hash=password_hash, sort_key=names.name_sort_key(name),
        search_text=names.fold(f"{name} {login}"), created_at=now)


def load_people(rng: random.Random, units: dict[str, Unit], password: str, now: datetime) -> list[Account]:
    """Add the demo accounts and the many who fill the lists; returns the contestants, named ones first.

    Only the named accounts can sign in, all with `password`; one hash serves them, as it is a demo.
    """
    password_hash = hash_password(password)
    blocs = [[u for u in units.values() if u.bloc == bloc]
             for bloc in sorted({u.bloc for u in units.values() if u.bloc})]
    named = [bloc[i] for i in range(4) for bloc in blocs]  # twelve units in three blocs
    contestants = [_account(rng, f"thisinh{i + 1}", named[i % len(named)], password_hash, now)
                   for i in range(CONTESTANTS)]
    seats = [u for u in units.values() for _ in range(u.headcount or 0)] + [units["DT"]] * CITIZENS
    for account in contestants:
        seats.remove(next(u for u in seats if u.id == account.unit_id))
    contestants += [_account(rng, f"mau{i + 1:04d}", unit, None, now) for i, unit in enumerate(seats)]
    staff: list[tuple[Account, str, Unit | None]] = [
        (_account(rng, f"donvi{i + 1}", named[i], password_hash, now), "coordinator", named[i])
        for i in range(COORDINATORS)]
    staff += [(_account(rng, login, units["SNV"], password_hash, now), role, None) for login, role in STAFF]
    db.session.add_all([*contestants, *(account for account, _role, _unit in staff)])
    db.session.flush()
    db.session.add_all(Grant(account_id=account.id, role="contestant") for account in contestants)
    db.session.add_all(Grant(account_id=account.id, role=role, unit_id=unit.id if unit else None)
                       for account, role, unit in staff)
    db.session.flush()
    return contestants
