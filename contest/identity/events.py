"""What later rooms may want to know of this one; app.py connects them."""

from blinker import Signal

# A person works in another unit from now on. Sent inside the transaction of the move, with
# account_id, unit_id and now.
person_moved = Signal()
