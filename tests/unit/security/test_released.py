"""Who sees files of somebody whose name is withheld: the house, and a unit that was let."""

from dataclasses import replace

from shared.security.actor import Actor, ActorKind, Role
from shared.security.policy import Action, Reason, Resource, may

NODE = "341523"
KEPT = Resource(node=NODE, unit="housing", units=frozenset({"housing", "water"}), withheld=True)
LET = replace(KEPT, released_to=frozenset({"housing"}))


def officer(*roles: Role, unit: str | None = "housing") -> Actor:
    return Actor(kind=ActorKind.STAFF, node=NODE, id="u", unit=unit, roles=frozenset(roles))


def test_a_unit_reads_files_of_a_case_of_which_some_were_released_to_it_and_nothing_else() -> None:
    unit = officer(Role.DISPOSAL_OFFICER)

    assert may(unit, Action.ATTACHMENT_READ, KEPT).reason is Reason.NAME_WITHHELD
    assert may(unit, Action.ATTACHMENT_READ, LET).allowed
    assert may(unit, Action.PERSON_REVEAL, LET).reason is Reason.NAME_WITHHELD
    helper = officer(Role.DISPOSAL_OFFICER, unit="water")
    assert may(helper, Action.ATTACHMENT_READ, LET).reason is Reason.NAME_WITHHELD
    gone = replace(LET, unit="tax", units=frozenset({"tax"}))
    assert may(unit, Action.ATTACHMENT_READ, gone).reason is Reason.OTHER_UNIT


def test_a_release_does_not_reach_over_a_conflict_of_interest() -> None:
    against = replace(LET, complained_of=frozenset({"housing"}))

    for actor in (officer(Role.DISPOSAL_OFFICER), officer(Role.SUPERVISOR)):
        for action in (Action.ATTACHMENT_READ, Action.ATTACHMENT_RELEASE):
            assert may(actor, action, against).reason is Reason.CONFLICT_OF_INTEREST


def test_who_works_for_a_unit_releases_nothing_whatever_else_they_are() -> None:
    both = officer(Role.WINDOW_OFFICER, Role.DISPOSAL_OFFICER)

    assert may(officer(Role.WINDOW_OFFICER), Action.ATTACHMENT_RELEASE, KEPT).allowed
    assert may(both, Action.ATTACHMENT_RELEASE, LET).reason is Reason.NAME_WITHHELD


def test_a_system_with_every_scope_is_let_see_nothing() -> None:
    scopes = frozenset(map(str, Action))
    system = Actor(kind=ActorKind.SYSTEM, node=NODE, id="s", scopes=scopes)

    assert may(system, Action.ATTACHMENT_READ, LET).reason is Reason.NAME_WITHHELD
