from uuid import UUID

import pytest

from shared.security.actions import Action
from shared.security.actor import Actor, ActorKind, Role, citizen, outside
from shared.security.decisions import Reason, Resource
from shared.security.policy import may

NODE, UNIT = "341523", "housing"
CASE, FILE = UUID(int=1), UUID(int=2)


def staff(*roles: Role) -> Actor:
    return Actor(kind=ActorKind.STAFF, node=NODE, id="x", roles=frozenset(roles), unit=UNIT)


def program(*scopes: Action) -> Actor:
    told = frozenset(each.value for each in scopes)
    return Actor(kind=ActorKind.SYSTEM, node=NODE, id="app", scopes=told)


def asked(actor: Actor, action: Action, *, withheld: bool) -> tuple[bool, Reason]:
    resource = Resource(node=NODE, unit=UNIT, case_id=CASE, file_id=FILE, withheld=withheld)
    decision = may(actor, action, resource)
    return decision.allowed, decision.reason


@pytest.mark.parametrize("action", [Action.PERSON_REVEAL, Action.ATTACHMENT_READ])
@pytest.mark.parametrize(
    "actor",
    [
        staff(Role.DISPOSAL_OFFICER),
        staff(Role.DISPOSAL_OFFICER, Role.WINDOW_OFFICER),
        outside(NODE, CASE, UUID(int=3), [FILE]),
        program(Action.PERSON_REVEAL, Action.ATTACHMENT_READ),
    ],
    ids=["unit", "unit-and-window", "outside", "program"],
)
def test_who_works_on_a_case_or_beside_it_sees_nobody_who_is_withheld(
    actor: Actor, action: Action
) -> None:
    allowed, _ = asked(actor, action, withheld=False)

    assert asked(actor, action, withheld=True)[0] is False
    if allowed:
        assert asked(actor, action, withheld=True)[1] is Reason.NAME_WITHHELD


def test_the_files_of_who_is_not_withheld_are_shown_to_each_of_them() -> None:
    for actor in (
        staff(Role.DISPOSAL_OFFICER),
        outside(NODE, CASE, UUID(int=3), [FILE]),
        program(Action.ATTACHMENT_READ),
    ):
        assert asked(actor, Action.ATTACHMENT_READ, withheld=False)[0], actor.kind


def test_the_centre_and_the_person_see_as_ever() -> None:
    mine = citizen(NODE, CASE, "BCS-1")

    assert asked(staff(Role.WINDOW_OFFICER), Action.PERSON_REVEAL, withheld=True)[0]
    assert asked(mine, Action.ATTACHMENT_READ, withheld=True)[0]
    assert asked(staff(Role.DISPOSAL_OFFICER), Action.CASE_READ, withheld=True)[0]
