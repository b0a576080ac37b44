"""A person or body of a case: in the clear at a door, sealed for everybody else."""

from dataclasses import dataclass, replace

from shared.events.sealed import PartyKind, PartyRole, SealedParty
from shared.security.actor import Actor
from shared.security.identifiers import plain
from shared.security.masking import mask_name, mask_phone
from shared.security.sealing import NodeKeys, Sealer, hmac_sm3


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person or body as told at the door; phone and id number in their normal spelling."""

    kind: PartyKind
    name: str
    phone: str
    id_number: str | None = None
    address: str | None = None

    @property
    def personal_names(self) -> tuple[str, ...]:
        """The name, if it is one of a person."""
        return (self.name,) if self.kind is PartyKind.PERSON else ()


def name_hash(keys: NodeKeys, name: str) -> str:
    """Return the hash by which one complained of is known again, however the name is spaced.

    Not under the key of the blind index: that is renewed, and these hashes travel in events.
    """
    return hmac_sm3(keys.subkey("complained-of"), plain(name).encode()).hex()


def with_names(keys: NodeKeys, actor: Actor) -> Actor:
    """Return an actor who can be found among the persons complained of, by name and account."""
    names = filter(plain, (actor.name, actor.id))
    return replace(actor, known_as=frozenset(name_hash(keys, name) for name in names))


def sealed_party(sealer: Sealer, keys: NodeKeys, party: Party, role: PartyRole) -> SealedParty:
    """Seal a party; each field says whose it is, so that none can be shown as another's."""
    known_id = party.id_number
    return SealedParty(
        role=role,
        kind=party.kind,
        name=sealer.seal(f"{role}.name", party.name),
        name_hash=keys.keyed_hash("name", plain(party.name)),
        phone=sealer.seal(f"{role}.phone", party.phone),
        phone_hash=keys.keyed_hash("phone", party.phone),
        id_number=sealer.seal_if(f"{role}.id_number", known_id),
        id_hash=None if known_id is None else keys.keyed_hash("id_number", known_id),
        address=sealer.seal_if(f"{role}.address", party.address),
        masked_name=mask_name(party.name),
        masked_phone=mask_phone(party.phone),
    )
