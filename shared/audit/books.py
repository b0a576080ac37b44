"""The audits of all schemas of a node, as whoever anchors them reads them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, or_, select

from shared.audit.anchors import Anchor, Earlier, Heads
from shared.audit.chain import first_head
from shared.audit.tables import AUDITOR, Ledger, ledger_of
from shared.db import transaction
from shared.db.bulk import among


@dataclass(frozen=True, slots=True)
class AuditBooks:
    """The audits of one node."""

    engine: Engine
    node: str
    schemas: Sequence[str]

    def heads(self, before: Sequence[Anchor] = ()) -> tuple[Heads, list[Earlier]]:
        """Return the heads of now, and what stands now where earlier anchors had theirs."""
        now: dict[str, tuple[int, str]] = {}
        again: dict[int, dict[str, tuple[int, str]]] = {anchor.number: {} for anchor in before}
        with transaction(self.engine, AUDITOR) as db:
            for schema in self.schemas:
                then = {anchor.number: anchor.heads.get(schema, (0, ""))[0] for anchor in before}
                seals = _seals(db, ledger_of(schema), then.values())
                last = max(seals, default=0)
                first = first_head(self.node, schema)
                now[schema] = (last, seals.get(last, first))
                for number, seq in then.items():
                    again[number][schema] = (seq, seals.get(seq, "" if seq else first))
        return now, [Earlier(number=number, heads=heads) for number, heads in again.items()]


def _seals(db: Connection, ledger: Ledger, wanted: Iterable[int]) -> Mapping[int, str]:
    seals = ledger.seals.c
    last = select(func.max(seals.seq)).scalar_subquery()
    found = or_(among(seals.seq, wanted, "BIGINT"), seals.seq == last)
    return {row.seq: row.head for row in db.execute(select(seals.seq, seals.head).where(found))}
