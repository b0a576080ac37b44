"""What nodes are called: this one and its neighbours by their names, others by their area."""

from collections.abc import Mapping, Sequence

from services.portal.pages.language import later as _
from services.portal.pages.places import Group
from shared.http import NodeFacts
from shared.neighbours import Relation
from shared.regions import full_name_of

ONE_WAY: Mapping[Relation, str] = {
    Relation.ABOVE: _("提级办理"),
    Relation.BELOW: _("交下级办理"),
}
"""What handing over is called where a case can go in one direction only."""
GROUPS = ((Relation.ABOVE, _("上级（提级办理）")), (Relation.BELOW, _("下级（交下级办理）")))


def node_name(node: NodeFacts, code: str | None) -> str:
    """Return what people call a node, as far as this node knows."""
    if code is None:
        return "—"
    if code == node.code:
        return node.name
    known = node.neighbours.get(code)
    return known.name if known else _area(node, code)


def _area(node: NodeFacts, code: str) -> str:
    own, area = full_name_of(node.code), full_name_of(code)
    return area.removeprefix(own or "") if area else code


def one_way(node: NodeFacts, without: str | None) -> str | None:
    """Return what handing over is called, if all neighbours but one lie on the same side."""
    sides = {each.relation for each in node.neighbours.values() if each.code != without}
    return ONE_WAY[sides.pop()] if len(sides) == 1 else None


def neighbour_choices(node: NodeFacts, without: str | None) -> Sequence[Group]:
    """Return the neighbours that a case can be handed to, in groups above and below."""
    found = sorted(node.neighbours.values(), key=lambda each: each.code)
    groups = (
        (title, [(n.code, n.name) for n in found if n.relation is relation and n.code != without])
        for relation, title in GROUPS
    )
    return [(title, options) for title, options in groups if options]
