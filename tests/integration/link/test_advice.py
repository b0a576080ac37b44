"""Advice and supervision are said downwards: nobody below makes them up for another."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from services.link import tables
from shared.clock import new_id
from shared.events.base import CaseEvent
from shared.events.review import GuidanceGiven, SupervisionOrdered
from shared.events.words import By
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, register
from tests.integration.link.stories import post_round

pytestmark = pytest.mark.integration

OFFICER = By(kind="staff", role="supervisor")
SIBLING, PROVINCE = "341525", "340000"


def guidance(case_id: UUID, node: Node, to: str) -> CaseEvent:
    return GuidanceGiven(
        case_id=case_id,
        occurred_at=node.clock.now,
        guidance_id=new_id(),
        number="BCS-341523-20300102-00001-X",
        to_node=to,
        text_masked="按省厅〔2029〕12 号文办",
        by=OFFICER,
    )


def supervision(case_id: UUID, node: Node, to: str) -> CaseEvent:
    return SupervisionOrdered(
        case_id=case_id,
        occurred_at=node.clock.now,
        supervision_id=new_id(),
        number="BCS-341523-20300102-00001-X",
        to_node=to,
        text_masked="请说明办理情况",
        answer_by=node.clock.now + timedelta(days=3),
        by=OFFICER,
    )


@pytest.mark.parametrize("said", [guidance, supervision], ids=["guidance", "supervision"])
@pytest.mark.parametrize(
    ("speaker", "to"),
    [("", SIBLING), (PROVINCE, ""), (SIBLING, "")],
    ids=["to a sibling", "in the name of the province", "in the name of a sibling"],
)
def test_what_a_county_makes_up_for_others_is_not_believed(
    three: Three, said: Callable[[UUID, Node, str], CaseEvent], speaker: str, to: str
) -> None:
    county, city, province = three
    case_id = register(county)
    post_round(*three)
    forged = said(case_id, county, to or county.code)

    county.say(forged, "review", speaker or county.code)
    post_round(*three)

    for node in (city, province):
        assert forged.name not in [each.fact.type for each in node.heard]
    assert city.count(tables.refused, tables.refused.c.reason == "not_granted") == 1


@pytest.mark.parametrize("said", [guidance, supervision], ids=["guidance", "supervision"])
def test_what_a_city_says_to_its_county_is_known_to_the_province(
    three: Three, said: Callable[[UUID, Node, str], CaseEvent]
) -> None:
    county, city, province = three
    case_id = register(county)
    post_round(*three)
    given = said(case_id, city, county.code)

    city.say(given, "review")
    post_round(*three)

    assert given.name in [each.fact.type for each in province.heard]
    assert province.count(tables.refused) == 0
