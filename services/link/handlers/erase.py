"""Erase the copies that link holds of a case, and know what a neighbour must hear of that."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.link.handlers.amend import person_for
from services.link.handlers.audience import heard_by
from services.link.handlers.house import House
from services.link.handlers.person import amendment_of
from services.link.handlers.posting import Item
from services.link.policy import Fact
from services.link.repository.cases import Case, cases_of, erase_copies, orders_since
from services.link.repository.links import rewrite, waiting_with
from services.link.tables import plumbing
from shared.clock import id_at
from shared.events.base import Envelope
from shared.events.intake import CaseAmended
from shared.forgetting import forget_said, forget_unheard
from shared.security.erasing import redacted_text


def erase(db: Connection, case: Case, now: datetime) -> Case:
    """Erase the person of a case from its facts, its boxes, and parcels on their way."""
    erase_copies(db, case.case_id)
    for table, peer, sequence, content in waiting_with(db, str(case.case_id)):
        rewrite(db, table, peer, sequence, _without(db, content, case.case_id))
    forget_said(db, plumbing, case.case_id)
    forget_unheard(db, plumbing, case.case_id)
    return replace(case, person=None, complained_of=None, erased_at=case.erased_at or now)


def _without(db: Connection, content: str, case_id: UUID) -> str:
    told: dict[str, Any] = json.loads(content)
    mine = {fact["id"] for fact in told.get("facts", ()) if fact["subject"] == str(case_id)}
    facts = [
        json.loads(redacted_text(db, json.dumps(fact))) if fact["id"] in mine else fact
        for fact in told.get("facts", ())
    ]
    boxes = {fact_id: box for fact_id, box in told.get("boxes", {}).items() if fact_id not in mine}
    pieces = [piece for piece in told.get("pieces", ()) if piece["case_id"] != str(case_id)]
    kept = {"facts": facts, "boxes": boxes, "pieces": pieces}
    return json.dumps({**told, **kept}, ensure_ascii=False)


def _box(db: Connection, house: House, case: Case, peer: str, body: str) -> str | None:
    envelope = Envelope.model_validate_json(body)
    if (
        envelope.type != CaseAmended.name
        or amendment_of(case.person) != envelope.data["amendment"]
    ):
        return None  # of several corrections the last one tells all
    return person_for(db, house, case, peer)


def orders_for(db: Connection, peer: str, house: House) -> list[Item]:
    """Return every order of late that concerns a neighbour, for one that lost what it heard."""
    since = id_at(house.now - house.pace.orders_again)
    told = orders_since(db, since, not_via=peer)
    cases = cases_of(db, {case_id for _, case_id, _, _ in told})
    return [
        Item(str(fact_id), body, _box(db, house, cases[case_id], peer, body))
        for fact_id, case_id, via, body in told
        if peer in heard_by(house, Fact(via, is_order=True), cases[case_id])
    ]
