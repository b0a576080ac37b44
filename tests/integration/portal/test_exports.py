"""Files of exports end: too late, given up, withdrawn after an erasure; none outgrows its ask."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Connection, select

from services.portal import handlers
from services.portal.handlers import ExportAsking
from services.portal.handlers.pieces import Sink
from services.portal.policy.exports import ExportRules
from services.portal.policy.ledger import Asked
from services.portal.repository import Export, ListKind, ListScope, measure_of
from services.portal.service import PortalService
from services.portal.settings import Settings
from services.portal.tables import exports
from shared.clock import new_id, utcnow
from shared.errors import Refused
from shared.events.intake import CaseErased, ErasureGround
from shared.security.actor import Actor, ActorKind, Role
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.portal.stories import NODE, Speakers, Story

pytestmark = pytest.mark.integration

NOW = utcnow()
RULES = ExportRules(alone=1, most=100, kept=timedelta(hours=24))
HEAD = Actor(
    kind=ActorKind.STAFF,
    node=NODE,
    id="head",
    name="王负责",
    roles=frozenset({Role.WINDOW_HEAD}),
    known_as=frozenset({"head"}),
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> NodeKeys:
    path: Path = tmp_path_factory.mktemp("keys") / "node.json"
    return NodeKeys.create(path)


def caller(now: datetime = NOW) -> Caller:
    return Caller(HEAD, now)


def tell(unit: Unit, speakers: Speakers, *stories: Story) -> None:
    with unit.transaction() as db:
        for story in stories:
            handlers.record(db, speakers.say(story.registered()))


def ask(unit: Unit, rules: ExportRules = RULES, text: str = "", purpose: str = "分析") -> Export:
    sight = handlers.sight_of(HEAD, NODE)
    scope = ListScope(kind=ListKind.ALL, sight=sight, reader=HEAD, text=text)
    with unit.transaction() as db:
        asking = ExportAsking(scope, "csv", purpose)
        return handlers.ask_export(db, asking, rules, caller())


def now_of(unit: Unit, export: Export) -> Any:
    with unit.transaction() as db:
        return db.execute(select(exports).where(exports.c.export_id == export.export_id)).one()


def pieces(unit: Unit, export: Export) -> int:
    """Count the pieces of its file that there are."""
    with unit.transaction() as db:
        return measure_of(db, export.export_id)[0]


def tidy(unit: Unit) -> None:
    PortalService.tidy(SimpleNamespace(unit=unit, settings=Settings()))


def set_back(unit: Unit, export: Export, **columns: object) -> None:
    with unit.transaction() as db:
        db.execute(exports.update().where(exports.c.export_id == export.export_id).values(columns))


LONG_AGO = NOW - timedelta(days=2)


def test_a_file_that_waited_too_long_cannot_be_fetched_and_goes(
    unit: Unit, keys: NodeKeys
) -> None:
    tell(unit, Speakers(), Story())
    export = ask(unit)
    handlers.make_export(unit.transaction, keys, export.export_id, lambda: LONG_AGO)

    with pytest.raises(Refused, match="export_gone"):
        handlers.fetch_export(unit.transaction, keys, export.export_id, RULES, caller())
    tidy(unit)

    assert (now_of(unit, export).state, pieces(unit, export)) == ("expired", 0)


def test_what_nobody_decides_and_what_nobody_makes_any_more_ends(unit: Unit) -> None:
    tell(unit, Speakers(), Story(), Story(number="BCS341523300107000023"))
    undecided, stuck, fresh = ask(unit), ask(unit), ask(unit, RULES)
    set_back(unit, undecided, asked_at=LONG_AGO)
    ago = NOW - timedelta(minutes=30)
    set_back(unit, stuck, state="making", asked_at=LONG_AGO, decided_at=LONG_AGO, began_at=ago)
    set_back(unit, fresh, state="making", began_at=utcnow())

    tidy(unit)

    states = [now_of(unit, each).state for each in (undecided, stuck, fresh)]
    assert states == ["expired", "failed", "making"]


def test_who_exported_what_is_kept_for_a_year_and_what_is_open_stays(unit: Unit) -> None:
    tell(unit, Speakers(), Story())
    ended, young, open_ = ask(unit), ask(unit), ask(unit)
    ago = NOW - timedelta(days=366)
    set_back(unit, ended, state="fetched", asked_at=ago)
    set_back(unit, young, state="fetched", asked_at=NOW - timedelta(days=364))
    set_back(unit, open_, state="ready", asked_at=ago, ready_at=NOW)

    tidy(unit)

    with unit.transaction() as db:
        left = set(db.scalars(select(exports.c.export_id)))
    assert left & {each.export_id for each in (ended, young, open_)} == {
        young.export_id,
        open_.export_id,
    }


def erased(story: Story) -> CaseErased:
    told = {"order_id": new_id(), "ordered_by": NODE, "ground": ErasureGround.REQUEST}
    return CaseErased.model_validate({**story.next(), "number": story.number, **told})


def test_an_erasure_takes_the_files_that_may_show_its_case(unit: Unit, keys: NodeKeys) -> None:
    story, speakers = Story(), Speakers()
    tell(unit, speakers, story)
    ready, fetched = ask(unit), ask(unit)
    for each in (ready, fetched):
        handlers.make_export(unit.transaction, keys, each.export_id, utcnow)
    at = utcnow()
    found = handlers.fetch_export(unit.transaction, keys, fetched.export_id, RULES, caller(at))
    assert sum(map(len, found.pieces)) == found.size > 0

    def erase_meanwhile() -> datetime:
        with unit.transaction() as db:
            handlers.record(db, speakers.say(erased(story)))
        return utcnow()

    making = ask(unit)
    moments: list[Callable[[], datetime]] = [utcnow, erase_meanwhile]
    handlers.make_export(unit.transaction, keys, making.export_id, lambda: moments.pop(0)())

    for each in (ready, making):
        left = now_of(unit, each)
        assert (left.state, pieces(unit, each)) == ("expired", 0)
        assert "清除" in left.refusal
    assert now_of(unit, fetched).state == "fetched"


def test_no_more_rows_leave_than_were_asked_for(unit: Unit, keys: NodeKeys) -> None:
    speakers = Speakers()
    tell(unit, speakers, Story())
    export = ask(unit)
    tell(unit, speakers, Story(number="BCS341523300107000023"))

    handlers.make_export(unit.transaction, keys, export.export_id, utcnow)

    assert now_of(unit, export).done == 1


def decline(db: Connection, export: Export) -> None:
    other = Caller(replace(HEAD, id="other"), NOW)
    handlers.decide_export(db, export.export_id, "不必", other)


@pytest.mark.parametrize("end", ["ready", "refused", "expired"])
def test_words_about_persons_do_not_outlast_an_export(
    unit: Unit, keys: NodeKeys, end: str
) -> None:
    tell(unit, Speakers(), Story(number="BCS341523300107000015"))
    rules = ExportRules(alone=1 if end == "ready" else 0, most=100, kept=RULES.kept)
    export = ask(unit, rules, text="不动产", purpose="核对张晓明 13800006160")
    match end:
        case "ready":
            handlers.make_export(unit.transaction, keys, export.export_id, utcnow)
        case "refused":
            with unit.transaction() as db:
                decline(db, export)
        case _:
            set_back(unit, export, asked_at=LONG_AGO)
            tidy(unit)

    left = now_of(unit, export)
    assert (left.state, left.scope["text"], left.scope["kind"]) == (end, "", "all")
    assert "13800006160" not in left.purpose
    assert "张晓明" not in left.purpose


def test_who_breaks_off_fetches_anew_and_a_file_goes_with_its_last_piece(
    unit: Unit, keys: NodeKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sink.__init__, "__defaults__", (100,))
    tell(unit, Speakers(), Story())
    export = ask(unit)
    handlers.make_export(unit.transaction, keys, export.export_id, utcnow)
    at = caller(utcnow())

    broken = handlers.fetch_export(unit.transaction, keys, export.export_id, RULES, at)
    first = next(broken.pieces)
    broken.pieces.close()  # type: ignore[attr-defined]  # it is a generator
    whole = handlers.fetch_export(unit.transaction, keys, export.export_id, RULES, at)
    told = b"".join(whole.pieces)

    assert (len(first), len(told)) == (100, whole.size)
    assert told.startswith(first)
    assert (now_of(unit, export).state, pieces(unit, export)) == ("fetched", 0)


def test_a_file_that_is_withdrawn_while_it_leaves_breaks_off(
    unit: Unit, keys: NodeKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Sink.__init__, "__defaults__", (100,))
    tell(unit, Speakers(), Story())
    export = ask(unit)
    handlers.make_export(unit.transaction, keys, export.export_id, utcnow)
    leaving = handlers.fetch_export(
        unit.transaction, keys, export.export_id, RULES, caller(utcnow())
    )
    next(leaving.pieces)
    with unit.transaction() as db:
        handlers.exports.withdraw_exports(db)

    with pytest.raises(LookupError):
        list(leaving.pieces)
    assert now_of(unit, export).state == "expired"


def test_a_ledger_leaves_with_its_filters_and_columns(unit: Unit, keys: NodeKeys) -> None:
    speakers = Speakers()
    tell(unit, speakers, Story(), Story(number="BCS341523300107000023"))
    asked = Asked.read([("number", "BCS341523300107000023"), ("column", "number.status")])
    scope = ListScope(
        kind=ListKind.ALL, sight=handlers.sight_of(HEAD, NODE), reader=HEAD, ledger=asked
    )
    with unit.transaction() as db:
        export = handlers.ask_export(db, ExportAsking(scope, "csv", "分析"), RULES, caller())
    handlers.make_export(unit.transaction, keys, export.export_id, utcnow)
    found = handlers.fetch_export(
        unit.transaction, keys, export.export_id, RULES, caller(utcnow())
    )

    lines = b"".join(found.pieces).decode("utf-8-sig").splitlines()
    assert lines[3] == '"编号","状态","导出编号"'
    assert [line.split(",")[0] for line in lines[4:]] == ['"BCS341523300107000023"']
