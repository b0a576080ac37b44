"""Hear of precedents of other nodes, and of the erasure of a case from which one was drafted."""

import logging
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.review.policy.precedents import State
from services.review.repository.precedents import (
    Precedent,
    ask_to_check,
    drop_drafts_of,
    find_edition,
    lock_latest,
    move_edition,
    write_edition,
)
from shared.events.base import Envelope
from shared.events.link import NodeFactRelayed
from shared.events.review import PrecedentFact, PrecedentPublished, PrecedentWithdrawn
from shared.security.masking import mask_text

log = logging.getLogger(__name__)


def hear_precedent(db: Connection, event: NodeFactRelayed) -> None:
    """Keep what another node published, masked once more, or that it was withdrawn there."""
    fact = event.fact
    if fact.type == PrecedentPublished.name:
        _take(db, fact, fact.open(PrecedentPublished))
    if fact.type == PrecedentWithdrawn.name:
        _take_back(db, fact, fact.open(PrecedentWithdrawn))


def forget_source(db: Connection, case_id: UUID, at: datetime) -> None:
    """Throw drafts away that nobody else has read, and ask to look again at what is published."""
    ask_to_check(db, case_id, at)
    drop_drafts_of(db, case_id)


def _take(db: Connection, fact: Envelope, told: PrecedentPublished) -> None:
    latest = lock_latest(db, told.precedent_id)
    if latest is not None and not _is_news(latest, fact, told):
        return
    arrived = _arrived(fact, told)
    write_edition(db, arrived)
    before = find_edition(db, told.precedent_id, State.PUBLISHED)
    if before is not None:
        move_edition(db, before, State.REPLACED, fact.time)
    move_edition(db, arrived, State.PUBLISHED, told.occurred_at)


def _take_back(db: Connection, fact: Envelope, told: PrecedentWithdrawn) -> None:
    latest = lock_latest(db, told.precedent_id)
    if latest is None or not _is_theirs(latest, fact):
        return
    if latest.state is State.PUBLISHED and latest.edition <= told.edition:
        move_edition(db, latest, State.WITHDRAWN, told.occurred_at)


def _is_news(latest: Precedent, fact: Envelope, told: PrecedentFact) -> bool:
    return _is_theirs(latest, fact) and latest.edition < told.edition


def _is_theirs(latest: Precedent, fact: Envelope) -> bool:
    if latest.node == fact.node:
        return True
    log.error("a node speaks of another's precedent", extra={"node": fact.node})
    return False


def _arrived(fact: Envelope, told: PrecedentPublished) -> Precedent:
    return Precedent(
        precedent_id=told.precedent_id,
        edition=told.edition,
        node=fact.node,
        state=State.DRAFT,
        scope=told.scope,
        title=mask_text(told.title),
        question=mask_text(told.question),
        answer=mask_text(told.answer),
        item_code=told.item_code,
        item_name=_masked(told.item_name),
        regions=told.regions,
        policy=_masked(told.policy),
        valid_from=told.valid_from,
        valid_to=told.valid_to,
        keywords=tuple(mask_text(word) for word in told.keywords),
        outcome=told.outcome,
        drafted_at=told.occurred_at,
    )


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_text(text)
