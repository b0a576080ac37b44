"""Every endpoint says what it demands, and every action of the policy has one that demands it."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter

from backstop.contracts.access import ACCESS_PAGE, access_page
from backstop.contracts.routes import Endpoint, endpoints, endpoints_of
from services.portal.pages.access_words import GROUPS, REACHES
from services.portal.pages.act_forms import BODIES
from services.portal.pages.acts import ACTS
from services.portal.pages.lists import VIEWS
from shared.http.demands import Audience, Demand, demand_of, demands, open_to
from shared.security.policy import Action, Reach

ENDPOINTS = endpoints()
OF_LISTS = frozenset(view.needs for view in VIEWS)
"""What `/desk` asks for before it shows a list."""
SPOKEN = OF_LISTS | {
    action for each in ENDPOINTS if each.demand is not None for action in each.demand.spoken
}
ASKED_WITHIN = frozenset({Action.CASE_IMPORT, Action.CASE_LINK, Action.CASE_ANSWER})
"""Asked for a field of a body, beside what the endpoint demands."""
NOT_YET = frozenset(
    {
        Action.PARKED_READ,
        Action.ADMIN_READ,
    }
)
"""Actions of the policy that no endpoint demands so far: this list may only become shorter."""


def wrongly_declared(found: Iterator[Endpoint]) -> list[str]:
    """Return the endpoints that do not say what they demand, or say two things, or no reason."""
    return [each.name for each in found if not _is_clear(each.demand)]


def _is_clear(demand: Demand | None) -> bool:
    return demand is not None and bool(demand.spoken) != bool(demand.because)


def test_every_endpoint_says_what_it_demands_or_why_it_demands_nothing() -> None:
    assert wrongly_declared(iter(ENDPOINTS)) == []


def test_every_router_of_the_web_process_is_walked() -> None:
    paths = {each.path for each in ENDPOINTS}

    assert paths >= {"/healthz", "/docs", "/api/v1/cases", "/api/v1/links", "/", "/desk", "/admin"}


@pytest.mark.parametrize("action", sorted(set(Action) - ASKED_WITHIN - NOT_YET))
def test_an_action_of_the_policy_is_demanded_somewhere(action: Action) -> None:
    assert action in SPOKEN


def test_what_is_demanded_is_struck_off_the_list_of_what_is_not_yet() -> None:
    assert sorted(NOT_YET & SPOKEN) == []


def test_no_endpoint_stands_twice() -> None:
    names = [each.name for each in ENDPOINTS]

    assert [name for name in names if names.count(name) > 1] == []


def test_each_act_of_the_desk_has_its_action() -> None:
    assert set(ACTS) == set(BODIES)


def test_nothing_is_open_to_everybody_that_changes_what_is_kept() -> None:
    changing = {
        each.name
        for each in ENDPOINTS
        if each.method not in ("GET", "HEAD")
        and each.demand is not None
        and each.demand.audience is Audience.EVERYBODY
        and not each.demand.spoken
    }

    assert changing == {
        "POST /api/v1/one-time-codes",
        "POST /outside",
        "POST /outside/leave",
        "POST /api/v1/one-time-codes/{ask_id}/use",
        "POST /api/v1/sessions",
        "POST /api/v1/sessions/code",
        "DELETE /api/v1/sessions",
        "POST /api/v1/sso",
        "POST /api/v1/sso/logout",
        "POST /api/v1/sso/sessions",
        "POST /desk/login",
        "POST /desk/login/code",
        "POST /desk/sso/logout",
        "POST /api/v1/precedents/similar",
        "POST /api/v1/precedents/{precedent_id:uuid}/solved",
        "POST /report/similar",
        "POST /suggest/{sort}",
        "POST /report/solved",
        "POST /follow",
        "POST /follow/leave",
        "POST /follow/lost",
        "POST /follow/lost/code",
        "POST /kiosk",
        "POST /look",
        "POST /report",
        "POST /snap",
    }


def test_every_action_has_its_words_once() -> None:
    named = [action for group in GROUPS for action in group.actions]

    assert sorted(named) == sorted(Action)
    assert set(REACHES) == set(Reach)


def test_the_page_of_access_is_that_of_the_policy() -> None:
    assert ACCESS_PAGE.read_text() == access_page(), "run `./dev events` and read the difference"


def test_an_endpoint_without_a_word_is_found() -> None:
    router = APIRouter()

    @router.get("/silent")
    def silent() -> None: ...

    @router.get("/said")
    @demands(Action.CASE_READ)
    def said() -> None: ...

    @router.get("/without-reason")
    @open_to(Audience.EVERYBODY, "")
    def without_reason() -> None: ...

    assert wrongly_declared(endpoints_of(router)) == ["GET /silent", "GET /without-reason"]
    assert demand_of(said) == Demand(actions=(Action.CASE_READ,))
