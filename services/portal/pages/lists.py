"""Which lists a desk has: by role, in the order of the day's work."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.portal.pages.language import later as _
from services.portal.repository import ListKind, ListScope
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One list: what it is called, what it holds, and what to say when it holds nothing."""

    key: str
    title: str
    kind: ListKind
    needs: Action
    empty: str
    hint: str
    lamp: str | None = None


VIEWS: Sequence[View] = (
    View(
        key="intake",
        title=_("待受理"),
        kind=ListKind.INTAKE,
        needs=Action.CASE_ACCEPT,
        empty=_("没有等着受理的"),
        hint=_("能自动受理的已经受理了；拿不准的会出现在这里。"),
    ),
    View(
        key="pool",
        title=_("派单池"),
        kind=ListKind.POOL,
        needs=Action.POOL_READ,
        empty=_("派单池是空的"),
        hint=_("规则都派出去了。没有规则的、被退回的会出现在这里。"),
    ),
    View(
        key="unit",
        title=_("本单位工单"),
        kind=ListKind.UNIT,
        needs=Action.ORDER_SIGN,
        empty=_("本单位没有在办的工单"),
        hint=_("新派来的会出现在这里，最先到期的排在前面。"),
    ),
    View(
        key="red",
        title=_("已超时"),
        kind=ListKind.OPEN,
        needs=Action.DESK_READ,
        empty=_("没有超时的"),
        hint=_("一旦超时，会马上出现在这里。"),
        lamp="red",
    ),
    View(
        key="open",
        title=_("在办"),
        kind=ListKind.OPEN,
        needs=Action.DESK_READ,
        empty=_("没有在办的"),
        hint=_("登记一件新的反映，它就会出现在这里。"),
    ),
    View(
        key="feedback",
        title=_("待评价"),
        kind=ListKind.FEEDBACK,
        needs=Action.DESK_READ,
        empty=_("没有等着评价的"),
        hint=_("办结以后、诉求人评价以前，会出现在这里。"),
    ),
    View(
        key="rest",
        title=_("已结束"),
        kind=ListKind.REST,
        needs=Action.DESK_READ,
        empty=_("还没有结束的"),
        hint=_("诉求人评价以后，会出现在这里。"),
    ),
    View(
        key="all",
        title=_("全部"),
        kind=ListKind.ALL,
        needs=Action.DESK_READ,
        empty=_("还没有任何反映"),
        hint=_("登记一件新的反映，它就会出现在这里。"),
    ),
)
ONLY_OWN = frozenset({"open"})
"""Lists that a unit's officer does not need: the unit's own list shows the same."""


OF_DISPATCHERS = frozenset({"pool"})
"""Lists that stand last for those who only watch them."""


def views_of(actor: Actor, node: str) -> list[View]:
    """Return the lists of an actor; the first is what their day begins with."""
    everywhere = sees_everything(actor, node)
    place = Resource(node=node, unit=actor.unit)
    views = [
        view
        for view in VIEWS
        if may(actor, view.needs, place).allowed and (everywhere or view.key not in ONLY_OWN)
    ]
    watches = not may(actor, Action.ORDER_DISPATCH, place).allowed
    return sorted(views, key=lambda view: watches and view.key in OF_DISPATCHERS)


def scope_of(view: View, actor: Actor, node: str, text: str) -> ListScope:
    """Return what a list holds for this actor: a unit's officer sees the unit's cases only."""
    own = view.kind is ListKind.UNIT or not sees_everything(actor, node)
    unit = actor.unit or "" if own else None
    return ListScope(kind=view.kind, unit=unit, lamp=view.lamp, text=text)


def sees_everything(actor: Actor, node: str) -> bool:
    """Tell whether the actor may read the desk of the whole node."""
    return may(actor, Action.DESK_READ, Resource(node=node)).allowed
