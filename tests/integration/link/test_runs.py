"""Parcels that are taken in together leave what they leave when they are taken in one by one."""

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest
from sqlalchemy import Table, event, select

from services.link import handlers as link
from services.link import tables as link_tables
from services.link.carriers import Letter
from services.link.repository.links import post
from services.link.tables import plumbing
from shared.clock import new_id
from shared.events.base import Envelope
from shared.events.link import ParcelArrived
from shared.security.letters import sign
from tests.integration.link.conftest import Three
from tests.integration.link.nodes import Node, register
from tests.integration.link.stories import offer, place, post_round, take

pytestmark = pytest.mark.integration

SEEDS = range(3)
MOST_IN_A_RUN = 9


def hear(node: Node, letters: Sequence[Letter]) -> None:
    """Let link alone hear letters as one batch."""
    node.hearings["link"].hear([_message(node, letter) for letter in letters])


def _message(node: Node, letter: Letter) -> bytes:
    now, data = node.clock.now, {"body": letter.body, "signature": letter.signature}
    parcel = ParcelArrived(occurred_at=now, parcel_id=letter.parcel_id, **data)
    envelope = Envelope(
        id=new_id(),
        source=f"/nodes/{node.code}/link",
        type=parcel.name,
        time=now,
        subject=letter.parcel_id,
        version=letter.sequence,
        data=parcel.model_dump(mode="json"),
    )
    return envelope.model_dump_json(exclude_none=True).encode()


def taken_from(sender: Node, addressee: Node) -> list[Letter]:
    """Take what lies there from one to the other off the carrier's desk."""
    sender.settle()
    sender.send()
    desk = sender.post
    letters = [letter for peer, letter in desk.lying if peer == addressee.code]
    desk.lying = [each for each in desk.lying if each[0] != addressee.code]
    return letters


def upwards(three: Three) -> list[Letter]:
    """All kinds of letters of the county to the city, under two incarnations, with receipts."""
    county, city, _ = three
    worked_on, offered = register(county), register(county)
    offer(county, worked_on, city)
    post_round(*three)
    take(city, worked_on)
    post_round(*three)
    letters = [letter for _ in range(3) for letter in of_a_new_case(county, city)]
    county.start()
    offer(county, offered, city)
    link.settle_rule(county.units["link"].transaction, county.link_house())
    place(city, worked_on)
    hear(county, taken_from(city, county))
    return [*letters, *taken_from(county, city), *of_a_new_case(county, city)]


def of_a_new_case(county: Node, city: Node) -> list[Letter]:
    """Register a case; return the letters about it."""
    register(county)
    return taken_from(county, city)


def lied_about(three: Three) -> Letter:
    """A letter in which the county tells of a case of the city."""
    county, city, _ = three
    mine = register(city)
    body = f'{{"facts":[{_copied(county, str(mine))}],"boxes":{{}}}}'
    with county.in_link() as db:
        post(db, city.code, [body], county.clock.now)
    [letter] = taken_from(county, city)
    return letter


def _copied(node: Node, subject: str) -> str:
    with node.in_link() as db:
        facts = link_tables.facts.c
        told = json.loads(db.scalars(select(facts.body).order_by(facts.position)).first() or "")
    about = {"id": str(new_id()), "subject": subject}
    return json.dumps({**told, **about, "data": {**told["data"], "case_id": subject}})


def dealt(letters: Sequence[Letter], chance: Random) -> Iterator[list[Letter]]:
    """Deal letters out in runs: some twice, some out of their place, one late, then all again."""
    dealt_ = [*letters, *chance.sample(letters, 3)]
    for _ in range(4):
        place_ = chance.randrange(len(dealt_) - 1)
        dealt_[place_], dealt_[place_ + 1] = dealt_[place_ + 1], dealt_[place_]
    del dealt_[chance.randrange(len(dealt_))]
    while dealt_:
        number = chance.randint(1, MOST_IN_A_RUN)
        yield dealt_[:number]
        del dealt_[:number]
    yield [*letters]


def left_at(node: Node) -> dict[str, Any]:
    """Return what link has written at a node, but for what is new each time."""
    with node.in_link() as db:

        def rows(table: Table, *names: str, order: str) -> list[tuple[Any, ...]]:
            columns = [table.c[name] for name in names or table.c.keys()]
            return [tuple(row) for row in db.execute(select(*columns).order_by(table.c[order]))]

        told = link_tables
        heard = ("peer", "received", "their_incarnation", "heard", "receipted", "last_heard_at")
        refused = rows(told.refused, "peer", "reason", "digest", order="position")
        outgoing = rows(told.outgoing, "peer", "content", order="sequence")
        said = rows(plumbing.outbox.rows, "body", order="position")
        parked = plumbing.inbox.parked
        return {
            "facts": rows(
                told.facts, "fact_id", "case_id", "via", "name", "body", order="position"
            ),
            "cases": rows(told.cases, order="case_id"),
            "boxes": rows(told.boxes, order="hand_over_id"),
            "held": rows(told.held, order="sequence"),
            "links": rows(told.links, *heard, order="peer"),
            "node facts": rows(told.node_facts, order="fact_id"),
            "refused": sorted(refused),
            "posted": [item for _, content in outgoing for item in _items(content)],
            "said": [_without_ids(json.loads(body)) for (body,) in said],
            "parked": rows(parked, "name", "subject_id", order="position"),
        }


def _items(content: str) -> list[Any]:
    # Facts of several parcels may go on in one.
    told = json.loads(content)
    more = {what: kept for what, kept in told.items() if what not in {"facts", "boxes"}}
    items = [(fact, told["boxes"].get(fact["id"])) for fact in told.get("facts", ())]
    return [*items, *([more] if more else [])]


def _without_ids(envelope: dict[str, Any]) -> dict[str, Any]:
    sealed = envelope["data"].pop("sealed", {})
    new = {"id", "traceparent"}
    return {k: v for k, v in envelope.items() if k not in new} | {"sealed": sorted(sealed)}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_run_leaves_the_rows_that_single_parcels_leave(three: Three, seed: int) -> None:
    _, city, _ = three
    letters = upwards(three)
    letters.append(lied_about(three))
    forged = Letter(1, letters[0].body.replace("341523", "341524"), letters[0].signature)
    runs = list(dealt([*letters, forged], Random(seed)))  # noqa: S311  # an order, no secret
    city.settle()
    city.back_up()

    for run in runs:
        for letter in run:
            hear(city, [letter])
    one_by_one = left_at(city)
    city.restore()
    for run in runs:
        hear(city, run)

    assert left_at(city) == one_by_one
    assert {"not_theirs", "no_neighbour"} <= {reason for _, reason, _ in one_by_one["refused"]}


def test_one_that_is_too_new_parks_alone(three: Three) -> None:
    county, city, _ = three
    letters = upwards(three)
    body = letters[2].body.replace('"version":1', '"version":2', 1)
    newer = Letter(9, body, sign(county.keys, body.encode()), new_id())
    city.settle()
    city.back_up()
    hear(city, letters)
    without = left_at(city)
    city.restore()

    hear(city, [*letters[:3], newer, *letters[3:]])

    assert left_at(city) == {**without, "parked": [(ParcelArrived.name, newer.parcel_id)]}


def test_a_run_costs_as_much_as_one_parcel(three: Three) -> None:
    county, city, _ = three
    first, *more = [letter for _ in range(20) for letter in of_a_new_case(county, city)]

    alone, together = (statements(city, run) for run in ([first], more))

    assert len(more) > 20
    assert together <= alone


def statements(node: Node, letters: Sequence[Letter]) -> int:
    """Count the statements that a batch costs."""
    sent: list[str] = []

    def note(_db: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(node.engine, "before_cursor_execute", note)
    try:
        hear(node, letters)
    finally:
        event.remove(node.engine, "before_cursor_execute", note)
    return len(sent)
