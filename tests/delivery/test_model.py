"""Any delivery of any edits, with repeats, losses, two generations, ends where a small model ends."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contest.delivery import operations, queries
from contest.delivery.save import Answer, save_answers
from contest.extensions import db
from tests.delivery.conftest import NOON

EDIT = st.tuples(st.integers(2, 4), st.one_of(st.none(), st.integers(0, 3)))  # (slot, option)


@st.composite
def histories(draw):
    """(edits of generation 1, of generation 2, the order in which their requests arrive)."""
    edits = [draw(st.lists(EDIT, max_size=8)) for _ in range(2)]
    sent = []
    for generation, made in enumerate(edits, start=1):
        seqs = dict.fromkeys((2, 3, 4), 0)
        for slot, option in made:
            seqs[slot] += 1
            sent.append((generation, slot, seqs[slot], option))
    if not sent:
        return [], 0
    kept = draw(st.lists(st.sampled_from(sent), max_size=20))  # permuted, repeated, dropped
    first_two = next((i for i, row in enumerate(kept) if row[0] == 2), len(kept))
    return kept, draw(st.integers(0, first_two))


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories(), st.integers(1, 4))
def test_what_counts_is_the_last_edit_delivered(app, cast, history, size):
    arrivals, take_over_at = history
    with app.app_context():
        attempt, tokens = a_sitting_of_its_own(cast)
        model: dict[int, tuple[tuple[int, int], int | None]] = {}
        owner = cast.phone
        for generation, rows in batches(arrivals, take_over_at, size):
            if generation == "take over":
                operations.take_over(attempt, cast.account, cast.laptop, NOON)
                owner = cast.laptop
                continue
            answers = [Answer(slot, seq, None if o is None else [tokens[slot][o]]) for _g, slot, seq, o in rows]
            done = save_answers(db.session.connection(), attempt, owner, generation, answers, NOON)
            for _g, slot, seq, option in rows:
                if slot not in model or (generation, seq) > model[slot][0]:
                    model[slot] = ((generation, seq), option)
            told = dict.fromkeys(done.saved, True) | dict.fromkeys(done.stale, False)
            assert told == {(slot, seq): model[slot][0] == (generation, seq) for _g, slot, seq, _o in rows}
            assert done.refused == ()
        expected = {slot: (tokens[slot][option],) for slot, (_key, option) in model.items() if option is not None}
        assert queries.counted_choices([attempt]) == {attempt: expected}
        view = queries.attempt_view(attempt, cast.account, NOON)
        assert {item.slot: item.seq for item in view.items if item.seq} == {s: k[1] for s, (k, _o) in model.items()}
        db.session.rollback()


def a_sitting_of_its_own(cast):
    started = cast.start()
    return started.attempt_id, {item.slot: [o.id for o in item.options] for item in started.view.items}


def batches(arrivals, take_over_at, size):
    """The arrivals as requests of up to `size` answers of one generation; the take-over in its place."""
    taken = False
    pending = []
    for index, row in enumerate(arrivals):
        if not taken and (index == take_over_at or row[0] == 2):
            if pending:
                yield pending[0][0], pending
            yield "take over", []
            pending, taken = [], True
        if pending and (pending[0][0] != row[0] or len(pending) == size):
            yield pending[0][0], pending
            pending = []
        pending.append(row)
    if pending:
        yield pending[0][0], pending
