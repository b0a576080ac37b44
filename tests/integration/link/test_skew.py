"""A neighbour of the release before, and one of a later release, over one link with this node."""

import json
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.link import tables as link_tables
from services.link.carriers import Letter
from services.link.handlers import NOTED
from services.link.handlers.audience import FROM_ABOVE
from shared.clock import new_id
from shared.security.letters import sign
from tests.contract.previous import MOMENT, frozen, sample
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, register
from tests.integration.link.stories import post_round

pytestmark = pytest.mark.integration

LATER = "dispatch.case_folded.v1"
BEFORE = frozen()
CUSTODY = {name for name in NOTED if "hand_over_" in name}
"""Offers and answers have their stories elsewhere; these of here would be about no offer."""


def told_by(node: Node, name: str, case_id: UUID, data: dict[str, Any]) -> dict[str, Any]:
    """A fact as a node of another release says it, with what this one knows nothing of."""
    return {
        "specversion": "1.0",
        "id": str(new_id()),
        "source": f"/nodes/{node.code}/{name.partition('.')[0]}",
        "type": name,
        "time": MOMENT,
        "subject": str(case_id),
        "datacontenttype": "application/json",
        "version": 1,
        "data": data,
        "told_by_a_later_release": True,
    }


def letter_of(node: Node, to: Node, facts: list[dict[str, Any]], **head: Any) -> Letter:
    """A parcel as a node of another release writes it."""
    told = {
        "head": {
            "version": 1,
            "sender": node.code,
            "addressee": to.code,
            "incarnation": str(new_id()),
            "sequence": 1,
            "told_by_a_later_release": True,
            **head,
        },
        "content": {"facts": facts, "told_by_a_later_release": [1]},
    }
    body = json.dumps(told, ensure_ascii=False)
    return Letter(1, body, sign(node.keys, body.encode()))


@pytest.mark.parametrize("whole", [False, True], ids=["lean", "whole"])
def test_facts_of_the_release_before_are_heard_and_passed_on_as_they_are(
    three: Three, whole: bool
) -> None:
    county, city, province = three
    case_id = new_id()
    names = sorted(set(NOTED) & set(BEFORE) - CUSTODY)
    facts = []
    for name in names:
        data = sample(BEFORE[name], whole=whole, extra=True) | {"case_id": str(case_id)}
        if name in FROM_ABOVE:  # for nobody outside of its area may a county tell such a thing
            data["to_node"] = county.code
        facts.append(told_by(county, name, case_id, data))

    city.deliver(letter_of(county, city, facts))
    post_round(*three)

    for node in (city, province):
        assert [fact.fact.type for fact in node.heard] == names
        assert [fact.fact.data for fact in node.heard] == [fact["data"] for fact in facts]
        assert node.count(link_tables.refused) == 0


def test_a_fact_of_a_later_release_is_passed_on_unread_and_in_its_place(three: Three) -> None:
    county, city, province = three
    case_id = new_id()
    registered = sample(BEFORE["intake.case_registered.v1"], whole=False)
    first = told_by(county, "intake.case_registered.v1", case_id, registered)
    first["data"]["case_id"] = str(case_id)
    unread = told_by(county, LATER, case_id, {"case_id": str(case_id), "folds": 3})

    city.deliver(letter_of(county, city, [first, unread]))
    post_round(*three)

    for node in (city, province):
        assert [fact.fact.type for fact in node.heard] == ["intake.case_registered.v1"]
        facts = link_tables.facts.c
        with node.in_link() as db:
            kept = list(db.scalars(select(facts.body).order_by(facts.position)))
        assert [json.loads(body)["type"] for body in kept] == [first["type"], LATER]
        assert json.loads(kept[1])["data"] == unread["data"]


def test_a_later_word_in_a_known_fact_is_passed_on_unread_and_a_broken_fact_is_refused(
    three: Three,
) -> None:
    county, city, province = three
    case_id = new_id()
    registered = sample(BEFORE["intake.case_registered.v1"], whole=False)
    data = registered | {"case_id": str(case_id), "channel": "hologram"}
    unread = told_by(county, "intake.case_registered.v1", case_id, data)
    broken = [
        {**unread, "id": str(new_id()), "subject": str(new_id())},
        {**unread, "id": str(new_id()), "data": data | {"occurred_at": "once"}},
        {**unread, "id": "none"},
    ]

    city.deliver(letter_of(county, city, [unread, *broken]))
    post_round(*three)

    for node, refusals in ((city, 3), (province, 0)):
        assert node.heard == []
        with node.in_link() as db:
            [body] = db.scalars(select(link_tables.facts.c.body))
        assert json.loads(body)["data"] == data
        assert node.count(link_tables.refused) == refusals


def test_a_parcel_in_a_later_form_is_not_lost_and_the_link_goes_on_after_the_upgrade(
    three: Three,
) -> None:
    county, city, _ = three
    known = [register(county) for _ in range(2)]
    county.send()
    written, county.post.lying = county.post.lying, []
    for _, letter in written:
        city.deliver(in_a_later_form(county, letter))
    post_round(*three)
    assert city.heard == []
    assert county.count(link_tables.outgoing) == len(written)

    county.clock.pass_(county_patience(county))
    post_round(*three)

    seen = [fact.case_id for fact in city.heard if fact.fact.type.endswith("registered.v1")]
    assert seen == known
    assert county.count(link_tables.outgoing) == 0


def in_a_later_form(node: Node, letter: Letter) -> Letter:
    """The same parcel as a release would write it that this one cannot read."""
    told = json.loads(letter.body)
    told["head"]["version"] = 2
    told["content"] = {"packed": "…"}
    body = json.dumps(told, ensure_ascii=False)
    return Letter(letter.sequence, body, sign(node.keys, body.encode()))


def county_patience(node: Node) -> Any:
    """After so long what has no receipt goes once more."""
    return node.link_house().pace.longest


def test_what_cannot_be_read_is_shown_to_the_operator(three: Three) -> None:
    county, city, _ = three
    register(county)
    county.send()
    letter = next(letter for peer, letter in county.post.lying if peer == city.code)

    city.deliver(in_a_later_form(county, letter))

    parked = link_tables.plumbing.inbox.parked
    assert city.count(link_tables.refused) + city.count(parked) == 1
