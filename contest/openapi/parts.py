"""The words that schemas are written in: objects, numbers, texts, instants."""

from typing import Any

Schema = dict[str, Any]


def obj(description: str, **properties: Schema) -> Schema:
    """An object that always carries every one of its properties."""
    return {"type": "object", "description": description, "properties": properties, "required": list(properties)}


def integer(description: str, least: int = 0) -> Schema:
    return {"type": "integer", "minimum": least, "description": description}


def text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def one_of(values: tuple[str, ...], description: str) -> Schema:
    """One of these texts."""
    return {"type": "string", "enum": list(values), "description": description}


def flag(description: str) -> Schema:
    return {"type": "boolean", "description": description}


def instant(description: str) -> Schema:
    """RFC 3339, UTC, with milliseconds."""
    return text(description, format="date-time", examples=["2026-12-01T05:00:00.000Z"])


def opaque(description: str) -> Schema:
    """An opaque id."""
    return text(description, examples=["019ad1f0c7d27c3e9a51c0ffee001234"])


def points(description: str) -> Schema:
    return integer(f"{description}, in hundredths of a point")


def maybe(schema: Schema) -> Schema:
    """The schema, or null."""
    return {**schema, "type": [schema["type"], "null"]}


def ref(name: str, kind: str = "schemas") -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


def maybe_ref(name: str, description: str) -> Schema:
    return {"anyOf": [ref(name), {"type": "null"}], "description": description}


def rows(item: Schema, description: str) -> Schema:
    """A list."""
    return {"type": "array", "items": item, "description": description}
