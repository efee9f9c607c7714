"""Printed papers as PDF, set by typst from plain data."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parent / "typst"
FONTS = Path(__file__).parent / "fonts"
COMMON = "common.typ"


def pdf(source: str, data: Mapping[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """The document that `typst/<source>.typ` makes of `data`; the same bytes for the same values.

    `pictures`: name → WebP; those that are missing are named in words on the page. The data go in as
    JSON, so no text of a question is ever a source; nothing outside a folder of this call can be read.
    """
    import typst

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in (COMMON, f"{source}.typ"):
            (folder / file).write_bytes((SOURCES / file).read_bytes())
        paths = {}
        for number, (picture, content) in enumerate(sorted(pictures.items())):
            paths[picture] = f"{number}.webp"
            (folder / paths[picture]).write_bytes(content)
        made = typst.compile(
            folder / f"{source}.typ", root=folder, font_paths=[FONTS], ignore_system_fonts=True, timestamp=0,
            sys_inputs={"data": json.dumps({**data, "pictures": paths}, ensure_ascii=False)})
    if not isinstance(made, bytes):
        raise TypeError("typst made several files")
    return made
