"""Catalogues of rules: versions, what is in them, and which rule decided an order."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Connection,
    Integer,
    RowMapping,
    Select,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from services.dispatch.policy.rules import ALWAYS, Conditions, Met, Rule
from services.dispatch.tables import (
    catalogue_rules,
    catalogue_tests,
    catalogues,
    order_rules,
)
from shared.clock import new_id
from shared.db.bulk import insert_rows

DRAFT, SIGNED = "draft", "signed"
SETS = (
    "items",
    "kinds",
    "regions",
    "channels",
    "parties",
    "any_words",
    "all_words",
    "no_words",
    "weekdays",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """One version of the dispatch catalogue."""

    catalogue_id: UUID
    number: int
    state: str
    note: str
    based_on: UUID | None
    opened_at: datetime
    edition: int
    first_by: str | None = None
    first_name: str | None = None
    first_at: datetime | None = None
    second_by: str | None = None
    second_name: str | None = None
    second_at: datetime | None = None
    live_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A rule in a catalogue."""

    rule_id: UUID
    position: int
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A matter and the unit it must come to; None is the pool."""

    test_id: UUID
    title: str
    matter: dict[str, Any]
    unit_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRule:
    """Which rule of which version decided an order, and why."""

    order_id: UUID
    catalogue: int
    rule_code: str
    rule_title: str
    met: list[dict[str, str]]
    co_units: list[str]
    urgency: str | None
    complexity: str | None
    legal_basis: str


def in_force(db: Connection, at: datetime) -> Catalogue | None:
    """Return the version that decides at a moment; None while there was none."""
    c = catalogues.c
    query = select(catalogues).where(c.state == SIGNED, c.live_from <= at)
    return _one(db, query.order_by(c.live_from.desc(), c.number.desc()).limit(1))


def lock_draft(db: Connection) -> Catalogue | None:
    """Lock and return the one draft, if there is one."""
    return _one(db, select(catalogues).where(catalogues.c.state == DRAFT).with_for_update())


def find_catalogue(db: Connection, number: int) -> Catalogue | None:
    """Return a version by its number."""
    return _one(db, select(catalogues).where(catalogues.c.number == number))


def catalogue_by_id(db: Connection, catalogue_id: UUID) -> Catalogue | None:
    """Return a version."""
    return _one(db, select(catalogues).where(catalogues.c.catalogue_id == catalogue_id))


def catalogues_before(db: Connection, number: int | None, limit: int) -> Sequence[Catalogue]:
    """Return versions, the newest first, from the one before a number."""
    query = select(catalogues).order_by(catalogues.c.number.desc()).limit(limit)
    if number is not None:
        query = query.where(catalogues.c.number < number)
    return [Catalogue(**row) for row in db.execute(query).mappings()]


def open_draft(db: Connection, note: str, based_on: Catalogue | None, at: datetime) -> Catalogue:
    """Insert a draft with what the version it is based on has; of two at once one waits."""
    db.execute(select(func.pg_advisory_xact_lock(func.hashtext("dispatch.catalogues"))))
    known = lock_draft(db)
    if known is not None:
        return known
    number = (db.scalar(select(func.max(catalogues.c.number))) or 0) + 1
    draft = Catalogue(
        catalogue_id=new_id(),
        number=number,
        state=DRAFT,
        note=note,
        based_on=based_on.catalogue_id if based_on else None,
        opened_at=at,
        edition=0,
    )
    db.execute(insert(catalogues).values(asdict(draft)))
    if based_on is not None:
        _copy(db, based_on.catalogue_id, draft.catalogue_id)
    return draft


def change_catalogue(db: Connection, catalogue_id: UUID, **changes: object) -> None:
    """Write columns of a version."""
    mine = catalogues.c.catalogue_id == catalogue_id
    db.execute(update(catalogues).where(mine).values(changes))


def touch(db: Connection, draft: Catalogue) -> None:
    """Count a change of a draft: whoever signed has signed something else."""
    unsigned = dict.fromkeys(("first_by", "first_name", "first_at", "live_from"))
    change_catalogue(db, draft.catalogue_id, edition=draft.edition + 1, **unsigned)


def drop_draft(db: Connection, catalogue_id: UUID) -> None:
    """Remove a draft and what is in it."""
    for table in (catalogue_rules, catalogue_tests, catalogues):
        db.execute(delete(table).where(table.c.catalogue_id == catalogue_id))


def rules_in(db: Connection, catalogue_id: UUID) -> Sequence[Entered]:
    """Return the rules of a version in order."""
    query = select(catalogue_rules).where(catalogue_rules.c.catalogue_id == catalogue_id)
    rows = db.execute(query.order_by(catalogue_rules.c.position)).mappings()
    return [_entered(row) for row in rows]


def rules_from(db: Connection, catalogue_id: UUID, position: int, limit: int) -> Sequence[Entered]:
    """Return some rules of a version in order, from a position on."""
    c = catalogue_rules.c
    query = select(catalogue_rules).where(c.catalogue_id == catalogue_id, c.position >= position)
    rows = db.execute(query.order_by(c.position).limit(limit)).mappings()
    return [_entered(row) for row in rows]


def find_rule(db: Connection, catalogue_id: UUID, code: str) -> Entered | None:
    """Return a rule of a version."""
    c = catalogue_rules.c
    query = select(catalogue_rules).where(c.catalogue_id == catalogue_id, c.code == code)
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else _entered(row)


def free_code(db: Connection, catalogue_id: UUID) -> str:
    """Return a code that no rule of a version has: R0001, R0002."""
    c = catalogue_rules.c
    digits = cast(func.substring(c.code, r"^R(\d{1,8})$"), Integer)
    last = db.scalar(select(func.max(digits)).where(c.catalogue_id == catalogue_id)) or 0
    return f"R{last + 1:04d}"


def last_signed(db: Connection) -> Catalogue | None:
    """Return the version that is or will be in force after all that are signed."""
    signed = select(catalogues).where(catalogues.c.state == SIGNED)
    ordered = signed.order_by(catalogues.c.live_from.desc(), catalogues.c.number.desc())
    return _one(db, ordered.limit(1))


def count_rules(db: Connection, catalogue_id: UUID) -> int:
    """Count the rules of a version."""
    query = select(func.count()).select_from(catalogue_rules)
    return db.scalar(query.where(catalogue_rules.c.catalogue_id == catalogue_id)) or 0


def add_rule(db: Connection, catalogue_id: UUID, position: int, rule: Rule) -> UUID:
    """Insert a rule at a position; those from there on move down by one."""
    shift(db, catalogue_id, position, 1)
    rule_id = new_id()
    row = {"rule_id": rule_id, "catalogue_id": catalogue_id, "position": position}
    db.execute(insert(catalogue_rules).values(row | written(rule)))
    return rule_id


def add_rules(db: Connection, catalogue_id: UUID, rules: Sequence[Rule]) -> None:
    """Append many rules in their order."""
    first = count_rules(db, catalogue_id)
    rows = [
        {"rule_id": new_id(), "catalogue_id": catalogue_id, "position": position, **written(rule)}
        for position, rule in enumerate(rules, first)
    ]
    insert_rows(db, catalogue_rules, rows)


def change_rule(db: Connection, rule_id: UUID, rule: Rule) -> None:
    """Write a rule anew where it stands."""
    mine = catalogue_rules.c.rule_id == rule_id
    db.execute(update(catalogue_rules).where(mine).values(written(rule)))


def remove_rule(db: Connection, catalogue_id: UUID, entered: Entered) -> None:
    """Remove a rule; those after it move up."""
    db.execute(delete(catalogue_rules).where(catalogue_rules.c.rule_id == entered.rule_id))
    shift(db, catalogue_id, entered.position + 1, -1)


def move_rule(db: Connection, catalogue_id: UUID, entered: Entered, to: int) -> None:
    """Put a rule at another position; those between move by one."""
    c = catalogue_rules.c
    mine = c.catalogue_id == catalogue_id
    low, high = sorted((entered.position, to))
    step = 1 if to < entered.position else -1
    between = update(catalogue_rules).where(mine, c.position.between(low, high))
    db.execute(between.values(position=c.position + step))
    alone = update(catalogue_rules).where(c.rule_id == entered.rule_id)
    db.execute(alone.values(position=to))


def shift(db: Connection, catalogue_id: UUID, start: int, by: int) -> None:
    """Move the rules from a position on."""
    c = catalogue_rules.c
    behind = update(catalogue_rules).where(c.catalogue_id == catalogue_id, c.position >= start)
    db.execute(behind.values(position=c.position + by))


def trials_in(db: Connection, catalogue_id: UUID) -> Sequence[Trial]:
    """Return the test cases of a version, by title."""
    c = catalogue_tests.c
    shown = (c.test_id, c.title, c.matter, c.unit_code)
    query = select(*shown).where(c.catalogue_id == catalogue_id).order_by(c.title, c.test_id)
    return [Trial(**row) for row in db.execute(query).mappings()]


def add_trial(db: Connection, catalogue_id: UUID, trial: Trial) -> None:
    """Insert a test case."""
    db.execute(insert(catalogue_tests).values(catalogue_id=catalogue_id, **asdict(trial)))


def remove_trial(db: Connection, catalogue_id: UUID, test_id: UUID) -> bool:
    """Remove a test case; tell whether there was one."""
    c = catalogue_tests.c
    mine = delete(catalogue_tests).where(c.catalogue_id == catalogue_id, c.test_id == test_id)
    return db.scalar(mine.returning(c.test_id)) is not None


def add_order_rules(db: Connection, decided: Sequence[OrderRule]) -> None:
    """Keep which rules decided orders."""
    for one in decided:
        db.execute(insert(order_rules).values(asdict(one)))


def rule_of_order(db: Connection, order_id: UUID) -> OrderRule | None:
    """Return the rule that decided an order; None if none did."""
    query = select(order_rules).where(order_rules.c.order_id == order_id)
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else OrderRule(**row)


def told_met(met: Sequence[Met]) -> list[dict[str, str]]:
    """Return met conditions as they are stored."""
    return [{"condition": one.condition, "value": one.value} for one in met]


def written(rule: Rule) -> dict[str, Any]:
    """Return a rule as its row has it."""
    row = {name: getattr(rule, name) for name in Rule.__dataclass_fields__}
    return row | {"conditions": conditions_told(rule.conditions), "co_units": list(rule.co_units)}


def conditions_told(conditions: Conditions) -> dict[str, Any]:
    """Return conditions as JSON: only those that are asked."""
    told: dict[str, Any] = {
        name: sorted(value) for name in SETS if (value := getattr(conditions, name))
    }
    for name in ("valid_from", "valid_until"):
        day: date | None = getattr(conditions, name)
        if day is not None:
            told[name] = day.isoformat()
    if conditions.hours != ALWAYS:
        told["hours"] = list(conditions.hours)
    return told


def conditions_of(told: Mapping[str, Any]) -> Conditions:
    """Return conditions from JSON."""
    begin, end = told.get("hours") or ALWAYS
    known: dict[str, Any] = {name: frozenset(told.get(name) or ()) for name in SETS}
    for name in ("valid_from", "valid_until"):
        known[name] = date.fromisoformat(told[name]) if told.get(name) else None
    return Conditions(**known, hours=(begin, end))


def _entered(row: RowMapping) -> Entered:
    plain = ("code", "title", "unit_code", "urgency", "complexity", "legal_basis", "source")
    rule = Rule(
        **{name: row[name] for name in plain},
        conditions=conditions_of(row["conditions"]),
        co_units=tuple(row["co_units"]),
    )
    return Entered(rule_id=row["rule_id"], position=row["position"], rule=rule)


def _copy(db: Connection, source: UUID, target: UUID) -> None:
    for table, key in ((catalogue_rules, "rule_id"), (catalogue_tests, "test_id")):
        names = [each.name for each in table.c if each.name not in (key, "catalogue_id")]
        kept = [table.c[name] for name in names]
        made = select(func.gen_random_uuid(), literal(target), *kept)
        found = made.where(table.c.catalogue_id == source)
        db.execute(insert(table).from_select([key, "catalogue_id", *names], found))


def _one(db: Connection, query: Select[Any]) -> Catalogue | None:
    row = db.execute(query).mappings().one_or_none()
    return None if row is None else Catalogue(**row)
