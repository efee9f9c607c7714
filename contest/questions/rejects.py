"""The rows of a file that could not be used, as a workbook to mend: our columns, the row, the reason."""

from collections.abc import Iterable, Iterator

from flask_babel import gettext

from contest.identity.workbooks import workbook
from contest.questions.formats.drafts import LETTERS, Draft, column_letter
from contest.questions.formats.template import HEADERS, TYPE_WORDS
from contest.questions.problems import message


def rejected(drafts: Iterable[Draft]) -> bytes:
    """An .xlsx of the drafts with errors. The reader takes its first columns again, mended."""
    header = (*HEADERS, gettext("Dòng trong tệp gốc"), gettext("Lý do"))
    return workbook(gettext("Dòng lỗi"), header, _rows(drafts))


def _rows(drafts: Iterable[Draft]) -> Iterator[tuple[str, ...]]:
    wrong = (draft for draft in drafts if not draft.usable)
    for number, draft in enumerate(wrong, start=1):
        options = draft.options[: len(LETTERS)]
        reasons = [message(problem) for problem in draft.problems if problem.severity == "error"]
        yield (
            str(number), draft.code or "", TYPE_WORDS[draft.type], draft.stem,
            *options, *[""] * (len(LETTERS) - len(options)), _key(draft), draft.topic or "", draft.level or "",
            draft.explanation or "", draft.citation or "", "", str(draft.row), " ".join(reasons),
        )


def _key(draft: Draft) -> str:
    """The key as letters; where it could not be read, as it was written."""
    if draft.key:
        return ", ".join(column_letter(position) for position in draft.key)
    written = (problem.params.get("value") for problem in draft.problems if problem.code.startswith("key_"))
    return str(next((value for value in written if value), ""))
