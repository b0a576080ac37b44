"""A person or body of a case: in the clear at a door, sealed for everybody else."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from shared.events.sealed import NAME_WITHHELD, PartyKind, PartyRole, Sealed, SealedParty
from shared.events.words import Language
from shared.security.actor import Actor
from shared.security.complained_names import known_by
from shared.security.identifiers import normalise_id_card, plain
from shared.security.masking import mask_name, mask_phone
from shared.security.phones import PhoneKind, normalise_phone, phone_kind
from shared.security.sealing import NodeKeys, Sealer, hash_under, hmac_sm3

KINDS = {"name": "name", "phone": "phone", "id_number": "id"}
HASH_DIGITS = 32
"""Half of an HMAC-SM3: 128 bits are enough to find a person by."""
UNMARKED = "="
"""Stands in rows whose hashes were never made here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person or body as told at the door; phone and id number in their normal spelling."""

    kind: PartyKind
    name: str
    phone: str
    id_number: str | None = None
    address: str | None = None
    withheld: bool = False
    """Not to be known to who works on the case."""
    language: Language = Language.ZH
    """Of the messages to them."""

    @property
    def personal_names(self) -> tuple[str, ...]:
        """The name, if it is one of a person."""
        return (self.name,) if self.kind is PartyKind.PERSON else ()


def name_hash(keys: NodeKeys, name: str, *logins: str) -> str:
    """Return the hashes by which one complained of is known again, however the name is written.

    A login is known by nothing but itself: no part of it is a staff number.

    Separated by spaces, that of the name first. Not under the key of the blind index: that is
    renewed, and these hashes travel in events.
    """
    key = keys.lasting_subkey("complained-of")
    known = dict.fromkeys((*known_by(name), *filter(None, map(plain, logins))))
    return " ".join(hmac_sm3(key, text.encode()).hex() for text in known)


def name_hashes(keys: NodeKeys, name: str, *logins: str) -> frozenset[str]:
    """Return the same hashes each by itself."""
    return frozenset(name_hash(keys, name, *logins).split())


def with_names(keys: NodeKeys, actor: Actor) -> Actor:
    """Return an actor who can be found among the persons complained of, by name and account."""
    return replace(actor, known_as=name_hashes(keys, actor.name, actor.id))


def sealed_party(sealer: Sealer, party: Party, role: PartyRole) -> SealedParty:
    """Seal a party; each field says whose it is, so that none can be shown as another's."""
    return SealedParty(
        role=role,
        kind=party.kind,
        name=sealer.seal(f"{role}.name", party.name),
        phone=sealer.seal(f"{role}.phone", party.phone),
        id_number=sealer.seal_if(f"{role}.id_number", party.id_number),
        address=sealer.seal_if(f"{role}.address", party.address),
        masked_name=NAME_WITHHELD if party.withheld else mask_name(party.name),
        masked_phone=None if party.withheld else mask_phone(party.phone),
        withheld=party.withheld,
        language=party.language,
    )


def opened_party(sealer: Sealer, sealed: SealedParty) -> Party:
    """Open what is sealed of a party."""
    return Party(
        kind=PartyKind(sealed.kind),
        name=sealer.open(sealed.name),
        phone=_opened(sealer, sealed.phone) or "",
        id_number=_opened(sealer, sealed.id_number),
        address=_opened(sealer, sealed.address),
        withheld=sealed.withheld,
        language=sealed.language,
    )


def told_role(has_agent_phone: bool, told: str = "agent") -> PartyRole:
    """Return whose telephone gets the messages about a case: the agent's if there is one.

    Unless the principal wants to be told, alone or as well.
    """
    is_agents = has_agent_phone and told == "agent"
    return PartyRole.AGENT if is_agents else PartyRole.COMPLAINANT


def findable(keys: NodeKeys, sealed: SealedParty, party: Party) -> SealedParty:
    """Return a sealed party with the hashes by which it alone is known again."""
    hashes = {
        f"{KINDS[kind]}_hash": keys.keyed_hash(kind, value) for kind, value in _known_by(party)
    }
    return bare(sealed).model_copy(update=hashes)


def bare(sealed: SealedParty) -> SealedParty:
    """Return a sealed party without hashes, as facts carry it: there they could not be renewed."""
    return sealed.model_copy(update=dict.fromkeys(f"{name}_hash" for name in KINDS.values()))


def hashes_of(keys: NodeKeys, parties: Iterable[Party]) -> list[str]:
    """Return by what the persons of a case are found, behind the mark of the key that made it."""
    index = keys.index
    found = {hash_ for party in parties for hash_ in _hashes(index, _known_by(party))}
    return [mark_of(index), *sorted(found)]


def hashes_sought(keys: NodeKeys, term: str) -> list[str]:
    """Return the hashes under which somebody may stand who is sought by name, phone or number."""
    now = keys.now
    under = [now.index, *(() if now.index_before is None else (now.index_before,))]
    return [hash_ for index in under for hash_ in _hashes(index, _meant(term))]


def mark_of(index: bytes) -> str:
    """Return what marks hashes made under this key; it tells nothing of the key."""
    return UNMARKED + hash_under(index, "mark", "")[:8]


def _opened(sealer: Sealer, sealed: Sealed | None) -> str | None:
    return None if sealed is None else sealer.open(sealed)


def _known_by(party: Party) -> Iterator[tuple[str, str]]:
    yield "name", plain(party.name)
    if party.phone:
        yield "phone", party.phone
    if party.id_number is not None:
        yield "id_number", party.id_number


def _meant(term: str) -> Iterator[tuple[str, str]]:
    phone = normalise_phone(term)
    if phone is not None and phone_kind(phone) is not PhoneKind.SERVICE:
        yield "phone", phone
    if any(sign.isdecimal() for sign in term):
        yield "id_number", normalise_id_card(term)
    yield "name", plain(term)


def _hashes(index: bytes, known: Iterable[tuple[str, str]]) -> list[str]:
    return [hash_under(index, kind, value)[:HASH_DIGITS] for kind, value in known]
