"""A bank as a file of any format that is written. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from contest.questions.formats.drafts import Draft, Media, SourceRow, Written

FORMATS = ("xlsx", "docx", "gift", "aiken", "moodle-xml", "qti")


def write(form: str, drafts: Sequence[Draft], media: Sequence[Media] = (),
          sources: Sequence[SourceRow] = ()) -> Written:
    """The drafts in the format `form`, one of `FORMATS`; `sources` go where the format has room for them."""
    if form == "xlsx":
        from contest.questions.formats.template import write_xlsx

        return write_xlsx(drafts, media, sources)
    if form == "docx":
        from contest.questions.formats.docx_writer import write_docx

        return write_docx(drafts, media)
    if form == "gift":
        from contest.questions.formats.gift_writer import write_gift

        return write_gift(drafts, media)
    if form == "aiken":
        from contest.questions.formats.aiken import write_aiken

        return write_aiken(drafts, media)
    if form == "moodle-xml":
        from contest.questions.formats.moodle_writer import write_moodle_xml

        return write_moodle_xml(drafts, media)
    if form == "qti":
        from contest.questions.formats.qti_writer import write_qti

        return write_qti(drafts, media)
    raise ValueError(f"no such format: {form}")
