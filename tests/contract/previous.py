"""The contracts of the release before this one, frozen: what a neighbour may still speak and read.

`python -m tests.contract.previous` freezes those of the working tree. Do that with a release and
never to make a test pass: a node of the frozen release is running somewhere.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from services.link.handlers.letters import Content, Head
from shared.events.base import Envelope, every_event

FILE = Path(__file__).with_name("previous.json.gz")
WIRE: Mapping[str, type[BaseModel]] = {"envelope": Envelope, "head": Head, "content": Content}

Schema = dict[str, Any]
MOMENT = "2030-01-02T01:00:00Z"
ID = "01950000-0000-7000-8000-000000000001"
BY_FORMAT = {"uuid": ID, "date-time": MOMENT, "date": "2030-01-02"}
BY_TYPE: Mapping[str, object] = {"integer": 1, "number": 1.5, "boolean": True, "null": None}


def models() -> dict[str, type[BaseModel]]:
    """Return everything that goes between nodes or services, by name."""
    events: dict[str, type[BaseModel]] = {
        kind.name: kind for kind in every_event() if kind.__module__.startswith("shared.events.")
    }
    return events | dict(WIRE)


def frozen() -> dict[str, Schema]:
    """Return the schemas of the release before, by name."""
    return dict(json.loads(gzip.decompress(FILE.read_bytes())))


def freeze() -> None:
    """Write the schemas of now as those of the release before."""
    schemas = {name: kind.model_json_schema() for name, kind in sorted(models().items())}
    told = json.dumps(schemas, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    FILE.write_bytes(gzip.compress(told.encode(), mtime=0))


def sample(schema: Schema, *, whole: bool, extra: bool = False) -> Any:
    """Return what fits a schema: with every field it knows, or only what it must have.

    With `extra` each object has a field that nobody knows.
    """
    return _Sampling(schema.get("$defs", {}), whole, extra).of(schema)


class _Sampling:
    def __init__(self, defs: Mapping[str, Schema], whole: bool, extra: bool) -> None:
        self.defs = defs
        self.whole = whole
        self.extra = extra

    def of(self, schema: Schema) -> Any:
        if "$ref" in schema:
            return self.of(self.defs[schema["$ref"].rpartition("/")[2]])
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return schema["enum"][0]
        if "anyOf" in schema:
            return self.of(schema["anyOf"][0 if self.whole else -1])
        return self._plain(schema)

    def _plain(self, schema: Schema) -> Any:
        match schema.get("type"):
            case "object":
                return self._object(schema)
            case "array":
                return self._array(schema)
            case "string":
                return BY_FORMAT.get(schema.get("format", ""), "一")
            case kind:
                return BY_TYPE[str(kind)]

    def _object(self, schema: Schema) -> dict[str, Any]:
        fields = schema.get("properties", {})
        wanted = fields if self.whole else schema.get("required", ())
        told = {name: self.of(fields[name]) for name in wanted}
        other = schema.get("additionalProperties")
        if self.whole and isinstance(other, dict):
            told["any"] = self.of(other)
        return told | ({"told_by_a_later_release": {"a": [1]}} if self.extra and fields else {})

    def _array(self, schema: Schema) -> list[Any]:
        if "prefixItems" in schema:
            return [self.of(each) for each in schema["prefixItems"]]
        return [self.of(schema["items"])] if self.whole else []


def narrowed(before: Schema, after: Schema) -> list[str]:
    """Return what a speaker of `after` may say that a reader of `before` does not take.

    And the other way round: a field that the reader of `after` must have and that is no duty of
    the speaker of `before`.
    """
    return sorted({*_new_words(before, after), *_new_duties(before, after)})


def _new_words(before: Schema, after: Schema) -> Iterator[str]:
    known = before.get("$defs", {})
    for name, kind in after.get("$defs", {}).items():
        words = set(kind.get("enum", ())) - set(known.get(name, kind).get("enum", ()))
        yield from (f"{name} may be {word}" for word in words)


def _new_duties(before: Schema, after: Schema) -> Iterator[str]:
    pairs = [("it", before, after)]
    known = before.get("$defs", {})
    pairs += (
        [(name, known[name], kind) for name, kind in after["$defs"].items() if name in known]
        if "$defs" in after
        else []
    )
    for name, old, new in pairs:
        required = set(old.get("required", ())), set(new.get("required", ()))
        yield from (f"{name} needs {field}" for field in required[1] - required[0])
        yield from (f"{name} may lack {field}" for field in required[0] - required[1])


if __name__ == "__main__":
    freeze()
