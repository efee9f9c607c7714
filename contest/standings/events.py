"""What later rooms may want to know of this one; app.py connects them."""

from blinker import Signal

# A grading run of a round holds from now on. Sent inside the transaction, with round_id and now.
regraded = Signal()
