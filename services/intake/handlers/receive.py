"""Take a case in that another node registered: what is known of it here, and nothing to claim."""

from datetime import datetime

from sqlalchemy import Connection

from services.intake.handlers.amended import take_in_amended
from services.intake.handlers.complaint import hold_back, own_units
from services.intake.handlers.find import made_findable
from services.intake.policy.facts import Fact, FactKind
from services.intake.policy.scope import Ground
from services.intake.repository.cases import Case, add_received, case_of
from services.intake.repository.coming import add_leg
from services.intake.repository.timeline import add_facts
from shared.events.intake import ComplainedOf, ComplaintMarked
from shared.events.link import CaseReceived, FactRelayed
from shared.events.words import By
from shared.security.sealing import NodeKeys


def receive_case(db: Connection, keys: NodeKeys, event: CaseReceived, node: str) -> None:
    """Keep a case that came with its person; its query code stays with whoever registered it."""
    if add_received(db, made_findable(db, keys, _case(event))):
        number = {"number": event.number}
        registered = Fact(FactKind.REGISTERED, event.registered_at, params=number)
        accepted = Fact(FactKind.ACCEPTED, event.accepted_at)
        add_facts(db, [(event.case_id, registered), (event.case_id, accepted)])
    if event.given_by is not None:
        add_leg(db, event.case_id, event.given_by)
    units = own_units(db, event.complained_units, node)
    told = ComplainedOf(units=units, persons=event.complained_of)
    if units or event.complained_of:
        _hold_back(db, case_of(db, event.case_id, lock=True), told, event.occurred_at)
    take_in_amended(db, keys, event, node)


def hear_mark(db: Connection, event: FactRelayed, node: str) -> None:
    """Hear of which units of this node another one says that a case complains of."""
    if event.fact.type != ComplaintMarked.name:
        return
    units = own_units(db, event.fact.open(ComplaintMarked).complained_of.units, node)
    if units:
        case = case_of(db, event.case_id, lock=True)
        _hold_back(db, case, ComplainedOf(units=units), event.occurred_at)


def _hold_back(db: Connection, case: Case | None, told: ComplainedOf, at: datetime) -> None:
    if case is not None:
        hold_back(db, case, told, By(kind="system"), at)


def _case(event: CaseReceived) -> Case:
    return Case(
        case_id=event.case_id,
        number=event.number,
        query_code_hash=None,
        region=event.region,
        channel=event.channel.value,
        title=event.title,
        title_masked=event.title_masked,
        text=event.text,
        text_masked=event.text_masked,
        complainant=event.complainant,
        agent=event.agent,
        item_code=None,  # codes of items are a node's own
        item_name=event.item_name,
        demand=event.demand,
        attempts=event.attempts,
        complexity=event.complexity.value,
        scope_ground=Ground.OTHER_NODE.value,
        scope_hint=None,
        registered_at=event.registered_at,
        accepted_at=event.accepted_at,
        origin=event.origin,
        amendment=event.amendment,
        measures=event.measures,
        authority=event.authority,
    )
