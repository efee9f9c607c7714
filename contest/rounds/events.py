"""What later rooms may want to know of this one; app.py connects them."""

from blinker import Signal

# People were put on a contest's list of who may not take part, or taken off it, or count for another
# unit from now on. Sent inside the transaction, with contest_id, account_ids and now.
entries_changed = Signal()

# A round was called off: it has no results from now on. Sent inside the transaction, with round_id.
round_cancelled = Signal()

# How the rounds of a contest add up was chosen, or that they don't. Sent inside the transaction, with contest_id
# and now.
overall_changed = Signal()
