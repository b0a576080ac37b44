"""What PostgreSQL really did for a request: the plan of each statement, by auto_explain."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import event, make_url

from tests.whole.node import WholeNode

TELLING = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_buffers": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_format": "json",
    "auto_explain.log_level": "notice",
}
GENERIC = {"plan_cache_mode": "force_generic_plan"}
"""Any value: what a statement is planned for once it has been prepared and used a few times."""
BY_INDEX = {"enable_seqscan": "off"}
"""A table is read in full only where no index can serve, however few rows there are."""
LONGEST = 150
"""Characters of a statement in the readable record."""

Settings = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Read:
    """One node of a plan that reads a table: how, and how many rows it touched there."""

    table: str
    how: str
    index: str
    rows: int

    @property
    def is_full(self) -> bool:
        """Whether the table was read from one end to the other."""
        return self.how == "Seq Scan"


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement and what was done for it."""

    statement: str
    root: Mapping[str, Any]

    @property
    def reads(self) -> Iterator[Read]:
        """Each place where a table is read."""
        for _depth, node in self.nodes():
            if "Relation Name" in node:
                index = node.get("Index Name", "")
                yield Read(node["Relation Name"], node["Node Type"], index, touched(node))

    def nodes(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Each node, with its depth, from the root on."""
        waiting: list[tuple[int, Mapping[str, Any]]] = [(0, self.root)]
        while waiting:
            depth, node = waiting.pop()
            yield depth, node
            below = reversed(node.get("Plans", ()))
            waiting += [(depth + 1, each) for each in below]

    def lines(self) -> Iterator[str]:
        """The plan for people: a line a node."""
        short = re.sub(r"^SELECT .*? FROM", "SELECT … FROM", " ".join(self.statement.split()))
        yield short if len(short) <= LONGEST else f"{short[:LONGEST]}…"
        for depth, node in self.nodes():
            on = " ".join(node[name] for name in ("Index Name", "Relation Name") if name in node)
            blocks = node["Shared Hit Blocks"] + node["Shared Read Blocks"]
            told = f"{node['Node Type']} {on}".strip()
            yield f"{'  ' * (depth + 1)}{told}: {touched(node):,} rows read, {blocks:,} blocks"


def touched(node: Mapping[str, Any]) -> int:
    """Return how many rows a node looked at, those it threw away included."""
    each = node.get("Actual Rows", 0)
    each += node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return int(each * node.get("Actual Loops", 1))


@contextmanager
def explained(whole: WholeNode, *more: Settings) -> Iterator[list[Plan]]:
    """Collect the plan of every statement that the node runs meanwhile, on fresh connections."""
    plans: list[Plan] = []
    told = {**TELLING, **{name: value for each in more for name, value in each.items()}}
    engine = whole.node.engine

    def listen(raw: psycopg.Connection[Any], _record: object) -> None:
        raw.prepare_threshold = 0 if GENERIC in more else None
        raw.add_notice_handler(lambda notice: _collect(plans, notice.message_primary or ""))

    _set_for_database(whole, told)
    event.listen(engine, "connect", listen)
    engine.dispose()
    try:
        yield plans
    finally:
        event.remove(engine, "connect", listen)
        _set_for_database(whole, dict.fromkeys(told, None))
        engine.dispose()


def _collect(plans: list[Plan], told: str) -> None:
    _duration, marked, plan = told.partition("plan:\n")
    if marked:
        read = json.loads(plan)
        plans.append(Plan(read["Query Text"], read["Plan"]))


def _set_for_database(whole: WholeNode, settings: Mapping[str, str | None]) -> None:
    url = make_url(whole.settings.database_url)
    name = sql.Identifier(url.database or "")
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as raw:
        for key, value in settings.items():
            command = (
                sql.SQL("ALTER DATABASE {} RESET {}").format(name, sql.SQL(key))
                if value is None
                else sql.SQL("ALTER DATABASE {} SET {} = {}").format(name, sql.SQL(key), value)
            )
            raw.execute(command)
