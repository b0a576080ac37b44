"""The node at which things happen, and those next to it."""

from dataclasses import dataclass

from shared.neighbours import Neighbours, Relation


@dataclass(frozen=True, slots=True)
class House:
    """What of the node supervision depends on."""

    node: str
    neighbours: Neighbours

    @property
    def below(self) -> frozenset[str]:
        """The codes of the neighbours one tier below."""
        return self._at(Relation.BELOW)

    @property
    def above(self) -> frozenset[str]:
        """The code of the tier above, if there is a link to it."""
        return self._at(Relation.ABOVE)

    def _at(self, relation: Relation) -> frozenset[str]:
        return frozenset(
            code for code, each in self.neighbours.items() if each.relation is relation
        )
