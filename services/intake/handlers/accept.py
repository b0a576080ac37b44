"""An officer finds a case in scope: the promise to its person begins."""

from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.follow import tell
from services.intake.handlers.register import accepted_event
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.undecided import lock_undecided
from services.intake.policy.grounds import Situation
from services.intake.policy.scope import normal_title
from services.intake.repository.cases import Case, mark_accepted
from services.intake.repository.catalogue import Item, find_item
from shared.audit import digest_of
from shared.errors import Refused
from shared.events.words import Complexity, DemandKind
from shared.security.caller import Caller


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the officer adds: how much work it is, the item (name or code), how it is in scope.

    And what is asked for, where it was taken down as something else.
    """

    complexity: Complexity | None = None
    item: str | None = None
    situation: Situation | None = None
    demand: DemandKind | None = None


def accept_case(db: Connection, number: str, acceptance: Acceptance, caller: Caller) -> UUID:
    """Accept a registered case; Refused if it was accepted or declined before."""
    return accept_locked(db, lock_undecided(db, number, caller), acceptance, caller)


def accept_locked(
    db: Connection, case: Case, acceptance: Acceptance, caller: Caller, *, late: bool = False
) -> UUID:
    """Accept a locked case; where it was late the promise counts from the registration."""
    item = _item(db, case, acceptance.item)

    accepted = replace(
        case,
        accepted_at=caller.now,
        complexity=str(acceptance.complexity or (item.complexity if item else "ordinary")),
        demand=acceptance.demand or case.demand,
        item_code=item.code if item else case.item_code,
        item_name=item.title if item else case.item_name,
    )
    changed = ("accepted_at", "complexity", "demand", "item_code", "item_name")
    after = {name: getattr(accepted, name) for name in changed}

    mark_accepted(db, case.case_id, after)
    said = accepted_event(accepted, caller.by, caller.now)
    promised_from = said.promised_from or (case.registered_at if late else None)
    beside = {"promised_from": promised_from, "situation": acceptance.situation or said.situation}
    tell(db, said.model_copy(update=beside))
    leave_trace(db, caller, "case.accept", case.number, after=digest_of(after))
    return case.case_id


def _item(db: Connection, case: Case, named: str | None) -> Item | None:
    name = named or case.item_code or case.item_name
    item = find_item(db, name, normal_title(name)) if name else None
    if named is not None and item is None:
        raise Refused("unknown_item", field="item")
    return item
