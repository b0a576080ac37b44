"""A round through the whole chain of a schema, some rows at a time: nobody waits for it."""

from dataclasses import dataclass, field

from sqlalchemy import Engine

from shared.audit.chain import first_head
from shared.audit.checking import Finding, Walk
from shared.audit.sealer import last_seal
from shared.audit.tables import AUDITOR, Ledger
from shared.audit.verifying import found_outside, links
from shared.db import transaction

AT_ONCE = 500


@dataclass(slots=True)
class Round:
    """How far one round has come."""

    engine: Engine
    node: str
    ledger: Ledger
    walk: Walk = field(init=False)
    last: int = field(init=False)
    """Where the chain ended when the round began."""

    def __post_init__(self) -> None:
        """Begin before the first row."""
        self.walk = Walk(self.ledger.schema, 0, first_head(self.node, self.ledger.schema))
        with transaction(self.engine, AUDITOR) as db:
            self.last, _head = last_seal(db, self.node, self.ledger)

    def step(self) -> bool:
        """Go through the next rows; True while there are more."""
        start = self.walk.seq
        end = min(start + AT_ONCE, self.last)
        whole = self.walk.go(links(self.engine, self.ledger, start, end))
        # Nothing further on: seals are gone from the end.
        if whole and self.walk.seq < end:
            self.walk.miss(end)
        return self.walk.finding is None and self.walk.seq < self.last

    def end(self) -> Finding | None:
        """Look for rows outside the chain too, and return what was wrong first."""
        return self.walk.finding or found_outside(self.engine, self.ledger)
