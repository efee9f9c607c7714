"""Which attempt of a person counts in a round, and what the rounds of a contest add up to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from contest.scoring.policy import Policy, Rounds
from contest.scoring.ranking import Key, best, order, own
from contest.scoring.rounding import half_up


@dataclass(frozen=True)
class Sat:
    """One finished attempt. Points in hundredths, `finished_at` in milliseconds since 1970.

    `number`: 1, 2, … among the person's attempts. `distance`: of its prediction, None where none
    was given or the true value is not known yet. `guessed`: it was given, or nobody was asked.
    """

    id: str
    number: int
    points: int
    max_points: int
    correct: int
    answered: int
    items: int
    taken_ms: int
    finished_at: int
    distance: int | None = None
    guessed: bool = True


@dataclass(frozen=True)
class Line:
    """What counts of a person, in a round or in a contest.

    `vars(line)` is a row for `ranking`, but for the person's own criteria (entered_at, earlier, draw).
    `numbers`: the attempts, or the positions of the rounds, that it is made of, ascending;
    `attempt_id`: None where it is made of several.
    """

    points: int
    max_points: int
    correct: int
    items: int
    taken_ms: int
    finished_at: int
    distance: int | None
    attempt_id: str | None
    numbers: tuple[int, ...]


def valid(answered: int, items: int, *, guessed: bool, policy: Policy) -> bool:
    """False where the policy asks for complete papers and a question, or the guess, is missing."""
    return not policy.complete or (answered >= items and guessed)


def of_round(attempts: Iterable[Sat], policy: Policy) -> Line | None:
    """What counts of one person's finished attempts in a round; None where all are blank or not valid.

    A blank attempt never counts, whatever the policy, nor does one that is not `valid`. "best": by the chain;
    "most_correct": then the earlier finish; in both the smaller id at last. "first" and "last" go by the number: a
    sitting that was reopened keeps its own. The order of `attempts` makes no difference.
    """
    real = {one.id: one for one in attempts
            if one.answered > 0 and valid(one.answered, one.items, guessed=one.guessed, policy=policy)}
    if not real:
        return None
    if policy.counted == "mean":
        return _mean(list(real.values()))
    if policy.counted == "best":
        return _line(real[best({id_: vars(one) for id_, one in real.items()}, policy.chain) or ""])
    if policy.counted == "most_correct":
        return _line(min(real.values(), key=lambda one: (-one.correct, one.finished_at, one.id)))
    by_number = sorted(real.values(), key=lambda one: (one.number, one.id))
    return _line(by_number[0 if policy.counted == "first" else -1])


def of_contest(lines: Mapping[int, Line], policy: Policy) -> Line | None:
    """What a person's lines in a contest's rounds add up to, by each round's position from 1.

    None where none of them counts: a round of 0 % does not. "best": the k best by the chain, of equal
    ones the earlier round; "last": the last round that the person took part in. Points are weighted,
    added up and then rounded once; everything else is added up as it is, and `finished_at` is the
    last of them.
    """
    counting = {number: line for number, line in lines.items() if weight(policy.rounds, number) > 0}
    chosen = _chosen(counting, policy.rounds, own(policy.chain))
    if not chosen:
        return None
    parts = [counting[number] for number in chosen]
    return Line(
        points=half_up(sum(lines[number].points * weight(policy.rounds, number) for number in chosen), 100),
        max_points=half_up(sum(lines[number].max_points * weight(policy.rounds, number) for number in chosen), 100),
        correct=sum(one.correct for one in parts), items=sum(one.items for one in parts),
        taken_ms=sum(one.taken_ms for one in parts), finished_at=max(one.finished_at for one in parts),
        distance=_together(one.distance for one in parts),
        attempt_id=parts[0].attempt_id if len(parts) == 1 else None, numbers=tuple(chosen))


def weight(rounds: Rounds, position: int) -> int:
    """What a round counts, per cent."""
    return rounds.weights[position - 1] if position <= len(rounds.weights) else 100


def _chosen(lines: Mapping[int, Line], rounds: Rounds, by: Sequence[Key]) -> list[int]:
    if rounds.how == "last":
        return [max(lines)] if lines else []
    if rounds.how == "sum":
        return sorted(lines)
    weighted = {number: {**vars(line), "points": line.points * weight(rounds, number)}
                for number, line in lines.items()}
    return sorted(sorted(weighted, key=lambda number: (order(weighted[number], by), number))[:rounds.k])


def _line(one: Sat) -> Line:
    return Line(one.points, one.max_points, one.correct, one.items, one.taken_ms, one.finished_at, one.distance,
                one.id, (one.number,))


def _mean(attempts: Collection[Sat]) -> Line:
    """The mean, rounded half up; but right answers down and items up: "all right" is all right every time."""
    count = len(attempts)
    distance = _together(one.distance for one in attempts)
    return Line(
        points=half_up(sum(one.points for one in attempts), count),
        max_points=half_up(sum(one.max_points for one in attempts), count),
        correct=sum(one.correct for one in attempts) // count,
        items=-(-sum(one.items for one in attempts) // count),
        taken_ms=half_up(sum(one.taken_ms for one in attempts), count),
        finished_at=max(one.finished_at for one in attempts),
        distance=None if distance is None else half_up(distance, count),
        attempt_id=None if count > 1 else next(one.id for one in attempts),
        numbers=tuple(sorted(one.number for one in attempts)))


def _together(distances: Iterable[int | None]) -> int | None:
    """The sum; None where one of them is missing: who gave no guess stands last."""
    found = list(distances)
    return None if None in found else sum(one for one in found if one is not None)
