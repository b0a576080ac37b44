"""Verify an export without the node that made it: what the file says, against anchors."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from shared.audit.anchors import Anchor, Signed, anchored
from shared.audit.chain import canonical, first_head
from shared.audit.checking import Finding, Link, Walk
from shared.audit.export import VERSION
from shared.errors import BadMessage

Line = Mapping[str, Any]


@dataclass(slots=True)
class Read:
    """What an export holds, as far as it has been read."""

    node: str
    is_open: bool
    """It goes on to the present: an anchor beyond its end tells that something is missing."""
    walks: dict[str, Walk] = field(default_factory=dict)
    rows: int = 0

    @property
    def findings(self) -> list[Finding]:
        """The first thing wrong with each chain."""
        return [walk.finding for walk in self.walks.values() if walk.finding is not None]


def node_of(lines: Iterable[str]) -> str:
    """Return which node an export is of, by its first line."""
    return str(_head(iter(lines))["node"])


def check(lines: Iterable[str], anchors: Iterable[Anchor]) -> Read:
    """Go through an export; BadMessage if it is none, or was cut off."""
    told = iter(lines)
    head = _head(told)
    read = Read(str(head["node"]), head.get("until") is None)
    kept = anchored(anchors)
    try:
        ended = _through(read, told, kept)
    except (KeyError, TypeError, ValueError) as error:
        raise BadMessage("no export of an audit") from error
    if not ended:
        raise BadMessage("the export was cut off: its last line is missing")
    for walk in read.walks.values() if read.is_open else ():
        walk.end()
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


def _through(read: Read, lines: Iterator[str], kept: Mapping[str, Any]) -> bool:
    for schema, group in groupby(map(json.loads, lines), key=_schema_of_row):
        if schema is not None:
            links = map(_link, group)
            read.walks[schema].go(_counted(read, links))
            read.rows += sum(1 for _ in links)
            continue
        for line in group:
            if "after" in line:
                read.walks[line["schema"]] = _walk(read, line, kept)
            elif "end" in line:
                return bool(line["rows"] == read.rows)
    return False


def _schema_of_row(line: Line) -> str | None:
    return str(line["schema"]) if "row" in line else None


def _counted(read: Read, links: Iterator[Link]) -> Iterator[Link]:
    for link in links:
        read.rows += 1
        yield link


def _walk(read: Read, line: Line, kept: Mapping[str, Any]) -> Walk:
    schema, after = line["schema"], int(line["after"])
    head = line["head"] if after else first_head(read.node, schema)
    return Walk(schema, after, head, kept.get(schema, {}))


def _link(line: Line) -> Link:
    row = None if line["row"] is None else canonical(line["row"])
    return Link(line["seq"], line["audit_id"], line["head"], row)
