"""Take a report down: number, query code, sealed person; accepted at once where it may be."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.channel_fields import ChannelFields, fields_told, sealed_fields
from services.intake.handlers.complaint import Named, identified, say_marked
from services.intake.handlers.follow import tell
from services.intake.handlers.sealing import code_hash
from services.intake.handlers.trace import leave_trace
from services.intake.policy.days import day_in_china
from services.intake.policy.progress import Status
from services.intake.policy.scope import Scope, Verdict, normal_title, scope_of
from services.intake.repository.cases import Case, add_case, next_sequence
from services.intake.repository.catalogue import Item, find_item
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import CaseAccepted, CaseRegistered
from shared.events.sealed import PartyRole, Sealed, SealedParty
from shared.events.words import By, Channel, Complexity
from shared.security.actor import ActorKind
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.numbers import case_number, new_query_code
from shared.security.parties import Party, bare, findable, hashes_of, sealed_party
from shared.security.sealing import NodeKeys, Sealer
from shared.security.vault import create_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a person says could not be done."""

    region: str
    channel: Channel
    reporter: Party
    agent: Party | None = None
    title: str
    text: str
    item: str | None = None
    """Name or code, as told."""
    attempts: int = 1
    received_at: datetime | None = None
    """When another system took it down; only an import says so."""
    complained_of: Named | None = None
    channel_fields: ChannelFields = field(default_factory=dict)
    """What the channel takes beside, by the row of `policy/channels.py`."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names that no masked text may show."""
        told = (*self.reporter.personal_names, *(self.agent.personal_names if self.agent else ()))
        return told + (self.complained_of.spellings if self.complained_of else ())


@dataclass(frozen=True, slots=True)
class Registered:
    """What the person takes home."""

    case_id: UUID
    number: str
    query_code: str
    status: Status


def register_case(
    db: Connection,
    keys: NodeKeys,
    report: Report,
    caller: Caller,
    case_id: UUID | None = None,
) -> Registered:
    """Give a report its number at the actor's node; accepted on submit or left to an officer."""
    at = _received_at(report, caller.now)
    item = find_item(db, report.item, normal_title(report.item)) if report.item else None
    scope = scope_of(report.title, report.text, in_catalogue=item is not None)

    sealer = create_key(db, keys, case_id or new_id(), caller.now)
    code = new_query_code()
    told = {**_told(sealer, keys, report), **_judged(report, item, scope, at)}
    told["complained_of"] = identified(db, sealer, keys, report.complained_of, caller.actor.node)
    number = _next_number(db, caller.actor.node, at)
    hashed = code_hash(keys, number, code)
    case = Case(case_id=sealer.case_id, number=number, query_code_hash=hashed, **told)
    add_case(db, case)

    say_marked(
        db, case, caller.by, at
    )  # first: whoever shows the case knows then from whom to hide it
    registered = registered_event(case, sealer.seal("query_code", code), caller.by)
    registered = registered.model_copy(
        update={"channel_fields": fields_told(report.channel, report.channel_fields, report.names)}
    )
    accepted = [] if case.accepted_at is None else [accepted_event(case, caller.by, at)]
    tell(db, registered, *accepted)
    if caller.actor.kind in (ActorKind.STAFF, ActorKind.SYSTEM):
        leave_trace(db, caller, "case.register", number)
    status = Status.REGISTERED if case.accepted_at is None else Status.ACCEPTED
    return Registered(case.case_id, number, code, status)


def registered_event(case: Case, query_code: Sealed, by: By) -> CaseRegistered:
    """Return the fact that a case was taken down."""
    assert case.query_code_hash is not None, "what is registered here has a code"  # noqa: S101
    return CaseRegistered(
        case_id=case.case_id,
        occurred_at=case.registered_at,
        number=case.number,
        region=case.region,
        channel=Channel(case.channel),
        title=case.title,
        title_masked=case.title_masked,
        text=case.text,
        text_masked=case.text_masked,
        item_code=case.item_code,
        item_name=case.item_name,
        attempts=case.attempts,
        complainant=bare(case.complainant),
        agent=None if case.agent is None else bare(case.agent),
        query_code=query_code,
        query_code_hash=case.query_code_hash,
        by=by,
    )


def accepted_event(case: Case, by: By, at: datetime) -> CaseAccepted:
    """Return the fact that a case is in scope."""
    return CaseAccepted(
        case_id=case.case_id,
        occurred_at=at,
        number=case.number,
        region=case.region,
        channel=Channel(case.channel),
        complexity=Complexity(case.complexity or Complexity.ORDINARY),
        item_code=case.item_code,
        item_name=case.item_name,
        title_masked=case.title_masked,
        text_masked=case.text_masked,
        complained_of=case.complained_of,
        party=case.complainant.kind.value,
        by=by,
    )


def _received_at(report: Report, now: datetime) -> datetime:
    if report.received_at is not None and report.received_at > now:
        raise Refused("future_date", field="received_at")
    return report.received_at or now


def _told(sealer: Sealer, keys: NodeKeys, report: Report) -> dict[str, Any]:
    reporter, agent, names = report.reporter, report.agent, report.names
    return {
        "region": report.region,
        "channel": report.channel.value,
        "title": sealer.seal("title", report.title),
        "title_masked": mask_text(report.title, names),
        "text": sealer.seal("text", report.text),
        "text_masked": mask_text(report.text, names),
        "complainant": _party(sealer, keys, reporter, PartyRole.COMPLAINANT),
        "agent": _party(sealer, keys, agent, PartyRole.AGENT) if agent else None,
        "person_hashes": hashes_of(keys, (reporter, *([agent] if agent else ()))),
        "attempts": report.attempts,
        "channel_fields": sealed_fields(sealer, report.channel_fields),
    }


def _party(sealer: Sealer, keys: NodeKeys, party: Party, role: PartyRole) -> SealedParty:
    return findable(keys, sealed_party(sealer, party, role), party)


def _judged(report: Report, item: Item | None, scope: Scope, at: datetime) -> dict[str, Any]:
    is_accepted = scope.verdict is Verdict.ACCEPT
    return {
        "item_code": item.code if item else None,
        "item_name": item.title if item else report.item,
        "complexity": item.complexity if item and is_accepted else None,
        "scope_ground": scope.ground.value,
        "scope_hint": scope.hint,
        "registered_at": at,
        "accepted_at": at if is_accepted else None,
    }


def _next_number(db: Connection, node: str, at: datetime) -> str:
    day = day_in_china(at)
    return case_number(node, day, next_sequence(db, day))
