"""Where a person may be sent after signing in: addresses of this site only. Pure."""

import re

LONGEST = 1_000
# What browsers drop, rewrite or read as a host: control signs, spaces, backslashes, and anything
# that is not plain ASCII (an address of ours is percent-encoded).
_PLAIN = re.compile(r"/[A-Za-z0-9\-._~!$&'()*+,;=:@%/?]*")


def own_path(text: str | None) -> str | None:
    """`text` where it is a path of this site (with its query), else None.

    It begins with one slash, has no second one right after it nor anywhere in the path, no dot
    segments, no backslash even when encoded, no fragment. The caller still checks that a page is
    there.
    """
    if not text or len(text) > LONGEST or not _PLAIN.fullmatch(text):
        return None
    path = text.partition("?")[0]
    lowered = path.casefold()
    if "//" in path or "%2f" in lowered or "%5c" in lowered or "%0" in lowered or "%25" in lowered:
        return None
    if any(part in {".", ".."} for part in lowered.replace("%2e", ".").split("/")):
        return None
    return text
