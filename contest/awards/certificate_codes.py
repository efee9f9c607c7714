"""The code of a certificate, as somebody types it from paper. Pure."""

import re
from itertools import product

ADDRESS = "/xac-nhan"  # of the page that says whether a code is genuine; the code follows after a slash
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 10
# No code has 0, O, 1 or I: whoever types one has taken another sign for it.
TAKEN_FOR = {"0": "QD", "O": "QD", "1": "LJ", "I": "LJ"}
MOST = 16  # readings that are tried


def readings(typed: str) -> tuple[str, ...]:
    """The codes that may be meant, as they are kept ("K7QM-3F8T-W2"); none where it can be no code.

    Spaces, dashes and case don't count, nor does an address before the code.
    """
    signs = re.sub(r"[\s.\-\u2010-\u2015_]+", "", typed.rstrip("/ \t\r\n").rpartition("/")[2]).upper()
    if len(signs) != LENGTH:
        return ()
    choices = [TAKEN_FOR.get(sign, sign if sign in SIGNS else "") for sign in signs]
    count = 1
    for choice in choices:
        count *= len(choice)
    return tuple(_written("".join(one)) for one in product(*choices)) if 0 < count <= MOST else ()


def _written(signs: str) -> str:
    return f"{signs[:4]}-{signs[4:8]}-{signs[8:]}"
