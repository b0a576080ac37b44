"""Facts about nodes as a whole: each signed by its node, passed on up or down, kept once.

A neighbour's own facts are checked against its card. Those of a node farther on are vouched for
by who brings them, and keep their signature, so that they can be checked against its card later.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pydantic import ValidationError
from sqlalchemy import Connection

from services.link.handlers.house import House
from services.link.handlers.letters import Content, NotBelieved, SignedNodeFact
from services.link.handlers.note import body_of
from services.link.handlers.posting import packed, post_beside
from services.link.policy import CLOCK_AHEAD, may_speak_for
from services.link.repository.links import note_refused
from services.link.repository.node_facts import KeptNodeFact, keep_node_fact, node_facts_since
from shared.errors import BadMessage
from shared.events import dispatch, link, portal, review
from shared.events.base import Envelope, NodeFact, Way
from shared.events.link import NodeFactRelayed
from shared.metrics import PARCELS_REFUSED
from shared.neighbours import below
from shared.outbox import say
from shared.security.letters import is_signed_by, sign
from shared.security.sealing import sm3

NODE_FACTS: Mapping[str, type[NodeFact]] = MappingProxyType(
    {
        kind.name: kind
        for module in (dispatch, link, portal, review)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, NodeFact) and "name" in vars(kind)
    }
)
"""What may be told of a node as a whole, by name."""


def note_node_fact(db: Connection, envelope: Envelope, event: NodeFact, house: House) -> None:
    """Sign what a service of this node says of it, keep it, and post it the way it goes."""
    body = body_of(envelope)
    signed = SignedNodeFact(body=body, signature=sign(house.keys, body.encode()))
    if keep_node_fact(db, _kept(signed, envelope, None), house.now):
        _post(db, _peers(house, event.way), [signed], house)


def take_node_facts(db: Connection, peer: str, content: Content, house: House) -> None:
    """Say here what a neighbour tells of itself or of nodes behind it, and pass it on."""
    way = _way_from(peer, house)
    for signed in content.node_facts:
        envelope = _believed(db, peer, signed, house)
        if envelope is None or not keep_node_fact(db, _kept(signed, envelope, peer), house.now):
            continue
        _say(db, peer, envelope, house)
        _post(db, _peers(house, way), [signed], house)


def post_node_facts_again(db: Connection, peer: str, house: House) -> None:
    """Post to a neighbour that was restored what was told of nodes since its oldest backup."""
    since, way = house.now - house.pace.orders_again, _way_to(peer, house)
    kept = [
        SignedNodeFact(body=body, signature=signature)
        for via, body, signature in node_facts_since(db, since, not_via=peer)
        if _goes(via, body, house) is way
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
    try:
        envelope = Envelope.model_validate_json(signed.body)
        kind = NODE_FACTS.get(envelope.type)
        if kind is not None:
            _check(envelope, envelope.open(kind))
    except (ValidationError, BadMessage, IndexError) as error:
        raise NotBelieved(peer, "malformed") from error
    goes_so = kind is None or kind.way is _way_from(peer, house)
    if not goes_so or not may_speak_for(peer, envelope.node, house.node, house.parent):
        raise NotBelieved(peer, "not_theirs")
    card = house.cards.get(envelope.node)
    if card and not is_signed_by(card, signed.body.encode(), signed.signature):
        raise NotBelieved(peer, "signature")
    if envelope.time > house.now + CLOCK_AHEAD:
        raise NotBelieved(peer, "ahead")
    return envelope


def _check(envelope: Envelope, event: NodeFact) -> None:
    if event.node != envelope.node or event.subject_id != envelope.subject:
        raise BadMessage("it is about another node than the one that says it")


def _kept(signed: SignedNodeFact, envelope: Envelope, via: str | None) -> KeptNodeFact:
    return KeptNodeFact(
        fact_id=envelope.subject,
        node=envelope.node,
        via=via,
        name=envelope.type,
        body=signed.body,
        signature=signed.signature,
        said_at=envelope.time,
        version=envelope.version,
    )


def _say(db: Connection, peer: str, envelope: Envelope, house: House) -> None:
    if envelope.type in NODE_FACTS:  # what a later release tells is passed on, and not said here
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


def _goes(via: str | None, body: str, house: House) -> Way:
    if via is not None:
        return _way_from(via, house)
    kind = NODE_FACTS.get(Envelope.model_validate_json(body).type)
    return kind.way if kind else Way.UP
