"""What is within reach of all rows is what the policy says of each."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from shared.security.actor import Actor, ActorKind, Role
from shared.security.policy import CITIZEN_ACTIONS, GRANTS, Action, Resource, may
from shared.security.reach import EVERYTHING, NOTHING, within
from tests.unit.security.test_policy import NODE, actors, resources

BY_CHANNEL = {Action.CASE_REGISTER, Action.CASE_IMPORT}
SEEN = [action for action in Action if action not in BY_CHANNEL]


@given(actor=actors, action=st.sampled_from(SEEN), resource=resources)
def test_a_row_is_within_reach_where_the_policy_allows_it(
    actor: Actor, action: Action, resource: Resource
) -> None:
    here = replace(resource, node=NODE, complained_of=frozenset())

    reach = within(actor, action, NODE)

    assert reach.has(here) == may(actor, action, here).allowed
    assert not reach.nothing or not may(actor, action, here).allowed


@given(actor=actors, action=st.sampled_from(Action))
def test_of_another_node_nothing_is_within_reach(actor: Actor, action: Action) -> None:
    assert within(actor, action, "341500") == NOTHING


@given(actor=actors, action=st.sampled_from(sorted(BY_CHANNEL)))
def test_what_hangs_on_a_channel_makes_no_list(actor: Actor, action: Action) -> None:
    assert within(actor, action, NODE) == NOTHING


def test_a_reader_of_the_whole_node_needs_no_unit() -> None:
    supervisor = Actor(kind=ActorKind.STAFF, node=NODE, roles=frozenset({Role.SUPERVISOR}))

    assert within(supervisor, Action.CASE_READ, NODE) == EVERYTHING
    assert {action for action in GRANTS[Role.SUPERVISOR] if action in CITIZEN_ACTIONS}
