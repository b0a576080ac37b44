import pytest
from sqlalchemy import Connection, select

from services.dispatch import handlers
from services.dispatch.handlers import Caller, ItemListing, UnitListing
from services.dispatch.repository.catalogue import places_after, units_after
from services.dispatch.repository.items import items_after
from services.dispatch.tables import plumbing
from shared.errors import Refused
from shared.events.dispatch import UnitListed
from tests.integration.dispatch.stories import (
    ADMINISTRATOR,
    NINE,
    NODE,
    fill_catalogue,
    last,
    names,
)

pytestmark = pytest.mark.integration

CALLER = Caller(ADMINISTRATOR, NINE)
BUREAU = UnitListing(code="rsj", title="县人社局", region=NODE, phone="0564-8621234")


def test_a_unit_is_said_when_it_is_entered_and_when_it_changes(db: Connection) -> None:
    first = handlers.list_unit(db, BUREAU, CALLER)
    same = handlers.list_unit(db, BUREAU, CALLER)
    moved = UnitListing(code="rsj", title="县人力资源和社会保障局", region=NODE)
    changed = handlers.list_unit(db, moved, CALLER)

    assert (first.changed, same.changed, changed.changed) == (True, False, True)
    assert first.subject_id == changed.subject_id
    assert names(db) == ["unit_listed", "unit_listed"]
    assert last(db, UnitListed).phone is None


def test_the_audit_tells_a_change_by_the_digests_before_and_after(db: Connection) -> None:
    first = UnitListing(code="rsj", title="县人社局", region=NODE)
    second = UnitListing(code="rsj", title="县人力资源和社会保障局", region=NODE)
    for listing in (first, second, first):
        handlers.list_unit(db, listing, CALLER)
    for title in ("社保卡", "社会保障卡"):
        item = ItemListing(code="card", title=title, kind="service", unit_code="rsj")
        handlers.list_item(db, item, CALLER)

    audit = plumbing.audit.c
    rows = db.execute(select(audit.before, audit.after).order_by(audit.id)).all()

    (none, one), (one_before, two), (two_before, three), (new, four), (four_before, five) = rows
    assert (none, new) == (None, None)
    assert (one_before, two_before, four_before, three) == (one, two, four, one)
    assert len({one, two, four, five}) == 4


def test_an_item_put_twice_is_said_once(db: Connection) -> None:
    handlers.list_unit(db, BUREAU, CALLER)
    item = ItemListing(code="card", title="社保卡", kind="service", unit_code="rsj")

    handlers.list_item(db, item, CALLER)
    again = handlers.list_item(db, item, CALLER)

    assert not again.changed
    assert names(db) == ["unit_listed", "item_listed"]
    assert [entry.code for entry in items_after(db, "", 10)] == ["card"]


def test_the_same_region_written_longer_is_the_same_rule(db: Connection) -> None:
    fill_catalogue(db)

    changed = handlers.list_place(db, "341523000000", "scjgj", CALLER)

    assert changed.changed
    assert [(one.region, one.unit_code) for one in places_after(db, "", 9)] == [
        ("341523", "scjgj")
    ]


@pytest.mark.parametrize(
    ("parent", "code"),
    [("nobody", "unknown_unit"), ("scjgj", "unit_below_itself"), ("zwfw", "unit_below_itself")],
    ids=["no such parent", "below its own child", "below itself"],
)
def test_the_unit_tree_stays_a_tree(db: Connection, parent: str, code: str) -> None:
    fill_catalogue(db)
    wrong = UnitListing(code="zwfw", title="县政务服务中心", region=NODE, parent=parent)

    with pytest.raises(Refused) as refused:
        handlers.list_unit(db, wrong, CALLER)

    assert (refused.value.code, refused.value.field) == (code, "parent")
    assert {one.code: one.parent for one in units_after(db, "", 9)}["zwfw"] is None


def test_rules_name_only_units_that_are_listed(db: Connection) -> None:
    item = ItemListing(code="card", title="社保卡", kind="service", unit_code="nobody")

    with pytest.raises(Refused, match="unknown_unit"):
        handlers.list_item(db, item, CALLER)
    with pytest.raises(Refused, match="unknown_unit"):
        handlers.list_place(db, NODE, "nobody", CALLER)
