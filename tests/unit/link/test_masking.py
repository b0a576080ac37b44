"""Whatever event there is or will be: nothing sealed and no keyed hash of it leaves the node."""

import re
from uuid import UUID, uuid4

import pytest

from services.link.handlers import RELAYED
from services.link.handlers.masking import masked, withheld
from shared.clock import utcnow
from shared.events.base import CaseEvent, Envelope
from shared.events.intake import (
    CaseRegistered,
    ComplainedOf,
    ComplaintMarked,
    UnitComplainedOf,
)
from shared.events.link import FactRelayed
from shared.events.sealed import PartyRole, Sealed, SealedName, SealedParty
from shared.events.words import By, Channel, Language

SECRET = "c2VjcmV0"
KEY = UUID(int=7)
ONE_TUPLE = re.compile(r"tuple\[[\w.]+, \.\.\.\]$")


def sealed(field: str) -> Sealed:
    return Sealed(key_id=KEY, field=field, data=SECRET)


def party(role: PartyRole) -> SealedParty:
    return SealedParty(
        role=role,
        name=sealed("name"),
        name_hash="hash-name",
        phone=sealed("phone"),
        phone_hash="hash-phone",
        id_number=sealed("id_number"),
        id_hash="hash-id",
        address=sealed("address"),
        masked_name="王**",
        masked_phone="138****1234",
    )


def registered() -> CaseRegistered:
    return CaseRegistered(
        case_id=uuid4(),
        occurred_at=utcnow(),
        number="BCS-341523-20260302-00001-X",
        region="341523",
        channel=Channel.WEB,
        title=sealed("title"),
        title_masked="证一直没办下来",
        text=sealed("text"),
        text_masked="跑了三次",
        complainant=party(PartyRole.COMPLAINANT),
        agent=party(PartyRole.AGENT),
        query_code=sealed("query_code"),
        query_code_hash="hash-code",
        by=By(kind="anonymous"),
    )


def test_nothing_that_opens_here_and_no_hash_under_our_key_is_told() -> None:
    event = registered()
    envelope = Envelope(
        id=uuid4(),
        source="/nodes/341523/intake",
        type=event.name,
        time=event.occurred_at,
        subject=event.case_id,
        version=1,
        data=event.model_dump(mode="json"),
    )

    told = masked(envelope, event)

    body = told.model_dump_json()
    assert SECRET not in body
    assert "hash-" not in body
    assert str(KEY) not in body
    assert (told.id, told.source, told.version) == (envelope.id, envelope.source, 1)
    assert told.open(CaseRegistered).complainant.masked_name == "王**"


@pytest.mark.parametrize("kind", RELAYED.values(), ids=lambda kind: kind.name)
def test_every_field_that_may_hold_a_sealed_text_is_one_that_masking_reaches(
    kind: type[CaseEvent],
) -> None:
    assert hiding_places(kind) == []


def test_a_seal_in_a_list_or_a_mapping_is_caught() -> None:
    assert hiding_places(FactRelayed) == ["sealed"]


def test_of_whom_a_case_complains_the_unit_is_told_and_no_name() -> None:
    unit = UnitComplainedOf(node="341523", code="gjj", title="公积金中心")
    persons = (SealedName(name=sealed("complained_of"), name_hash="hash-name"),) * 2
    event = ComplaintMarked(
        case_id=uuid4(),
        occurred_at=utcnow(),
        complained_of=ComplainedOf(units=(unit,), persons=persons),
        by=By(kind="staff"),
    )

    told = withheld(event)

    assert told.complained_of.units == (unit,)
    assert len(told.complained_of.persons) == len(persons)
    assert told.complained_of.hashes == frozenset()
    assert SECRET not in told.model_dump_json()


def test_the_language_of_a_person_is_told_but_not_of_one_who_is_not_to_be_known() -> None:
    english, hidden = {"language": Language.EN}, {"withheld": True, "language": Language.EN}
    known = party(PartyRole.COMPLAINANT).model_copy(update=english)
    unknown = party(PartyRole.AGENT).model_copy(update=hidden)

    told = withheld(registered().model_copy(update={"complainant": known, "agent": unknown}))

    assert told.complainant.language is Language.EN
    assert told.agent is not None
    assert told.agent.language is Language.ZH


def test_what_is_not_sealed_stays_as_it_is() -> None:
    by = By(kind="staff", role="dispatcher", unit="gjj")

    assert withheld(by) == by


def hiding_places(kind: type[CaseEvent]) -> list[str]:
    """Fields that masking does not look into: it goes into models, tuples of them, and hashes."""
    annotations = {name: str(field.annotation) for name, field in kind.model_fields.items()}
    hidden = {name: told for name, told in annotations.items() if "Sealed" in told}
    return [name for name, told in hidden.items() if "[" in told and not ONE_TUPLE.match(told)]
