"""Which lists a desk begins with."""

import pytest

from services.portal.pages.lists import views_of
from shared.security.actor import Actor, ActorKind, Role

NODE = "341523"


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.WINDOW_OFFICER, "intake"),
        (Role.DISPATCHER, "intake"),
        (Role.DISPOSAL_OFFICER, "unit"),
        (Role.SUPERVISOR, "red"),
        (Role.INSPECTOR, "red"),
    ],
)
def test_a_day_begins_with_the_list_that_is_ones_own_work(role: Role, first: str) -> None:
    actor = officer(role)

    assert views_of(actor, NODE)[0].key == first


def officer(role: Role) -> Actor:
    return Actor(
        kind=ActorKind.STAFF, id="x", name="王芳", node=NODE, unit="RSJ", roles=frozenset([role])
    )
