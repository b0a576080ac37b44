"""Which lists a desk begins with."""

from dataclasses import replace

import pytest

from services.portal.handlers import sight_of
from services.portal.pages.lists import VIEWS, Narrowed, scope_of, views_of
from services.portal.repository import ListKind, ListScope
from shared.http import NodeFacts
from shared.neighbours import Neighbour, Relation
from shared.security.actor import Actor, ActorKind, Role

NODE = "341500"
ABOVE = Neighbour("340000", "安徽省政务服务中心", "province", Relation.ABOVE)
BELOW = Neighbour("341523", "舒城县政务服务中心", "county", Relation.BELOW)
OF_TIERS = {"incoming", "away", "below", "reported", "raising"}


def at(*neighbours: Neighbour) -> NodeFacts:
    return NodeFacts(NODE, "city", "六安市政务服务中心", "", {n.code: n for n in neighbours})


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
    assert views_of(officer(role), at())[0].key == first


@pytest.mark.parametrize(
    ("role", "first"),
    [
        (Role.WINDOW_OFFICER, "intake"),
        (Role.DISPATCHER, "incoming"),
        (Role.DISPOSAL_OFFICER, "unit"),
        (Role.SUPERVISOR, "red"),
        (Role.INSPECTOR, "red"),
    ],
)
def test_beside_other_tiers_a_dispatcher_begins_with_what_they_ask(role: Role, first: str) -> None:
    assert views_of(officer(role), at(ABOVE, BELOW))[0].key == first


@pytest.mark.parametrize(
    ("neighbours", "lists"),
    [
        ((), set()),
        ((ABOVE,), {"incoming", "away", "raising"}),
        ((BELOW,), {"incoming", "away", "below", "reported"}),
        ((ABOVE, BELOW), OF_TIERS),
    ],
    ids=["alone", "lowest", "highest", "between"],
)
def test_a_list_that_must_stay_empty_without_a_neighbour_is_not_shown(
    neighbours: tuple[Neighbour, ...], lists: set[str]
) -> None:
    shown = {view.key for view in views_of(officer(Role.DISPATCHER), at(*neighbours))}

    assert shown & OF_TIERS == lists


@pytest.mark.parametrize(
    ("role", "lists"),
    [
        (Role.WINDOW_OFFICER, {"away"}),
        (Role.DISPOSAL_OFFICER, set()),
        (Role.SUPERVISOR, OF_TIERS - {"raising"}),
        (Role.INSPECTOR, OF_TIERS - {"raising"}),
        (Role.OPERATOR, set()),
    ],
)
def test_who_sees_what_lies_between_the_tiers(role: Role, lists: set[str]) -> None:
    shown = {view.key for view in views_of(officer(role), at(ABOVE, BELOW))}

    assert shown & OF_TIERS == lists


@pytest.mark.parametrize(
    ("role", "lists"),
    [
        (Role.DISPATCHER, {"supervised", "raising"}),
        (Role.DISPOSAL_OFFICER, {"supervised"}),
        (Role.SUPERVISOR, {"supervised", "bulletins"}),
        (Role.INSPECTOR, set()),
    ],
)
def test_who_acts_upon_what_follows_from_limits(role: Role, lists: set[str]) -> None:
    shown = {view.key for view in views_of(officer(role), at(ABOVE))}

    assert shown & {"supervised", "bulletins", "raising"} == lists


def test_what_tiers_below_hold_is_narrowed_by_node_and_a_lamp_that_exists() -> None:
    below = next(view for view in VIEWS if view.key == "below")
    actor = officer(Role.SUPERVISOR)

    asked = Narrowed(node="341523", lamp="red")
    sight = sight_of(actor, NODE)
    whole = ListScope(kind=ListKind.BELOW, sight=sight, reader=actor)
    assert scope_of(below, actor, NODE, asked) == replace(whole, holder="341523", lamp="red")
    assert scope_of(below, actor, NODE, Narrowed(lamp="blue")) == whole


def officer(role: Role) -> Actor:
    return Actor(
        kind=ActorKind.STAFF, id="x", name="王芳", node=NODE, unit="RSJ", roles=frozenset([role])
    )
