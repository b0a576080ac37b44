"""The person of a case on the way between nodes: sealed for one addressee, never in the clear."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.link.handlers.house import House
from shared.events.dispatch import HandOverOffered
from shared.events.intake import CaseAmended, CaseRegistered
from shared.events.link import CaseReceived
from shared.events.sealed import WITHHELD, PartyKind, PartyRole, Sealed, SealedName, SealedParty
from shared.events.words import Language
from shared.security.letters import Card, open_sealed, seal_for
from shared.security.masking import mask_wholly
from shared.security.parties import Party, name_hash, sealed_party
from shared.security.sealing import KeyDestroyed, Sealer
from shared.security.vault import sealer_of_case, sealer_or_new

TEXTS = ("title", "text")
PARTIES = ("complainant", "agent")
PARTY_TEXTS = ("name", "phone", "id_number", "address")
AMENDMENT = "amendment"
NOBODY: Mapping[str, Any] = {
    **dict.fromkeys(("id_number", "address")),
    "name": "诉求人要求保密，请联系登记单位",
    "phone": "",
    "withheld": True,
}
"""What goes instead of a person who wants not to be known to who works on the case. A node of an
earlier release, which knows no such wish, has nothing more to show either."""


def person_of(event: CaseRegistered | CaseReceived | CaseAmended) -> dict[str, Any]:
    """Return what of a case may be sealed for another node, as it is sealed here."""
    told = event.model_dump(mode="json", include={*TEXTS, *PARTIES})
    return told | {AMENDMENT: getattr(event, AMENDMENT, 0)}


def amendment_of(person: Mapping[str, Any] | None) -> int:
    """Return which correction of a person is in what is kept of them; 0 for none."""
    return 0 if person is None else int(person.get(AMENDMENT, 0))


def sealed_person(
    db: Connection, house: House, card: Card, case_id: UUID, person: Mapping[str, Any]
) -> str | None:
    """Seal a person for the node of a card; None if the person was erased here."""
    try:
        sealer = sealer_of_case(db, house.keys, case_id)
    except KeyDestroyed:
        return None
    parties = {role: person.get(role) for role in PARTIES}
    plain: dict[str, Any] = _texts(sealer, person, [each for each in parties.values() if each])
    for role, party in parties.items():
        plain[role] = party and _party_in_the_clear(sealer, party)
    plain["complained_of"] = [_opened(sealer, name) for name in person["complained_of"]]
    plain[AMENDMENT] = amendment_of(person)
    return seal_for(card, _bytes(plain), label_of(case_id))


def sealed_answer(db: Connection, house: House, card: Card, event: HandOverOffered) -> str | None:
    """Seal a result's answer for the node of a card; None if there is none to be opened here."""
    if event.answer is None or event.answer.algorithm == WITHHELD:
        return None
    try:
        answer = sealer_of_case(db, house.keys, event.case_id).open(event.answer)
    except KeyDestroyed:
        return None
    return seal_for(card, _bytes({"answer": answer}), label_of(event.case_id))


def opened_answer(db: Connection, house: House, case_id: UUID, sealed: str) -> dict[str, Sealed]:
    """Open a result that was sealed for this node, seal it anew; nothing for an erased person."""
    plain = json.loads(open_sealed(house.keys, sealed, label_of(case_id)))
    try:
        sealer = sealer_of_case(db, house.keys, case_id)
    except KeyDestroyed:
        return {}
    return {"answer": sealer.seal("answer", str(plain["answer"]))}


def corrected_person(
    db: Connection, house: House, told: CaseAmended, sealed: str
) -> tuple[dict[str, Any], dict[str, Sealed]]:
    """Return a corrected person as kept here, and by field; sealed anew under the key of the case.

    Raises KeyDestroyed where there is none: the person was erased, or never came.
    """
    sealer = sealer_of_case(db, house.keys, told.case_id)
    about = _sealed_anew(house, sealer, sealed)
    del about["complained_of"]
    fields: dict[str, Sealed] = {name: about[name] for name in TEXTS}
    for role in PARTIES:
        fields |= {
            f"{role}.{name}": value
            for name in PARTY_TEXTS
            if about[role] is not None and (value := getattr(about[role], name)) is not None
        }
    return person_of(told.model_copy(update=about)), fields


def sealed_for_next(house: House, card: Card, case_id: UUID, sealed: str) -> str:
    """Seal for the node of a card what came sealed for this one; nothing of it stays here."""
    plain = open_sealed(house.keys, sealed, label_of(case_id))
    return seal_for(card, plain, label_of(case_id))


def amendment_in(house: House, case_id: UUID, sealed: str) -> int:
    """Return which correction is in a person that was sealed for this node."""
    return amendment_of(json.loads(open_sealed(house.keys, sealed, label_of(case_id))))


def received(
    db: Connection, house: House, told: CaseRegistered, offer: HandOverOffered, sealed: str | None
) -> CaseReceived:
    """Return the fact that a case came with its person, sealed anew under a data key made here."""
    sealer = None if sealed is None else _sealer(db, house, offer.case_id)
    about = _withheld(told) if sealer is None else _sealed_anew(house, sealer, sealed)
    return CaseReceived(
        case_id=offer.case_id,
        occurred_at=house.now,
        number=offer.number,
        origin=offer.origin,
        region=offer.region,
        channel=told.channel,
        complexity=offer.complexity,
        title_masked=offer.title_masked,
        text_masked=offer.text_masked,
        item_name=offer.item_name,
        demand=told.demand,
        attempts=told.attempts,
        measures=told.measures,
        authority=told.authority,
        registered_at=told.occurred_at,
        accepted_at=offer.accepted_at,
        **about,
    )


def label_of(case_id: UUID) -> str:
    """Return what binds something sealed to its case."""
    return f"case {case_id}"


def _sealer(db: Connection, house: House, case_id: UUID) -> Sealer | None:
    try:
        return sealer_or_new(db, house.keys, case_id, house.now)
    except KeyDestroyed:
        return None


def _withheld(told: CaseRegistered) -> dict[str, Any]:
    return {name: getattr(told, name) for name in (*TEXTS, *PARTIES)}


def _sealed_anew(house: House, sealer: Sealer, sealed: str | None) -> dict[str, Any]:
    plain = json.loads(open_sealed(house.keys, sealed or "", label_of(sealer.case_id)))
    about: dict[str, Any] = {name: sealer.seal(name, str(plain[name])) for name in TEXTS}
    for name in PARTIES:
        about[name] = plain[name] and _party(sealer, plain[name], PartyRole(name))
    # A node of an earlier release says nothing of whom a case complains.
    names = plain.get("complained_of", [])
    about["complained_of"] = tuple(_name(house, sealer, str(name)) for name in names)
    return about | {AMENDMENT: amendment_of(plain)}


def _party(sealer: Sealer, plain: Mapping[str, Any], role: PartyRole) -> SealedParty:
    told: dict[str, Any] = {name: plain[name] for name in PARTY_TEXTS}
    # A node of an earlier release says nothing of such a wish, or of a language.
    told["withheld"] = bool(plain.get("withheld", False))
    told["language"] = Language(plain.get("language", Language.ZH))
    party = Party(kind=PartyKind(plain["kind"]), **told)
    return sealed_party(sealer, party, role)


def _name(house: House, sealer: Sealer, name: str) -> SealedName:
    sealed = sealer.seal("complained_of", name)
    return SealedName(name=sealed, name_hash=name_hash(house.keys, name))


def _texts(
    sealer: Sealer, person: Mapping[str, Any], parties: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    told = {name: _opened(sealer, person[name]) or "" for name in TEXTS}
    if not any(party.get("withheld") for party in parties):
        return told
    names = [_opened(sealer, party["name"]) or "" for party in parties]
    return {name: mask_wholly(text, names) for name, text in told.items()}


def _party_in_the_clear(sealer: Sealer, party: Mapping[str, Any]) -> dict[str, Any]:
    if party.get("withheld"):
        return {"kind": party["kind"], **NOBODY}
    opened = {name: _opened(sealer, party.get(name)) for name in PARTY_TEXTS}
    return {"kind": party["kind"], "language": party.get("language", Language.ZH), **opened}


def _opened(sealer: Sealer, sealed: Mapping[str, Any] | None) -> str | None:
    return None if sealed is None else sealer.open(Sealed.model_validate(sealed))


def _bytes(plain: Mapping[str, Any]) -> bytes:
    return json.dumps(plain, ensure_ascii=False).encode()
