"""Put a correction into a case and say how the case stands now: what is sealed, found and masked.

A masked text only ever gets more masks when a name is corrected: the wrong name may stand in it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from services.intake.handlers.erasure import digest_of_case
from services.intake.handlers.follow import tell
from services.intake.handlers.masks import Mask, mask_of
from services.intake.handlers.others import opened_others, withheld_all
from services.intake.handlers.sealing import code_hash
from services.intake.handlers.trace import leave_trace
from services.intake.policy.corrections import (
    WITHHELD,
    PartyField,
    WordField,
    field_of,
    touches,
)
from services.intake.policy.retention import OrderState
from services.intake.repository.cases import Case, amend_case, renew_code_hash
from services.intake.repository.one_time_codes import forget_asks_of
from services.intake.repository.orders import Order, add_order, change_order
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import CaseAmended, bare_authority, bare_others
from shared.events.sealed import PartyRole, Sealed, SealedParty
from shared.security.caller import Caller
from shared.security.numbers import new_query_code
from shared.security.parties import (
    Party,
    bare,
    findable,
    hashes_of,
    opened_party,
    sealed_party,
    told_role,
)
from shared.security.phones import PhoneKind, normalise_phone, phone_kind
from shared.security.sealing import KeyDestroyed, NodeKeys, Sealer
from shared.security.vault import sealer_of_case

Parties = Mapping[PartyRole, Party]


@dataclass(frozen=True, slots=True)
class Opened:
    """A case as it was told, and the key under which it is sealed."""

    sealer: Sealer
    parties: Parties
    words: Mapping[str, str]
    """Title and text."""
    complained_of: tuple[str, ...]
    others: tuple[Party, ...] = ()
    """Who reports it too."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of persons, which no masked text may show."""
        everybody = (*self.parties.values(), *self.others)
        personal = (name for party in everybody for name in party.personal_names)
        return (*personal, *self.complained_of)

    @property
    def mask(self) -> Mask:
        """What masks a text of this case."""
        return mask_of((*self.parties.values(), *self.others), self.complained_of)


def open_case(db: Connection, keys: NodeKeys, case: Case) -> Opened:
    """Open what is sealed of a case; Refused if its person was erased."""
    try:
        sealer = sealer_of_case(db, keys, case.case_id)
    except KeyDestroyed as error:
        raise Refused("person_erased") from error
    told = {PartyRole.COMPLAINANT: case.complainant, PartyRole.AGENT: case.agent}
    parties = {role: opened_party(sealer, party) for role, party in told.items() if party}
    persons = case.complained_of.persons if case.complained_of else ()
    return Opened(
        sealer,
        parties,
        {WordField.TITLE: sealer.open(case.title), WordField.TEXT: sealer.open(case.text)},
        tuple(sealer.open(person.name) for person in persons),
        tuple(opened_others(db, keys, case.others).values()),
    )


def proposed_by(told: Opened, order: Order) -> Mapping[str, str]:
    """Return the values that an undecided correction proposes, by field."""
    return {
        field: told.sealer.open(Sealed.model_validate(value))
        for field, value in (order.proposed or {}).items()
    }


def amend(
    db: Connection, keys: NodeKeys, case: Case, order: Order, caller: Caller
) -> Sealed | None:
    """Carry a correction of this node out on its locked case, and tell every copy.

    Return the new query code, where a telephone was corrected.
    """
    told = open_case(db, keys, case)
    new = proposed_by(told, order)
    parties = {role: _corrected(party, role, new) for role, party in told.parties.items()}
    amended = _amended(keys, case, (told, parties), new)
    amend_case(db, amended)
    code = _new_code(db, keys, amended, told, parties)
    if touches(new, PartyField.PHONE):
        forget_asks_of(db, case.case_id)
    _finish(db, (case, amended), replace(order, fields=tuple(sorted(new))), code, caller)
    return code


def _corrected(party: Party, role: PartyRole, new: Mapping[str, str]) -> Party:
    mine: dict[str, Any] = {
        name.value: new[field] for name in PartyField if (field := field_of(role, name)) in new
    }
    if field_of(role, WITHHELD) in new:
        mine["withheld"] = True
    return replace(party, **mine)


def _amended(
    keys: NodeKeys, case: Case, told: tuple[Opened, Parties], new: Mapping[str, str]
) -> Case:
    before, parties = told
    both = (*before.parties.values(), *parties.values(), *before.others)
    mask = mask_of(both, before.complained_of)
    sealed: dict[str, Any] = {
        role.value: _sealed_anew(keys, before.sealer, role, party)
        for role, party in parties.items()
        if party != before.parties[role]
    }
    return replace(
        case,
        **_words(case, before, mask, new),
        **sealed,
        person_hashes=hashes_of(keys, (*parties.values(), *before.others)),
        others=withheld_all(case.others) if touches(new, WITHHELD) else case.others,
        amendment=case.amendment + 1,
    )


def _words(case: Case, told: Opened, mask: Mask, new: Mapping[str, str]) -> dict[str, Any]:
    changed: dict[str, Any] = {}
    # From now on nothing of a name may stand there: what is masked still has its surname.
    is_anew = touches(new, WITHHELD)
    for word in WordField:
        masked = f"{word}_masked"
        if word in new:
            changed[word] = told.sealer.seal(word, new[word])
        stood = told.words[word] if is_anew else getattr(case, masked)
        changed[masked] = mask(new.get(word, stood))
    return changed


def _sealed_anew(keys: NodeKeys, sealer: Sealer, role: PartyRole, party: Party) -> SealedParty:
    return findable(keys, sealed_party(sealer, party, role), party)


def _new_code(
    db: Connection, keys: NodeKeys, case: Case, told: Opened, parties: Parties
) -> Sealed | None:
    # Whoever has a telephone that is not right may have been told the query code, of whichever
    # party it was said to be: by a message, or by a one-time code.
    corrected = any(party.phone != told.parties[role].phone for role, party in parties.items())
    if not corrected or case.query_code_hash is None:
        return None
    code = new_query_code()
    renew_code_hash(db, case.case_id, code_hash(keys, case.number, code))
    # Where no message can tell it nobody knows it, until a mobile telephone is put down.
    agent = parties.get(PartyRole.AGENT)
    role = told_role(bool(agent and agent.phone), case.agent_told)
    after = parties[role].phone
    return told.sealer.seal("query_code", code) if is_mobile(after) else None


def is_mobile(phone: str) -> bool:
    """Tell whether a message can be sent to a telephone."""
    normal = normalise_phone(phone)
    return normal is not None and phone_kind(normal) is PhoneKind.MOBILE


def _finish(
    db: Connection, cases: tuple[Case, Case], order: Order, code: Sealed | None, caller: Caller
) -> None:
    before, after = (digest_of_case(case) for case in cases)
    done = {"state": OrderState.DONE, "done_at": caller.now, "digest": after, "proposed": None}
    amended = cases[1]
    change_order(db, order.order_id, **done, amendment=amended.amendment)
    tell(db, amended_event(amended, order, caller).model_copy(update={"query_code": code}))
    why = order.reason or ""
    leave_trace(db, caller, "case.amend", order.number, purpose=why, before=before, after=after)


def restate(
    db: Connection, cases: tuple[Case, Case], fields: Collection[str], caller: Caller
) -> None:
    """Put what a person says of themselves into their locked case, and tell every copy.

    A correction that needs no second person: nothing of it says that somebody else was right.
    """
    case, amended = cases
    order = order_at_once(case, fields, caller)
    add_order(db, order)
    amend_case(db, amended)
    _finish(db, cases, order, None, caller)


def order_at_once(case: Case, fields: Collection[str], caller: Caller) -> Order:
    """Return the order of a correction that is carried out in the transaction that asks."""
    who, at = caller.actor, caller.now
    return Order(
        order_id=new_id(),
        kind="correction",
        case_id=case.case_id,
        number=case.number,
        state=OrderState.HELD,
        ordered_by=who.node,
        ground="inaccurate",
        requester="person",
        reason=None,
        asked_by=who.id,
        asked_name=who.name,
        asked_at=at,
        decided_by=who.id,
        decided_name=who.name,
        decided_at=at,
        fields=tuple(sorted(fields)),
    )


def amended_event(case: Case, order: Order, caller: Caller) -> CaseAmended:
    """Return the fact that a case stands corrected here."""
    return CaseAmended(
        case_id=case.case_id,
        occurred_at=caller.now,
        number=case.number,
        order_id=order.order_id,
        ordered_by=order.ordered_by,
        amendment=case.amendment,
        fields=tuple(order.fields or ()),
        title=case.title,
        title_masked=case.title_masked,
        text=case.text,
        text_masked=case.text_masked,
        complainant=bare(case.complainant),
        agent=None if case.agent is None else bare(case.agent),
        measures=tuple(case.measures or ()),
        authority=bare_authority(case.authority),
        others=tuple(
            each.model_copy(update={"query_code": None}) for each in bare_others(case.others)
        ),
    )
