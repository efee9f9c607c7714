"""Certificates of a list of prizes: PDF files, one page a certificate, and a picture to look at beforehand."""

import hashlib
import io
import json
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno

from contest.reports import ornaments, printed_pdf

# By `certificate_models.ACCENTS`: the colour of title, prize and border. At least 6:1 on white.
COLOURS = {"red": "#a8121b", "blue": "#0b4f9e", "green": "#14603a", "brown": "#74400f"}
GOLD, TINT = "#b98a2b", "#f5ead6"
SOURCE = "certificate"
STEP = 15  # pages set at once: typst keeps what it laid out until ten documents later, some 0.7 MB a page


@dataclass(frozen=True)
class Face:
    """What all certificates of a list have in common; every field is printed as it stands, "" leaves it out.

    `accent`: a name of `COLOURS`. `words`: by "country", "motto", "code", "verify", "sample".
    """

    parent: str
    agency: str
    title: str
    opening: str
    achieved: str
    reason: str
    dated: str
    signer_title: str
    signer: str
    decision: str
    accent: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """One certificate. `address` stands before the name: "Ông/Bà". `code` as it is typed."""

    address: str
    name: str
    unit: str
    prize: str
    code: str


def pdf(face: Face, sheets: Sequence[Sheet], verify: str = "") -> bytes:
    """The certificates, one a page, A4 across; the same bytes for the same values.

    `verify`: the address before a code, without a slash at its end; "" makes samples, which say so across
    the page and carry no QR code.
    """
    return printed_pdf.pdf(SOURCE, document(face, sheets, verify), {}, {"background.pdf": background(face.accent)})


def kept(folder: Path, face: Face, sheets: Sequence[Sheet], verify: str, told: Callable[[int], None]) -> bytes:
    """As `pdf`, for any number: made in parts that stay in `folder`, so that who comes after a killed worker goes on.

    A part is found again by what it is made of. `told` gets the number of certificates that are ready.
    """
    parts, ready = [], 0
    for start in range(0, len(sheets), STEP):
        some = sheets[start:start + STEP]
        path = folder / f"{_mark(face, some, verify)}.pdf"
        if not path.exists():
            draft = path.with_suffix(".part")
            draft.write_bytes(pdf(face, some, verify))
            draft.replace(path)
        parts.append((path, len(some)))
        ready += len(some)
        told(ready)
    return parts[0][0].read_bytes() if len(parts) == 1 else printed_pdf.joined(parts)


def png(face: Face, sheet: Sheet, ppi: int = 110) -> bytes:
    """A picture of a sample. `ppi`: pixels an inch."""
    return printed_pdf.png(SOURCE, document(face, [sheet]), {"background.pdf": background(face.accent)}, ppi)


def document(face: Face, sheets: Sequence[Sheet], verify: str = "") -> dict[str, Any]:
    """What `typst/certificate.typ` reads; texts composed (NFC), so that they can be searched for."""
    shared = asdict(face)
    words, accent = shared.pop("words"), shared.pop("accent")
    return {
        "face": {name.replace("_", "-"): text for name, text in _composed(shared).items()},
        "words": _composed(words), "accent": COLOURS[accent], "sample": not verify,
        "certificates": [{**_composed(asdict(one)), "qr": _qr(f"{verify}/{one.code}") if verify else ""}
                         for one in sheets],
    }


@lru_cache(maxsize=len(COLOURS))
def background(accent: str) -> bytes:
    """The frame as a PDF of one page: kept once in a file however many pages show it."""
    drawn = ornaments.background(COLOURS[accent], GOLD, TINT)
    return printed_pdf.pdf("background", {}, {}, {"background.svg": drawn.encode()})


def _mark(face: Face, sheets: Sequence[Sheet], verify: str) -> str:
    made_of = json.dumps([asdict(face), [asdict(one) for one in sheets], verify])
    return hashlib.sha256(made_of.encode()).hexdigest()


def _composed(values: Mapping[str, str]) -> dict[str, str]:
    return {name: unicodedata.normalize("NFC", text.strip()) for name, text in values.items()}


def _qr(address: str) -> str:
    """An SVG, black on white with its quiet zone."""
    target = io.BytesIO()
    segno.make(address, error="m", micro=False).save(target, kind="svg", border=4, light="#fff", svgclass=None,
                                                     lineclass=None)
    return target.getvalue().decode()
