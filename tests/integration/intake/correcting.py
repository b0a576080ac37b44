"""Words for corrections: who asks, who approves, and what can be seen of a case afterwards."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection, text

from services.intake.handlers import (
    Caller,
    Correcting,
    Knock,
    Registered,
    TooOften,
    approve_correction,
    ask_correction,
    claim_case,
    find_cases,
)
from services.intake.policy.guesses import GuessLimits
from services.intake.repository.cases import Case, case_by_number
from services.intake.repository.orders import Order
from services.intake.settings import Settings
from services.intake.tables import metadata
from shared.events.intake import CaseAmended
from shared.events.sealed import PartyRole
from shared.outbox import said
from shared.security.actor import Role
from shared.security.sealing import NodeKeys
from tests.integration.intake.stories import NINE, OFFICER

HEAD = Caller(
    replace(OFFICER.actor, id="head", name="王负责", roles=frozenset({Role.WINDOW_HEAD})), NINE
)
LIMITS = GuessLimits(5, 20, timedelta(minutes=15))
WRONG, RIGHT, LANDLINE = "+8613800006160", "+8613900007788", "+865648621234"
ADDRESS = "舒城县城关镇梅河路七十七号"


def correcting(party: PartyRole = PartyRole.COMPLAINANT, **values: str) -> Correcting:
    return Correcting("person", "张晓明带身份证来核对", party, values)


def ask(db: Connection, keys: NodeKeys, told: Registered, **values: str) -> Order:
    asking = replace(correcting(), values=values)
    return ask_correction(db, keys, told.number, asking, OFFICER)


def correct(db: Connection, keys: NodeKeys, told: Registered, **values: str) -> CaseAmended:
    order = ask(db, keys, told, **values)
    approve_correction(db, keys, order.order_id, HEAD)
    event = said(db)[-1]
    assert isinstance(event, CaseAmended)
    return event


def case_of(db: Connection, told: Registered) -> Case:
    case = case_by_number(db, told.number)
    assert case is not None
    return case


def found(db: Connection, keys: NodeKeys, term: str) -> list[str]:
    numbers = find_cases(db, keys, term, OFFICER, Settings().look_limits)
    assert not isinstance(numbers, TooOften)
    return list(numbers)


def opens(db: Connection, keys: NodeKeys, told: Registered) -> bool:
    knock = Knock(told.number, told.query_code, "10.0.0.1", NINE)
    return claim_case(db, keys, knock, LIMITS).case_id is not None


def rows(db: Connection) -> Iterator[str]:
    """Every row that this transaction of intake can see, and what it says, as text."""
    for table in metadata.sorted_tables:
        if table.name.startswith("audit_"):
            continue
        named = f'"{table.schema}"."{table.name}"'
        yield from db.scalars(text(f"SELECT to_jsonb(t)::text FROM {named} t"))  # noqa: S608
    yield from (event.model_dump_json() for event in said(db))
