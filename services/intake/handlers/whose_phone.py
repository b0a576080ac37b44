"""Whose telephone of a case it is, and under which key they are sealed."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection

from services.intake.handlers.others import opened_others
from services.intake.repository.cases import Case
from shared.events.intake import AgentTold
from shared.events.sealed import SealedParty
from shared.security.sealing import NodeKeys, Sealer
from shared.security.standing import AGENTS
from shared.security.vault import sealers_for


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody of a case who has a telephone, and the key under which they are sealed."""

    party: SealedParty
    sealer: Sealer
    serial: int | None
    """Of one with a code of their own; None for whose the query code of the case is."""


def owner_of(
    db: Connection, keys: NodeKeys, case: Case, sealer: Sealer, phone_hashes: Collection[str]
) -> Owner | None:
    """Return whose telephone has one of these hashes: who speaks for all goes before others."""
    complainant, agent = case.complainant, case.agent
    if complainant.phone and complainant.phone_hash in phone_hashes:
        return Owner(complainant, sealer, None)
    if agent and agent.phone and agent.phone_hash in phone_hashes:
        return Owner(agent, sealer, None if case.agent_told == AgentTold.AGENT else AGENTS)
    return _another(db, keys, case, phone_hashes)


def _another(
    db: Connection, keys: NodeKeys, case: Case, phone_hashes: Collection[str]
) -> Owner | None:
    # Of each of several complainants no hash is kept that could outlive their leaving.
    for serial, party in opened_others(db, keys, case.others).items():
        if not party.phone or not _fits(keys, party.phone, phone_hashes):
            continue
        sealed = next(each.party for each in case.others if each.serial == serial)
        own = sealers_for(db, keys, {sealed.name.key_id})
        return Owner(sealed, own[sealed.name.key_id], serial)
    return None


def _fits(keys: NodeKeys, phone: str, phone_hashes: Collection[str]) -> bool:
    return not set(keys.keyed_hashes("phone", phone)).isdisjoint(phone_hashes)
