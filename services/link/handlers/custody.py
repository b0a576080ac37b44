"""What the ledgers of custody say, on its way: between dispatch here and dispatch next door."""

import json

from pydantic import ValidationError
from sqlalchemy import Connection

from services.link.handlers.facts import refuse_fact
from services.link.handlers.house import House
from services.link.handlers.letters import Content
from services.link.repository.links import post
from shared.events.dispatch import CustodyTold
from shared.events.link import CustodyHeard
from shared.outbox import nudge, say


def post_custody(db: Connection, event: CustodyTold, house: House) -> None:
    """Post what this node's ledger says to the neighbour that it is for."""
    if event.to_node in house.neighbours:
        content = {"custody": [event.model_dump(mode="json")]}
        post(db, event.to_node, [json.dumps(content, ensure_ascii=False)], house.now)
        nudge(db)


def take_custody(db: Connection, peer: str, content: Content, house: House) -> None:
    """Let dispatch hear what a neighbour's ledger says."""
    for told in content.custody:
        try:
            event = CustodyTold.model_validate(told)
        except ValidationError:
            refuse_fact(db, house, peer, "malformed", str(sorted(told)))
            continue
        say(db, CustodyHeard(occurred_at=house.now, via=peer, told=event))
