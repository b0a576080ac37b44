"""Show a person in the clear to staff who must know, and write down that they looked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from sqlalchemy import Connection

from services.intake.handlers.care import opened_care
from services.intake.handlers.channel_fields import ChannelFields, opened_fields
from services.intake.handlers.others import opened_others
from services.intake.handlers.trace import leave_trace
from services.intake.policy.facts import Fact, FactKind
from services.intake.policy.looks import LookLimits, wait_after
from services.intake.repository.cases import Case
from services.intake.repository.looks import count_looks
from services.intake.repository.timeline import facts_of
from services.intake.tables import REVEAL, SEEN
from shared.audit import AuditOutcome
from shared.errors import Refused
from shared.events.sealed import Sealed, SealedParty
from shared.events.words import Language
from shared.security.caller import Caller
from shared.security.parties import Party
from shared.security.sealing import KeyDestroyed, NodeKeys, Sealer
from shared.security.vault import sealer_of_case

SAID_LATER = frozenset({FactKind.MATERIALS_ANSWERED, FactKind.INFORMATION_ADDED, FactKind.URGED})


@dataclass(frozen=True, slots=True)
class Person:
    """A party in the clear."""

    name: str
    phone: str | None
    id_number: str | None
    address: str | None
    language: Language = Language.ZH


@dataclass(frozen=True, slots=True)
class Revealed:
    """A case as it was told."""

    complainant: Person
    agent: Person | None
    title: str
    text: str
    complained_of: tuple[str, ...] = ()
    """The persons of whom it complains."""
    answers: tuple[str, ...] = ()
    """What the person said later: answers to units, additions, words of urges."""
    channel_fields: ChannelFields = field(default_factory=dict)
    """What the channel said beside."""
    authority_note: str | None = None
    """What else stands in the agent's authority."""
    others: tuple[Person, ...] = ()
    """Who reports it too."""
    care: tuple[str, ...] = ()
    """Why the person needs care."""
    withheld: bool = False
    """The person wants not to be known to who works on the case."""


def reveal_person(
    db: Connection, keys: NodeKeys, case: Case, purpose: str, caller: Caller
) -> Revealed:
    """Open the sealed fields of a case and audit the look; Refused if its person was erased."""
    leave_trace(db, caller, REVEAL, case.number, purpose=purpose)
    try:
        sealer = sealer_of_case(db, keys, case.case_id)
    except KeyDestroyed as error:
        raise Refused("person_erased") from error
    persons = case.complained_of.persons if case.complained_of else ()
    return Revealed(
        complainant=_person(sealer, case.complainant),
        agent=_person(sealer, case.agent) if case.agent else None,
        title=sealer.open(case.title),
        text=sealer.open(case.text),
        complained_of=tuple(sealer.open(one.name) for one in persons),
        answers=tuple(_answers(sealer, facts_of(db, case.case_id))),
        channel_fields=opened_fields(sealer, case.channel_fields),
        authority_note=_opened(sealer, case.authority.note if case.authority else None),
        others=tuple(_told(each) for each in opened_others(db, keys, case.others).values()),
        care=opened_care(sealer, case.care),
        withheld=case.complainant.withheld,
    )


def _answers(sealer: Sealer, facts: Sequence[Fact]) -> Iterator[str]:
    for fact in sorted(facts, key=attrgetter("at")):
        if fact.kind in SAID_LATER and fact.params.get("text"):
            yield sealer.open(Sealed.model_validate(fact.params["text"]))


def wait_for_look(
    db: Connection, number: str, purpose: str, caller: Caller, limits: LookLimits
) -> int | None:
    """Return for how many seconds an account may look at nobody; the refusal is audited."""
    counted = count_looks(db, caller.actor.id, SEEN, caller.now)
    wait = wait_after(counted, limits.looks, caller.now)
    if wait is not None:
        leave_trace(db, caller, REVEAL, number, purpose=purpose, outcome=AuditOutcome.DENIED)
    return wait


def _told(party: Party) -> Person:
    return Person(party.name, party.phone, party.id_number, party.address, party.language)


def _person(sealer: Sealer, party: SealedParty) -> Person:
    return Person(
        name=sealer.open(party.name),
        phone=_opened(sealer, party.phone),
        id_number=_opened(sealer, party.id_number),
        address=_opened(sealer, party.address),
        language=party.language,
    )


def _opened(sealer: Sealer, sealed: Sealed | None) -> str | None:
    return None if sealed is None else sealer.open(sealed)
