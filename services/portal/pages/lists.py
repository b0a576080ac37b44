"""Which lists a desk has: by role, in the order of the day's work."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from services.portal.handlers import sight_of
from services.portal.pages.language import later as _
from services.portal.pages.words import LAMPS
from services.portal.policy import Cell, cell_read
from services.portal.repository import OF_ONE_UNIT, ListKind, ListScope
from shared.errors import Refused
from shared.http import NodeFacts
from shared.neighbours import Relation
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may

ABOVE, BELOW = frozenset({Relation.ABOVE}), frozenset({Relation.BELOW})


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
    beside: frozenset[Relation] = frozenset()
    """Only where there is such a neighbour; empty: everywhere."""


VIEWS: Sequence[View] = (
    View(
        key="incoming",
        title=_("待接收"),
        kind=ListKind.INCOMING,
        needs=Action.HAND_OVER_READ,
        empty=_("没有等着接收的"),
        hint=_("上级交办、下级提级的件，会先出现在这里，接收以后才归本级办。"),
        beside=ABOVE | BELOW,
    ),
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
        key="arbitrations",
        title=_("等裁定"),
        kind=ListKind.ARBITRATIONS,
        needs=Action.ARBITRATION_READ,
        empty=_("没有等着裁定的"),
        hint=_("多次退回、说不清归谁办的件，会出现在这里，由派单、法律、编办一起定。"),
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
        key="helped",
        title=_("协办"),
        kind=ListKind.HELPED,
        needs=Action.PART_ANSWER,
        empty=_("没有等本单位协办的"),
        hint=_("别的单位主办、请本单位协办的件，会出现在这里，答复以后就没有了。"),
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
        key="urged",
        title=_("催办"),
        kind=ListKind.URGED,
        needs=Action.DESK_READ,
        empty=_("没有催办的"),
        hint=_("诉求人催过的件，会出现在这里，催得最多的排在前面。催办不改时限。"),
    ),
    View(
        key="urged_often",
        title=_("多次催办"),
        kind=ListKind.URGED_OFTEN,
        needs=Action.REPORT_READ,
        empty=_("没有多次催办的"),
        hint=_("同一轮里催了多次的件，会出现在这里，请负责人过问。"),
    ),
    View(
        key="extensions",
        title=_("待批延期"),
        kind=ListKind.EXTENSIONS,
        needs=Action.EXTENSION_READ,
        empty=_("没有等着批的延期"),
        hint=_("承办单位申请延期的件，会出现在这里，批不批都要写理由。"),
    ),
    View(
        key="tracked",
        title=_("跟踪中"),
        kind=ListKind.TRACKED,
        needs=Action.DESK_READ,
        empty=_("没有跟踪中的"),
        hint=_("一时办不成、已向诉求人说明的件，会出现在这里，最先到告知日子的排在前面。"),
    ),
    View(
        key="consents",
        title=_("等同意跟踪"),
        kind=ListKind.CONSENTS,
        needs=Action.TRACKING_READ,
        empty=_("没有等着同意的"),
        hint=_("承办单位自己跟踪到了上限的件，会出现在这里，同意了才能再跟踪。"),
    ),
    View(
        key="escalated",
        title=_("没有单位接"),
        kind=ListKind.ESCALATED,
        needs=Action.POOL_READ,
        empty=_("没有找不到单位的"),
        hint=_("到时限还没有找到承办单位的件，会出现在这里。"),
    ),
    View(
        key="overridden",
        title=_("越过协办办结"),
        kind=ListKind.OVERRIDDEN,
        needs=Action.SUPERVISION_ORDER,
        empty=_("没有越过协办单位办结的"),
        hint=_("协办单位没有答复或有不同意见、主办单位写明理由办结的件，会出现在这里。"),
    ),
    View(
        key="supervised",
        title=_("待答复督办"),
        kind=ListKind.SUPERVISED,
        needs=Action.SUPERVISION_ANSWER,
        empty=_("没有等着答复的督办"),
        hint=_("上级督办的件、超时限后自动督办承办单位的件，会出现在这里，答复以后就没有了。"),
    ),
    View(
        key="bulletins",
        title=_("通报候选"),
        kind=ListKind.BULLETINS,
        needs=Action.SUPERVISION_ORDER,
        empty=_("没有够得上通报的"),
        hint=_("超时限太久的件，会出现在这里，通报不通报由人定。结束以后就没有了。"),
    ),
    View(
        key="raising",
        title=_("建议提级"),
        kind=ListKind.RAISING,
        needs=Action.HAND_OVER_OFFER,
        empty=_("没有建议提级的"),
        hint=_("超时限太久、建议交上级办的件，会出现在这里，提不提级由派单员定，不会自动转走。"),
        beside=ABOVE,
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
        key="away",
        title=_("已转出"),
        kind=ListKind.AWAY,
        needs=Action.DESK_READ,
        empty=_("没有在别的层级办的"),
        hint=_("提级、交办的件，对方接收以后会出现在这里，办完结果会转回来。"),
        beside=ABOVE | BELOW,
    ),
    View(
        key="below",
        title=_("下级在办"),
        kind=ListKind.BELOW,
        needs=Action.BELOW_READ,
        empty=_("下级没有在办的"),
        hint=_("下级登记的件会自己报上来。一直是空的，请看看连接是否正常。"),
        beside=BELOW,
    ),
    View(
        key="reported",
        title=_("下级上报"),
        kind=ListKind.REPORTED,
        needs=Action.BELOW_READ,
        empty=_("下级没有上报的"),
        hint=_("下级报告而不转办的件，会出现在这里，仍由下级办理。"),
        beside=BELOW,
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
        key="callbacks",
        title=_("待回访"),
        kind=ListKind.CALLBACKS,
        needs=Action.DESK_READ,
        empty=_("没有等承办单位回访的"),
        hint=_("办结以后、承办单位还没有回访的件，会出现在这里。诉求人自己评价了，就不用再回访。"),
    ),
    View(
        key="centre_callbacks",
        title=_("待中心回访"),
        kind=ListKind.CENTRE_CALLBACKS,
        needs=Action.DESK_READ,
        empty=_("没有等中心回访的"),
        hint=_("办结以后由中心回访核实的件，会出现在这里。诉求人自己评价了，就不用再回访。"),
    ),
    View(
        key="pressed",
        title=_("被要求撤回"),
        kind=ListKind.PRESSED,
        needs=Action.PRESSURE_READ,
        empty=_("没有人说被要求撤回"),
        hint=_("诉求人说有人要求撤回的件，会出现在这里，只有督办人员看得到，承办单位看不到。"),
    ),
    View(
        key="withdrawn",
        title=_("已撤回"),
        kind=ListKind.WITHDRAWN,
        needs=Action.DESK_READ,
        empty=_("没有撤回的"),
        hint=_("诉求人撤回的件，会出现在这里；不算办结，也不算按时。改变主意的会接着办。"),
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
ONLY_OWN = frozenset({"open", "away", "centre_callbacks"})
"""Lists that a unit's officer does not need: their own list shows the same, or none is theirs."""


OF_DISPATCHERS = frozenset({"incoming", "pool", "arbitrations"})
"""Lists that stand last for those who only watch them."""


def views_of(actor: Actor, node: NodeFacts) -> list[View]:
    """Return the lists of an actor; the first is what their day begins with."""
    everywhere = sees_everything(actor, node.code)
    place = Resource(node=node.code, unit=actor.unit)
    relations = {each.relation for each in node.neighbours.values()}
    views = [
        view
        for view in VIEWS
        if may(actor, view.needs, place).allowed
        and (everywhere or view.key not in ONLY_OWN)
        and (not view.beside or view.beside & relations)
    ]
    acts = (Action.ORDER_DISPATCH, Action.ARBITRATION_OPINE)
    watches = not any(may(actor, act, place).allowed for act in acts)
    return sorted(views, key=lambda view: watches and view.key in OF_DISPATCHERS)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What narrows a list: words, and for what tiers below hold their node and the lamp."""

    text: str = ""
    node: str = ""
    lamp: str = ""
    cell: str = ""
    """The code of the number of the board that it stands behind."""


def scope_of(view: View, actor: Actor, node: str, by: Narrowed) -> ListScope:
    """Return what a list holds for this actor: of its kind what they may look at."""
    sight = sight_of(actor, node)
    whole = ListScope(
        kind=view.kind,
        sight=sight,
        reader=actor,
        lamp=view.lamp,
        text=by.text,
        cell=cell_of(by.cell),
    )
    if view.kind is ListKind.BELOW:
        lamp = by.lamp if by.lamp in LAMPS else None
        return replace(whole, holder=by.node or None, lamp=lamp)
    return replace(whole, unit=actor.unit or "") if view.kind in OF_ONE_UNIT else whole


def cell_of(code: str) -> Cell:
    """Return by what an address narrows a list; Refused (`bad_address`) if by nothing known."""
    try:
        return cell_read(code)
    except ValueError as error:
        raise Refused("bad_address", field="cell") from error


def sees_everything(actor: Actor, node: str) -> bool:
    """Tell whether the actor may read the desk of the whole node."""
    return may(actor, Action.DESK_READ, Resource(node=node)).allowed
