"""What another node said, as link says it on this one's bus."""

from datetime import datetime

from shared.clock import new_id
from shared.events.base import CaseEvent, Envelope
from shared.events.link import FactRelayed


def relayed_by(node: str, fact: CaseEvent, at: datetime, via: str | None = None) -> FactRelayed:
    """Return the fact that a node said, as it came over the link from it or from one between."""
    envelope = Envelope(
        id=new_id(),
        source=f"/nodes/{node}/{fact.name.partition('.')[0]}",
        type=fact.name,
        time=fact.occurred_at,
        subject=fact.case_id,
        version=1,
        data=fact.model_dump(mode="json"),
    )
    return FactRelayed(case_id=fact.case_id, occurred_at=at, via=via or node, fact=envelope)
