"""What standings wants to know of this room; app.py connects it."""

from blinker import Signal

# The final marks of sittings came or went. Sent inside the transaction, with round_id, attempt_ids and now;
# the sender holds the round.
marks_changed = Signal()

# Marking that was closed goes on. Sent inside the transaction, with round_id; the sender holds the round.
marking_reopened = Signal()
