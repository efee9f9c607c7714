"""Papers printed for a hall: drawn once, kept as drawn, put together as files whenever they are asked for."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from contest.audit.operations import record
from contest.clock import LOCAL
from contest.errors import Missing, Refusal
from contest.extensions import db
from contest.questions.content import tidy
from contest.questions.paper import Plan, order
from contest.questions.pictures import pictures
from contest.reports import printed_layout as layout
from contest.reports.models import MOST_VARIANTS, PrintedSet
from contest.reports.printed_layout import Variant
from contest.rounds import pools, preview, queries

MAX_TITLE_CHARS = 200
MOST_CODE = 9_900


@dataclass(frozen=True)
class Wanted:
    """What an organiser asks for. `same_questions`: all variants have them, in orders of their own."""

    title: str
    variants: int = 4
    first_code: int = 101
    same_questions: bool = True
    motto: bool = True


def create_set(round_id: str, wanted: Wanted, *, seed: str, by: str | None, now: datetime) -> PrintedSet:
    """Draw the variants of a round's blueprint from its pool: frozen, or of a draft as it is now.

    Raises `Missing`, 422 `printed_title_needed`, `printed_variants`, `printed_code`; 409 `printed_short`
    where the pool cannot serve the blueprint.
    """
    round_ = queries.get_round(round_id)
    title = tidy(wanted.title)
    if not title or len(title) > MAX_TITLE_CHARS:
        raise Refusal("printed_title_needed", 422, most=MAX_TITLE_CHARS)
    if not 1 <= wanted.variants <= MOST_VARIANTS:
        raise Refusal("printed_variants", 422, most=MOST_VARIANTS)
    if not 1 <= wanted.first_code <= MOST_CODE:
        raise Refusal("printed_code", 422, most=MOST_CODE)
    plan = Plan(pools.pool_of(round_), pools.cells(round_.blueprint))
    if not round_.blueprint or plan.shortages():
        raise Refusal("printed_short", 409)
    seeds = [variant_seed(seed, number) for number in range(wanted.variants)]
    if wanted.same_questions:
        drawn = plan.draw(seed)
        papers = [list(order(drawn, (), one, 0)) for one in seeds]
    else:
        papers = [list(plan.questions(one, shuffle=True)) for one in seeds]
    row = PrintedSet(round_id=round_id, title=title, seed=seed, variants=wanted.variants, first_code=wanted.first_code,
                     same_questions=wanted.same_questions, motto=wanted.motto, papers=papers, created_by=by,
                     created_at=now)
    db.session.add(row)
    db.session.flush()
    record("round.print", "round", round_id, by=by, now=now, set=row.id, seed=seed, variants=wanted.variants)
    return row


def variant_seed(seed: str, number: int) -> str:
    """What orders the variant `number`, from 0: its questions (as slot 0) and its options."""
    return f"{seed}/{number}"


def set_of(set_id: str) -> PrintedSet:
    """The set. Raises `Missing`."""
    row = db.session.get(PrintedSet, set_id)
    if row is None:
        raise Missing
    return row


def sets_of(round_id: str) -> list[PrintedSet]:
    """The sets of a round, the latest first."""
    return list(db.session.scalars(select(PrintedSet).where(PrintedSet.round_id == round_id)
                                   .order_by(PrintedSet.created_at.desc(), PrintedSet.id.desc())))


def variants_of(row: PrintedSet) -> list[Variant]:
    """The papers of a set with their keys."""
    found = []
    for number, version_ids in enumerate(row.papers):
        items = pools.items(version_ids, variant_seed(row.seed, number), shuffle=True,
                            scoring=row.round.scoring)
        found.append(Variant(str(row.first_code + number), tuple(items),
                             {slot: answer.told for slot, answer in preview.answers(items).items()}))
    return found


def files(row: PrintedSet, words: Mapping[str, str]) -> list[tuple[str, bytes]]:
    """(name, content) of every document of a set; the same bytes whenever they are made. `words`: `printed_words`."""
    from contest.reports import printed_docx, printed_keys
    from contest.reports.printed_pdf import pdf

    variants = variants_of(row)
    contest = row.round.contest
    data: dict[str, Any] = {
        "title": contest.title, "subtitle": row.title, "parent": contest.agency_parent,
        "agency": contest.agency_name or contest.title, "motto": row.motto, "words": dict(words)}
    asked = {variant.code: [layout.question(item) for item in variant.items] for variant in variants}
    shown = {one.name: one.data for one in pictures(
        sorted(set().union(*(layout.pictures(questions) for questions in asked.values()))))}
    made: list[tuple[str, bytes]] = []
    for code, questions in asked.items():
        one = {**data, "code": code, "questions": questions}
        made += [(f"de-{code}.pdf", pdf("paper", one, shown)), (f"de-{code}.docx", printed_docx.paper(one, shown))]
    table = {**data, "keys": layout.keys(variants, words["by-hand"])}
    sheet = {**data, "sheet": layout.sheet(variants), "digits": max(len(variant.code) for variant in variants)}
    return [*made, ("phieu-tra-loi.pdf", pdf("sheet", sheet, {})), ("dap-an.pdf", pdf("keys", table, {})),
            ("dap-an.docx", printed_docx.keys(table)),
            ("dap-an.xlsx", printed_keys.workbook(variants, words, row.created_at))]


def undrawn(row: PrintedSet) -> list[str]:
    """The formulas that are printed as their source, each once: what the page warns of."""
    return layout.undrawn([layout.question(item) for variant in variants_of(row) for item in variant.items])


def archive(made: list[tuple[str, bytes]], at: datetime) -> bytes:
    """The files in one zip, all dated `at`: the same bytes for the same files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in made:
            info = zipfile.ZipInfo(name, at.astimezone(LOCAL).timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return packed.getvalue()
