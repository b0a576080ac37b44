"""Facts about nodes as a whole: each signed by its node, passed on up or down, kept once.

A neighbour's own facts are checked against its card. Those of a node farther on are vouched for
by who brings them, and keep their signature, so that they can be checked against its card later.
"""

import json
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from sqlalchemy import Connection

from services.link.handlers.house import House
from services.link.handlers.letters import Content, NotBelieved, SignedNodeFact
from services.link.handlers.note import body_of
from services.link.handlers.posting import packed, post_beside
from services.link.policy import CLOCK_AHEAD, may_speak_for
from services.link.repository.links import note_refused, rewrite, waiting_with
from services.link.repository.node_facts import (
    KeptNodeFact,
    ahead_of,
    keep_node_fact,
    mark_said,
    node_facts_since,
    unsaid_node_facts,
)
from services.link.tables import plumbing
from shared.errors import BadMessage, LaterWord
from shared.events import dispatch, intake, link, portal, review, sla
from shared.events.base import Envelope, NodeFact, Way
from shared.events.link import NodeFactRelayed
from shared.forgetting import forget_said
from shared.metrics import PARCELS_REFUSED
from shared.neighbours import below
from shared.outbox import say
from shared.security.erasing import ERASED
from shared.security.letters import Card, sign, was_signed_by
from shared.security.sealing import sm3

OpenTransaction = Callable[[], AbstractContextManager[Connection]]
EVER = datetime(1970, 1, 1, tzinfo=UTC)
NODE_FACTS: Mapping[str, type[NodeFact]] = MappingProxyType(
    {
        kind.name: kind
        for module in (dispatch, intake, link, portal, review, sla)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, NodeFact) and "name" in vars(kind)
    }
)
"""What may be told of a node as a whole, by name."""
MOST_SIGNATURE = 128
"""Bytes, twice those of today: another algorithm may take more."""
JUST_LATER = timedelta(microseconds=1)


def note_node_fact(db: Connection, envelope: Envelope, event: NodeFact, house: House) -> None:
    """Sign what a service of this node says of it, keep it, and post it the way it goes."""
    if not event.ways:
        return  # it stays in the node
    signed = _signed(envelope, house)
    if not keep_node_fact(db, _kept(signed, envelope, None, said=True), house.now):
        # A clock that was put back: what this node said last counts, here and wherever it is told.
        before = ahead_of(db, envelope)
        if before is None:
            return
        envelope = envelope.model_copy(update={"time": before + JUST_LATER})
        signed = _signed(envelope, house)
        keep_node_fact(db, _kept(signed, envelope, None, said=True), house.now)
    _forget_words(db, envelope)
    peers = [peer for way in sorted(event.ways) for peer in _peers(house, way)]
    _post(db, peers, [signed], house)


def take_node_facts(db: Connection, peer: str, content: Content, house: House) -> None:
    """Say here what a neighbour tells of itself or of nodes behind it, and pass it on."""
    way = _way_from(peer, house)
    for signed in content.node_facts:
        envelope = _believed(db, peer, signed, house)
        if envelope is None:
            continue
        is_read = _reads(envelope)
        if not keep_node_fact(db, _kept(signed, envelope, peer, said=is_read), house.now):
            continue
        _forget_words(db, envelope)
        if is_read:
            _say(db, peer, envelope, house)
        _post(db, _peers(house, way), [signed], house)


def say_kept_node_facts(open_transaction: OpenTransaction, house: House) -> None:
    """Say here what came before this release that can read it; what still cannot be waits on."""
    with open_transaction() as db:
        for via, body in unsaid_node_facts(db, NODE_FACTS):
            envelope = Envelope.model_validate_json(body)
            if _goes_as_it_came(via, envelope, house):
                _say(db, via, envelope, house)
                mark_said(db, envelope.node, envelope.subject)


def post_node_facts_again(db: Connection, peer: str, house: House) -> None:
    """Post to a neighbour that was restored what was told of nodes since its oldest backup."""
    _post_since(db, peer, house.now - house.pace.orders_again, house)


def post_node_facts_first(db: Connection, peer: str, house: House) -> None:
    """Post to a neighbour that is heard for the first time all that was told of nodes before."""
    _post_since(db, peer, EVER, house)


def _post_since(db: Connection, peer: str, since: datetime, house: House) -> None:
    way = _way_to(peer, house)
    kept = [
        # What is of this node is signed anew: who joined lately knows only its newest card.
        SignedNodeFact(body=body, signature=signature if via else sign(house.keys, body.encode()))
        for via, body, signature in node_facts_since(db, since, not_via=peer)
        if way in _goes(via, body, house)
    ]
    _post(db, [peer], kept, house)


def _believed(db: Connection, peer: str, signed: SignedNodeFact, house: House) -> Envelope | None:
    try:
        return _read(peer, signed, house)
    except NotBelieved as error:
        note_refused(db, peer, error.reason, sm3(signed.body.encode()), house.now)
        PARCELS_REFUSED.labels(node=house.node, reason=error.reason).inc()
    return None


def _read(peer: str, signed: SignedNodeFact, house: House) -> Envelope:
    way = _way_from(peer, house)
    try:
        envelope = Envelope.model_validate_json(signed.body)
        goes_so = way in _ways_of(envelope)
        is_signature = len(b64decode(signed.signature, validate=True)) <= MOST_SIGNATURE
    except (ValueError, BadMessage, IndexError) as error:
        raise NotBelieved(peer, "malformed") from error
    if not goes_so or not may_speak_for(peer, envelope.node, house.node, house.parent):
        raise NotBelieved(peer, "not_theirs")
    card = house.cards.get(envelope.node)
    if not is_signature or (card and not _is_by(card, signed, envelope)):
        raise NotBelieved(peer, "signature")
    if envelope.time > house.now + CLOCK_AHEAD:
        raise NotBelieved(peer, "ahead")
    return envelope


def _ways_of(envelope: Envelope) -> frozenset[Way]:
    # What only a later release can read goes on the way it came.
    kind = NODE_FACTS.get(envelope.type)
    with suppress(LaterWord):
        return frozenset(Way) if kind is None else _checked(envelope, envelope.open(kind)).ways
    return frozenset(Way)


def _reads(envelope: Envelope) -> bool:
    kind = NODE_FACTS.get(envelope.type)
    with suppress(BadMessage):
        return kind is not None and bool(_checked(envelope, envelope.open(kind)))
    return False


def _goes_as_it_came(via: str, envelope: Envelope, house: House) -> bool:
    return _reads(envelope) and _way_from(via, house) in _ways_of(envelope)


def _forget_words(db: Connection, envelope: Envelope) -> None:
    """Once a lead has no words any more, take those out of parcels and of what was said here."""
    if envelope.type != review.LeadRaised.name or envelope.data.get("text_masked") != ERASED:
        return
    subject = str(envelope.subject)
    for table, peer, sequence, content in waiting_with(db, subject):
        told = json.loads(content)
        facts = [each for each in told.get("node_facts", ()) if subject not in each["body"]]
        rest = json.dumps(told | {"node_facts": facts}, ensure_ascii=False)
        rewrite(db, table, peer, sequence, rest)
    forget_said(db, plumbing, envelope.subject)


def _signed(envelope: Envelope, house: House) -> SignedNodeFact:
    body = body_of(envelope)
    return SignedNodeFact(body=body, signature=sign(house.keys, body.encode()))


def _is_by(card: Card, signed: SignedNodeFact, envelope: Envelope) -> bool:
    # It is told again long after: under the card that its node had then.
    return was_signed_by(card, signed.body.encode(), signed.signature, envelope.time)


def _checked(envelope: Envelope, event: NodeFact) -> NodeFact:
    if event.node != envelope.node or event.subject_id != envelope.subject:
        raise BadMessage("it is about another node than the one that says it")
    return event


def _kept(
    signed: SignedNodeFact, envelope: Envelope, via: str | None, *, said: bool
) -> KeptNodeFact:
    return KeptNodeFact(
        fact_id=envelope.subject,
        node=envelope.node,
        via=via,
        name=envelope.type,
        body=signed.body,
        signature=signed.signature,
        said_at=envelope.time,
        version=envelope.version,
        said=said,
    )


def _say(db: Connection, peer: str, envelope: Envelope, house: House) -> None:
    about = {"occurred_at": house.now, "fact_id": envelope.subject}
    say(db, NodeFactRelayed(**about, via=peer, fact=envelope))


def _post(db: Connection, peers: Iterable[str], facts: list[SignedNodeFact], house: House) -> None:
    packs = packed(facts, lambda fact: len(fact.body.encode()))
    contents = [{"node_facts": [fact.model_dump() for fact in pack]} for pack in packs]
    for peer in peers:
        for told in contents:
            post_beside(db, peer, told, house)


def _peers(house: House, way: Way) -> list[str]:
    if way is Way.UP:
        return [house.parent] if house.parent else []
    return [each.code for each in below(house.neighbours)]


def _way_from(peer: str, house: House) -> Way:
    return Way.DOWN if peer == house.parent else Way.UP


def _way_to(peer: str, house: House) -> Way:
    return Way.UP if peer == house.parent else Way.DOWN


def _goes(via: str | None, body: str, house: House) -> frozenset[Way]:
    if via is not None:
        return frozenset({_way_from(via, house)})
    envelope = Envelope.model_validate_json(body)
    kind = NODE_FACTS.get(envelope.type)
    return envelope.open(kind).ways if kind else frozenset({Way.UP})
