"""What people call a node: the names of the neighbours are set up, all others are places."""

from shared.http import NodeFacts
from shared.regions import full_name_of


def name_of(code: str | None, here: NodeFacts) -> str:
    """Return the name of a node by its code; without a code, of the node that answers."""
    if code is None or code == here.code:
        return here.name
    neighbour = here.neighbours.get(code)
    return neighbour.name if neighbour else full_name_of(code) or code
