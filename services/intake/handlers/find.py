"""Find the cases of somebody by name, telephone or number; renew the hashes that find them."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.trace import leave_trace
from services.intake.policy.looks import LookLimits, wait_after
from services.intake.repository.cases import (
    Case,
    Hashed,
    Parties,
    count_hashed,
    numbers_of_persons,
    put_hashes,
    rows_to_hash,
)
from services.intake.repository.looks import count_looks
from services.intake.tables import SEARCH
from shared.audit import AuditOutcome
from shared.events.sealed import WITHHELD, SealedParty
from shared.security.caller import Caller
from shared.security.parties import (
    UNMARKED,
    Party,
    findable,
    hashes_of,
    hashes_sought,
    mark_of,
    opened_party,
)
from shared.security.resealing import Batch, Place
from shared.security.sealing import KeyDestroyed, NodeKeys, SealBroken, Sealer
from shared.security.vault import sealer_of_case, sealers_for, sealers_of_cases

log = logging.getLogger(__name__)

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class TooOften:
    """Refused for so many seconds; the refusal stands in the audit, so commit it."""

    wait: int


def find_cases(
    db: Connection, keys: NodeKeys, term: str, caller: Caller, limits: LookLimits
) -> Sequence[str] | TooOften:
    """Return the numbers of somebody's cases, the latest first; the search is audited."""
    sought = hashes_sought(keys, term)
    counted = count_looks(db, caller.actor.id, {SEARCH}, caller.now)
    wait = wait_after(counted, limits.searches, caller.now)
    outcome = AuditOutcome.DONE if wait is None else AuditOutcome.DENIED
    # Whom they sought is told by the hash: the auditor can ask for it, nobody can read it.
    leave_trace(db, caller, SEARCH, sought[0], object_kind="person_hash", outcome=outcome)
    return numbers_of_persons(db, sought, MOST_FOUND) if wait is None else TooOften(wait)


def made_findable(db: Connection, keys: NodeKeys, case: Case) -> Case:
    """Return a case that came sealed with the hashes of its persons; an erased one has none."""
    now = keys.now
    try:
        sealer = sealer_of_case(db, now, case.case_id)
    except KeyDestroyed:
        sealer = None
    parts = _hashed(now, sealer, (case.complainant, case.agent), {})
    return replace(
        case, complainant=parts.complainant, agent=parts.agent, person_hashes=parts.hashes
    )


def rehash_persons(db: Connection, keys: NodeKeys, after: Place, limit: int) -> Batch:
    """Make the hashes of the next cases anew under the present key of the index."""
    now = keys.now
    rows = rows_to_hash(db, _marks(now), after[0] if after else None, limit)
    sealers = sealers_of_cases(db, now, list(rows))
    beside = {party.name.key_id for each in rows.values() for party in each[2:] if party}
    others = sealers_for(db, now, beside) if beside else {}
    done = {}
    for case_id, parties in rows.items():
        try:
            done[case_id] = _hashed(now, sealers.get(case_id), parties, others)
        except SealBroken:
            log.exception("persons cannot be hashed anew", extra={"case_ids": [str(case_id)]})
    put_hashes(db, done)
    end = (max(rows),) if len(rows) == limit else None
    return Batch(len(done), len(rows) - len(done), end)


def count_to_rehash(db: Connection, keys: NodeKeys) -> int:
    """Return how many cases are found by the earlier key of the index, or not at all yet."""
    return count_hashed(db, _marks(keys.now))


def _marks(keys: NodeKeys) -> list[str]:
    before = keys.index_before
    return [UNMARKED, *(() if before is None else (mark_of(before),))]


def _hashed(
    keys: NodeKeys, sealer: Sealer | None, parties: Parties, others: Mapping[UUID, Sealer]
) -> Hashed:
    beside = (_opened(others.get(each.name.key_id), each) for each in parties[2:] if each)
    opened = [*(_opened(sealer, party) for party in parties[:2]), *beside]
    complainant, agent = (
        party if person is None or party is None else findable(keys, party, person)
        for party, person in zip(parties[:2], opened[:2], strict=True)
    )
    assert complainant is not None, "a case has a complainant"  # noqa: S101
    hashes = hashes_of(keys, (person for person in opened if person is not None))
    return Hashed(complainant, agent, hashes)


def _opened(sealer: Sealer | None, party: SealedParty | None) -> Party | None:
    if sealer is None or party is None or party.name.algorithm == WITHHELD:
        return None
    return opened_party(sealer, party)
