"""`docs/events.md`: every event with its speaker, hearers and fields, for people."""

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from enum import Enum
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from backstop.contracts.schemas import schema_document, sentence_of
from backstop.contracts.vocabulary import every_event_by_name, hearers_of, speaker_of
from backstop.suite import MEMBERS
from shared.events import base, sealed, words
from shared.events.base import Envelope, Event

EVENTS_PAGE = Path(__file__).resolve().parents[2] / "docs" / "events.md"

HEAD = """\
# Events

Generated from `shared/events` by `./dev events`; do not edit. How events travel stands in
[architecture](architecture.md), why in ADR [1](adr/0001-queues-shards-order.md) and
[2](adr/0002-transaction-and-say.md).

On the wire an event is the `data` of an envelope with the attributes of CloudEvents 1.0; one
message packs one envelope or a JSON list of them. What a hearer asks of `data` is committed as
JSON schema in `tests/contract/schemas/`. A field may be added with a default; anything else is a
new event (`.v2`) beside the old one.
"""

FORMATS = {"uuid": "UUID", "date-time": "instant"}


def events_page() -> str:
    """Return the whole page."""
    events = every_event_by_name()
    parts = [HEAD, _index(events), "## Envelope\n", _fields(Envelope, _plain_schema(Envelope))]
    for speaker in MEMBERS:
        said = [kind for kind in events if speaker_of(kind) == speaker]
        parts += [f"## Said by {speaker}\n", *map(_section, said)] if said else []
    return "\n".join([*parts, "## Words in fields\n", *_words(events)]).rstrip() + "\n"


def _index(events: Any) -> str:
    rows = [
        f"| [`{kind.name}`](#{_anchor(kind)}) | {', '.join(hearers_of(kind))} "
        f"| {sentence_of(kind)} |"
        for kind in events
    ]
    return "\n".join(["| event | heard by | what happened |", "|---|---|---|", *rows, ""])


def _anchor(kind: type[Event]) -> str:
    return kind.name.replace(".", "")


def _section(kind: type[Event]) -> str:
    heard = f"Heard by {', '.join(hearers_of(kind))}."
    return (
        f"### {kind.name}\n\n{sentence_of(kind)} {heard}\n\n{_fields(kind, schema_document(kind))}"
    )


def _plain_schema(kind: type[BaseModel]) -> dict[str, Any]:
    return kind.model_json_schema()


def _fields(kind: type[BaseModel], schema: Mapping[str, Any]) -> str:
    told, required = field_notes(kind), set(schema.get("required", ()))
    cells = [
        (f"`{name}`", type_words(field), _needed(name, field, required), told.get(name, ""))
        for name, field in schema["properties"].items()
    ]
    rows = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join(["| field | type | needed | |", "|---|---|---|---|", *rows, ""])


def _needed(name: str, field: Mapping[str, Any], required: set[str]) -> str:
    if name in required:
        return "yes"
    default = field.get("default")
    return "no" if default in (None, "", []) else f"no: `{default}`"


def type_words(field: Mapping[str, Any]) -> str:
    """Say a JSON schema type in a few words."""
    if "anyOf" in field:
        return " or ".join(type_words(choice) for choice in field["anyOf"])
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "const" in field:
        return f"`{field['const']}`"
    if field.get("type") == "array":
        return f"list of {type_words(field['items'])}"
    return FORMATS.get(field.get("format", ""), str(field.get("type", "object")))


def field_notes(kind: type[BaseModel]) -> dict[str, str]:
    """Return the sentences that stand under the fields of a class and of those it builds on."""
    notes: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        if issubclass(each, BaseModel) and each is not BaseModel:
            notes |= dict(_notes_in(each))
    return notes


def _notes_in(kind: type[Any]) -> Iterator[tuple[str, str]]:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef), "the source of a class"  # noqa: S101
    for field, note in pairwise(definition.body):
        text = _text_of(note)
        if text and isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            yield field.target.id, text


def _text_of(statement: ast.stmt) -> str | None:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return " ".join(str(statement.value.value).split())
    return None


def _words(events: Any) -> Iterator[str]:
    named = sorted(
        {name for kind in events for name in schema_document(kind).get("$defs", {})},
    )
    for name in named:
        yield _word(_class_of(name))


def _class_of(name: str) -> type[Any]:
    places = (words, sealed, base, *(inspect.getmodule(kind) for kind in every_event_by_name()))
    found: type[Any] = next(getattr(place, name) for place in places if hasattr(place, name))
    return found


def _word(kind: type[Any]) -> str:
    head = f"### {kind.__name__}\n\n{sentence_of(kind)}\n"
    if issubclass(kind, Enum):
        return f"{head}\n{' · '.join(f'`{member.value}`' for member in kind)}\n"
    return f"{head}\n{_fields(kind, _plain_schema(kind))}"
