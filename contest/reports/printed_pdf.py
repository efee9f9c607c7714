"""Printed papers as PDF, set by typst from plain data."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parent / "typst"
FONTS = Path(__file__).parent / "fonts"
CONTENT = "content.typ"


def pdf(source: str, data: Mapping[str, Any], pictures: Mapping[str, bytes],
        files: Mapping[str, bytes] = {}) -> bytes:
    """The document that `typst/<source>.typ` makes of `data`; the same bytes for the same values.

    `pictures`: name → WebP; those that are missing are named in words on the page. `files`: what else the
    source asks for, by its name there. The data go in as JSON, so no text of a question is ever a source;
    nothing outside a folder of this call can be read.
    """
    paths = {picture: f"{number}.webp" for number, picture in enumerate(sorted(pictures))}
    return _compiled(source, {**data, "pictures": paths},
                     {**files, **{path: pictures[picture] for picture, path in paths.items()}}, timestamp=0)


def png(source: str, data: Mapping[str, Any], files: Mapping[str, bytes], ppi: int) -> bytes:
    """As `pdf`, a picture of a document of one page. `ppi`: pixels an inch."""
    return _compiled(source, {**data, "pictures": {}}, files, format="png", ppi=float(ppi))


def joined(parts: Sequence[tuple[Path, int]]) -> bytes:
    """One document of several, A4 across. `parts`: the files with how many pages each has."""
    return _compiled("joined", {"parts": [[path.name, pages] for path, pages in parts]},
                     {path.name: path.read_bytes() for path, _pages in parts}, timestamp=0)


def _compiled(source: str, data: Mapping[str, Any], files: Mapping[str, bytes], **options: Any) -> bytes:
    import typst

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in (CONTENT, f"{source}.typ"):
            (folder / file).write_bytes((SOURCES / file).read_bytes())
        for path, content in files.items():
            (folder / path).write_bytes(content)
        made = typst.compile(folder / f"{source}.typ", root=folder, font_paths=[FONTS], ignore_system_fonts=True,
                             sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, **options)
    if not isinstance(made, bytes):
        raise TypeError("typst made several files")
    return made
