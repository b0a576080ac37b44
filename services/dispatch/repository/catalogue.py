"""Units and place rules: what the catalogue says, and as much of it as one case needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Row,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.dispatch.policy import (
    ItemRule,
    Rules,
    Tenure,
    Tree,
    UnitKind,
    UnitRule,
    taken_over_by,
    with_heirs,
)
from services.dispatch.tables import complaints, items, places, units
from shared.db.bulk import among_codes, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEntry:
    """A unit of the tree."""

    code: str
    unit_id: UUID
    title: str
    region: str
    parent: str | None
    phone: str | None
    active: bool
    kind: str = UnitKind.ORDINARY
    supervised_by: str | None = None
    valid_from: date | None = None
    valid_until: date | None = None
    successors: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceEntry:
    """The unit that takes what happened in a region."""

    region: str
    unit_code: str


@dataclass(frozen=True, slots=True)
class About:
    """For what rules are asked: items, regions from near to far, cases."""

    items: Sequence[str]
    regions: Sequence[str]
    cases: Sequence[UUID]


@dataclass(slots=True)
class _Found:
    units: dict[str, UnitRule] = field(default_factory=dict)
    items: dict[str, ItemRule] = field(default_factory=dict)
    owners: dict[str, dict[str, str]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    complained_of: dict[UUID, frozenset[str]] = field(default_factory=dict)


TODAY = literal_column("(now() AT TIME ZONE 'Asia/Shanghai')::date", Date)
"""Of the transaction: a unit gets nothing any more from the midnight on at which it ended."""
_IN_USE = and_(
    units.c.active,
    units.c.kind != UnitKind.OUTSIDE,
    func.coalesce(units.c.valid_from <= TODAY, true()),
    func.coalesce(units.c.valid_until >= TODAY, true()),
)


def in_use() -> ColumnElement[bool]:
    """Return the condition that a unit may be given something today."""
    return _IN_USE


def items_in_use() -> ColumnElement[bool]:
    """Return the condition that an item may be asked for today."""
    begun = func.coalesce(items.c.valid_from <= TODAY, true())
    return and_(items.c.active, begun, func.coalesce(items.c.valid_until >= TODAY, true()))


def items_ended() -> ColumnElement[bool]:
    """Return the condition that an item is over, as one that has not begun is not."""
    return or_(~items.c.active, func.coalesce(items.c.valid_until < TODAY, false()))


def _nothing(columns: int) -> list[ColumnElement[Any]]:
    return [null() for _ in range(columns)]


_RULE = (
    units.c.code,
    units.c.title,
    _IN_USE.label("active"),
    units.c.phone,
    units.c.kind,
)
_UNIT = (
    units.c.code.label("unit_code"),
    units.c.title.label("unit_title"),
    _IN_USE.label("unit_active"),
    units.c.phone.label("unit_phone"),
)
_ITEMS = func.any(bindparam("items", type_=ARRAY(Text)))
_REGIONS = func.any(bindparam("regions", type_=ARRAY(Text)))
_OWNER = func.jsonb_each_text(items.c.owners).table_valued("key", "value", name="owner")
_RULES = union_all(
    select(
        literal("item").label("what"),
        items.c.code,
        items.c.title,
        items_in_use().label("active"),
        items.c.kind.label("kind"),
        items_ended().label("ended"),
        null().label("region"),
        *_UNIT,
    )
    .join_from(items, units, items.c.unit_code == units.c.code, isouter=True)
    .where(items.c.code == _ITEMS),
    select(literal("owner"), items.c.code, *_nothing(4), _OWNER.c.key, *_UNIT)
    .select_from(items)
    .join(_OWNER, _OWNER.c.key == _REGIONS)
    .join(units, units.c.code == _OWNER.c.value)
    .where(items.c.code == _ITEMS),
    select(literal("place"), *_nothing(5), places.c.region, *_UNIT)
    .join_from(places, units, places.c.unit_code == units.c.code)
    .where(places.c.region == _REGIONS),
    # Codes have no spaces.
    select(
        literal("complaint"),
        cast(complaints.c.case_id, Text),
        func.array_to_string(complaints.c.units, " "),
        *_nothing(8),
    ).where(complaints.c.case_id == func.any(listed("cases"))),
)


def _rule(row: Row[Any]) -> UnitRule:
    return UnitRule(row.code, row.title, row.active, row.phone, UnitKind(row.kind))


def put_unit(db: Connection, unit: UnitEntry) -> bool:
    """Write a unit; tell whether that changed anything."""
    return put_entry(db, units, asdict(unit), "code")


def put_place(db: Connection, place: PlaceEntry) -> bool:
    """Write a place rule; tell whether that changed anything."""
    return put_entry(db, places, asdict(place), "region")


def entry_of(
    db: Connection, table: Table, code: str, names: Iterable[str]
) -> Mapping[str, object] | None:
    """Return these columns of an entry as it stands: of a unit, an item or a place rule."""
    key = table.c["region" if table is places else "code"]
    columns = [table.c[name] for name in names]
    row = db.execute(select(*columns).where(key == code)).mappings().one_or_none()
    return None if row is None else dict(row)


def lock_tree(db: Connection) -> dict[str, str | None]:
    """Lock every unit until the transaction ends; return each one's parent."""
    query = select(units.c.code, units.c.parent).order_by(units.c.code)
    # Orders refer to units: a key-share lock lets them go out while the tree is being changed.
    locked = query.with_for_update(key_share=True)
    return {row.code: row.parent for row in db.execute(locked)}


def find_unit(db: Connection, code: str) -> UnitRule | None:
    """Return a unit, in use today or not."""
    row = db.execute(select(*_RULE).where(units.c.code == code)).one_or_none()
    return None if row is None else _rule(row)


def units_of(db: Connection, codes: Iterable[str]) -> dict[str, UnitRule]:
    """Return these units, in use or not."""
    rows = db.execute(select(*_RULE).where(among_codes(units.c.code, codes)))
    return {row.code: _rule(row) for row in rows}


def region_of_unit(db: Connection, code: str) -> str:
    """Return where a unit is."""
    return db.scalar(select(units.c.region).where(units.c.code == code)) or ""


def regions_of_units(db: Connection, codes: Iterable[str]) -> dict[str, str]:
    """Return where these units are."""
    query = select(units.c.code, units.c.region).where(among_codes(units.c.code, codes))
    return {row.code: row.region for row in db.execute(query)}


def units_in_use(db: Connection) -> dict[str, bool]:
    """Return every unit by code and whether today it, or the one that took over, is in use."""
    return {code: heir is not None for code, heir in heirs_today(db).items()}


def heirs_today(db: Connection) -> dict[str, str | None]:
    """Return every unit by code and which one has today what was its: itself, another or none."""
    known, today = standings(db), db.execute(select(TODAY)).scalar_one()
    return {code: taken_over_by(code, known, today) for code in known}


def whole_tree(db: Connection) -> Tree:
    """Return every unit and what it stands below."""
    rows = db.execute(select(*_RULE, units.c.parent)).all()
    known = {row.code: _rule(row) for row in rows}
    return Tree(known, {row.code: row.parent for row in rows})


def standings(db: Connection) -> dict[str, Tenure]:
    """Return of every unit when it is in use and who takes over from it."""
    shown = (units.c.active, units.c.kind, units.c.valid_from, units.c.valid_until)
    rows = db.execute(select(units.c.code, *shown, units.c.successors))
    return {
        row.code: Tenure(
            row.active, UnitKind(row.kind), row.valid_from, row.valid_until, tuple(row.successors)
        )
        for row in rows
    }


def conflicted(db: Connection, complained_of: frozenset[str]) -> frozenset[str]:
    """Return units complained of with those that took over from them."""
    return with_heirs(complained_of, standings(db)) if complained_of else complained_of


def in_their_place(db: Connection, asked: Mapping[str, UnitRule]) -> dict[str, UnitRule]:
    """Return units with those out of use replaced by the one that took over, where one did."""
    ended = [unit for unit in asked.values() if not unit.active]
    if not ended:
        return dict(asked)
    known, today = standings(db), db.execute(select(TODAY)).scalar_one()
    heirs = {unit.code: taken_over_by(unit.code, known, today) for unit in ended}
    codes = sorted({code for code in heirs.values() if code is not None})
    rows = db.execute(select(*_RULE).where(units.c.code.in_(codes)))
    rules = {row.code: _rule(row) for row in rows}
    found = {
        unit.code: replace(rules[heir], instead_of=unit.title)
        for unit in ended
        if (heir := heirs[unit.code]) is not None
    }
    return {**asked, **found}


def find_in_place(db: Connection, code: str) -> UnitRule | None:
    """Return a unit or the one that took over from it; out of use where none did."""
    unit = find_unit(db, code)
    return None if unit is None else in_their_place(db, {code: unit})[code]


def rules_for(db: Connection, about: About) -> tuple[Rules, Mapping[UUID, frozenset[str]]]:
    """Return the rules that may place cases, and the units of which they are known to complain.

    The rules are those of their items and of the regions around them.
    """
    found = _Found()
    # One statement, for every accepted case asks this.
    asked = {"items": about.items, "regions": about.regions, "cases": about.cases}
    for row in db.execute(_RULES, asked):
        _take(found, row)
    in_use = in_their_place(db, found.units)
    owned = {
        code: replace(item, owners=found.owners.get(code, {}))
        for code, item in found.items.items()
    }
    return Rules(in_use, owned, found.places), found.complained_of


def _take(found: _Found, row: Row[Any]) -> None:
    if row.unit_code is not None:
        unit = UnitRule(row.unit_code, row.unit_title, row.unit_active, row.unit_phone)
        found.units[row.unit_code] = unit
    match row.what:
        case "item":
            rule = ItemRule(row.title, row.unit_code, row.active, row.kind, ended=row.ended)
            found.items[row.code] = rule
        case "owner":
            found.owners.setdefault(row.code, {})[row.region] = row.unit_code
        case "place":
            found.places[row.region] = row.unit_code
        case _:
            found.complained_of[UUID(row.code)] = frozenset(row.title.split())


def units_after(db: Connection, code: str, limit: int) -> Sequence[UnitEntry]:
    """Return units in the order of their codes, from the one after `code`."""
    query = select(units).where(units.c.code > code).order_by(units.c.code).limit(limit)
    return [UnitEntry(**row) for row in db.execute(query).mappings()]


def places_after(db: Connection, region: str, limit: int) -> Sequence[PlaceEntry]:
    """Return place rules in the order of their regions, from the one after `region`."""
    query = select(places).where(places.c.region > region).order_by(places.c.region).limit(limit)
    return [PlaceEntry(**row) for row in db.execute(query).mappings()]


def put_entry(db: Connection, table: Table, row: dict[str, object], key: str) -> bool:
    """Write an entry by its key; tell whether that changed anything."""
    entry = insert(table).values(row)
    told = {name: value for name, value in entry.excluded.items() if name != key}
    differs = [table.c[name].is_distinct_from(value) for name, value in told.items()]
    # One statement decides and writes: the same entry put twice at once is said once.
    put = entry.on_conflict_do_update(
        index_elements=[table.c[key]], set_=told, where=or_(*differs)
    )
    return db.scalar(put.returning(table.c[key])) is not None
