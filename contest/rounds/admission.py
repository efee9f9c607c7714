"""What lets people into a contest: its password, and codes on printed slips. Pure.

Both are kept as keyed digests (HMAC-SHA256, RFC 2104): whoever reads the table can't enter with it,
and a look-up costs microseconds where a password hash costs 20 ms.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata

# Without 0, O, 1 and I: a code is copied from paper. 12 signs are 60 bits.
SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 12
_CODE = re.compile(rf"[{SIGNS}]{{{LENGTH}}}")


def password_digest(password: str, key: str) -> str:
    """What a contest keeps of its password: 64 hexadecimal digits. Outer spaces and case don't count."""
    plain = unicodedata.normalize("NFC", password.strip()).casefold()
    return _digest(f"contest password|{plain}", key)


def same_password(password: str, digest: str, key: str) -> bool:
    """Whether `password` is the one that `digest` was made of."""
    return hmac.compare_digest(password_digest(password, key), digest)


def draw_code() -> str:
    """A fresh code as it is printed: "K7QM-3F8T-W2XY"."""
    signs = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    return "-".join(signs[i:i + 4] for i in range(0, LENGTH, 4))


def read_code(text: str) -> str | None:
    """The twelve signs of a code as somebody typed it, or None: spaces, dashes and case don't count."""
    code = re.sub(r"[\s.\-–—_]+", "", text).upper()
    return code if _CODE.fullmatch(code) else None


def code_digest(code: str, key: str) -> str:
    """What the table keeps of a code's twelve signs: 64 hexadecimal digits."""
    return _digest(f"entry code|{code.replace('-', '')}", key)


def _digest(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
