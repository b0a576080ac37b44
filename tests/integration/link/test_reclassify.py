"""How much work a case is, put right by another tier: every tier that has it knows, and once."""

from uuid import UUID

import pytest

from services.dispatch import handlers as dispatch
from services.dispatch.handlers import Reclassifying
from shared.errors import Refused
from shared.events.dispatch import CaseReclassified, ComplexityHeard
from shared.events.words import Complexity
from shared.security.actor import Role
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, register
from tests.integration.link.stories import case_at, give_back, heard, post_round
from tests.integration.link.test_hand_over import said
from tests.integration.link.test_tracking import given

pytestmark = pytest.mark.integration


def classify(node: Node, case_id: UUID, complexity: Complexity) -> None:
    wanted = Reclassifying(case_id, complexity, "涉及三个部门，电话 13800001234")
    with node.at_desk() as db:
        dispatch.reclassify(db, wanted, node.caller(Role.DISPATCHER))
    node.settle()


def test_what_a_tier_found_is_known_where_the_case_was_registered_and_found_once(
    three: Three,
) -> None:
    county, city, province = three
    case_id = register(county)
    given(county, case_id, city, three)
    post_round(*three)
    with pytest.raises(Refused, match="not_held_here"):
        classify(county, case_id, Complexity.COMPLEX)
    classify(city, case_id, Complexity.COMPLEX)
    post_round(*three)

    assert [fact.data["complexity"] for fact in said(county, ComplexityHeard.name)] == ["complex"]
    for node in (county, province):
        assert CaseReclassified.name in heard(node, case_id)
    (told,) = said(city, CaseReclassified.name)
    assert "13800001234" not in told.model_dump_json()

    given(city, case_id, province, three)
    with pytest.raises(Refused, match="already_reclassified"):
        classify(province, case_id, Complexity.SIMPLE)
    give_back(province, case_id, city)
    post_round(*three)
    post_round(*three)
    known = [case_at(node, case_id) for node in three]
    assert [(each.complexity, each.reclassified_at is not None) for each in known if each] == [
        ("complex", True)
    ] * 3
    assert [len(said(node, ComplexityHeard.name)) for node in three] == [1, 0, 0]
