"""Certificates: how they are worded, all in one file, one by one for whoever may have it."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from flask import Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from contest import clock
from contest.awards import certified, designing
from contest.awards.pages import LIST, Place
from contest.columns import is_id
from contest.database import reading
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.identity.access import allowed, person, policy, scope
from contest.identity.permissions import Target
from contest.jobs import operations as jobs
from contest.jobs.models import Job
from contest.jobs.queries import job_of, recent
from contest.reports import certificate_files as files
from contest.reports import certificate_words as words
from contest.reports import certificates
from contest.reports.certificate_forms import DesignForm
from contest.reports.certificate_jobs import ABOUT, BY_UNIT, JOB, ONE
from contest.reports.pages import blueprint
from contest.rounds.pages import owner_context

ADDRESS = LIST + "/giay-chung-nhan"
UNFINISHED = ("queued", "running")
PATIENCE = timedelta(seconds=15)  # a worker takes a job within seconds
ROWS = 50
SHOWN = 6  # files of a list that its page offers
TYPES = {ONE: "application/pdf", BY_UNIT: "application/zip"}


@blueprint.route(ADDRESS, methods=["GET", "POST"])
@policy("contest.edit")
def certificates_of(list_id: str) -> ResponseReturnValue:
    """How a list's certificates look, and the files of all of them once it is frozen."""
    now = clock.now()
    award_list, contest, round_ = certified.listed(list_id)
    design = words.design_of(award_list, contest, round_)
    form = DesignForm(obj=design)
    if form.validate_on_submit():
        designing.set_design(list_id, form.design(), by=person().id, now=now)
        db.session.commit()
        flash(_("Đã lưu mẫu giấy. Xem lại bản xem thử."), "success")
        return redirect(url_for("reports.certificates_of", list_id=list_id), 303)
    told = _files_of(list_id, now)
    held = certified.design_of(list_id)
    page = render_template(
        "reports/certificates.html", row=award_list, place=Place(contest, round_), form=form, kept_days=files.KEPT.days,
        counts=certified.counts_of(list_id), newer=certified.newer_than(award_list),
        changed_at=held.changed_at if held else None, **told,
        **owner_context(contest))
    return page, 422 if form.errors else 200


def _files_of(list_id: str, now: datetime) -> dict[str, Any]:
    """What the worker makes of a list, could not make, and has ready."""
    made = recent(JOB, ABOUT, list_id, SHOWN)
    running = made[0] if made and made[0].state in UNFINISHED else None
    failed = made[0] if made and made[0].state in ("failed", "cancelled") else None
    ready = [one for one in made if one.state == "done" and files.file_of(one.id, one.params["shape"]).exists()]
    return {"running": running, "failed": failed, "said": _said(running, now) if running else None, "ready": ready}


@blueprint.get(ADDRESS + "/xem-thu.<kind>")
@policy("contest.edit")
def certificate_sample(list_id: str, kind: str) -> ResponseReturnValue:
    """The certificate with the longest name of the list, as a sample that proves nothing."""
    award_list, contest, round_ = certified.listed(list_id)
    design = words.design_of(award_list, contest, round_)
    award = certified.longest(list_id)
    sheet = words.sheet(design, award, sample=True) if award else words.invented(design)
    face = words.face(design, award_list)
    db.session.rollback()
    if kind == "png":
        return Response(certificates.png(face, sheet), mimetype="image/png")
    if kind == "pdf":
        return _pdf(certificates.pdf(face, [sheet]), "xem-thu.pdf", _("Bản xem thử.pdf"))
    raise Missing


@blueprint.app_context_processor
def _own() -> dict[str, Any]:
    """For the page of one's own results, which may not import this room."""
    return {"own_certificates": lambda: certified.own(person().id)}


@blueprint.get("/to-chuc/giay-chung-nhan")
@policy("people.read")
def unit_certificates() -> ResponseReturnValue:
    """The certificates of the people and units that this person looks after."""
    after = request.args.get("sau", "")
    found = certified.below(scope("people.read"), after if is_id(after) else None, ROWS + 1)
    return render_template("reports/unit_certificates.html", rows=found[:ROWS], more=len(found) > ROWS,
                           first=not after)


@blueprint.get("/giay-chung-nhan/<id:award_id>.pdf")
@policy("own.read")
def certificate_file(award_id: str) -> ResponseReturnValue:
    """One certificate that holds: for its holder, for who looks after its unit, for organisers."""
    found = certified.certificate(award_id)
    account_id, path = certified.holder_of(found.award)
    if not (account_id == person().id or allowed("contest.edit")
            or allowed("people.read", Target(account_id=account_id, unit_path=path))):
        raise Missing
    design = words.design_of(found.award_list, found.contest, found.round)
    face, sheet = words.face(design, found.award_list), words.sheet(design, found.award)
    name = _("Giấy chứng nhận - %(name)s.pdf", name=found.award.name)
    db.session.rollback()
    return _pdf(certificates.pdf(face, [sheet], words.verify_address()), "giay-chung-nhan.pdf", name)


@blueprint.post(ADDRESS + "/tao-tep")
@policy("contest.edit")
def make_certificates(list_id: str) -> ResponseReturnValue:
    """Have the worker make all certificates: one file, or one for each unit. One at a time for a list."""
    now = clock.now()
    award_list, _contest, _round = certified.listed(list_id)
    if award_list.state != "frozen":
        raise Refusal("list_not_frozen", 409)
    if not certified.awards_of(list_id):
        raise Refusal("no_certificates", 409)
    made = recent(JOB, ABOUT, list_id, 1)
    if not made or made[0].state not in UNFINISHED:
        shape = BY_UNIT if request.form.get("shape") == BY_UNIT else ONE
        jobs.enqueue(JOB, ABOUT, list_id, by=person().id, now=now, shape=shape)
        db.session.commit()
    return _back(list_id)


@blueprint.get(ADDRESS + "/tien-do/<id:job_id>")
@policy("contest.edit")
def certificates_progress(list_id: str, job_id: str) -> dict[str, Any]:
    """How far the file is, for the page that waits for it."""
    now = clock.now()
    job = _job(list_id, job_id)
    if job.state not in UNFINISHED:
        return {"next": url_for("reports.certificates_of", list_id=list_id)}
    told = _said(job, now)
    return {"words": told["words"], "done": job.done, "total": job.total, "late": told["late"], "over": False}


@blueprint.post(ADDRESS + "/huy/<id:job_id>")
@policy("contest.edit")
def cancel_certificates(list_id: str, job_id: str) -> ResponseReturnValue:
    """Call the making of a file off."""
    now = clock.now()
    job = _job(list_id, job_id)
    if jobs.cancel(job.id, now):
        db.session.commit()
        files.forget_parts(job_id)
    return _back(list_id)


@blueprint.get(ADDRESS + "/tep/<id:job_id>")
@policy("contest.edit")
def certificates_file(list_id: str, job_id: str) -> ResponseReturnValue:
    """A file that was made. Raises 404 `file_gone` where it has been deleted since."""
    with reading():
        job = _job(list_id, job_id)
        shape, made = job.params["shape"], files.file_of(job_id, job.params["shape"])
        award_list, _contest, _round = certified.listed(list_id)
    if job.state != "done" or not made.exists():
        raise Missing("file_gone")
    answer = send_file(made, mimetype=TYPES[shape])
    return _named(answer, f"giay-chung-nhan.{shape}", words.file_name(award_list, shape))


def _job(list_id: str, job_id: str) -> Job:
    job = job_of(job_id)
    if job.kind != JOB or job.object_id != list_id:
        raise Missing
    return job


def _said(job: Job, now: datetime) -> dict[str, str | None]:
    said = ngettext("Đã xong %(done)s/%(num)s giấy.", "Đã xong %(done)s/%(num)s giấy.", job.total, done=job.done) \
        if job.total else _("Đang chờ bắt đầu.")
    late = job.state == "queued" and now - job.created_at > PATIENCE
    return {"words": said, "late": _("Chưa có tiến trình nền nào nhận việc. Báo người quản trị kiểm tra dịch vụ"
                                     " “worker”.") if late else None}


def _back(list_id: str) -> ResponseReturnValue:
    return redirect(url_for("reports.certificates_of", list_id=list_id) + "#tep", 303)


def _pdf(file: bytes, plain: str, name: str) -> Response:
    return _named(Response(file, mimetype="application/pdf"), plain, name)


def _named(answer: Response, plain: str, name: str) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Disposition"] = \
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return answer
