"""The description of the JSON API, OpenAPI 3.1, as plain data; `/api/v1/openapi.json` serves it."""

from contest.openapi.description import blueprint, document

__all__ = ["blueprint", "document"]
