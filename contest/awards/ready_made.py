"""Structures of prizes to begin with, as contests of this kind have them."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from contest.awards.planned import PlanFields, PrizeFields
from contest.scoring.prizes import NAMED

WORDS = {
    "bon-muc": _("Cá nhân: 1 Nhất, 2 Nhì, 3 Ba, 4 Khuyến khích"),
    "hai-nhom": _("Cá nhân, hai nhóm: Nhất, Nhì, Ba cho CBCCVC và Nhất, Nhì, Ba cho người dân, mỗi giải một người"),
    "rong": _("Cá nhân, nhiều giải: 1 Nhất, 5 Nhì, 10 Ba, 20 Khuyến khích"),
    "nguong": _("Tập thể theo tỷ lệ tham gia: 1 Nhất, 2 Nhì, 3 Ba, 4 Khuyến khích, có ngưỡng tham gia theo số CBCCVC;"
                 " kèm 10 giải cá nhân"),
    "khoi": _("Tập thể từng khối: Nhất, Nhì, Ba mỗi khối, theo tỷ lệ tham gia và chất lượng bài thi"),
    "chuyen-de": _("Giải chuyên đề: đơn vị đông người dự thi nhất, đơn vị đạt nhiều giải Nhất, "
                   "người đạt giải trẻ tuổi nhất"),
}
THRESHOLDS = {
    "weights": [{"component": "rate", "percent": 100}],
    "thresholds": [{"below": 50, "percent": 30}, {"below": None, "percent": 25}],
    "group": "overall", "ties": ["average"]}
QUALITY = {"weights": [{"component": "rate", "percent": 60, "cap": True}, {"component": "average", "percent": 40}],
           "group": "bloc", "ties": ["people"]}


def plan(name: str, blocs: Sequence[str], *, whole: bool) -> PlanFields | None:
    """The structure of this name, for a contest with these blocs; None for an unknown one.

    `whole`: of the contest, not of a round.
    """
    first, second, third, more = _grades()
    one = "individual"
    made: dict[str, Any] = {
        "bon-muc": lambda: PlanFields(_graded(one, (first, 1), (second, 2), (third, 3), (more, 4))),
        "hai-nhom": lambda: PlanFields(tuple(
            PrizeFields(f"{grade} ({_group(audience)})", one, 1, audience=audience)
            for grade in (first, second, third) for audience in ("official", "citizen"))),
        "rong": lambda: PlanFields(_graded(one, (first, 1), (second, 5), (third, 10), (more, 20))),
        "nguong": lambda: PlanFields((
            *_graded("collective", (first, 1), (second, 2), (third, 3), (more, 4)),
            PrizeFields(str(gettext("Giải cá nhân đúng và nhanh nhất")), one, 10)),
            one_per_unit=True, formula=THRESHOLDS),
        "khoi": lambda: PlanFields(tuple(
            PrizeFields(f"{grade} ({bloc})" if bloc else grade, "collective", 1, bloc=bloc)
            for grade in (first, second, third) for bloc in (blocs or ("",))),
            one_per_unit=True, formula=QUALITY if blocs else {**QUALITY, "group": "overall"}),
        "chuyen-de": lambda: PlanFields(_special(blocs, whole=whole), one_per_person=False),
    }
    return made[name]() if name in made else None


def _grades() -> tuple[str, str, str, str]:
    return (str(gettext("Giải Nhất")), str(gettext("Giải Nhì")), str(gettext("Giải Ba")),
            str(gettext("Giải Khuyến khích")))


def _special(blocs: Sequence[str], *, whole: bool) -> tuple[PrizeFields, ...]:
    """As the contest on the General Secretary's book has them; the youngest has another prize as well."""
    most = str(gettext("Giải Đơn vị có nhiều người dự thi nhất"))
    firsts = PrizeFields(str(gettext("Giải Đơn vị đạt nhiều giải Nhất")), "collective", 1, measure="firsts")
    return (*(PrizeFields(f"{most} ({bloc})" if bloc else most, "collective", 1, bloc=bloc, measure="people")
              for bloc in (blocs or ("",))), *([firsts] if whole else []),
            PrizeFields(str(gettext("Giải Người đạt giải trẻ tuổi nhất")), "individual", 1, measure=NAMED))


def _group(audience: str) -> str:
    return str(gettext("CBCCVC") if audience == "official" else gettext("Người dân"))


def _graded(kind: str, *rows: tuple[str, int]) -> tuple[PrizeFields, ...]:
    return tuple(PrizeFields(name, kind, count) for name, count in rows)
