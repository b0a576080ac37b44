"""The JSON schema of an event, as text that changes only when the contract does."""

import inspect
import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from shared.events.base import Event

SCHEMAS = Path(__file__).resolve().parents[2] / "tests" / "contract" / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Plain(GenerateJsonSchema):
    """Leaves out titles that only repeat the name of their field."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema_document(kind: type[Event]) -> dict[str, Any]:
    """Return what a hearer asks of an event's body."""
    described = kind.model_json_schema(schema_generator=_Plain)
    return {"$schema": DIALECT, **described, "description": sentence_of(kind)}


def schema_of(kind: type[Event]) -> str:
    """Return the schema as it is committed: sorted, one line per fact."""
    document = schema_document(kind)
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def sentence_of(kind: type[Any]) -> str:
    """Return the docstring of a class on one line."""
    return " ".join(inspect.cleandoc(kind.__doc__ or "").split())
