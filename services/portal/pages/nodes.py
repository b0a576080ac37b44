"""What nodes are called: this one and its neighbours by their names, others by their area."""

from collections.abc import Sequence

from services.portal.pages.language import later as _
from services.portal.pages.places import Group
from shared.http import NodeFacts
from shared.neighbours import Relation
from shared.regions import full_name_of

GROUPS = ((Relation.ABOVE, _("上级（提级办理）")), (Relation.BELOW, _("下级（交下级办理）")))


def node_name(node: NodeFacts, code: str | None) -> str:
    """Return what people call a node, as far as this node knows."""
    if code is None:
        return "—"
    if code == node.code:
        return node.name
    known = node.neighbours.get(code)
    return known.name if known else full_name_of(code) or code


def neighbour_choices(node: NodeFacts, without: str | None) -> Sequence[Group]:
    """Return the neighbours that a case can be handed to, in groups above and below."""
    found = sorted(node.neighbours.values(), key=lambda each: each.code)
    groups = (
        (title, [(n.code, n.name) for n in found if n.relation is relation and n.code != without])
        for relation, title in GROUPS
    )
    return [(title, options) for title, options in groups if options]
