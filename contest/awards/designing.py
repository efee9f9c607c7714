"""How the certificates of a list are worded: changed by organisers, on record."""

from dataclasses import asdict, dataclass
from datetime import datetime

from contest.audit.operations import record
from contest.awards.certificate_models import ACCENTS, CertificateDesign
from contest.awards.models import AwardList, PrizePlan
from contest.errors import Missing, Refusal
from contest.extensions import db


@dataclass(frozen=True)
class Design:
    """The words of `CertificateDesign`."""

    agency_parent: str
    agency_name: str
    title: str
    opening: str
    person_address: str
    unit_address: str
    achieved: str
    reason: str
    place: str
    accent: str = ACCENTS[0]


def set_design(list_id: str, design: Design, *, by: str | None, now: datetime) -> CertificateDesign:
    """Word a list's certificates, frozen or not: who gets what is not touched.

    Raises `Missing`; 422 `certificate_empty` without a title or an agency.
    """
    row = db.session.get(AwardList, list_id)
    if row is None:
        raise Missing
    if not (design.title.strip() and design.agency_name.strip()):
        raise Refusal("certificate_empty", 422)
    held = db.session.merge(CertificateDesign(list_id=list_id, **asdict(design), changed_at=now, changed_by=by))
    plan = db.session.get_one(PrizePlan, row.plan_id)
    record("awards.certificate", "contest", plan.contest_id, by=by, now=now, list=list_id, **asdict(design))
    db.session.flush()
    return held
