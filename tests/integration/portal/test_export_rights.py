"""Who asked for an export must see all of it still: when it is made, and when it is fetched."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from services.portal import handlers
from services.portal.handlers import ExportAsking
from services.portal.repository import Account, Export, ListKind, ListScope, write_account
from services.portal.tables import exports, plumbing
from shared.clock import utcnow
from shared.errors import Refused
from shared.security.actor import Actor, Role
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.portal.stories import NODE, Speakers, Story
from tests.integration.portal.test_exports import HEAD, RULES, now_of, pieces, tell

pytestmark = pytest.mark.integration

HOUSING = replace(HEAD, id="liu", name="刘负责", unit="housing", known_as=frozenset({"liu"}))
LOST: dict[str, Callable[[Account], Account]] = {
    "role": lambda account: replace(account, roles=("window_officer",)),
    "unit": lambda account: replace(account, unit_code="social"),
    "account": lambda account: replace(account, active=False),
}


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> NodeKeys:
    path: Path = tmp_path_factory.mktemp("keys") / "node.json"
    return NodeKeys.create(path)


def account(unit: Unit, change: Callable[[Account], Account] = lambda account: account) -> None:
    kept = Account(
        login=HOUSING.id,
        name=HOUSING.name,
        roles=tuple(HOUSING.roles),
        unit_code=HOUSING.unit,
        password_hash="",
        active=True,
        must_change=False,
        password_expires_at=None,
        subject=None,
    )
    with unit.transaction() as db:
        write_account(db, change(kept), utcnow())


def asked(unit: Unit) -> Export:
    tell(unit, Speakers(), Story())
    scope = ListScope(kind=ListKind.ALL, sight=handlers.sight_of(HOUSING, NODE), reader=HOUSING)
    with unit.transaction() as db:
        asking = ExportAsking(scope, "csv", "季度分析")
        rules = replace(RULES, alone=RULES.most)
        return handlers.ask_export(db, asking, rules, Caller(HOUSING, utcnow()))


def made(unit: Unit, keys: NodeKeys) -> Export:
    export = asked(unit)
    handlers.make_export(unit.transaction, keys, export.export_id, utcnow)
    return export


def fetch(unit: Unit, keys: NodeKeys, export: Export) -> bytes:
    who = Caller(HOUSING, utcnow())
    found = handlers.fetch_export(unit.transaction, keys, export.export_id, RULES, who)
    return b"".join(found.pieces)


@pytest.mark.parametrize("lost", LOST)
def test_a_right_that_is_gone_lets_no_file_be_made(unit: Unit, keys: NodeKeys, lost: str) -> None:
    account(unit)
    export = asked(unit)
    account(unit, LOST[lost])

    handlers.make_export(unit.transaction, keys, export.export_id, utcnow)

    left = now_of(unit, export)
    assert (left.state, pieces(unit, export), left.began_at) == ("refused", 0, None)
    assert "职责或单位变了" in left.refusal
    with unit.transaction() as db:
        mine = plumbing.audit.c.object_id == str(export.export_id)
        done = db.scalars(select(plumbing.audit.c.action).where(mine)).all()
    assert list(done) == ["export.ask", "export.refuse"]


def test_more_rights_make_the_file_that_was_asked_for(unit: Unit, keys: NodeKeys) -> None:
    account(unit, lambda account: replace(account, roles=("window_head", "supervisor")))

    assert now_of(unit, made(unit, keys)).state == "ready"


@pytest.mark.parametrize(
    "now",
    [
        replace(HOUSING, roles=frozenset({Role.SUPERVISOR})),
        replace(HOUSING, unit="social"),
    ],
    ids=["role", "unit"],
)
def test_a_right_that_is_gone_takes_the_file_that_was_made(
    unit: Unit, keys: NodeKeys, now: Actor
) -> None:
    account(unit)
    export = made(unit, keys)

    with unit.transaction() as db:
        assert handlers.end_without_rights(db, export.export_id, Caller(now, utcnow()))

    left = now_of(unit, export)
    assert (left.state, pieces(unit, export)) == ("refused", 0)
    with pytest.raises(Refused, match="export_gone"):
        fetch(unit, keys, export)


def test_who_kept_their_rights_fetches_and_a_stranger_ends_nothing(
    unit: Unit, keys: NodeKeys
) -> None:
    account(unit)
    export = made(unit, keys)

    with unit.transaction() as db:
        for who in (HOUSING, replace(HEAD, roles=frozenset({Role.OPERATOR}))):
            assert not handlers.end_without_rights(db, export.export_id, Caller(who, utcnow()))
    fetch(unit, keys, export)

    with unit.transaction() as db:
        mine = exports.c.export_id == export.export_id
        assert db.scalar(select(exports.c.state).where(mine)) == "fetched"
