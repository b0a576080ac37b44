"""One look at what waits in the plumbing of all services of a node, once a second.

Relays, sealers and ears must find each second what nobody told them of. Each for itself that is
some twenty transactions a second at a node where nothing happens; together it is one statement,
and who finds nothing in it rests. Where it cannot be made, everybody looks for himself.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from enum import StrEnum, unique

import psycopg
from psycopg.sql import SQL, Composable, Identifier, Literal
from sqlalchemy import Table

from shared.unit import Plumbing

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
HOLDS_SECONDS = 3.0
"""A look that is older tells nothing any more."""


@unique
class Kind(StrEnum):
    """What may wait for a service."""

    SAID = "said"
    """What the relay has not sent."""
    UNSEALED = "unsealed"
    """Rows of the audit that are not in its chain."""
    KEPT = "kept"
    """Events that lack their prerequisite, and parked ones that a person wants tried again."""


Thing = tuple[str, Kind]
"""A service, and what may wait for it."""


class Glance:
    """Knows what waited when it last looked; without plumbing it never knows."""

    def __init__(
        self, plumbings: Mapping[str, Plumbing], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._query = SQL(" UNION ALL ").join(
            _row(service, plumbing) for service, plumbing in plumbings.items()
        )
        self._is_blind = not plumbings
        self._waits: set[Thing] = set()
        self._wakes: defaultdict[Thing, list[Callable[[], None]]] = defaultdict(list)
        self._next_at = self._holds_until = 0.0

    def wake_on(self, service: str, kind: Kind, wake: Callable[[], None]) -> None:
        """Call `wake` whenever something of this kind is seen to wait for a service."""
        self._wakes[service, kind].append(wake)

    def take(self, service: str, kind: Kind) -> bool:
        """Tell whether something may wait, to one who then does it; once for each look."""
        if self._clock() >= self._holds_until:
            return True
        waits = (service, kind) in self._waits
        self._waits.discard((service, kind))
        return waits

    def look(self, connection: psycopg.Connection) -> None:
        """Look, unless that was done within the second; raise if the connection is lost."""
        now = self._clock()
        if self._is_blind or now < self._next_at:
            return
        self._next_at = now + LOOK_SECONDS
        try:
            rows = connection.execute(self._query).fetchall()
        except psycopg.Error as error:
            self._holds_until = 0.0
            if connection.closed:
                raise
            log.info("no glance", extra={"error": type(error).__name__})
            return
        self._holds_until = now + HOLDS_SECONDS
        self._waits = {
            (service, kind)
            for service, *found in rows
            for kind, waits in zip(Kind, found, strict=True)
            if waits
        }
        for thing in tuple(self._waits):
            for wake in self._wakes[thing]:
                wake()


def _row(service: str, plumbing: Plumbing) -> Composable:
    tables = {
        "rows": plumbing.outbox.rows,
        "unsealed": plumbing.ledger.unsealed,
        "waiting": plumbing.inbox.waiting,
        "parked": plumbing.inbox.parked,
    }
    names = {name: _name(table) for name, table in tables.items()}
    return SQL(
        "SELECT {service}, EXISTS (SELECT FROM {rows} WHERE sent_at IS NULL),"
        " EXISTS (SELECT FROM {unsealed}),"
        " EXISTS (SELECT FROM {waiting}) OR EXISTS"
        " (SELECT FROM {parked} WHERE ended_at IS NULL AND replay_at IS NOT NULL)"
    ).format(service=Literal(service), **names)


def _name(table: Table) -> Composable:
    return Identifier(str(table.schema), table.name)
