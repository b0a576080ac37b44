"""Each link as its operator inspects it: where it stands, what is missing, what was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from services.link.handlers.look import Look, look_at_links
from services.link.policy import Pace
from services.link.repository.disclosures import rule_in_force
from services.link.repository.node_facts import node_fact_of
from services.link.repository.refusals import Refusal, refusals_of, refused_by_reason
from shared.events.base import Envelope
from shared.events.link import DisclosureSet
from shared.neighbours import Neighbour, Neighbours, Relation
from shared.security.disclosure import Rule

LATEST = 20
UNKNOWN = "?"
"""Under this name stands what nobody signed: who sent it is not known."""


@dataclass(frozen=True, slots=True)
class RefusedOf:
    """What was refused of one sender: how often for which reason, and the latest."""

    by_reason: Mapping[str, int]
    latest: Sequence[Refusal]


@dataclass(frozen=True, slots=True)
class Inspection:
    """One link with all that is known of it."""

    look: Look
    refused: RefusedOf
    rule: Rule | None = None
    """What the lower end of the link lets the upper one see; None while it has not said so."""

    @property
    def first_missing(self) -> int | None:
        """The number of the first parcel that is missing; None where there is no gap."""
        link = self.look.link
        return link.heard + 1 if link and self.look.backlog.held else None


def inspect_links(
    db: Connection, neighbours: Neighbours, now: datetime, pace: Pace
) -> list[Inspection]:
    """Return every link with its gap and its refusals, the tier above first."""
    looks = look_at_links(db, neighbours, now, pace)
    return [
        Inspection(look, refused_of(db, look.neighbour.code), _rule(db, look.neighbour))
        for look in looks
    ]


def refused_of(db: Connection, peer: str = UNKNOWN) -> RefusedOf:
    """Return what was refused of one sender."""
    return RefusedOf(refused_by_reason(db, peer), refusals_of(db, peer, None, LATEST))


def _rule(db: Connection, neighbour: Neighbour) -> Rule | None:
    if neighbour.relation is Relation.ABOVE:
        return rule_in_force(db)
    body = node_fact_of(db, neighbour.code, DisclosureSet.name)
    if body is None:
        return None
    told = Envelope.model_validate_json(body).open(DisclosureSet)
    return Rule(told.level, told.since)
