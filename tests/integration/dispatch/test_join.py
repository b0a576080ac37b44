"""A case waits for the answer of its lead: answered with it, or apart again, never lost."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from services.dispatch import handlers
from services.dispatch.handlers import Offering, Placement
from services.dispatch.policy import CaseState
from services.dispatch.repository.cases import cases_by_id
from services.dispatch.repository.orders import open_orders
from shared.db import transaction
from shared.errors import Refused
from shared.events.dispatch import CaseFinished, CaseJoined, CasePooled, OrderDispatched
from shared.events.intake import CaseGrouped, CaseUngrouped, GroupKind
from shared.outbox import forget, said
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_of_case
from tests.integration.dispatch.stories import (
    CITY,
    DISPATCHER,
    HOUSE,
    MARKET_OFFICER,
    TEN,
    accepted,
    at_ten,
    fill_catalogue,
    finishing,
    give_key,
    held_case,
    last,
    names,
    order_of,
    reopened,
    try_to_reach,
    worked,
)
from tests.integration.intake.stories import BY

pytestmark = pytest.mark.integration


def grouped(case_id: UUID, lead_id: UUID, kind: GroupKind = GroupKind.JOINED) -> CaseGrouped:
    return CaseGrouped(
        case_id=case_id,
        occurred_at=TEN,
        lead_id=lead_id,
        lead_number="BCS-341523-20300102-00001-X",
        kind=kind,
        because_masked="同一个人又打来了",
        by=BY,
    )


def ungrouped(case_id: UUID, lead_id: UUID) -> CaseUngrouped:
    told = grouped(case_id, lead_id).model_dump()
    return CaseUngrouped(**{**told, "because_masked": "不是同一件事"})


def state_of(db: Connection, case_id: UUID) -> CaseState:
    return cases_by_id(db, [case_id])[case_id].state


@pytest.fixture
def filled(db: Connection) -> Connection:
    fill_catalogue(db)
    return db


def test_the_answer_of_the_lead_is_given_to_both_under_each_ones_key(
    filled: Connection, engine: Engine, keys: NodeKeys
) -> None:
    lead, case = held_case(filled), held_case(filled)
    for order in (lead, case):
        give_key(engine, keys, order.case_id)

    handlers.hear_grouped(filled, grouped(case.case_id, lead.case_id))

    assert names(filled)[-2:] == ["order_returned", "case_joined"]
    assert last(filled, CaseJoined).lead_id == lead.case_id
    assert open_orders(filled, case.case_id) == 0
    by_hand = Placement(case.case_id, "cgz", "看看")
    with pytest.raises(Refused, match="wrong_state"):
        handlers.dispatch_manually(filled, by_hand, at_ten(DISPATCHER))

    worked(filled, keys, lead)

    told = [event for event in said(filled) if isinstance(event, CaseFinished)]
    assert [event.case_id for event in told] == [lead.case_id, case.case_id]
    assert {event.unit_code for event in told} == {"scjgj"}
    assert sealer_of_case(filled, keys, case.case_id).open(told[1].answer) == "已经办好"
    assert state_of(filled, case.case_id) is CaseState.FINISHED

    handlers.reopen_case(filled, reopened(case.case_id), HOUSE)
    assert order_of(filled, case.case_id).unit_code == "scjgj"
    assert state_of(filled, lead.case_id) is CaseState.FINISHED


def test_apart_again_each_goes_on_where_it_was(filled: Connection) -> None:
    lead, case = held_case(filled), held_case(filled)
    pooled = accepted(item_code=None, region="350100")
    handlers.route_cases(filled, [pooled])
    for case_id in (case.case_id, pooled.case_id):
        handlers.hear_grouped(filled, grouped(case_id, lead.case_id))

    handlers.hear_ungrouped(filled, ungrouped(case.case_id, lead.case_id))
    assert last(filled, OrderDispatched).unit_code == "scjgj"
    assert order_of(filled, case.case_id).order_id != case.order_id
    handlers.hear_ungrouped(filled, ungrouped(pooled.case_id, lead.case_id))
    assert last(filled, CasePooled).reason == "no_rule"
    handlers.hear_ungrouped(filled, ungrouped(pooled.case_id, lead.case_id))
    assert names(filled).count("case_pooled") == 2


def test_what_is_only_grouped_goes_its_own_way(filled: Connection) -> None:
    lead, case = held_case(filled), held_case(filled)

    handlers.hear_grouped(filled, grouped(case.case_id, lead.case_id, GroupKind.GROUPED))

    assert "case_joined" not in names(filled)
    assert open_orders(filled, case.case_id) == 1


def test_a_lead_whose_answer_others_wait_for_stays_here(filled: Connection) -> None:
    lead, case = held_case(filled), held_case(filled)
    handlers.hear_grouped(filled, grouped(case.case_id, lead.case_id))

    for case_id, code in ((lead.case_id, "case_has_joined"), (case.case_id, "wrong_state")):
        up = Offering(case_id=case_id, to_node=CITY.code, because="请市里办")
        with pytest.raises(Refused, match=code):
            handlers.offer_hand_over(filled, up, at_ten(DISPATCHER), HOUSE)


CASES = 4
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["group", "part", "finish"]),
        st.integers(0, CASES - 1),
        st.integers(0, CASES - 1),
    ),
    max_size=12,
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_grouping_and_parting_never_lose_or_double_a_case(
    engine: Engine, keys: NodeKeys, steps: Sequence[tuple[str, int, int]]
) -> None:
    with transaction(engine, "dispatch") as db:
        forget(db)
        fill_catalogue(db)
        ids = [held_case(db).case_id for _ in range(CASES)]
        for case_id in ids:
            give_key(engine, keys, case_id)
        for what, case, other in steps:
            take(db, keys, what, ids[case], ids[other])
            check(db, ids)
        db.get_transaction().rollback()  # type: ignore[union-attr]  # one was begun


def take(db: Connection, keys: NodeKeys, what: str, case: UUID, other: UUID) -> None:
    if what == "group" and case != other:
        handlers.hear_grouped(db, grouped(case, other))
    elif what == "part":
        handlers.hear_ungrouped(db, ungrouped(case, other))
    elif what == "finish" and state_of(db, case) is CaseState.HELD:
        order = order_of(db, case)
        if order.signed_at is None:
            handlers.sign(db, order.order_id, at_ten(MARKET_OFFICER))
            handlers.log_contact(db, try_to_reach(order.order_id), at_ten(MARKET_OFFICER))
        done = finishing(order.order_id)
        handlers.finish_order(db, keys, done, at_ten(MARKET_OFFICER), HOUSE)


def check(db: Connection, ids: Sequence[UUID]) -> None:
    """Each case is in one hand, waits for one that is in work, or was answered once."""
    found = cases_by_id(db, ids)
    answered = Counter(one.case_id for one in said(db) if isinstance(one, CaseFinished))
    for case_id, case in found.items():
        assert open_orders(db, case_id) == (1 if case.state is CaseState.HELD else 0)
        assert answered[case_id] == (1 if case.state is CaseState.FINISHED else 0)
        if case.state is CaseState.JOINED:
            assert case.joined_to is not None
            assert found[case.joined_to].state is CaseState.HELD
