"""Which documents questions cite, as far as this installation keeps documents."""

from collections.abc import Sequence

from contest.extensions import db


def documents_by_question(bank_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """Question id → the ids of the documents it cites, of these banks; questions that cite none are absent."""
    return {}


def documents(bank_ids: Sequence[str]) -> list[tuple[str, str]]:
    """(id, title) of every document that questions of these banks cite, by title."""
    return []
