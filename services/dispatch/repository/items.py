"""The item catalogue: its entries, how long each is in use, and who uses it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, func, or_, select, text

from services.dispatch.policy import OPEN_STATES, Tenure, taken_over_by
from services.dispatch.policy.items import Using
from services.dispatch.repository.catalogue import (
    TODAY,
    items_in_use,
    put_entry,
    units_in_use,
)
from services.dispatch.repository.rules import SIGNED, in_force
from services.dispatch.tables import (
    cases,
    catalogue_rules,
    catalogues,
    complaints,
    items,
    orders,
)
from shared.complaints import shown_to
from shared.security.actor import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemEntry:
    """A service item of the catalogue; `owners` are units by significant region code."""

    code: str
    item_id: UUID
    title: str
    kind: str
    unit_code: str | None
    complexity: str
    active: bool
    legal_basis: str = ""
    owners: Mapping[str, str] = field(default_factory=dict)
    valid_from: date | None = None
    valid_until: date | None = None
    successor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which items are looked for; what is None does not matter."""

    words: str = ""
    kind: str | None = None
    unit: str | None = None
    ownerless: bool = False
    """In use, and somewhere nobody in use has what is sent by it."""


def lock_items(db: Connection) -> None:
    """Let one change of the item catalogue at a time through, until the transaction ends."""
    db.execute(text("SELECT pg_advisory_xact_lock(hashtext('dispatch.items'))"))


def put_item(db: Connection, item: ItemEntry) -> bool:
    """Write an item; tell whether that changed anything."""
    return put_entry(db, items, asdict(item), "code")


def item_codes(db: Connection) -> frozenset[str]:
    """Return the codes of all items, in use or not."""
    return frozenset(db.scalars(select(items.c.code)))


def items_named(db: Connection, codes: Sequence[str]) -> Sequence[ItemEntry]:
    """Return these items, in use or not, by code."""
    query = select(items).where(items.c.code.in_(codes)).order_by(items.c.code)
    return [ItemEntry(**row) for row in db.execute(query).mappings()]


def item_titled(db: Connection, title: str) -> str | None:
    """Return the code of the item in use that has this title; of several the first code."""
    query = select(items.c.code).where(items.c.title == title, items_in_use())
    return db.scalar(query.order_by(items.c.code).limit(1))


def items_after(
    db: Connection, code: str, limit: int, sought: Sought | None = None
) -> Sequence[ItemEntry]:
    """Return items in the order of their codes, from the one after `code`.

    A catalogue has some thousand rows: a scan of it takes less than an index would save.
    """
    wanted = [] if sought is None else _wanted(db, sought)
    query = select(items).where(items.c.code > code, *wanted).order_by(items.c.code).limit(limit)
    return [ItemEntry(**row) for row in db.execute(query).mappings()]


def item_tenures(db: Connection) -> dict[str, Tenure]:
    """Return of every item when it is in use and what is meant after it."""
    shown = (items.c.code, items.c.active, items.c.valid_from, items.c.valid_until)
    return {
        row.code: Tenure(
            row.active,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            successors=(row.successor,) if row.successor else (),
        )
        for row in db.execute(select(*shown, items.c.successor))
    }


def heirs_of_items(db: Connection, codes: Collection[str]) -> dict[str, str]:
    """Return for ended items the item in use that is meant today, where there is one."""
    known, today = item_tenures(db), db.execute(select(TODAY)).scalar_one()
    heirs = {code: taken_over_by(code, known, today) for code in codes}
    return {code: heir for code, heir in heirs.items() if heir is not None}


def rules_naming(db: Connection, code: str, at: datetime) -> Sequence[tuple[str, str, list[str]]]:
    """Return code, title and items of each rule in force or signed that names an item."""
    live = in_force(db, at)
    standing = catalogues.c.catalogue_id == (live.catalogue_id if live else None)
    coming = (catalogues.c.state == SIGNED) & (catalogues.c.live_from > at)
    named = catalogue_rules.c.conditions["items"]
    query = (
        select(catalogue_rules.c.code, catalogue_rules.c.title, named.label("items"))
        .join(catalogues, catalogues.c.catalogue_id == catalogue_rules.c.catalogue_id)
        .where(or_(standing, coming), named.contains([code]))
        .order_by(catalogues.c.number, catalogue_rules.c.position)
    )
    return [(row.code, row.title, row.items) for row in db.execute(query)]


def using(db: Connection, code: str, successor: str | None, at: datetime) -> Using:
    """Return what still uses an item; a rule that names its successor too loses nothing."""
    named = rules_naming(db, code, at)
    rules = sorted({rule for rule, _title, others in named if successor not in others})
    return Using(rules, open_orders_about(db, code))


def open_orders_about(db: Connection, code: str) -> int:
    """Count the open orders of cases of an item."""
    query = select(func.count()).select_from(orders).join(cases)
    wanted = (cases.c.item_code == code, orders.c.state.in_(sorted(OPEN_STATES)))
    return db.scalar(query.where(*wanted)) or 0


def orders_since(db: Connection, code: str, since: datetime, reader: Actor) -> int:
    """Count the orders of an item's cases accepted since then that the reader may see."""
    query = select(func.count()).select_from(orders).join(cases)
    mine = shown_to(reader, complaints, cases.c.case_id)
    wanted = (cases.c.item_code == code, cases.c.accepted_at >= since)
    return db.scalar(query.where(*wanted, mine)) or 0


def _wanted(db: Connection, sought: Sought) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if sought.words:
        titled = items.c.title.icontains(sought.words, autoescape=True)
        found.append(titled | items.c.code.istartswith(sought.words, autoescape=True))
    if sought.kind is not None:
        found.append(items.c.kind == sought.kind)
    if sought.unit is not None:
        found.append(_owned_by([sought.unit]))
    if sought.ownerless:
        found += [items_in_use(), _without_owner(db)]
    return found


def _without_owner(db: Connection) -> ColumnElement[bool]:
    gone = [code for code, in_use in units_in_use(db).items() if not in_use]
    nobody = items.c.unit_code.is_(None) & (items.c.owners == {})
    return or_(nobody, _owned_by(gone))


def _owned_by(units: Sequence[str]) -> ColumnElement[bool]:
    owner = func.jsonb_each_text(items.c.owners).table_valued("key", "value", name="owned")
    somewhere = select(owner.c.key).where(owner.c.value.in_(units)).exists()
    return or_(items.c.unit_code.in_(units), somewhere)
