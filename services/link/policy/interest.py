"""Which neighbour hears of a fact, and which one may tell it.

The tier above hears of what the rule of disclosure shows it: as a rule everything below it. A
neighbour that shares a leg of a case hears of that case. A fact for one node goes to it, or one
step towards it. An order to erase or correct goes to every neighbour that ever heard of its case.
Nothing goes back to where it came from; nodes form a tree, so nothing goes round.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Known:
    """What a node knows of a case for this purpose."""

    via: str | None = None
    """The neighbour from which it knows the case; None for one that was registered here."""
    shares: frozenset[str] = field(default_factory=frozenset)
    """Neighbours that have or had a leg of it from here, or gave it."""
    former: frozenset[str] = field(default_factory=frozenset)
    """Neighbours that were offered it, with its history, and did not take it."""
    is_told: bool = True
    """The rule of disclosure lets the tier above hear of it."""
    was_told: bool = True
    """The tier above may have a copy, whatever the rule is now."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact as far as it decides who hears it."""

    source: str | None = None
    """The neighbour that told it; None if this node said it."""
    to_node: str | None = None
    """For whom it is, if for one node."""
    is_order: bool = False
    """It concerns every copy: whoever ever heard of the case must hear of it, and answers."""
    for_one: bool = False
    """It is of no business to anybody but the node that it is for."""


def hearers(fact: Fact, case: Known, neighbours: frozenset[str], parent: str | None) -> set[str]:
    """Return the neighbours that hear of a fact."""
    open_to = {*case.shares, parent if case.is_told else None}
    wanted = set() if fact.for_one else open_to
    if fact.is_order:
        wanted |= {case.via, *case.former, parent if case.was_told else None}
    if fact.to_node is not None:
        wanted.add(fact.to_node if fact.to_node in neighbours else case.via or parent)
    return {peer for peer in wanted if peer in neighbours} - {fact.source} - {None}


def may_tell(peer: str, case: Known | None, parent: str | None) -> bool:
    """Tell whether a neighbour may say something about a case.

    The tier above may about any; one below about what it registered or passes up, or shares.
    """
    if case is None or peer in (parent, case.via):
        return True
    return peer in case.shares or peer in case.former
