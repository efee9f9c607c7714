from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from contest.columns import Instant
from contest.extensions import Base

ACCENTS = ("red", "blue", "green", "brown")


class CertificateDesign(Base):
    """What the certificates of a list say beside names and prizes, and their colour. "" leaves a line out."""

    __tablename__ = "certificate_design"
    __table_args__ = (CheckConstraint(f"accent IN {ACCENTS}", name="accent"),)

    list_id: Mapped[str] = mapped_column(ForeignKey("award_list.id"), primary_key=True)
    agency_parent: Mapped[str] = mapped_column(String(120))
    agency_name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(40))  # "Giấy chứng nhận"
    opening: Mapped[str] = mapped_column(String(120))  # who certifies: "Ban Tổ chức chứng nhận"
    person_address: Mapped[str] = mapped_column(String(40))  # before a name: "Ông/Bà"
    unit_address: Mapped[str] = mapped_column(String(40))  # "Tập thể"
    achieved: Mapped[str] = mapped_column(String(60))  # before the prize: "Đã đạt"
    reason: Mapped[str] = mapped_column(String(240))  # after it: in which contest
    place: Mapped[str] = mapped_column(String(60))  # before the date: "Đồng Tháp"
    accent: Mapped[str] = mapped_column(String(10))
    changed_at: Mapped[datetime] = mapped_column(Instant)
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("account.id"))
