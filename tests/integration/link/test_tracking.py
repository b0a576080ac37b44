"""What another tier cannot settle now: where it was registered it is told, and so is the end."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.dispatch import handlers as dispatch
from services.dispatch.policy.tracking import TrackingRules
from services.dispatch.repository.orders import order_in_work
from shared.events.dispatch import CaseFinished, CaseTracked, TrackingReported
from shared.events.words import OutcomeDetail
from shared.security.actor import Role
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, register
from tests.integration.link.stories import (
    heard,
    holders,
    offer,
    place,
    post_round,
    take,
)
from tests.integration.link.test_hand_over import said

pytestmark = pytest.mark.integration


def explain(node: Node, case_id: UUID) -> None:
    """Let the unit of a node explain, for the next working day."""
    officer = node.caller(Role.DISPOSAL_OFFICER)
    day = officer.now.date() + timedelta(days=1)
    while day.weekday() > 4:
        day += timedelta(days=1)
    with node.at_desk() as db:
        order = order_in_work(db, case_id)
        assert order is not None
        told = dispatch.Tracking(
            order_id=order.order_id,
            explanation="要等省里批，电话 13800001234",
            ground="《条例》第九条",
            next_on=day,
            attempt_needed=False,
        )
        dispatch.report_tracking(db, node.keys, told, TrackingRules(), officer)
    node.settle()


def finish(node: Node, case_id: UUID) -> None:
    """Let the unit of a node finish without a try to reach the person."""
    officer = node.caller(Role.DISPOSAL_OFFICER)
    with node.at_desk() as db:
        order = order_in_work(db, case_id)
        assert order is not None
        done = dispatch.Finishing(
            order_id=order.order_id,
            outcome=OutcomeDetail.DONE,
            answer="批下来了",
            attempt_needed=False,
        )
        dispatch.finish_order(db, node.keys, done, officer, node.house)
    node.settle()


def given(of: Node, case_id: UUID, to: Node, three: Three) -> None:
    """Hand a case to a neighbour whose unit signs for it."""
    offer(of, case_id, to)
    post_round(*three)
    take(to, case_id)
    order = place(to, case_id)
    with to.at_desk() as db:
        dispatch.sign(db, order.order_id, to.caller(Role.DISPOSAL_OFFICER))
    to.settle()


def test_the_origin_tells_what_was_explained_elsewhere_and_the_result_still_comes(
    three: Three,
) -> None:
    county, city, province = three
    case_id = register(county)
    given(county, case_id, city, three)
    explain(city, case_id)
    post_round(*three)

    assert [fact.data["promise_kept"] for fact in said(city, CaseTracked.name)] == [False]
    (told,) = said(county, CaseTracked.name)
    assert told.data["promise_kept"] is True
    assert "13800001234" not in told.model_dump_json()
    for node in (county, province):
        assert {TrackingReported.name, CaseTracked.name} <= {*heard(node, case_id)}
    assert holders(three, case_id) == [city.code]

    given(city, case_id, province, three)
    finish(province, case_id)
    post_round(*three)
    post_round(*three)

    assert [fact.data["outcome"] for fact in said(county, CaseFinished.name)] == ["done"]
    assert [len(said(node, CaseTracked.name)) for node in three] == [1, 1, 0]
