"""What somebody may do for another person hangs on the paper that they showed."""

from datetime import date

from services.intake.policy.agency import (
    BEYOND,
    LAPSED,
    AuthorityKind,
    Relation,
    Scope,
    refused_to_agent,
)
from services.portal.pages import care_words
from shared.events.intake import AgentTold
from shared.security.decisions import Reason
from shared.security.policy import CITIZEN_ACTIONS

LAST = date(2030, 1, 2)


def test_an_authority_counts_on_its_last_day() -> None:
    assert refused_to_agent((), LAST, LAST) == {}
    assert refused_to_agent((), LAST, date(2030, 1, 3)) == dict.fromkeys(Scope, LAPSED)


def test_it_counts_for_what_it_names() -> None:
    refused = refused_to_agent((Scope.CONTACT,), None, LAST)

    assert refused == dict.fromkeys(set(Scope) - {Scope.CONTACT}, BEYOND)


def test_who_showed_no_paper_is_bound_by_none() -> None:
    assert refused_to_agent((), None, LAST) == {}


def test_reasons_scopes_and_words_are_those_of_the_policy_and_the_pages() -> None:
    assert {LAPSED, BEYOND} <= set(Reason)
    assert set(Scope) <= CITIZEN_ACTIONS
    assert set(care_words.SCOPES) == set(Scope)
    assert set(care_words.RELATIONS) == set(Relation)
    assert set(care_words.AUTHORITIES) == set(AuthorityKind)
    assert set(care_words.TOLD) == set(AgentTold)
