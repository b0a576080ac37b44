"""Anchors of the audits: one a day goes to the tier above, which keeps it and says if it fits."""

import logging
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Protocol

from sqlalchemy import Connection

from services.link.handlers.house import House
from services.link.handlers.letters import AnchorAnswer, Content
from services.link.handlers.posting import post_beside
from services.link.repository.anchors import (
    Kept,
    anchors_of,
    answers_to,
    contradictions_since,
    keep_anchor,
    keep_answer,
)
from services.link.repository.links import note_refused
from shared.audit.anchors import AGAIN, Anchor, Earlier, Heads, Signed, contradiction
from shared.clock import new_id
from shared.events.link import AnchorContradicted
from shared.metrics import PARCELS_REFUSED
from shared.neighbours import Neighbours, Relation, above, below
from shared.outbox import say

log = logging.getLogger(__name__)

CHINA = timezone(timedelta(hours=8))
TOLD_FOR = timedelta(days=7)
"""How long a contradiction is shown as one of now: it is for people to explain."""
MOST_HELD = 400
"""With so many of the last ones a new anchor is compared: more than a year."""

OpenTransaction = Callable[[], AbstractContextManager[Connection]]


class Books(Protocol):
    """The audits of this node."""

    def heads(self, before: Sequence[Anchor] = ()) -> tuple[Heads, list[Earlier]]:
        """Return the heads of now, and what stands now where earlier anchors had theirs."""


@dataclass(frozen=True, slots=True)
class AnchorState:
    """How the anchors of one node do: this one's, or a child's."""

    node: str
    last: Anchor | None
    kept_at: datetime | None
    contradicts: str | None
    """What the last one contradicts: found here, or answered by the tier above."""
    contradictions: int
    """How many there were within the last days."""
    answered: bool | None
    """Whether the tier above has the last one; None for a child's, and where nobody is above."""


def drop_anchor(
    open_transaction: OpenTransaction, books: Books, house: House, *, at_once: bool = False
) -> Anchor | None:
    """Sign the heads of all audits, once a day or at once, and post them to the tier above."""
    today = house.now.astimezone(CHINA).date()
    with open_transaction() as db:
        held = [one.signed.anchor for one in anchors_of(db, house.node, AGAIN)]
    if held and held[-1].day >= today and not at_once:
        return None
    anchor = _anchor(books, house, held, today)
    signed = Signed.by(house.keys, anchor)
    with open_transaction() as db:
        keep_anchor(db, signed, None, house.now)
        if house.parent is not None:
            post_beside(db, house.parent, {"anchors": [signed.model_dump()]}, house)
    return anchor


def take_anchors(db: Connection, peer: str, content: Content, house: House) -> None:
    """Keep a child's anchors and answer them; keep what the parent answered to this node's."""
    for answer in content.anchor_answers if peer == house.parent else ():
        keep_answer(db, answer.digest, answer.contradicts, house.now)
        if answer.contradicts is not None:
            log.error("anchor contradicted", extra={"node": house.node, "by": peer})
    answers = [_take(db, peer, signed, house) for signed in content.anchors]
    told = [answer.model_dump() for answer in answers if answer is not None]
    if told:
        post_beside(db, peer, {"anchor_answers": told}, house)


def anchor_states(
    db: Connection, node: str, neighbours: Neighbours, now: datetime
) -> list[AnchorState]:
    """Return how the anchors of a node do, and of each one below."""
    under = sorted(each.code for each in below(neighbours))
    own = _state(db, node, now, is_answered=above(neighbours) is not None)
    return [own, *(_state(db, code, now, is_answered=False) for code in under)]


def _anchor(books: Books, house: House, held: Sequence[Anchor], today: date) -> Anchor:
    heads, earlier = books.heads(held)
    number = held[-1].number + 1 if held else 1
    return Anchor(
        node=house.node, number=number, day=today, at=house.now, heads=heads, earlier=earlier
    )


def _take(db: Connection, peer: str, signed: Signed, house: House) -> AnchorAnswer | None:
    reason = _unbelievable(peer, signed, house)
    if reason is not None:
        note_refused(db, peer, reason, signed.digest, house.now)
        PARCELS_REFUSED.labels(node=house.node, reason=reason).inc()
        return None
    held = anchors_of(db, peer, MOST_HELD)
    known = {one.signed.digest: one.contradicts for one in held}
    if signed.digest in known:
        return AnchorAnswer(digest=signed.digest, contradicts=known[signed.digest])
    wrong = contradiction(signed.anchor, _since_the_last_break(held))
    keep_anchor(db, signed, wrong, house.now)
    if wrong is not None:
        _alarm(db, signed.anchor, wrong, house)
    return AnchorAnswer(digest=signed.digest, contradicts=wrong)


def _unbelievable(peer: str, signed: Signed, house: House) -> str | None:
    neighbour = house.neighbours.get(peer)
    if neighbour is None or neighbour.relation is not Relation.BELOW:
        return "not_theirs"
    try:
        return None if signed.is_by(house.cards[peer]) else "signature"
    except ValueError:
        return "malformed"


def _since_the_last_break(held: Sequence[Kept]) -> list[Anchor]:
    # After a break a node counts on from there: one incident is told once, not each day.
    breaks = [place for place, one in enumerate(held) if one.contradicts is not None]
    return [one.signed.anchor for one in held[breaks[-1] if breaks else 0 :]]


def _alarm(db: Connection, anchor: Anchor, wrong: str, house: House) -> None:
    log.error("anchor contradicts", extra={"node": house.node, "peer": anchor.node, "at": wrong})
    fact = AnchorContradicted(
        occurred_at=house.now,
        anchor_id=new_id(),
        node=anchor.node,
        number=anchor.number,
        day=anchor.day,
        contradicts=wrong,
    )
    say(db, fact)


def _state(db: Connection, node: str, now: datetime, *, is_answered: bool) -> AnchorState:
    held = anchors_of(db, node, 1)
    since = now - TOLD_FOR
    if not held:
        return AnchorState(node, None, None, None, 0, False if is_answered else None)
    last = held[0]
    answers = answers_to(db, [last.signed.digest]) if is_answered else {}
    return AnchorState(
        node=node,
        last=last.signed.anchor,
        kept_at=last.kept_at,
        contradicts=last.contradicts or answers.get(last.signed.digest),
        contradictions=contradictions_since(db, node, since),
        answered=bool(answers) if is_answered else None,
    )
