"""Histories of a sitting as Hypothesis makes them up.

A phone with two tabs and a laptop edit and take over from one another; what they send arrives at once, later
(they were offline), again, in batches, in another order or never; forms are sent and sent again; then it is
submitted or swept, perhaps, and more arrives. Most instants are in time, slots and choices are few: what is
rare must meet with what is rare.
"""

from hypothesis import strategies as st

from tests.delivery.plain import LIMIT

GRACE = 3_000
early = st.sampled_from((0, 0, 1, 1, 1_000, 2_000, LIMIT - 1))
ever = st.sampled_from((0, 1, 1_000, 1_001, 2_000, LIMIT - 1, LIMIT, LIMIT + GRACE - 1, LIMIT + GRACE))
slot = st.sampled_from((2, 2, 2, 3, 3, 1, 4, 5))
option = st.sampled_from((0, 0, 1, 1, None))
device = st.sampled_from(("laptop", "phone"))
rarely = st.sampled_from((True, *(False,) * 7))
kinds = st.sampled_from(("edit",) * 4 + ("offline",) * 2 + ("send",) * 4 + ("form",) * 4 + ("take_over",) * 2)
late_kinds = st.sampled_from(("edit", "send", "form", "take_over", "submit", "sweep"))
ends = st.sampled_from((None, "submit", "submit", "sweep"))


class _People:
    """What the devices know while a history is made up."""

    def __init__(self, draw):
        self.draw, self.acts = draw, []
        self.owner, self.generation = "phone", 1
        self.numbers, self.made = {}, []  # (device, generation, (slot, seq, option))

    def edit(self, at):
        """Somebody who holds the sitting answers, in one of two tabs, and it is sent at once."""
        self.offline(at)
        device, generation, answer = self.made[-1]
        self.acts.append(("save", device, generation, [answer], self.draw(at)))

    def offline(self, _at):
        where, tab = self.draw(slot), (self.owner, self.generation, self.draw(rarely))
        seq = self.numbers[tab, where] = self.numbers.get((tab, where), 0) + 1
        self.made.append((self.owner, self.generation, (where, seq, self.draw(option))))

    def send(self, at):
        """Some of what was ever answered, whether or not it has arrived before; rarely by the other device."""
        if not self.made:
            return
        chosen = self.draw(st.lists(st.sampled_from(self.made), min_size=1, max_size=4))
        device, generation, _answer = chosen[0]
        answers = [answer for _device, its_generation, answer in chosen if its_generation == generation]
        sender = self.draw(st.sampled_from((self.owner, self.owner, device)))
        self.acts.append(("save", sender, self.generation + 1 if self.draw(rarely) else generation, answers,
                          self.draw(at)))

    def form(self, at):
        sender = self.draw(device) if self.draw(rarely) else self.owner
        nonce = self.draw(st.sampled_from(("n1", "n1", "n2")))
        self.acts.append(("form", sender, self.draw(st.sampled_from((2, 2, 3))), self.draw(option), nonce,
                          self.draw(at)))

    def take_over(self, at):
        self.owner, self.generation = self.draw(device), self.generation + 1
        self.acts.append(("take_over", self.owner, self.draw(at)))


@st.composite
def histories(draw):
    """The acts in the order of their turns: (name, arguments…), as `Plain` has them."""
    people = _People(draw)
    for kind in draw(st.lists(kinds, min_size=4, max_size=14)):
        getattr(people, kind)(early)
    end = draw(ends)
    if end is not None:
        people.acts.append((end, draw(ever)))
        for kind in draw(st.lists(late_kinds, max_size=3)):
            if kind in ("submit", "sweep"):
                people.acts.append((kind, draw(ever)))
            else:
                getattr(people, kind)(ever)
    return people.acts
