"""Slips with entry codes, to be cut out and handed round: a PDF."""

import io
from collections.abc import Mapping, Sequence

import segno

from contest.reports import printed_pdf
from contest.rounds.codes import Slip


def slips_pdf(slips: Sequence[Slip], *, contest: str, address: str, hotline: str, words: Mapping[str, str]) -> bytes:
    """Eight slips a page, A4. `address`: of the page where codes are typed, without a slash at its end.

    `words`: what stands on every slip, by "title", "name", "unit", "how" and "help".
    """
    return printed_pdf.pdf("slips", {
        "contest": contest, "address": address.removeprefix("https://").removeprefix("http://"), "hotline": hotline,
        "words": dict(words),
        "slips": [{"number": one.number, "code": one.code, "name": one.name, "unit": one.unit,
                   "qr": _qr(f"{address}/{one.code}")} for one in slips],
    }, {})


def _qr(address: str) -> str:
    """An SVG, black on white. Made here and kept nowhere: the address lets a person in."""
    target = io.BytesIO()
    segno.make(address, error="m", micro=False).save(target, kind="svg", border=2, light="#fff", svgclass=None,
                                                     lineclass=None)
    return target.getvalue().decode()
