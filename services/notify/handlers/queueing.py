"""Queue the one message about a fact, sealed, for whoever is told of the case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from services.notify.handlers.templates import text_of
from services.notify.policy.delivery import Failure, State, Way, way_to
from services.notify.repository.messages import add_messages
from services.notify.repository.recipients import Recipient, lock_recipients
from shared.clock import new_id
from shared.db.bulk import Row
from shared.errors import NotYet
from shared.events.base import CaseEvent
from shared.events.notify import MessageFailed, Purpose
from shared.outbox import say
from shared.security.phones import PhoneKind, phone_kind
from shared.security.sealing import NodeKeys, Sealer
from shared.security.vault import sealers_of_cases


@dataclass(frozen=True, slots=True)
class House:
    """What of the node a message depends on."""

    keys: NodeKeys
    public_url: str
    provider: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be told: its purpose, the fact it is about, the words to fill in."""

    purpose: Purpose
    ref: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    shows_code: bool = False
    provisional: bool = False
    round: int = 1


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
    told_here = {case for case, recipient in recipients.items() if recipient.told_by is None}
    sealers = sealers_of_cases(db, house.keys, told_here)
    rows = [
        _row(sealers[event.case_id], house, recipients[event.case_id], (event, notice))
        for event, notice in notices
        if event.case_id in sealers
    ]
    first = add_messages(db, rows)
    for row in rows:
        if row["id"] in first and row["state"] is State.FAILED:
            _say_unreachable(db, house, row)


def _row(
    sealer: Sealer, house: House, recipient: Recipient, told: tuple[CaseEvent, Notice]
) -> Row:
    event, notice = told
    row = _message(sealer, house, recipient, notice)
    row |= {"next_at": event.occurred_at, "last_error": None, "ended_at": None}
    if way_to(is_mobile=_is_mobile(sealer, recipient)) is Way.NONE:
        row |= {"state": State.FAILED, "last_error": Failure.NO_MOBILE}
        row |= {"ended_at": event.occurred_at}
    return row


def _message(sealer: Sealer, house: House, recipient: Recipient, notice: Notice) -> Row:
    values = {"number": recipient.number, **notice.values}
    if notice.shows_code and recipient.query_code is not None:
        code = sealer.open(recipient.query_code)
        link = f"{house.public_url}/follow#number={recipient.number}&code={code}"
        values |= {"code": code, "link": link}
    text = text_of(notice.purpose, values, provisional=notice.provisional)
    return {
        "id": new_id(),
        "case_id": recipient.case_id,
        "purpose": notice.purpose,
        "ref": notice.ref,
        "round": notice.round,
        "body": sealer.seal("message", text),
        "masked_phone": recipient.masked_phone,
        "state": State.QUEUED,
        "attempts": 0,
        "provider": house.provider,
    }


def _is_mobile(sealer: Sealer, recipient: Recipient) -> bool:
    if recipient.phone is None:
        return False
    return phone_kind(sealer.open(recipient.phone)) is PhoneKind.MOBILE


def _say_unreachable(db: Connection, house: House, row: Row) -> None:
    say(
        db,
        MessageFailed(
            case_id=row["case_id"],
            occurred_at=row["ended_at"],
            message_id=row["id"],
            purpose=row["purpose"],
            round=row["round"],
            provider=house.provider,
            attempts=0,
            reason=Failure.NO_MOBILE,
        ),
    )
