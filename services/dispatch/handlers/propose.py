"""Put a rule into the draft of the dispatch catalogue that somebody else decided upon (N7)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.dispatch.policy import significant
from services.dispatch.policy.rules import Conditions, Rule
from services.dispatch.repository.catalogue import find_unit
from services.dispatch.repository.rules import (
    Catalogue,
    add_rule,
    free_code,
    last_signed,
    lock_draft,
    open_draft,
    touch,
)
from shared.errors import Refused
from shared.events.words import By
from shared.regions import today_of
from shared.security.masking import mask_text

FIRST = 0
"""What was decided for one matter goes before what holds for many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleProposal:
    """A decision that shall hold for the next matter like it; at least one condition is needed."""

    item_code: str | None
    region: str | None
    keywords: tuple[str, ...]
    """All of them must occur."""
    unit_code: str
    legal_basis: str
    source: str
    """What decided, for people; it names no case, for it is read by everybody."""


def propose_rule(db: Connection, proposal: RuleProposal, by: By, at: datetime) -> UUID:
    """Enter a proposal as the first rule of the open draft; return the rule's id.

    Where there is no draft, one is opened on the version signed last. It holds for nobody until
    two persons have signed. Refused: `unknown_unit`, `rule_without_condition`.
    """
    conditions = _conditions(proposal)
    if conditions == Conditions():
        raise Refused("rule_without_condition", field="keywords")
    if find_unit(db, proposal.unit_code) is None:
        raise Refused("unknown_unit", field="unit_code")
    draft = draft_at(db, at)
    source = mask_text(proposal.source)
    rule = Rule(
        code=free_code(db, draft.catalogue_id),
        title=source,
        conditions=conditions,
        unit_code=proposal.unit_code,
        legal_basis=mask_text(proposal.legal_basis),
        source=f"{source}（{by.unit or by.role or by.kind}）",
    )
    touch(db, draft)
    return add_rule(db, draft.catalogue_id, FIRST, rule)


def draft_at(db: Connection, at: datetime) -> Catalogue:
    """Lock and return the open draft; open one on the version signed last if there is none."""
    return lock_draft(db) or open_draft(db, "", last_signed(db), at)


def _conditions(proposal: RuleProposal) -> Conditions:
    region = significant(today_of(proposal.region)) if proposal.region else ""
    words = {mask_text(word).strip().lower() for word in proposal.keywords}
    return Conditions(
        items=frozenset(filter(None, [proposal.item_code])),
        regions=frozenset(filter(None, [region])),
        all_words=frozenset(filter(None, words)),
    )
