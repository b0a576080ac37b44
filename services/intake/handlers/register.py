"""Take a report down: number, query code, sealed person; accepted at once where it may be."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.intake.handlers.agency import Agency, authority_of
from services.intake.handlers.answer_now import (
    AnsweringNow,
    answered_event,
    check_answer,
    trace_answer,
)
from services.intake.handlers.care import counted_care, sealed_care
from services.intake.handlers.channel_fields import ChannelFields, fields_told, sealed_fields
from services.intake.handlers.complaint import Named, identified, say_marked
from services.intake.handlers.follow import fact_of
from services.intake.handlers.masks import Mask, mask_of
from services.intake.handlers.others import Entered, enter_others
from services.intake.handlers.sealing import code_hash
from services.intake.handlers.trace import leave_trace
from services.intake.policy.benchmarks import asks
from services.intake.policy.care import measures_of
from services.intake.policy.days import day_in_china
from services.intake.policy.grounds import Situation
from services.intake.policy.progress import Status
from services.intake.policy.scope import Ground, Scope, Verdict, normal_title, scope_of
from services.intake.repository.cases import Case, next_sequence
from services.intake.repository.catalogue import Item
from services.intake.repository.entering import add_case, item_and_benchmark
from shared.clock import new_id
from shared.db.bulk import Row
from shared.errors import Refused
from shared.events.intake import (
    AgentAuthority,
    AgentTold,
    CaseAccepted,
    CaseAnswered,
    CaseRegistered,
    CoComplainant,
    ComplainedOf,
    bare_authority,
    bare_others,
)
from shared.events.sealed import PartyRole, Sealed, SealedParty
from shared.events.words import By, Channel, ChannelFieldTold, Complexity, DemandKind
from shared.outbox import say
from shared.security.actor import ActorKind
from shared.security.caller import Caller
from shared.security.numbers import case_number, new_query_code
from shared.security.parties import Party, bare, findable, hashes_of, sealed_party
from shared.security.sealing import NodeKeys, Sealer
from shared.security.vault import new_key


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
    demand: DemandKind = DemandKind.HELP
    attempts: int = 1
    received_at: datetime | None = None
    """When another system took it down; only an import says so."""
    complained_of: Named | None = None
    channel_fields: ChannelFields = field(default_factory=dict)
    """What the channel takes beside, by the row of `policy/channels.py`."""
    care: tuple[str, ...] = ()
    """Why the person needs care, by the rows of `policy/care.py`."""
    agency: Agency | None = None
    """By which right the agent speaks."""
    others: tuple[Party, ...] = ()
    """Who reports it too; the reporter speaks for all."""
    answer: AnsweringNow | None = None
    """What the person is told while they are there; it ends the case."""

    @property
    def parties(self) -> tuple[Party, ...]:
        """Who reports, who does so for them, and who reports it too."""
        return (self.reporter, *([self.agent] if self.agent else ()), *self.others)


@dataclass(frozen=True, slots=True)
class Registered:
    """What the person takes home."""

    case_id: UUID
    number: str
    query_code: str
    status: Status
    agent_code: str | None = None
    """The agent's own, where both are told."""
    others: tuple[Entered, ...] = ()
    """Who reports it too, each with a code."""
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What is entered beside a report: under which key, when it came, of whom it complains."""

    sealer: Sealer
    key: Row
    """The sealer's, as the vault keeps it."""
    at: datetime
    against: ComplainedOf | None = None
    names: tuple[str, ...] = ()
    """In the clear, to be masked in what was told."""
    first: Case | None = None
    """The report off which it is split: its scope was judged then, the promise counts from it."""


def register_case(
    db: Connection,
    keys: NodeKeys,
    report: Report,
    caller: Caller,
    case_id: UUID | None = None,
) -> Registered:
    """Give a report its number at the actor's node; accepted on submit or left to an officer."""
    at = _received_at(report, caller.now)
    sealer, key = new_key(keys, case_id or new_id(), caller.now)
    named = report.complained_of
    against = identified(db, sealer, keys, named, caller.actor.node)
    entry = Entry(sealer, key, at, against, named.spellings if named else ())
    registered = enter(db, keys, report, entry, caller)
    if caller.actor.kind in (ActorKind.STAFF, ActorKind.SYSTEM):
        leave_trace(db, caller, "case.register", registered.number)
    return registered


def enter(
    db: Connection, keys: NodeKeys, report: Report, entry: Entry, caller: Caller
) -> Registered:
    """Write a report down under a key of its own, and say so."""
    item, scope = judged(db, report, day_in_china(entry.at))
    sealer, code = entry.sealer, new_query_code()
    agents = _agents_code(report)
    told = {**_told(keys, report, entry), **_judged(report, item, scope, entry)}
    number = _next_number(db, caller.actor.node, entry.at)
    hashed = code_hash(keys, number, code)
    told["authority"] = _authority(keys, report, sealer, (number, agents))
    beside = enter_others(db, keys, report.others, (sealer.case_id, number, entry.at))
    told["others"] = tuple(_kept(each) for each in beside)
    case = Case(case_id=sealer.case_id, number=number, query_code_hash=hashed, **told)
    if report.answer is not None:
        check_answer(db, case, report.answer, caller)
    counted_care(db, entry.at, report.care)

    status = Status.REGISTERED if case.accepted_at is None else Status.ACCEPTED
    answered = report.answer is not None
    home = Registered(case.case_id, number, code, status, agents, tuple(beside), answered)
    registered = _registered(case, report, entry, home, caller)
    events = (registered, *_accepted(db, case, report, entry, caller))
    add_case(db, entry.key, case, [fact_of(event) for event in events])
    # First: whoever shows the case knows then from whom to hide it.
    say_marked(db, case, caller.by, entry.at)
    for event in events:
        say(db, event)
    return home


def _registered(
    case: Case, report: Report, entry: Entry, home: Registered, caller: Caller
) -> CaseRegistered:
    sealer, first = entry.sealer, entry.first
    code = sealer.seal("query_code", home.query_code)
    registered = registered_event(case, code, caller.by, first.number if first else None)
    beside = {
        "channel_fields": _beside(report, entry),
        "agent_code": sealer.seal_if("agent_code", home.agent_code),
        "others": bare_others(tuple(each.kept for each in home.others)),
    }
    return registered.model_copy(update=beside)


def _accepted(
    db: Connection, case: Case, report: Report, entry: Entry, caller: Caller
) -> list[CaseAccepted | CaseAnswered]:
    if case.accepted_at is None:
        return []
    accepted = accepted_event(case, caller.by, entry.at)
    if report.answer is None:
        return [accepted]
    mask = mask_for(report, entry.names)
    answered = answered_event(case, entry.sealer, report.answer, mask, caller)
    trace_answer(db, caller, case.number, answered)
    return [accepted.model_copy(update={"answered_by": answered.unit_code}), answered]


def _kept(entered: Entered) -> CoComplainant:
    return entered.kept.model_copy(update={"query_code": None})


def _agents_code(report: Report) -> str | None:
    both = report.agency is not None and report.agency.told == AgentTold.BOTH
    return new_query_code() if both else None


def _authority(
    keys: NodeKeys, report: Report, sealer: Sealer, opened_by: tuple[str, str | None]
) -> AgentAuthority | None:
    if report.agency is None:
        return None
    number, code = opened_by
    hashed = None if code is None else code_hash(keys, number, code)
    return authority_of(sealer, report.agency).model_copy(update={"code_hash": hashed})


def judged(db: Connection, report: Report, day: date) -> tuple[Item | None, Scope]:
    """Return the item that a report is about, if it is listed, and whether it is in scope."""
    item, elsewhere = None, False
    if report.item:
        item, elsewhere = item_and_benchmark(db, report.item, normal_title(report.item), day)
    told = {"in_catalogue": item is not None, "elsewhere": elsewhere and asks(report.attempts)}
    return item, scope_of(report.title, report.text, **told)


def is_accepted(scope: Scope, first: Case | None) -> bool:
    """Tell whether a report is accepted on submit; so is a matter of one that was accepted.

    Words that point out of scope leave both to an officer.
    """
    in_scope = first is not None and first.accepted_at is not None
    return scope.verdict is Verdict.ACCEPT or (in_scope and scope.hint is None)


def registered_event(
    case: Case, query_code: Sealed, by: By, split_from: str | None = None
) -> CaseRegistered:
    """Return the fact that a case was taken down, perhaps off a report of this number."""
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
        demand=demand_of(case),
        attempts=case.attempts,
        complainant=bare(case.complainant),
        agent=None if case.agent is None else bare(case.agent),
        query_code=query_code,
        query_code_hash=case.query_code_hash,
        split_from=split_from,
        measures=tuple(case.measures or ()),
        authority=bare_authority(case.authority),
        by=by,
    )


def demand_of(case: Case) -> DemandKind | None:
    """Return what the person of a case asks for."""
    return None if case.demand is None else DemandKind(case.demand)


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
        demand=demand_of(case),
        party=case.complainant.kind.value,
        promised_from=case.promised_from,
        situation=Situation.TWICE_UNRESOLVED if case.scope_ground == Ground.BENCHMARK else None,
        by=by,
    )


def _received_at(report: Report, now: datetime) -> datetime:
    if report.received_at is not None and report.received_at > now:
        raise Refused("future_date", field="received_at")
    return report.received_at or now


def mask_for(report: Report, against: tuple[str, ...]) -> Mask:
    """Return what masks all that a report tells; it complains of these names."""
    return mask_of(report.parties, against)


def _beside(report: Report, entry: Entry) -> tuple[ChannelFieldTold, ...]:
    # The id of an application or a call leads to a person, however it is masked.
    if report.reporter.withheld:
        return ()
    return fields_told(report.channel, report.channel_fields, mask_for(report, entry.names))


def _told(keys: NodeKeys, report: Report, entry: Entry) -> dict[str, Any]:
    sealer, reporter, agent = entry.sealer, report.reporter, report.agent
    mask = mask_for(report, entry.names)
    return {
        "region": report.region,
        "channel": report.channel.value,
        "title": sealer.seal("title", report.title),
        "title_masked": mask(report.title),
        "text": sealer.seal("text", report.text),
        "text_masked": mask(report.text),
        "complainant": _party(sealer, keys, reporter, PartyRole.COMPLAINANT),
        "agent": _party(sealer, keys, agent, PartyRole.AGENT) if agent else None,
        "person_hashes": hashes_of(keys, report.parties),
        "demand": report.demand.value,
        "attempts": report.attempts,
        "complained_of": entry.against,
        "channel_fields": sealed_fields(sealer, report.channel_fields),
        "care": sealed_care(sealer, report.care),
        "measures": measures_of(report.care) or None,
    }


def _party(sealer: Sealer, keys: NodeKeys, party: Party, role: PartyRole) -> SealedParty:
    return findable(keys, sealed_party(sealer, party, role), party)


def _judged(report: Report, item: Item | None, scope: Scope, entry: Entry) -> dict[str, Any]:
    accepted = is_accepted(scope, entry.first) or report.answer is not None
    complexity = item.complexity if item else Complexity.ORDINARY.value
    if report.answer is not None:
        complexity = Complexity.ON_SPOT.value
    return {
        "item_code": item.code if item else None,
        "item_name": item.title if item else report.item,
        "complexity": complexity if accepted else None,
        "scope_ground": scope.ground.value,
        "scope_hint": scope.hint,
        "registered_at": entry.at,
        "accepted_at": entry.at if accepted else None,
        "promised_from": entry.first.registered_at if entry.first else None,
    }


def _next_number(db: Connection, node: str, at: datetime) -> str:
    day = day_in_china(at)
    return case_number(node, day, next_sequence(db, day))
