"""Queue the one message about a fact, sealed, for whoever is told of the case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from services.notify.handlers.templates import Value, text_of
from services.notify.policy.delivery import (
    Failure,
    State,
    Way,
    due_from,
    is_for_a_call,
    way_to,
)
from services.notify.repository.messages import add_messages
from services.notify.repository.recipients import Recipient, lock_recipients
from shared.clock import new_id
from shared.db.bulk import Row
from shared.errors import NotYet
from shared.events.base import CaseEvent
from shared.events.notify import MessageFailed, Purpose
from shared.events.sealed import Sealed
from shared.events.words import Language
from shared.outbox import say
from shared.security.phones import PhoneKind, phone_kind
from shared.security.sealing import NodeKeys, Sealer
from shared.security.vault import sealers_for, sealers_of_cases

TOKEN = "token"  # noqa: S105  # the name of a word, no secret
"""The sealed word of which a link is made; it stands in no message by itself."""


@dataclass(frozen=True, slots=True)
class House:
    """What of the node a message depends on."""

    keys: NodeKeys
    public_url: str
    provider: str


@dataclass(frozen=True, slots=True)
class Addressee:
    """A telephone, sealed as the event brought it."""

    phone: Sealed
    masked_phone: str | None
    language: Language = Language.ZH


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be told: its purpose, the fact it is about, the words to fill in."""

    purpose: Purpose
    ref: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    shows_code: bool = False
    provisional: bool = False
    round: int = 1
    sealed: Mapping[str, Sealed] = field(default_factory=dict)
    """Words to fill in that travel sealed under the case's key."""
    to: Addressee | None = None
    """Whom it goes to, if not the recipient of the case."""
    expires_at: datetime | None = None
    """From then on it is of no use; until then it goes before all others."""
    query_code: Sealed | None = None
    """The code that is shown to `to`, if not that of the case."""
    by_this_node: bool = False
    """Also where another node tells the person of the case: it is not for them."""


OF_ALL = frozenset(
    {
        *(Purpose.RECEIPT, Purpose.PROMISE, Purpose.DECLINED, Purpose.DISPATCHED, Purpose.RESULT),
        *(Purpose.REOPENED, Purpose.HANDED_OVER, Purpose.PROMISE_MOVED, Purpose.PROMISE_FIXED),
        *(Purpose.DELAYED, Purpose.TRACKED, Purpose.APPEAL_DECIDED),
    }
)
"""What everybody of a case is told: to rate, to bring papers, to meet one of them is asked."""
Telling = tuple[CaseEvent, Recipient, Notice]


def with_others(tellings: Sequence[Telling]) -> Iterator[Telling]:
    """Return what is told to whom: to the one who speaks for all, and to the others."""
    for event, recipient, notice in tellings:
        yield event, recipient, notice
        if notice.to is None and notice.purpose in OF_ALL:
            for other in recipient.also:
                ref = f"{notice.ref} +{other.serial}".strip()
                to = Addressee(other.phone, other.masked_phone, other.language)
                known = replace(recipient, query_code=other.query_code)
                yield event, known, replace(notice, ref=ref, to=to)


def queue(db: Connection, house: House, notices: Sequence[tuple[CaseEvent, Notice]]) -> None:
    """Queue messages about facts; none if the person was erased, or is told by another node.

    A fact that was told before is not told again. Raises NotYet for an unknown case.
    """
    if not notices:
        return
    cases = {event.case_id for event, _notice in notices}
    recipients = lock_recipients(db, cases)
    if cases - set(recipients):
        raise NotYet
    told_here = [
        (event, notice)
        for event, notice in notices
        if notice.by_this_node or recipients[event.case_id].told_by is None
    ]
    tellings = [(event, recipients[event.case_id], notice) for event, notice in told_here]
    sealers = sealers_of_cases(db, house.keys, {event.case_id for event, _ in told_here})
    # Who reports it too is sealed under a key of their own, and so is what they are told.
    own = {each.phone.key_id for _event, known, _notice in tellings for each in known.also}
    beside = sealers_for(db, house.keys, own) if own else {}
    rows = [
        _row(sealer, house, recipient, (event, notice))
        for event, recipient, notice in with_others(tellings)
        if (sealer := _sealer_of(event, notice, sealers, beside)) is not None
    ]
    first = add_messages(db, rows)
    for row in rows:
        if row["id"] in first and row["state"] is State.FAILED:
            say_unreachable(db, house, row)


def _sealer_of(
    event: CaseEvent, notice: Notice, sealers: Mapping[UUID, Sealer], beside: Mapping[UUID, Sealer]
) -> Sealer | None:
    of_case = sealers.get(event.case_id)
    if of_case is None or notice.to is None or notice.to.phone.key_id == of_case.key_id:
        return of_case
    return beside.get(notice.to.phone.key_id)


def _row(
    sealer: Sealer, house: House, recipient: Recipient, told: tuple[CaseEvent, Notice]
) -> Row:
    event, notice = told
    row = _message(sealer, house, recipient, notice)
    due = due_from(event.occurred_at, is_urgent=notice.expires_at is not None)
    row |= {"next_at": due, "last_error": None, "ended_at": None}
    phone = notice.to.phone if notice.to else recipient.phone
    over = {"state": State.FAILED, "ended_at": event.occurred_at}
    if not _is_reached(sealer, phone):
        row |= over | {"last_error": Failure.NO_MOBILE}
    elif is_for_a_call(recipient.calls, notice.purpose, to_another=notice.to is not None):
        row |= over | {"last_error": Failure.CALL_WANTED}
    return row


def _message(sealer: Sealer, house: House, recipient: Recipient, notice: Notice) -> Row:
    opened = {name: sealer.open(sealed) for name, sealed in notice.sealed.items()}
    values: dict[str, Value] = {"number": recipient.number, **notice.values, **opened}
    to = notice.to
    sealed_code = notice.query_code or recipient.query_code
    if notice.shows_code and sealed_code is not None:
        code = sealer.open(sealed_code)
        link = f"{house.public_url}/follow#number={recipient.number}&code={code}"
        values |= {"code": code, "link": link}
    if TOKEN in opened:
        # Behind `#`, so that it reaches no log and no referrer.
        values["link"] = f"{house.public_url}/outside#link={opened[TOKEN]}"
    language = to.language if to else recipient.language
    text = text_of(notice.purpose, values, language, provisional=notice.provisional)
    return {
        "id": new_id(),
        "case_id": recipient.case_id,
        "purpose": notice.purpose,
        "ref": notice.ref,
        "round": notice.round,
        "body": sealer.seal("message", text),
        "masked_phone": to.masked_phone if to else recipient.masked_phone,
        "phone": to.phone.model_dump(mode="json") if to else None,
        "expires_at": notice.expires_at,
        "state": State.QUEUED,
        "attempts": 0,
        "provider": house.provider,
    }


def can_be_told(db: Connection, house: House, case_id: UUID, phone: Sealed | None) -> bool:
    """Tell whether a message can reach a telephone of a case; also where its key is gone.

    Then nobody can tell, and nobody is called either.
    """
    sealer = sealers_of_cases(db, house.keys, [case_id]).get(case_id)
    return sealer is None or _is_reached(sealer, phone)


def _is_reached(sealer: Sealer, phone: Sealed | None) -> bool:
    is_mobile = phone is not None and phone_kind(sealer.open(phone)) is PhoneKind.MOBILE
    return way_to(is_mobile=is_mobile) is not Way.NONE


def say_unreachable(db: Connection, house: House, row: Row) -> None:
    """Say of a message that ended that somebody must call the person."""
    say(
        db,
        MessageFailed(
            case_id=row["case_id"],
            occurred_at=row["ended_at"],
            message_id=row["id"],
            purpose=row["purpose"],
            round=row["round"],
            provider=house.provider,
            attempts=row["attempts"],
            reason=row["last_error"],
        ),
    )
