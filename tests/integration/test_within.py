"""The condition on rows and the policy on each of them agree, in PostgreSQL itself."""

from collections.abc import Callable, Iterator
from itertools import product
from uuid import UUID

import pytest
from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    create_engine,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shared.db.within import Place, reached
from shared.security.actor import Actor, ActorKind, Role, anonymous, citizen
from shared.security.policy import Action, Resource, may
from shared.security.reach import within

pytestmark = pytest.mark.integration

NODE, CASE = "341523", UUID(int=7)
SEEN = [each for each in Action if each not in (Action.CASE_REGISTER, Action.CASE_IMPORT)]
rows = Table(
    "rows",
    MetaData(),
    Column("n", Integer, primary_key=True),
    Column("unit", Text),
    Column("units", ARRAY(Text)),
    Column("case_id", Uuid),
    prefixes=["TEMPORARY"],
)
WHERE = Place(unit=rows.c.unit, units=rows.c.units, case_id=rows.c.case_id)
PLACES = list(
    product((None, "housing", "tax"), ([], ["tax"], ["housing", "tax"]), (None, CASE, UUID(int=8)))
)


@pytest.fixture
def db(database: Callable[..., str]) -> Iterator[Connection]:
    engine: Engine = create_engine(database().replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as db:
        rows.create(db)
        told = [
            {"n": n, "unit": unit, "units": units, "case_id": case}
            for n, (unit, units, case) in enumerate(PLACES)
        ]
        db.execute(rows.insert(), told)
        yield db
    engine.dispose()


def everybody() -> Iterator[Actor]:
    yield anonymous(NODE)
    yield citizen(NODE, CASE, "BCS-1")
    yield Actor(kind=ActorKind.SYSTEM, node=NODE)
    yield Actor(kind=ActorKind.SYSTEM, node=NODE, scopes=frozenset(map(str, Action)))
    yield staff("341500", "housing", Role.SUPERVISOR, Role.DISPOSAL_OFFICER)
    for role, unit in product(Role, (None, "housing", "o'tax")):
        yield staff(NODE, unit, role)
    yield staff(NODE, "housing", Role.REVIEWER, Role.DISPOSAL_OFFICER)


def staff(node: str, unit: str | None, *roles: Role) -> Actor:
    return Actor(kind=ActorKind.STAFF, node=node, unit=unit, roles=frozenset(roles))


def resource(unit: str | None, units: list[str], case: UUID | None) -> Resource:
    return Resource(node=NODE, unit=unit, units=frozenset(units), case_id=case)


def test_the_database_leaves_out_what_the_policy_refuses(db: Connection) -> None:
    reaches = {within(actor, action, NODE) for actor in everybody() for action in SEEN}
    shown = {
        reach: set(db.scalars(select(rows.c.n).where(reached(reach, WHERE)))) for reach in reaches
    }

    for actor, action in product(everybody(), SEEN):
        allowed = {n for n, row in enumerate(PLACES) if may(actor, action, resource(*row)).allowed}
        assert shown[within(actor, action, NODE)] == allowed, f"{action} by {actor}"
    assert len({frozenset(numbers) for numbers in shown.values()}) >= 5
