"""Histories of a sitting as Hypothesis makes them up.

Two tabs of a phone and a laptop edit; what they send arrives in any order, repeated, late or never, in
batches, one device's through the other's take-over; forms are sent and sent again; it is submitted and swept.
"""

from hypothesis import strategies as st

from tests.delivery.plain import LIMIT

GRACE = 3_000
INSTANTS = (0, 0, 1, 1_000, 1_000, 2_000, 2_000, 600_000, LIMIT - 1, LIMIT, LIMIT + GRACE - 1, LIMIT + GRACE)
TABS = (("phone", 1), ("phone", 1), ("laptop", 2), ("phone", 3))  # (device, generation that it knows)

at = st.sampled_from(INSTANTS)
device = st.sampled_from(("phone", "phone", "laptop"))
slot = st.integers(1, 4)
option = st.one_of(st.none(), st.integers(0, 3))
edits = st.lists(st.tuples(st.integers(0, len(TABS) - 1), slot, option), min_size=1, max_size=8)
acts = st.one_of(
    st.tuples(st.just("take_over"), device, at),
    st.tuples(st.just("form"), device, slot, option, st.sampled_from(("n1", "n2", "n3")), at),
    st.tuples(st.just("submit"), at),
    st.tuples(st.just("sweep"), at),
)


@st.composite
def histories(draw):
    """The acts in the order of their turns: (name, arguments…), as `Plain` has them."""
    sent, numbers = [], {}
    for tab, where, choice in draw(edits):
        seq = numbers[tab, where] = numbers.get((tab, where), 0) + 1
        sent.append((tab, (where, seq, choice)))
    batch = st.tuples(st.just("save"), st.lists(st.sampled_from(sent), min_size=1, max_size=3), at)
    made = []
    for act in draw(st.lists(st.one_of(batch, batch, batch, acts), max_size=9)):
        if act[0] != "save":
            made.append(act)
            continue
        tab = act[1][0][0]
        made.append(("save", *TABS[tab], [answer for sender, answer in act[1] if sender == tab], act[2]))
    return made
