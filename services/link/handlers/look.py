"""How each link is doing, for the operator and for whoever waits for an answer."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.link.policy import LinkState, Pace, state_of
from services.link.repository.links import Backlog, Link, all_links, backlog_of
from shared.neighbours import Neighbour, Neighbours


@dataclass(frozen=True, slots=True)
class Look:
    """One link; `link` is None for one over which nothing has gone yet."""

    neighbour: Neighbour
    state: LinkState
    link: Link | None
    backlog: Backlog


def look_at_links(db: Connection, neighbours: Neighbours, now: datetime, pace: Pace) -> list[Look]:
    """Return the state of the link to each neighbour, the tier above first."""
    known = all_links(db)
    ordered = sorted(neighbours.values(), key=lambda each: (each.relation.value, each.code))
    looks = []
    for neighbour in ordered:
        link = known.get(neighbour.code)
        state = state_of(link.last_heard_at if link else None, now, pace)
        looks.append(Look(neighbour, state, link, backlog_of(db, neighbour.code)))
    return looks
