"""Several people report one matter: each sealed under a key of their own, each with a code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import Connection

from services.intake.handlers.sealing import code_hash
from shared.events.intake.others import CoComplainant
from shared.events.sealed import NAME_WITHHELD, PartyRole, Sealed, SealedParty
from shared.security import vault
from shared.security.masking import mask_name
from shared.security.numbers import new_query_code
from shared.security.parties import Party, bare, opened_party, sealed_party
from shared.security.sealing import NodeKeys
from shared.security.vault import create_key, sealers_for

OWN_CODE = "query_code"
LEFT = "已退出"


@dataclass(frozen=True, slots=True)
class Entered:
    """Somebody who reports too, as kept, and the code that they take home."""

    kept: CoComplainant
    masked_name: str
    query_code: str


def key_owner(case_id: UUID, serial: int) -> UUID:
    """Return under which id the vault keeps the data key of one of several complainants."""
    return uuid5(case_id, f"complainant {serial}")


def enter_others(
    db: Connection, keys: NodeKeys, parties: Sequence[Party], about: tuple[UUID, str, datetime]
) -> list[Entered]:
    """Seal those who report too; `about` is the case, its number, and when."""
    case_id, number, at = about
    entered = []
    for serial, party in enumerate(parties, start=2):
        sealer = create_key(db, keys, key_owner(case_id, serial), at)
        code = new_query_code()
        kept = CoComplainant(
            serial=serial,
            party=bare(sealed_party(sealer, party, PartyRole.COMPLAINANT)),
            query_code=sealer.seal(OWN_CODE, code),
            code_hash=code_hash(keys, number, code),
        )
        entered.append(Entered(kept, mask_name(party.name), code))
    return entered


def opened_others(
    db: Connection, keys: NodeKeys, others: Sequence[CoComplainant]
) -> dict[int, Party]:
    """Return those who report too in the clear, by serial; who has left is not among them."""
    there = [each for each in others if not each.left]
    if not there:
        return {}
    sealers = sealers_for(db, keys, {each.party.name.key_id for each in there})
    return {
        each.serial: opened_party(sealers[each.party.name.key_id], each.party)
        for each in there
        if each.party.name.key_id in sealers
    }


def withheld_all(others: Sequence[CoComplainant]) -> tuple[CoComplainant, ...]:
    """Return them withheld: nothing need be sealed anew for that."""
    hidden = {"masked_name": NAME_WITHHELD, "masked_phone": None, "withheld": True}
    return tuple(
        each.model_copy(update={"party": each.party.model_copy(update=hidden)}) for each in others
    )


def without(others: Sequence[CoComplainant], serial: int) -> tuple[CoComplainant, ...]:
    """Return them without one whose data are destroyed: only that there was one remains."""
    return tuple(_gone(each) if each.serial == serial else each for each in others)


def _gone(each: CoComplainant) -> CoComplainant:
    nothing = Sealed.withheld("name")
    party = SealedParty(name=nothing, masked_name=LEFT)
    return CoComplainant(serial=each.serial, party=party, left=True)


def destroy_others(
    db: Connection, case_id: UUID, others: Sequence[CoComplainant], now: datetime
) -> None:
    """Destroy the keys of all who report too: with the case nothing of them opens."""
    for each in others:
        vault.destroy(db, key_owner(case_id, each.serial), now)
