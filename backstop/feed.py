"""`backstop load FILE`: register the reports of a JSON-lines file through the API of a node.

A line has the fields of `POST /api/v1/cases`; `id`, `source` and `expect` of the sample cases are
left out. Registering a file again within a day registers nothing twice.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from backstop.caller import Call, CallRefused, FieldFault, NodeCaller, NotInTime, open_client
from backstop.progress import Trouble
from backstop.settings import NodeSettings
from shared.security.actor import Actor, ActorKind
from shared.security.policy import IMPORT_SCOPE, Action

NOT_OF_A_REPORT = frozenset({"id", "source", "expect"})
"""Fields of the sample cases that say something about a report and are no part of it."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: a report, or what is wrong with it."""

    place: int
    name: str
    report: Mapping[str, Any]
    key: str
    """The Idempotency-Key under which it is registered."""
    fault: FieldFault | None = None


@dataclass(frozen=True, slots=True)
class FeedReport:
    """What became of a file."""

    registered: int
    failed: int


def feed(settings: NodeSettings, base_url: str, file: Path, tell: Tell) -> FeedReport:
    """Register every line and tell its number, or the fields that are wrong with their reasons."""
    with open_client(base_url) as client:
        _reach(client, base_url)
        caller = NodeCaller(settings, client)
        try:
            outcomes = Counter(
                _register(caller, settings.code, line, tell) for line in lines(file)
            )
        except NotInTime as error:
            raise Trouble(
                f"节点没有应答，已停下 · stopped, for the node fell silent: {error}"
            ) from error
    report = FeedReport(registered=outcomes[True], failed=outcomes[False])
    tell(
        f"登记 {report.registered} 件，未登记 {report.failed} 件 · "
        f"{report.registered} registered, {report.failed} not"
    )
    return report


def lines(file: Path) -> Iterator[Line]:
    """Yield the lines of a file that are not empty; a broken one carries its fault."""
    seen: Counter[str] = Counter()
    with file.open("rb") as source:
        for place, raw in enumerate(source, start=1):
            told = raw.removeprefix(b"\xef\xbb\xbf").strip()
            if told:
                digest = hashlib.sha256(told).hexdigest()[:40]
                seen[digest] += 1
                yield _line(place, told, f"load-{digest}-{seen[digest]}")


def _line(place: int, told: bytes, key: str) -> Line:
    try:
        report = json.loads(told)
        # What JSON in UTF-8 cannot carry (a lone surrogate, NaN) must not stop the lines after it.
        json.dumps(report, ensure_ascii=False, allow_nan=False).encode()
    except (ValueError, RecursionError):
        return Line(place, "", {}, key, FieldFault("JSON", "不是有效的 JSON（UTF-8）。"))
    if not isinstance(report, dict):
        return Line(place, "", {}, key, FieldFault("JSON", "这一行应是一个对象。"))
    kept = {name: value for name, value in report.items() if name not in NOT_OF_A_REPORT}
    return Line(place, str(report.get("id", "")), kept, key)


def _register(caller: NodeCaller, node: str, line: Line, tell: Tell) -> bool:
    label = f"第 {line.place} 行 {line.name}".rstrip()
    if line.fault is not None:
        tell(f"{label}：{line.fault.field}：{line.fault.reason}")
        return False
    call = Call("POST", "/api/v1/cases", line.report, key=line.key)
    try:
        told = caller.send(call, _importer(node, line.report.get("channel")))
    except CallRefused as refused:
        faults = [f"{fault.field}：{fault.reason.rstrip('。')}" for fault in refused.faults]
        tell(f"{label}：{'；'.join(faults) or refused.detail}")
        return False
    tell(f"{label} → {told['number']}")
    return True


def _importer(node: str, channel: object) -> Actor:
    scopes = {IMPORT_SCOPE, Action.CASE_REGISTER.value, f"channel:{channel}"}
    return Actor(kind=ActorKind.SYSTEM, node=node, id="load", scopes=frozenset(scopes))


def _reach(client: httpx.Client, base_url: str) -> None:
    try:
        client.get("/healthz")
    except httpx.TransportError as error:
        raise Trouble(
            f"{base_url} 没有应答。请先用 ./dev run 启动。\n"
            f"{base_url} does not answer. Start it first: ./dev run"
        ) from error
