"""Who hears of a fact, by the rule of disclosure and by the interest of each neighbour."""

from collections.abc import Collection
from dataclasses import replace

from services.link.handlers.house import House
from services.link.policy import Fact, hearers, may_pass_up
from services.link.repository.cases import Case
from shared.events.base import Envelope
from shared.events.review import GuidanceGiven, SupervisionOrdered
from shared.events.words import Disclosure

FROM_ABOVE = frozenset({GuidanceGiven.name, SupervisionOrdered.name})
"""What a tier says to one below."""


def is_shown_above(house: House, case: Case) -> bool:
    """Tell whether the rule lets the tier above hear of a case; what came from there it knows."""
    return case.via == house.parent or house.rule.shows(case.known_at)


def heard_by(house: House, fact: Fact, case: Case) -> set[str]:
    """Return the neighbours that hear of a fact about a case."""
    known = replace(case.known, is_told=is_shown_above(house, case))
    return hearers(fact, known, frozenset(house.neighbours), house.parent)


def after_telling(house: House, case: Case, peers: Collection[str]) -> Case:
    """Return a case as it stands once these neighbours were told of it."""
    return replace(case, told_above=True) if house.parent in peers else case


def may_guide(house: House, peer: str, told: Envelope) -> bool:
    """Tell whether a neighbour may bring this fact, where a tier says it to one below.

    From above guidance needs to be let; from below comes only what nodes of its area say there.
    """
    if told.type not in FROM_ABOVE:
        return True
    if peer != house.parent:
        return may_pass_up(peer, told.node, str(told.data.get("to_node")), house.node)
    return told.type != GuidanceGiven.name or house.rule.level is Disclosure.ASSIST
