"""What the tests of hand-over let nodes do."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from services.dispatch import handlers as dispatch
from services.dispatch.handlers.contact import Way
from services.dispatch.policy import Direction, OfferState
from services.dispatch.repository.cases import Case, cases_by_id
from services.dispatch.repository.hand_overs import HandOver, Wanted, hand_overs_like
from services.dispatch.repository.orders import Order, order_in_work
from services.dispatch.tables import cases, hand_overs
from services.link import handlers as link
from shared.clock import new_id
from shared.events.review import GuidanceGiven
from shared.events.words import By, Disclosure, HandOverGround, OutcomeDetail
from shared.security.actor import Role
from tests.integration.link.nodes import Node

OFFICER = By(kind="staff", role="supervisor")
OFFERED = (hand_overs.c.state == OfferState.OPEN) & (hand_overs.c.direction == Direction.OUT)


def post_round(*nodes: Node) -> None:
    """Let the carrier do its work until nobody has anything to send."""
    post = nodes[0].post
    by_code = {node.code: node for node in nodes}
    for node in nodes:
        node.settle()
        node.send()
    while post.lying:
        lying, post.lying = post.lying, []
        for peer in dict.fromkeys(peer for peer, _ in lying):
            by_code[peer].deliver(*(letter for to, letter in lying if to == peer))
        for node in nodes:
            node.send()


def offer(node: Node, case_id: UUID, to: Node, **more: object) -> HandOver:
    """Offer a case to a neighbour; back to where it came from with a ground."""
    offering = dispatch.Offering(
        case_id=case_id,
        to_node=to.code,
        because="本级办不了",
        **more,  # type: ignore[arg-type]
    )
    with node.at_desk() as db:
        made = dispatch.offer_hand_over(db, offering, node.caller(), node.house)
    node.settle()
    return made


def give_back(node: Node, case_id: UUID, to: Node) -> HandOver:
    """Return a leg to where it came from."""
    basis = {"ground": HandOverGround.NOT_OUR_TIER, "legal_basis": "《市级权责清单》"}
    return offer(node, case_id, to, **basis)


def incoming(node: Node, case_id: UUID) -> HandOver | None:
    """The open offer of a case to a node."""
    with node.at_desk() as db:
        wanted = Wanted(Direction.IN, OfferState.OPEN, case_id)
        return next(iter(hand_overs_like(db, wanted, 5)), None)


def take(node: Node, case_id: UUID) -> None:
    """Take over what is offered."""
    waiting = incoming(node, case_id)
    assert waiting is not None
    with node.at_desk() as db:
        dispatch.accept_hand_over(db, waiting.hand_over_id, node.caller(), node.house)
    node.settle()


def refuse(node: Node, case_id: UUID) -> None:
    """Refuse what is offered."""
    waiting = incoming(node, case_id)
    assert waiting is not None
    refusing = dispatch.Refusing(
        hand_over_id=waiting.hand_over_id,
        ground=HandOverGround.DELEGATED,
        legal_basis="《下放清单》第 12 项",
    )
    with node.at_desk() as db:
        dispatch.refuse_hand_over(db, refusing, node.caller())
    node.settle()


def withdraw(node: Node, made: HandOver) -> None:
    """Ask for an offer back."""
    with node.at_desk() as db:
        dispatch.withdraw(db, made.hand_over_id, "弄错了", node.caller())
    node.settle()


def place(node: Node, case_id: UUID) -> Order:
    """Send a pooled case to the node's unit."""
    placement = dispatch.Placement(case_id, "gjj", "归公积金中心")
    with node.at_desk() as db:
        order = dispatch.dispatch_manually(db, placement, node.caller())
    node.settle()
    return order


def has_order(node: Node, case_id: UUID) -> bool:
    """Whether a unit of the node works on a case."""
    with node.at_desk() as db:
        return order_in_work(db, case_id) is not None


def work(node: Node, case_id: UUID, answer: str = "已经办好") -> None:
    """Let the unit sign, reach the person and finish."""
    officer = node.caller(Role.DISPOSAL_OFFICER)
    with node.at_desk() as db:
        order = order_in_work(db, case_id)
        assert order is not None
        dispatch.sign(db, order.order_id, officer)
        attempt = dispatch.Attempt(order_id=order.order_id, way=Way.PHONE, reached=True)
        dispatch.log_contact(db, attempt, officer)
        finishing = dispatch.Finishing(
            order_id=order.order_id, outcome=OutcomeDetail.DONE, answer=answer, attempt_needed=True
        )
        dispatch.finish_order(db, node.keys, finishing, officer, node.house)
    node.settle()


def case_at(node: Node, case_id: UUID) -> Case | None:
    """A case as a node's dispatch has it."""
    with node.at_desk() as db:
        return cases_by_id(db, [case_id]).get(case_id)


def assert_one_holder(nodes: Sequence[Node], known: Sequence[UUID]) -> None:
    """Somebody answers for each case, under an epoch of its own, and one at most may end it."""
    responsible: dict[UUID, list[int]] = {case_id: [] for case_id in known}
    free: Counter[UUID] = Counter()
    for node in nodes:
        with node.at_desk() as db:
            here = db.execute(select(cases.c.case_id, cases.c.epoch).where(cases.c.here)).all()
            offered = set(db.scalars(select(hand_overs.c.case_id).where(OFFERED)))
        for case_id, epoch in here:
            responsible.setdefault(case_id, []).append(epoch)
            free[case_id] += case_id not in offered
    for case_id in known:
        epochs = responsible[case_id]
        assert epochs, "nobody answers for the case"
        assert len(set(epochs)) == len(epochs), "two hold the same epoch"
        assert free[case_id] <= 1, "two may end the case"


def holders(nodes: tuple[Node, ...], case_id: UUID) -> list[str]:
    """The nodes that answer for a case, the one with the highest epoch last."""
    found = [(case.epoch, node.code) for node in nodes if (case := case_at(node, case_id))]
    here = [
        (epoch, code)
        for epoch, code in found
        if (case := case_at(next(n for n in nodes if n.code == code), case_id)) and case.here
    ]
    return [code for _, code in sorted(here)]


def let(node: Node, level: Disclosure) -> bool:
    """Start a node with this level in its settings, as its timer would find it."""
    node.clock.pass_(timedelta(minutes=1))
    node.level = level
    set_now = link.settle_rule(node.units["link"].transaction, node.link_house())
    node.settle()
    return set_now


def heard(node: Node, case_id: UUID) -> list[str]:
    """What a node heard of a case, in order."""
    return [fact.fact.type for fact in node.heard if fact.case_id == case_id]


def guidance(case_id: UUID, to: Node) -> GuidanceGiven:
    """What a tier above advises a node on a case."""
    return GuidanceGiven(
        case_id=case_id,
        occurred_at=to.clock.now,
        guidance_id=new_id(),
        number="BCS-341523-20300102-00001-X",
        to_node=to.code,
        text_masked="按省厅〔2029〕12 号文办",
        by=OFFICER,
    )
