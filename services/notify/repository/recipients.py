"""Whom to tell of each case."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from services.notify.tables import recipients
from shared.db.bulk import among, insert_new
from shared.events.sealed import Sealed
from shared.events.words import Language


@dataclass(frozen=True, slots=True)
class AlsoTold:
    """Somebody else who is told of a case, with a query code of their own."""

    serial: int
    """0 for the agent."""
    phone: Sealed
    masked_phone: str | None
    query_code: Sealed | None = None
    language: Language = Language.ZH

    @property
    def row(self) -> dict[str, Any]:
        """The same as JSON."""
        return {
            "serial": self.serial,
            "phone": self.phone.model_dump(mode="json"),
            "masked_phone": self.masked_phone,
            "query_code": self.query_code and self.query_code.model_dump(mode="json"),
            "language": self.language.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who is told of a case, with what they need to look it up."""

    case_id: UUID
    number: str
    query_code: Sealed | None = None
    phone: Sealed | None = None
    masked_phone: str | None = None
    language: Language = Language.ZH
    told_by: str | None = None
    """The node that tells the person; None for this one."""
    amendment: int = 0
    """The last correction that is in it."""
    calls: bool = False
    """They are called: a message would not be read."""
    also: tuple[AlsoTold, ...] = ()


def add_recipients(db: Connection, told: Iterable[Recipient]) -> None:
    """Insert whom to tell of cases; the first of a case stays."""
    names = [column.name for column in recipients.c]
    rows = [
        {name: getattr(recipient, name) for name in names} | {"also": _also_rows(recipient)}
        for recipient in told
    ]
    insert_new(db, recipients, rows, "case_id")


def renew_query_code(db: Connection, case_id: UUID, code: Sealed) -> None:
    """Let the messages of a case tell another query code from now on."""
    changing = update(recipients).where(recipients.c.case_id == case_id)
    db.execute(changing.values(query_code=code.model_dump(mode="json")))


def readdress(db: Connection, recipient: Recipient) -> None:
    """Let everything about a case go to another telephone from now on."""
    phone = None if recipient.phone is None else recipient.phone.model_dump(mode="json")
    masked, n = recipient.masked_phone, recipient.amendment
    changing = update(recipients).where(recipients.c.case_id == recipient.case_id)
    told = {"phone": phone, "masked_phone": masked, "amendment": n, "calls": recipient.calls}
    others = {"language": recipient.language, "also": _also_rows(recipient)}
    db.execute(changing.values(told | others))


def lock_recipients(db: Connection, case_ids: Iterable[UUID]) -> dict[UUID, Recipient]:
    """Lock and return whom to tell of these cases, as far as they are known."""
    wanted = among(recipients.c.case_id, sorted(set(case_ids)))
    # In the order of the ids: two transactions that share cases then never deadlock.
    query = select(recipients).where(wanted).order_by(recipients.c.case_id).with_for_update()
    return {row.case_id: _recipient(row) for row in db.execute(query)}


def _recipient(row: Any) -> Recipient:
    return Recipient(
        case_id=row.case_id,
        number=row.number,
        query_code=_sealed(row.query_code),
        phone=_sealed(row.phone),
        masked_phone=row.masked_phone,
        language=_language(row.language),
        told_by=row.told_by,
        amendment=row.amendment,
        calls=row.calls,
        also=tuple(_also(each) for each in row.also or ()),
    )


def _also_rows(recipient: Recipient) -> list[dict[str, Any]] | None:
    return [each.row for each in recipient.also] or None


def _also(stored: dict[str, Any]) -> AlsoTold:
    phone = Sealed.model_validate(stored["phone"])
    code = _sealed(stored["query_code"])
    language = _language(stored.get("language"))
    return AlsoTold(stored["serial"], phone, stored["masked_phone"], code, language)


def _language(stored: str | None) -> Language:
    # Rows of an earlier release have none.
    return Language.ZH if stored is None else Language(stored)


def _sealed(stored: dict[str, Any] | None) -> Sealed | None:
    return None if stored is None else Sealed.model_validate(stored)
