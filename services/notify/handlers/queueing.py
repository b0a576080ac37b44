"""Queue the one message about a fact, sealed, for whoever is told of the case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from services.notify.handlers.templates import text_of
from services.notify.policy.delivery import Failure, State, Way, way_to
from services.notify.repository.messages import add_message
from services.notify.repository.recipients import Recipient, lock_recipient
from shared.clock import new_id
from shared.errors import NotYet
from shared.events.base import CaseEvent
from shared.events.notify import MessageFailed, Purpose
from shared.outbox import say
from shared.security.phones import PhoneKind, phone_kind
from shared.security.sealing import KeyDestroyed, NodeKeys, Sealer
from shared.security.vault import sealer_of_case


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


def queue(db: Connection, house: House, event: CaseEvent, notice: Notice) -> None:
    """Queue a message about a fact; none if the person was erased, or is told by another node.

    A fact that was told before is not told again. Raises NotYet for an unknown case.
    """
    recipient = lock_recipient(db, event.case_id)
    if recipient is None:
        raise NotYet
    if recipient.told_by is not None:
        return
    try:
        sealer = sealer_of_case(db, house.keys, event.case_id)
    except KeyDestroyed:
        return
    row = _message(sealer, house, recipient, notice)
    way = way_to(is_mobile=_is_mobile(sealer, recipient))
    if way is Way.NONE:
        row |= {"state": State.FAILED, "last_error": Failure.NO_MOBILE}
        row |= {"ended_at": event.occurred_at}
    is_first = add_message(db, {**row, "next_at": event.occurred_at})
    if is_first and way is Way.NONE:
        _say_unreachable(db, house, event, row)


def _message(sealer: Sealer, house: House, recipient: Recipient, notice: Notice) -> dict[str, Any]:
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
        "body": sealer.seal("message", text).model_dump(mode="json"),
        "masked_phone": recipient.masked_phone,
        "state": State.QUEUED,
        "attempts": 0,
        "provider": house.provider,
    }


def _is_mobile(sealer: Sealer, recipient: Recipient) -> bool:
    if recipient.phone is None:
        return False
    return phone_kind(sealer.open(recipient.phone)) is PhoneKind.MOBILE


def _say_unreachable(
    db: Connection, house: House, event: CaseEvent, row: Mapping[str, Any]
) -> None:
    say(
        db,
        MessageFailed(
            case_id=event.case_id,
            occurred_at=event.occurred_at,
            message_id=row["id"],
            purpose=row["purpose"],
            round=row["round"],
            provider=house.provider,
            attempts=0,
            reason=Failure.NO_MOBILE,
        ),
    )
