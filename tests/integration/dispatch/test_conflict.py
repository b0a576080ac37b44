"""A case that complains of a unit does not reach it: not by a rule, not by hand, not anew."""

from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, select

from services.dispatch import handlers
from services.dispatch.handlers import Offering, Placement
from services.dispatch.policy import CaseState, OrderState
from services.dispatch.repository.cases import lock_case
from services.dispatch.repository.orders import Order
from services.dispatch.tables import complaints, plumbing
from shared.complaints import Complaint, barred, complaint_of, keep_complaint, shown_to
from shared.errors import Refused
from shared.events.dispatch import CasePooled, OrderDispatched, OrderReturned, PoolReason, Route
from shared.events.intake import ComplainedOf, ComplaintMarked, UnitComplainedOf
from shared.events.sealed import Sealed, SealedName
from shared.events.words import By
from shared.security.actor import Actor, ActorKind, Role
from shared.security.policy import Action, Reason, Resource, may
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    DISPATCHER,
    HOUSE,
    MARKET_OFFICER,
    NODE,
    TEN,
    accepted,
    at_ten,
    fill_catalogue,
    give_key,
    held_case,
    last,
    names,
    order_of,
    reopened,
    retire_unit,
    worked,
)
from tests.integration.doorway import Call, staff

pytestmark = pytest.mark.integration

OTHERS_DISPATCHER = staff(Role.DISPATCHER, unit="scjgj")
INSPECTOR = staff(Role.INSPECTOR)
DETOUR = "本件反映的是县市场监督管理局或它的上级，按回避要求交由上级单位办理"


def against(*codes: str, hashes: tuple[str, ...] = (), node: str = NODE) -> ComplainedOf:
    units = tuple(UnitComplainedOf(node=node, code=code, title=code) for code in codes)
    name = Sealed.withheld("complained_of")
    persons = tuple(SealedName(name=name, name_hash=hashed) for hashed in hashes)
    return ComplainedOf(units=units, persons=persons)


def marked(case_id: UUID, told: ComplainedOf) -> ComplaintMarked:
    by = By(kind="staff", role="supervisor")
    return ComplaintMarked(case_id=case_id, occurred_at=TEN, complained_of=told, by=by)


def reading(*roles: Role, unit: str | None = None, known_as: str = "") -> Actor:
    actor = staff(*roles, unit=unit)
    return Actor(
        kind=actor.kind,
        node=NODE,
        id=actor.id,
        unit=unit,
        roles=actor.roles,
        known_as=frozenset({known_as}),
    )


def test_the_rules_pass_by_the_unit_complained_of(db: Connection) -> None:
    fill_catalogue(db)

    order = held_case(db, complained_of=against("scjgj"))

    fact = last(db, OrderDispatched)
    assert (order.unit_code, fact.route) == ("zwfw", Route.DETOUR)
    assert fact.because == f"按事项派单：“食品经营许可”由该单位负责；{DETOUR}"
    assert complaint_of(db, complaints, order.case_id).units == {"scjgj"}


def test_where_all_above_are_complained_of_a_dispatcher_decides(db: Connection) -> None:
    fill_catalogue(db)
    event = accepted(complained_of=against("zwfw"))

    handlers.route_cases(db, [event])

    assert last(db, CasePooled).reason is PoolReason.CONFLICT_OF_INTEREST


def test_in_one_batch_each_case_has_its_own_complaint(db: Connection) -> None:
    fill_catalogue(db)
    one, other = accepted(complained_of=against("scjgj")), accepted()

    handlers.route_cases(db, [one, other])

    assert order_of(db, one.case_id).unit_code == "zwfw"
    assert order_of(db, other.case_id).unit_code == "scjgj"


def test_a_dispatcher_is_refused_and_told_the_way_out(db: Connection) -> None:
    fill_catalogue(db)
    event = accepted(item_code=None, region="350100", complained_of=against("scjgj"))
    handlers.route_cases(db, [event])

    with pytest.raises(Refused) as refused:
        handlers.dispatch_manually(
            db, Placement(event.case_id, "scjgj", "职责"), at_ten(DISPATCHER)
        )
    assert (refused.value.code, refused.value.field) == ("unit_complained_of", "unit_code")

    order = handlers.dispatch_manually(
        db, Placement(event.case_id, "cgz", "属地"), at_ten(DISPATCHER)
    )
    assert order.unit_code == "cgz"


def test_a_unit_below_the_one_complained_of_is_refused_too(db: Connection) -> None:
    fill_catalogue(db)
    event = accepted(item_code=None, region="350100", complained_of=against("zwfw"))
    handlers.route_cases(db, [event])

    with pytest.raises(Refused, match="unit_complained_of"):
        handlers.dispatch_manually(db, Placement(event.case_id, "cgz", "属地"), at_ten(INSPECTOR))


def test_a_new_round_passes_by_whom_the_case_now_complains_of(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    worked(db, keys, order)
    handlers.hear_complaint(db, marked(order.case_id, against("scjgj")), NODE)

    handlers.reopen_case(db, reopened(order.case_id), HOUSE)

    again = order_of(db, order.case_id)
    assert (again.round, again.unit_code, again.route.value) == (2, "zwfw", "detour")


def test_an_order_is_taken_back_from_a_unit_marked_later(db: Connection) -> None:
    fill_catalogue(db)
    order = held_case(db)
    handlers.sign(db, order.order_id, at_ten(MARKET_OFFICER))

    handlers.hear_complaint(db, marked(order.case_id, against("scjgj")), NODE)

    assert names(db)[-2:] == ["order_returned", "order_dispatched"]
    back, anew = last(db, OrderReturned), last(db, OrderDispatched)
    assert (back.order_id, back.unit_code, back.ground) == (
        order.order_id,
        "scjgj",
        "conflict_of_interest",
    )
    assert (anew.unit_code, anew.route, anew.because) == (
        "zwfw",
        Route.DETOUR,
        f"因回避收回工单；{DETOUR}",
    )
    case = lock_case(db, order.case_id)
    assert case is not None
    assert (case.state, case.unit_code) == (CaseState.HELD, "zwfw")
    row = db.execute(
        plumbing.audit.select().where(plumbing.audit.c.action == "order.return")
    ).one()
    assert (row.actor_id, row.object_id) == ("rules", str(order.order_id))


def test_heard_twice_it_takes_nothing_back_twice(db: Connection) -> None:
    fill_catalogue(db)
    order = held_case(db)
    event = marked(order.case_id, against("scjgj"))

    handlers.hear_complaint(db, event, NODE)
    said = names(db)
    handlers.hear_complaint(db, event, NODE)

    assert names(db) == said


def test_with_nobody_above_it_goes_to_the_pool(db: Connection) -> None:
    fill_catalogue(db)
    retire_unit(db, "zwfw")
    order = held_case(db)

    handlers.hear_complaint(db, marked(order.case_id, against("scjgj")), NODE)

    assert last(db, CasePooled).reason is PoolReason.CONFLICT_OF_INTEREST
    assert order_of(db, order.case_id).state is OrderState.RETURNED


def test_while_another_node_may_take_it_nobody_here_gets_it_anew(db: Connection) -> None:
    fill_catalogue(db)
    order = held_case(db)
    offering = Offering(case_id=order.case_id, to_node="341500", because="跨县")
    handlers.offer_hand_over(db, offering, at_ten(DISPATCHER), HOUSE)

    handlers.hear_complaint(db, marked(order.case_id, against("scjgj")), NODE)

    assert names(db)[-2:] == ["order_returned", "case_pooled"]


def test_another_node_s_unit_of_the_same_code_is_somebody_else(db: Connection) -> None:
    fill_catalogue(db)
    order = held_case(db)

    handlers.hear_complaint(db, marked(order.case_id, against("scjgj", node="341500")), NODE)

    assert order_of(db, order.case_id).state is OrderState.DISPATCHED
    assert complaint_of(db, complaints, order.case_id) == Complaint()


def test_what_was_marked_before_the_acceptance_was_heard_counts(db: Connection) -> None:
    fill_catalogue(db)
    event = accepted(complained_of=against("cgz"))

    handlers.hear_complaint(db, marked(event.case_id, against("cgz", "scjgj")), NODE)
    handlers.route_cases(db, [event])

    assert order_of(db, event.case_id).unit_code == "zwfw"
    assert complaint_of(db, complaints, event.case_id).units == {"cgz", "scjgj"}


@pytest.fixture
def hidden(unit: Unit) -> Order:
    """A case that the town has, and that complains of the market bureau and of somebody."""
    event = accepted(item_code=None, complained_of=against("scjgj", hashes=("hash-of-li",)))
    with unit.transaction() as db:
        fill_catalogue(db)
        handlers.route_cases(db, [event])
        return order_of(db, event.case_id)


CONFLICTED = [
    OTHERS_DISPATCHER,
    reading(Role.SUPERVISOR, unit="zwfw", known_as="hash-of-li"),
    reading(Role.INSPECTOR, known_as="hash-of-li"),
]


@pytest.mark.parametrize("actor", CONFLICTED)
def test_whom_it_complains_of_finds_no_such_order(call: Call, hidden: Order, actor: Actor) -> None:
    listed = call(actor, "GET", "/orders").json()["items"]
    asked = call(actor, "GET", f"/orders/{hidden.order_id}")
    unheard = call(actor, "GET", f"/orders/{UUID(int=7)}")

    assert listed == []
    assert asked.status_code == unheard.status_code
    assert asked.json() | {"instance": "", "trace_id": ""} == unheard.json() | {
        "instance": "",
        "trace_id": "",
    }


@pytest.mark.parametrize("actor", [DISPATCHER, INSPECTOR])
def test_everybody_else_sees_it(call: Call, hidden: Order, actor: Actor) -> None:
    listed = call(actor, "GET", "/orders").json()["items"]

    assert [line["order_id"] for line in listed] == [str(hidden.order_id)]
    assert call(actor, "GET", f"/orders/{hidden.order_id}").status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/orders", {"unit_code": "cgz", "because": "属地"}),
        ("/hand-overs", {"to_node": "341500", "because": "跨县"}),
    ],
)
def test_whom_it_complains_of_decides_nothing_about_it(
    call: Call, hidden: Order, path: str, body: dict[str, Any]
) -> None:
    told = {"case_id": str(hidden.case_id), **body}

    answer = call(OTHERS_DISPATCHER, "POST", path, json=told)

    assert answer.json()["code"] == "unknown_case"


def test_whom_it_complains_of_does_not_report_it_up(db: Connection) -> None:
    fill_catalogue(db)
    order = held_case(db, item_code=None, complained_of=against("scjgj"))
    reporting = handlers.Reporting(order.case_id, "先报告")

    with pytest.raises(Refused, match="unknown_case"):
        handlers.report_up(db, reporting, at_ten(OTHERS_DISPATCHER), HOUSE)


def test_an_order_taken_back_is_hidden_from_the_unit_that_had_it(call: Call, unit: Unit) -> None:
    event = accepted()
    with unit.transaction() as db:
        fill_catalogue(db)
        handlers.route_cases(db, [event])
        order = order_of(db, event.case_id)
        handlers.hear_complaint(db, marked(event.case_id, against("scjgj")), NODE)

    assert call(MARKET_OFFICER, "GET", "/orders").json()["items"] == []
    assert call(MARKET_OFFICER, "GET", f"/orders/{order.order_id}").status_code == 404
    assert (
        call(MARKET_OFFICER, "POST", f"/orders/{order.order_id}/sign", json={}).json()["code"]
        == "unknown_order"
    )


CHOICES = [frozenset(one) for one in ((), ("scjgj",), ("zwfw",), ("scjgj", "cgz"))]
HASHES = [frozenset(one) for one in ((), ("li",), ("li", "wang"))]
READERS = [
    Actor(kind=kind, node=NODE, unit=unit, above=frozenset(above), known_as=frozenset(known))
    for kind in (ActorKind.STAFF, ActorKind.SYSTEM)
    for unit, above in ((None, ()), ("scjgj", ("zwfw",)), ("cgz", ()), ("zwfw", ()))
    for known in ((), ("li",), ("wang", "u1"), ("zhang",))
]


def test_a_list_hides_exactly_what_the_policy_refuses(db: Connection) -> None:
    told = {uuid4(): Complaint(units, hashes) for units, hashes in product(CHOICES, HASHES)}
    for case_id, complaint in told.items():
        keep_complaint(db, complaints, case_id, complaint)

    for reader in READERS:
        shown = select(complaints.c.case_id).where(
            shown_to(reader, complaints.alias("told"), complaints.c.case_id)
        )
        here = Resource(node=NODE)
        assert set(db.scalars(shown)) == {
            case_id
            for case_id, complaint in told.items()
            if may(reader, Action.CASE_READ, barred(here, complaint)).reason
            is not Reason.CONFLICT_OF_INTEREST
        }, reader
