"""Suggestions: learned as orders end, shown with evidence, acted upon alone where that is set."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Engine, func, select

from services.dispatch import handlers
from services.dispatch.handlers import Caller
from services.dispatch.handlers.choosing import recent_choices
from services.dispatch.handlers.learn import learn_some
from services.dispatch.policy import Route
from services.dispatch.policy.choices import Band, Choice, Taken
from services.dispatch.policy.suggesting import Track, weight_at
from services.dispatch.repository.alike import suggestion_of_order
from services.dispatch.repository.lessons import add_tracks
from services.dispatch.repository.orders import Order
from services.dispatch.tables import lesson_counts, lessons, lessons_due, suggestion_tracks
from shared.errors import Refused
from shared.events import dispatch as facts
from shared.events.dispatch import ReturnGround
from shared.events.intake import CaseAmended, CaseErased, ErasureGround
from shared.metrics import SUGGESTIONS_TAKEN
from shared.security.sealing import NodeKeys
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    ADMINISTRATOR,
    DISPATCHER,
    HOUSE,
    MARKET_OFFICER,
    NINE,
    NODE,
    TEN,
    TOWN_OFFICER,
    accepted,
    at_ten,
    fill_catalogue,
    finishing,
    give_key,
    giving_back,
    last,
    order_of,
    retire_unit,
    try_to_reach,
)
from tests.integration.dispatch.test_conflict import against
from tests.integration.doorway import Call

pytestmark = pytest.mark.integration

SNACK: dict[str, Any] = {"title_masked": "小吃店办证", "text_masked": "开小吃店要食品经营许可"}
POND: dict[str, Any] = {"title_masked": "鱼塘被填", "text_masked": "村里的鱼塘被人填了"}
UNPLACED: dict[str, Any] = {"item_code": None, "item_name": None, "region": "350100"}
LATER = at_ten(DISPATCHER)


def ended(
    db: Connection, engine: Engine, keys: NodeKeys, unit: str, told: dict[str, Any]
) -> Order:
    """A case that was given by hand to a unit, and finished by it."""
    order = given(db, unit, told)
    give_key(engine, keys, order.case_id)
    officer = at_ten(MARKET_OFFICER if unit == "scjgj" else TOWN_OFFICER)
    handlers.sign(db, order.order_id, officer)
    handlers.log_contact(db, try_to_reach(order.order_id), officer)
    return handlers.finish_order(db, keys, finishing(order.order_id), officer, HOUSE)


def given(db: Connection, unit: str, told: dict[str, Any]) -> Order:
    event = pooled(db, told)
    placement = handlers.Placement(event, unit, "按职责")
    return handlers.dispatch_manually(db, placement, LATER)


def pooled(db: Connection, told: dict[str, Any], **more: Any) -> UUID:
    event = accepted(**UNPLACED | told | more)
    handlers.route_cases(db, [event], NODE)
    return event.case_id


def learned(db: Connection) -> None:
    while learn_some(db):
        pass


def units(found: Any) -> list[str]:
    return [one.unit.code for one in found]


@pytest.fixture
def taught(db: Connection, engine: Engine, keys: NodeKeys) -> Connection:
    """The market bureau finished two cases of snack bars, the town one of a pond."""
    fill_catalogue(db)
    for unit, told in (("scjgj", SNACK), ("scjgj", SNACK), ("cgz", POND)):
        ended(db, engine, keys, unit, told)
    learned(db)
    return db


def test_a_pooled_case_is_suggested_to_who_finished_what_is_like_it(taught: Connection) -> None:
    case = pooled(taught, {"title_masked": "小吃店", "text_masked": "食品经营许可没有下来"})
    surely(taught)

    first, *_rest = handlers.suggest(taught, case, LATER)

    assert first.unit.code == "scjgj"
    assert {"word:食品", "word:小吃店"} <= set(first.counted)
    assert [(one.title_masked, one.finished) for one in first.alike] == [("小吃店办证", True)] * 2
    assert 0.95 < first.confidence < first.right / first.asked < 1


def test_how_sure_it_is_comes_from_asking_before_learning(
    taught: Connection, engine: Engine, keys: NodeKeys
) -> None:
    def tried() -> float:
        right = taught.scalar(select(func.sum(suggestion_tracks.c.right)))
        return (right or 0.0) / weight_at(TEN)

    before = tried()
    for unit in ("scjgj", "cgz"):  # the second ends where nobody would have expected it
        ended(taught, engine, keys, unit, SNACK)
        learned(taught)
    found = tried() - before

    # Either unit was among what was suggested: each time one of them was right, the other wrong.
    assert found == pytest.approx(2.0)


def test_an_order_that_ends_is_learned_once_and_given_back_counts_against(
    taught: Connection,
) -> None:
    order = given(taught, "cgz", SNACK)
    handlers.return_order(taught, giving_back(order.order_id), at_ten(TOWN_OFFICER))
    learned(taught)

    kept = select(lessons.c.unit_code, lessons.c.finished).order_by(lessons.c.case_id)
    told = [tuple(row) for row in taught.execute(kept)]
    assert sorted(told) == [("cgz", False), ("cgz", True), ("scjgj", True), ("scjgj", True)]
    # Who gave it back in this round is not named again, and elsewhere counts less.
    assert units(handlers.suggest(taught, order.case_id, LATER)) == ["scjgj"]
    assert learn_some(taught) is False


@pytest.mark.parametrize("ground", [ReturnGround.DUPLICATE, ReturnGround.INSUFFICIENT])
def test_grounds_that_say_nothing_of_whose_it_is_teach_nothing(
    taught: Connection, ground: ReturnGround
) -> None:
    order = given(taught, "cgz", SNACK)
    giving = replace(giving_back(order.order_id), ground=ground)
    handlers.return_order(taught, giving, at_ten(TOWN_OFFICER))
    learned(taught)

    mine = lessons.c.case_id == order.case_id
    assert taught.scalar(select(func.count()).select_from(lessons).where(mine)) == 0


def test_nobody_is_suggested_who_could_not_get_it(taught: Connection) -> None:
    of_market = pooled(taught, SNACK, complained_of=against("scjgj"))
    assert "scjgj" not in units(handlers.suggest(taught, of_market, LATER))

    case = pooled(taught, SNACK)
    retire_unit(taught, "scjgj")
    assert "scjgj" not in units(handlers.suggest(taught, case, LATER))


def test_what_an_ended_unit_did_speaks_for_its_successor(taught: Connection) -> None:
    case = pooled(taught, SNACK)
    caller = Caller(ADMINISTRATOR, NINE)
    heir = handlers.UnitListing(code="spj", title="食品局", region=NODE, parent="zwfw")
    handlers.list_unit(taught, heir, caller)
    old = handlers.UnitListing(
        code="scjgj", title="市场监督管理局", region=NODE, active=False, successors=("spj",)
    )
    handlers.list_unit(taught, old, caller)

    first = handlers.suggest(taught, case, LATER)[0]

    assert (first.unit.code, len(first.alike)) == ("spj", 2)


def test_a_correction_is_learned_and_an_erasure_leaves_nothing(taught: Connection) -> None:
    pond = taught.scalars(select(lessons.c.case_id).where(lessons.c.unit_code == "cgz")).one()
    handlers.amend_case(taught, corrected(pond, 1))
    learned(taught)
    assert "word:鱼塘" not in counted(taught)
    assert counted(taught)["word:水塘"] == 1

    handlers.amend_case(taught, corrected(pond, 2))  # due, and not learned before it is erased
    handlers.erase_case(taught, erased(pond))
    learned(taught)

    assert "word:水塘" not in counted(taught)
    assert taught.scalar(select(func.count()).select_from(lessons_due)) == 0
    assert set(taught.scalars(select(lessons.c.unit_code))) == {"scjgj"}


def corrected(case_id: UUID, amendment: int) -> CaseAmended:
    """What dispatch looks at of a correction."""
    words: dict[str, Any] = {"title_masked": "水塘", "text_masked": "水塘被占"}
    return CaseAmended.model_construct(case_id=case_id, amendment=amendment, **words)


def erased(case_id: UUID) -> CaseErased:
    return CaseErased(
        case_id=case_id,
        occurred_at=TEN,
        number="BCS-341523-20300102-00001-X",
        ground=ErasureGround.REQUEST,
        digest="",
        order_id=uuid4(),
        ordered_by=NODE,
    )


def counted(db: Connection) -> dict[str, int]:
    rows = db.execute(select(lesson_counts.c.feature, lesson_counts.c.lessons))
    return {row.feature: row.lessons for row in rows}


def test_learned_anew_it_is_the_same(taught: Connection) -> None:
    def state() -> list[Any]:
        shown = select(lesson_counts).order_by(*lesson_counts.primary_key)
        tracks = select(suggestion_tracks).order_by(suggestion_tracks.c.odds)
        return [*taught.execute(shown).all(), *taught.execute(tracks).all()]

    before = state()
    assert handlers.learn_anew(taught, Caller(DISPATCHER, TEN)) == 3
    assert state() == []
    learned(taught)
    assert state() == before


def surely(db: Connection) -> None:
    """As if suggestions of any odds had been right 990 times of 1,000."""
    one = weight_at(NINE)
    add_tracks(db, {odds: Track(990 * one, 1_000 * one) for odds in range(-6, 13)})


def test_it_acts_alone_only_above_what_is_set_and_tells_why(taught: Connection) -> None:
    surely(taught)
    off, sure, unsure, marked = (accepted(**UNPLACED | SNACK, case_id=uuid4()) for _ in range(4))
    marked = marked.model_copy(update={"complained_of": against("cgz")})

    handlers.route_cases(taught, [off], NODE)
    handlers.route_cases(taught, [unsure], NODE, alone_above=0.995)
    handlers.route_cases(taught, [sure, marked], NODE, alone_above=0.95)

    order = order_of(taught, sure.case_id)
    assert (order.unit_code, order.route) == ("scjgj", Route.SUGGESTION)
    assert order.because.startswith("按以往派单自动派单")
    said = last(taught, facts.OrderDispatched)
    assert (said.route, said.route_told, said.by.kind) == ("manual", "suggestion", "system")
    assert "word:食品" in said.suggestion.counted_masked.splitlines()
    kept = suggestion_of_order(taught, order.order_id)
    assert kept is not None
    assert (kept.confidence >= 0.95, len(kept.alike)) == (True, 2)
    for left in (off, unsure, marked):
        assert handlers.suggest(taught, left.case_id, LATER)  # still in the pool

    handlers.erase_case(taught, erased(sure.case_id))
    gone = suggestion_of_order(taught, order.order_id)
    assert gone is not None
    assert gone.counted == []


def test_what_dispatchers_make_of_suggestions_is_kept_for_each_order(taught: Connection) -> None:
    surely(taught)

    for unit in ("scjgj", "zwfw"):
        given(taught, unit, SNACK)

    assert recent_choices(taught, TEN) == {
        Choice(Taken.NONE, Band.UNKNOWN): 3,  # before anything was learned
        Choice(Taken.FIRST, Band.SURE): 1,
        Choice(Taken.OTHER, Band.SURE): 1,
    }
    assert recent_choices(taught, TEN + timedelta(days=31)) == {}


def test_what_is_not_pooled_has_no_suggestions(taught: Connection) -> None:
    with pytest.raises(Refused, match="wrong_state"):
        handlers.suggest(taught, given(taught, "cgz", POND).case_id, LATER)
    with pytest.raises(Refused, match="unknown_case"):
        handlers.suggest(taught, uuid4(), LATER)


@pytest.fixture
def waiting(unit: Unit) -> list[UUID]:
    """Two pooled cases, and one that complains of the market bureau."""
    with unit.transaction() as db:
        fill_catalogue(db)
        of_market = pooled(db, SNACK, complained_of=against("scjgj"))
        return [pooled(db, SNACK), of_market, pooled(db, POND)]


def test_several_are_given_at_once_each_by_itself_and_once(
    call: Call, waiting: list[UUID]
) -> None:
    told = {"case_ids": [str(one) for one in waiting], "unit_code": "scjgj", "because": "按职责"}
    key = {"Idempotency-Key": "pool-0001"}

    counter = SUGGESTIONS_TAKEN.labels(node=NODE, taken="none", confidence="unknown")
    before = counter._value.get()

    first = call(DISPATCHER, "POST", "/orders/bulk", json=told, headers=key).json()["lines"]
    again = call(DISPATCHER, "POST", "/orders/bulk", json=told, headers=key).json()["lines"]
    anew = call(DISPATCHER, "POST", "/orders/bulk", json=told).json()["lines"]

    assert [line["given"] is not None for line in first] == [True, False, True]
    assert first[1]["refused"]["code"] == "unit_complained_of"
    assert again == first
    assert [line["refused"]["code"] for line in anew] == [
        "wrong_state",
        "unit_complained_of",
        "wrong_state",
    ]
    shown = call(DISPATCHER, "GET", "/suggestions/taken").json()
    assert (shown["days"], shown["without"]) == (30, 2)
    assert {band["given"] for band in shown["bands"]} == {0}
    # What was refused, or answered once more, is no order.
    assert counter._value.get() - before == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"case_ids": []}, "case_ids"),
        ({"case_ids": [str(UUID(int=1))] * 2}, "case_ids"),
        ({"case_ids": [str(UUID(int=at)) for at in range(51)]}, "case_ids"),
        ({"case_ids": ["x"]}, "case_ids.0"),
        ({"unit_code": ""}, "unit_code"),
        ({"because": ""}, "because"),
    ],
)
def test_a_wrong_field_of_many_is_named(call: Call, changed: dict[str, Any], field: str) -> None:
    told = {"case_ids": [str(uuid4())], "unit_code": "scjgj", "because": "按职责"} | changed
    answer = call(DISPATCHER, "POST", "/orders/bulk", json=told)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


def test_only_who_dispatches_asks_for_suggestions(call: Call, waiting: list[UUID]) -> None:
    path = f"/suggestions/{waiting[0]}"
    assert call(DISPATCHER, "GET", path).json() == []  # nothing was learned yet
    assert call(MARKET_OFFICER, "GET", path).status_code == 403
    assert call(MARKET_OFFICER, "GET", "/suggestions/taken").status_code == 403
    assert call(DISPATCHER, "GET", f"/suggestions/{uuid4()}").status_code == 404
    assert call(MARKET_OFFICER, "POST", "/suggestions/learn", json={}).status_code == 403
    assert call(DISPATCHER, "POST", "/suggestions/learn", json={}).json() == {"cases": 0}
