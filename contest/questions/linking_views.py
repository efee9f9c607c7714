"""Citations without a section, questions by section, questions whose document no longer holds."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, func, select

from contest import clock
from contest.errors import Refusal
from contest.extensions import db
from contest.identity.access import allowed, person, policy
from contest.questions import cards, cited, operations, queries, relinking, seals
from contest.questions import document_queries as library
from contest.questions.coverage import LEVELS
from contest.questions.desk import LEVEL_WORDS, clean
from contest.questions.formats.citing import match
from contest.questions.models import Bank, Question, QuestionVersion
from contest.questions.source_desk import HOW_WORDS, asked_day, blueprint, today
from contest.questions.validity import GONE

PAGE = 30
MOST_AT_ONCE = 500
BANK = "/to-chuc/ngan-hang/<id:bank_id>/can-cu"


@blueprint.get(BANK)
@policy("bank.read")
def citations(bank_id: str) -> ResponseReturnValue:
    """The citations of a bank that stand for no section, with what each may mean."""
    now = clock.now()
    bank = queries.bank_of(bank_id)
    seals.note_reading([bank], "list", actor=person().actor, now=now)
    rows = cited.unlinked(bank_id)
    return render_template("questions/citations.html", bank=bank, rows=rows, uncited=cited.uncited(bank_id),
                           questions=sum(row.count for row in rows),
                           likely=[row for row in rows if row.guesses], may_edit=allowed("bank.edit"))


@blueprint.post(BANK)
@policy("bank.edit")
def take_guesses(bank_id: str) -> ResponseReturnValue:
    """Link all questions with the citations that were ticked, as suggested."""
    now = clock.now()
    queries.bank_of(bank_id)
    known = cited.library(bank_id)
    count = 0
    for citation in request.form.getlist("citation")[:MOST_AT_ONCE]:
        sections = match(citation, known).sections
        if sections:
            count += relinking.link_citation(bank_id, citation, sections, "guess", by=person().id, now=now)
    db.session.commit()
    flash(ngettext("Đã liên kết %(num)s câu hỏi.", "Đã liên kết %(num)s câu hỏi.", count),
          "success" if count else "info")
    return redirect(url_for("sources.citations", bank_id=bank_id), 303)


@blueprint.route(BANK + "/chon", methods=["GET", "POST"])
@policy("bank.edit")
def choose_section(bank_id: str) -> ResponseReturnValue:
    """Choose the section that a citation means, for all questions that cite in these words."""
    now = clock.now()
    bank = queries.bank_of(bank_id)
    if request.method == "POST":
        citation = request.form.get("citation", "")
        count = relinking.link_citation(bank_id, citation, [_id(request.form.get("section", ""))], "hand",
                                        by=person().id, now=now)
        db.session.commit()
        flash(ngettext("Đã liên kết %(num)s câu hỏi.", "Đã liên kết %(num)s câu hỏi.", count), "success")
        return redirect(url_for("sources.citations", bank_id=bank_id), 303)
    citation, text = request.args.get("citation", ""), clean(request.args.get("q"))[:200]
    return render_template("questions/choose_section.html", bank=bank, citation=citation, text=text,
                           found=library.find_sections(text))


@blueprint.get("/to-chuc/van-ban/cau-hoi")
@policy("bank.read")
def citing_questions() -> ResponseReturnValue:
    """The questions in use that cite a section or a document, of one bank or all; sealed banks stay out."""
    asked = request.args
    if not asked.get("section") and not asked.get("document"):
        return redirect(url_for("sources.documents"), 303)
    section = library.section_of(_id(asked["section"])) if asked.get("section") else None
    document = library.document_of(section.document_id if section else _id(asked.get("document", "")))
    bank = queries.bank_of(_id(asked["bank"])) if asked.get("bank") else None
    level = asked.get("level")
    conditions: list[ColumnElement[bool]] = [queries.usable(), Bank.sealed_at.is_(None), (
        library.cites(section.id) if section else library.cites_document(document.id))]
    if bank:
        conditions.append(Question.bank_id == bank.id)
    if level in LEVELS:
        conditions.append(QuestionVersion.level == level)
    elif level == "none":
        conditions.append(func.coalesce(QuestionVersion.level, "").not_in(LEVELS))
    base = select(Question.id).join(QuestionVersion, queries.current()).join(Bank, Bank.id == Question.bank_id)
    total = db.session.scalar(select(func.count()).select_from(base.where(*conditions).subquery())) or 0
    page = max(1, asked.get("page", 1, type=int))
    ids = list(db.session.scalars(base.where(*conditions).order_by(Question.bank_id, Question.position, Question.id)
                                  .offset((page - 1) * PAGE).limit(PAGE)))
    found = cards.cards_of(ids)

    def link(**change: Any) -> str:
        kept = {name: asked.get(name) for name in ("section", "document", "bank", "level")}
        return url_for("sources.citing_questions", **{k: v for k, v in {**kept, **change}.items() if v})

    return render_template(
        "questions/citing.html", section=section, document=document, bank=bank, level=level, total=total, page=page,
        pages=max(1, -(-total // PAGE)), cards=[found[one] for one in ids if one in found], link=link,
        links=library.links_of(ids), banks=_banks_of(ids), how=HOW_WORDS, levels=LEVEL_WORDS)


@blueprint.get("/to-chuc/van-ban/het-hieu-luc")
@policy("bank.read")
def outdated() -> ResponseReturnValue:
    """The questions whose document was replaced or expired by a day, document by document."""
    on = asked_day()
    bank = queries.bank_of(_id(request.args["bank"])) if request.args.get("bank") else None
    held = library.shelf()
    gone = {one: held.standing(one, on) for one in held.documents}
    gone = {one: word for one, word in gone.items() if word in (*GONE, "partly_replaced")}
    rows = cited.affected(gone, bank.id if bank else None)
    worried = library.concerns({question for question, _document, _section in rows}, on)
    open_ = {(question, one.document.id) for question, found in worried.items() for one in found}
    groups: dict[str, dict[str, list[str]]] = {}
    for question, document, section in rows:
        if (question, document) in open_:
            groups.setdefault(document, {}).setdefault(question, []).append(section)
    shown = {question for found in groups.values() for question in list(found)[:MOST_AT_ONCE]}
    chains = {one: held.chain(one) for one in groups}
    return render_template(
        "questions/outdated.html", groups=groups, documents=held.documents, standings=gone, chains=chains, on=on,
        today=today(), bank=bank, cards=cards.cards_of(shown), banks=_banks_of(shown), most=MOST_AT_ONCE,
        places=cited.places({section for found in groups.values() for one in found.values() for section in one}),
        targets={one: [(document, library.sections_of(document.id)) for document in chain]
                 for one, chain in chains.items()},
        after=held.after, may_edit=allowed("bank.edit"))


@blueprint.post("/to-chuc/van-ban/<id:document_id>/cau-hoi-cu")
@policy("bank.edit")
def settle(document_id: str) -> ResponseReturnValue:
    """Deal with questions that cite a document which no longer holds: relink, retire, still right."""
    now = clock.now()
    who = person().id
    library.document_of(document_id)
    asked = request.form
    questions = [_id(one) for one in asked.getlist("question")[:MOST_AT_ONCE]]
    if not questions:
        raise Refusal("questions_needed", 422)
    do = asked.get("do", "")
    if do == "relink":
        count = relinking.relink(questions, document_id, _id(asked.get("section", "")), by=who, now=now)
        flash(_("Đã chuyển %(count)s câu sang mục của văn bản mới.", count=count), "success")
    elif do == "retire":
        for one in questions:
            operations.retire_question(one, by=who, now=now)
        flash(_("Đã ngừng dùng %(count)s câu.", count=len(questions)), "success")
    else:
        count = relinking.still_right(questions, document_id, by=who, now=now)
        flash(_("Đã ghi nhận %(count)s câu vẫn đúng.", count=count), "success")
    db.session.commit()
    return redirect(url_for("sources.outdated", bank=asked.get("bank") or None), 303)


def _banks_of(question_ids: Any) -> dict[str, Bank]:
    """Question → its bank."""
    rows = db.session.execute(
        select(Question.id, Bank).join(Bank, Bank.id == Question.bank_id).where(Question.id.in_(question_ids)))
    return {row[0]: row[1] for row in rows}


def _id(text: str) -> str:
    """An id of a form or an address; what is none belongs to nothing."""
    return text if len(text) == 32 and all(char in "0123456789abcdef" for char in text) else "0" * 32
