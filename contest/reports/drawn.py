"""How often the questions of a contest were drawn, and which of them more people know than chance explains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from contest.extensions import db
from contest.questions.models import Question as BankQuestion
from contest.questions.models import QuestionVersion
from contest.reports.analysis_models import ItemFigures, RoundAnalysis
from contest.rounds.models import Contest, Round
from contest.scoring.chance import interval
from contest.scoring.exposure import Answers, Exposure, Leaks, exposures, leaks
from contest.standings.board_models import Board

PAGE = 25


@dataclass(frozen=True)
class Held:
    """A closed round of the contest; `as_of` None: it is not analysed yet. `ready`: it can be."""

    id: str
    title: str
    as_of: datetime | None
    sittings: int
    ready: bool


@dataclass(frozen=True)
class Label:
    """A question as it is named."""

    id: str
    bank_id: str
    code: str | None
    stem: str
    markup: bool


@dataclass(frozen=True)
class Share:
    """How many had a question right in a round, and where the share lies, 0 to 1; None where it says nothing."""

    title: str
    drawn: int
    answers: Answers | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Compared:
    """A round against the last one before it that had each question; the alarms alone in `alarms`."""

    title: str
    leaks: Leaks
    alarms: tuple["Alarm", ...]


@dataclass(frozen=True)
class Alarm:
    """A question that more people knew than before. Chances are 0 to 1."""

    label: Label
    before: Share
    after: Share
    adjusted: float


@dataclass(frozen=True)
class Line:
    """A question, how often it was drawn, and how it did round by round."""

    label: Label
    exposure: Exposure
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Drawn:
    """What the page shows. `papers`: of all analysed rounds; `comparisons`: rounds that could be compared."""

    rounds: list[Held]
    compared: list[Compared]
    rows: list[Line]
    papers: int
    total: int
    page: int
    pages: int
    banks: list[str]  # of the questions that are shown

    @property
    def alarms(self) -> int:
        return sum(len(one.alarms) for one in self.compared)


Counts = dict[str, dict[str, tuple[int, Answers | None]]]  # round → question → papers, and how they did


def drawn(contest: Contest, now: datetime, page: int) -> Drawn:
    """The contest's questions, most often drawn first, and the alarms of every round. Three statements."""
    rounds = _rounds(contest.id, now)
    analysed = [one for one in rounds if one.as_of is not None]
    counts = _counts([one.id for one in analysed])
    papers = {one.id: one.sittings for one in analysed}
    found = exposures({id_: {question: told[0] for question, told in of.items()} for id_, of in counts.items()}, papers)
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(1, page), pages)
    shown = found[(page - 1) * PAGE:page * PAGE]
    risen = _risen(analysed, counts)
    labels = _labels({*(one.question for one in shown), *(rise.question for _one, told, _before in risen
                                                          for rise in told.rises if rise.alarm)})
    titles = {one.id: one.title for one in analysed}
    return Drawn(
        rounds, [_compared(one, told, before, counts, labels, titles) for one, told, before in risen],
        [Line(labels[one.question], one, tuple(_share(titles[id_], counts[id_][one.question])
                                               for id_ in titles if one.question in counts.get(id_, {})))
         for one in shown],
        sum(papers.values()), len(found), page, pages, sorted({one.bank_id for one in labels.values()}))


def _rounds(contest_id: str, now: datetime) -> list[Held]:
    """The closed rounds, the first one first; figures of one that was opened again are left out until it closes."""
    rows = db.session.execute(
        select(Round.id, Round.title, RoundAnalysis.as_of, RoundAnalysis.sittings, Board.settled_at)
        .outerjoin(RoundAnalysis, RoundAnalysis.round_id == Round.id).outerjoin(Board, Board.id == Round.id)
        .where(Round.contest_id == contest_id, Round.state == "published", Round.closes_at <= now)
        .order_by(Round.closes_at, Round.id))
    return [Held(row.id, row.title, row.as_of if row.settled_at else None, row.sittings or 0, bool(row.settled_at))
            for row in rows]


def _counts(round_ids: Sequence[str]) -> Counts:
    graded = ItemFigures.kind == "key"
    rows = db.session.execute(
        select(ItemFigures.round_id, QuestionVersion.question_id, func.sum(ItemFigures.asked),
               func.sum(case((graded, ItemFigures.asked), else_=0)),
               func.sum(case((graded, ItemFigures.correct), else_=0)))
        .join(QuestionVersion, QuestionVersion.id == ItemFigures.version_id)
        .where(ItemFigures.round_id.in_(round_ids)).group_by(ItemFigures.round_id, QuestionVersion.question_id))
    found: Counts = {}
    for round_id, question_id, papers, asked, right in rows:
        found.setdefault(round_id, {})[question_id] = (
            int(papers), Answers(int(right), int(asked)) if asked else None)
    return found


def _risen(rounds: Sequence[Held], counts: Counts) -> list[tuple[Held, Leaks, dict[str, str]]]:
    """Each round against, of each question, the last one before that had it: (round, leaks, question → that one)."""
    held: dict[str, tuple[str, Answers]] = {}
    found = []
    for one in rounds:
        after = {question: answers for question, (_papers, answers) in counts.get(one.id, {}).items() if answers}
        before = {question: held[question] for question in after if question in held}
        if before:
            told = leaks({question: answers for question, (_id, answers) in before.items()}, after)
            found.append((one, told, {question: id_ for question, (id_, _answers) in before.items()}))
        held |= {question: (one.id, answers) for question, answers in after.items()}
    return found


def _compared(one: Held, told: Leaks, before: Mapping[str, str], counts: Counts, labels: Mapping[str, Label],
              titles: Mapping[str, str]) -> Compared:
    alarms = []
    for rise in told.rises:
        if rise.alarm:
            earlier = before[rise.question]
            alarms.append(Alarm(labels[rise.question], _share(titles[earlier], counts[earlier][rise.question]),
                                _share(one.title, counts[one.id][rise.question]), rise.adjusted))
    return Compared(one.title, told, tuple(alarms))


def _share(title: str, counted: tuple[int, Answers | None]) -> Share:
    papers, answers = counted
    low, high = interval(answers.right, answers.asked) if answers else (None, None)
    return Share(title, papers, answers, low, high)


def _labels(question_ids: set[str]) -> dict[str, Label]:
    return {row.id: Label(*row) for row in db.session.execute(
        select(BankQuestion.id, BankQuestion.bank_id, BankQuestion.code, QuestionVersion.stem, QuestionVersion.markup)
        .join(QuestionVersion, (QuestionVersion.question_id == BankQuestion.id)
              & (QuestionVersion.number == BankQuestion.version))
        .where(BankQuestion.id.in_(sorted(question_ids))))}
