"""Verify an export without the node that made it: what the file says, against anchors.

The file is not believed in what it says of itself: which part of the chains it should hold, and
which chains there are, tell the verifier and the anchors.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from shared.audit.anchors import Anchor, Signed, anchored
from shared.audit.chain import canonical, first_head
from shared.audit.checking import Finding, Link, Walk
from shared.audit.export import VERSION, Span
from shared.errors import BadMessage

Line = Mapping[str, Any]
Kept = Mapping[str, Mapping[int, Mapping[str, str]]]
WHOLE = Span()


@dataclass(slots=True)
class Read:
    """What an export holds, as far as it has been read."""

    node: str
    span: Span
    """What the verifier asks for."""
    walks: dict[str, Walk] = field(default_factory=dict)
    rows: int = 0
    uncovered: int = 0
    """How many anchors lie outside of a part that the verifier asks for: they tell nothing."""

    @property
    def is_open(self) -> bool:
        """Whether it goes on to the present: then nothing may lie beyond its end."""
        return self.span.until is None

    @property
    def findings(self) -> list[Finding]:
        """The first thing wrong with each chain."""
        return [walk.finding for walk in self.walks.values() if walk.finding is not None]


def node_of(lines: Iterable[str]) -> str:
    """Return which node an export is of, by its first line."""
    return str(_head(iter(lines))["node"])


def check(lines: Iterable[str], anchors: Iterable[Anchor], span: Span = WHOLE) -> Read:
    """Go through an export of a span, or of everything; BadMessage if it is none, or cut off."""
    told = iter(lines)
    head = _head(told)
    read = Read(str(head["node"]), span)
    kept = anchored(anchors)
    try:
        ended = _through(read, told, kept)
    except (KeyError, TypeError, ValueError) as error:
        raise BadMessage("no export of an audit") from error
    if not ended:
        raise BadMessage("the export was cut off: its last line is missing")
    _end(read, kept)
    return read


def anchors_in(lines: Iterable[str]) -> Iterator[Signed]:
    """Yield the anchors that the node put into its own export."""
    for line in lines:
        if line.startswith('{"anchor"'):
            yield Signed.model_validate(json.loads(line)["anchor"])


def _head(lines: Iterator[str]) -> Line:
    try:
        head = json.loads(next(lines, ""))
    except ValueError as error:
        raise BadMessage("no export of an audit") from error
    if not isinstance(head, dict) or head.get("backstop_audit") != VERSION:
        raise BadMessage("no export of an audit")
    return head


def _through(read: Read, lines: Iterator[str], kept: Kept) -> bool:
    for schema, group in groupby(map(json.loads, lines), key=_schema_of_row):
        if schema is not None:
            links = map(_link, group)
            read.walks[schema].go(_counted(read, links))
            read.rows += sum(1 for _ in links)
            continue
        for line in group:
            if "after" in line:
                _begin(read, line, kept)
            elif "end" in line:
                return bool(line["rows"] == read.rows)
    return False


def _schema_of_row(line: Line) -> str | None:
    return str(line["schema"]) if "row" in line else None


def _counted(read: Read, links: Iterator[Link]) -> Iterator[Link]:
    for link in links:
        read.rows += 1
        yield link


def _begin(read: Read, line: Line, kept: Kept) -> None:
    schema, after = line["schema"], int(line["after"])
    if schema in read.walks or after < 0:
        raise ValueError(schema)
    head = line["head"] if after else first_head(read.node, schema)
    walk = read.walks[schema] = Walk(schema, after, head, kept.get(schema, {}))
    if after and read.span.since is None:
        walk.miss(1)
    else:
        walk.begin()
        read.uncovered += sum(len(told) for seq, told in walk.anchored.items() if seq < after)


def _end(read: Read, kept: Kept) -> None:
    for walk in read.walks.values():
        if read.is_open:
            walk.end()
        else:
            read.uncovered += sum(
                len(told) for seq, told in walk.anchored.items() if seq > walk.seq
            )
    for schema in sorted(kept.keys() - read.walks.keys()):
        # An export names each chain, also where it holds nothing of it.
        missing = read.walks[schema] = Walk(schema, 0, first_head(read.node, schema), kept[schema])
        missing.end()


def _link(line: Line) -> Link:
    row = None if line["row"] is None else canonical(line["row"])
    return Link(line["seq"], line["audit_id"], line["head"], row)
