from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, Engine, select

from services.dispatch import handlers
from services.dispatch.handlers import Placement
from services.dispatch.policy import CaseState, OrderState
from services.dispatch.policy import PoolReason as Waits
from services.dispatch.repository.cases import lock_case
from services.dispatch.repository.orders import contacts_of, find_order
from services.dispatch.tables import plumbing
from shared.errors import Refused
from shared.events.dispatch import (
    CaseFinished,
    CasePooled,
    ContactLogged,
    OrderDispatched,
    OrderFinished,
    OrderReturned,
    PoolReason,
    Route,
)
from shared.security.sealing import NodeKeys
from shared.security.vault import destroy, sealer_of_case
from shared.unit import Unit
from tests.integration.dispatch.stories import (
    DISPATCHER,
    HOUSE,
    MARKET_OFFICER,
    NINE,
    TEN,
    accepted,
    at_ten,
    fill_catalogue,
    finishing,
    give_key,
    giving_back,
    held_case,
    last,
    names,
    order_of,
    retire_unit,
    try_to_reach,
    worked,
)

pytestmark = pytest.mark.integration


def refusal_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_an_order_goes_from_dispatch_to_the_result(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)

    done = worked(db, keys, order)

    case = lock_case(db, order.case_id)
    assert case is not None
    assert case.state is CaseState.FINISHED
    assert done == find_order(db, order.order_id)
    assert (done.state, done.signed_at, done.contacted_at) == (OrderState.FINISHED, TEN, TEN)
    assert names(db) == [
        "order_dispatched",
        "order_signed",
        "contact_logged",
        "order_finished",
        "case_finished",
    ]


def test_the_answer_travels_sealed_and_masked(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    handlers.sign(db, order.order_id, at_ten(MARKET_OFFICER))
    told = finishing(order.order_id, "已打 13800006160 说明", needed=False)

    done = handlers.finish_order(db, keys, told, at_ten(MARKET_OFFICER), HOUSE)

    finished, result = last(db, OrderFinished), last(db, CaseFinished)
    sealer = sealer_of_case(db, keys, order.case_id)
    assert sealer.open(result.answer) == "已打 13800006160 说明"
    assert finished.answer == result.answer
    assert done.answer_masked == finished.answer_masked == result.answer_masked
    assert "13800006160" not in result.model_dump_json()
    assert (result.round, result.unit_code, result.occurred_at) == (1, "scjgj", TEN)


def test_an_erased_case_takes_no_answer(db: Connection, engine: Engine, keys: NodeKeys) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    with engine.begin() as intake:
        destroy(intake, order.case_id, NINE)

    assert refusal_of(lambda: worked(db, keys, order)) == "case_erased"


def test_finishing_in_silence_is_refused(db: Connection, keys: NodeKeys) -> None:
    fill_catalogue(db)
    order = held_case(db)
    handlers.sign(db, order.order_id, at_ten(MARKET_OFFICER))

    code = refusal_of(
        lambda: handlers.finish_order(
            db, keys, finishing(order.order_id), at_ten(MARKET_OFFICER), HOUSE
        )
    )

    assert code == "not_attempted"
    assert find_order(db, order.order_id).state is OrderState.SIGNED  # type: ignore[union-attr]


def test_who_could_not_be_reached_gets_a_result_too(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    handlers.sign(db, order.order_id, at_ten(MARKET_OFFICER))
    vain = try_to_reach(order.order_id, reached=False)

    tried = handlers.log_contact(db, vain, at_ten(MARKET_OFFICER))
    done = handlers.finish_order(
        db, keys, finishing(order.order_id), at_ten(MARKET_OFFICER), HOUSE
    )

    assert (tried.state, tried.contacted_at) == (OrderState.SIGNED, None)
    assert done.state is OrderState.FINISHED


def test_a_note_is_masked_before_it_is_kept_or_said(db: Connection) -> None:
    fill_catalogue(db)
    order = held_case(db)
    handlers.sign(db, order.order_id, at_ten(MARKET_OFFICER))
    told = try_to_reach(order.order_id, note="本人电话 13800006160，约好明天来")

    handlers.log_contact(db, told, at_ten(MARKET_OFFICER))

    kept = contacts_of(db, [order.order_id])[0].note_masked
    assert kept == last(db, ContactLogged).note_masked == "本人电话 138****6160，约好明天来"


def test_every_try_is_kept_and_the_first_success_counts(db: Connection) -> None:
    fill_catalogue(db)
    order = held_case(db)
    handlers.sign(db, order.order_id, at_ten(MARKET_OFFICER))

    for reached in (False, True, False):
        attempt = try_to_reach(order.order_id, reached=reached)
        after = handlers.log_contact(db, attempt, at_ten(MARKET_OFFICER))

    assert after.state is OrderState.CONTACTED
    tries = [one.reached for one in contacts_of(db, [order.order_id])]
    assert sorted(tries) == [False, False, True]


def test_a_returned_order_puts_its_case_back_into_the_pool(db: Connection) -> None:
    fill_catalogue(db)
    order = held_case(db)

    handlers.return_order(db, giving_back(order.order_id), at_ten(MARKET_OFFICER))

    case = lock_case(db, order.case_id)
    assert case is not None
    assert (case.state, case.pool_reason) == (CaseState.POOLED, Waits.RETURNED)
    assert names(db) == ["order_dispatched", "order_returned", "case_pooled"]
    assert last(db, OrderReturned).note_masked == "请联系 138****6160"
    assert last(db, CasePooled).reason is PoolReason.RETURNED


def test_a_returned_case_is_sent_again_by_hand(db: Connection) -> None:
    fill_catalogue(db)
    order = held_case(db)
    handlers.return_order(db, giving_back(order.order_id), at_ten(MARKET_OFFICER))
    placement = Placement(order.case_id, "cgz", "属地办理，联系人 13800006160")

    again = handlers.dispatch_manually(db, placement, at_ten(DISPATCHER))

    fact = last(db, OrderDispatched)
    assert (again.unit_code, again.state) == ("cgz", OrderState.DISPATCHED)
    assert (fact.route, fact.round, fact.by.unit) == (Route.MANUAL, 1, "zwfw")
    assert fact.because == "属地办理，联系人 138****6160"


def test_of_two_dispatchers_the_second_is_refused(db: Connection) -> None:
    event = accepted()
    fill_catalogue(db)
    handlers.route_cases(db, [event.model_copy(update={"item_code": None, "region": "350100"})])
    placement = Placement(event.case_id, "cgz", "属地")
    handlers.dispatch_manually(db, placement, at_ten(DISPATCHER))

    code = refusal_of(lambda: handlers.dispatch_manually(db, placement, at_ten(DISPATCHER)))

    assert code == "wrong_state"


@pytest.mark.parametrize(("unit", "code"), [("nobody", "unknown_unit"), ("cgz", "unit_inactive")])
def test_a_case_is_sent_only_to_a_unit_in_use(db: Connection, unit: str, code: str) -> None:
    fill_catalogue(db)
    retire_unit(db, "cgz")
    event = accepted(item_code=None, region="350100")
    handlers.route_cases(db, [event])
    placement = Placement(event.case_id, unit, "属地")

    assert (
        refusal_of(lambda: handlers.dispatch_manually(db, placement, at_ten(DISPATCHER))) == code
    )


def test_a_case_nobody_heard_of_cannot_be_sent(db: Connection) -> None:
    placement = Placement(accepted().case_id, "cgz", "属地")

    code = refusal_of(lambda: handlers.dispatch_manually(db, placement, at_ten(DISPATCHER)))

    assert code == "unknown_case"


def test_late_and_repeated_steps_are_refused_and_leave_the_result(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    caller = at_ten(MARKET_OFFICER)
    done = worked(db, keys, order)
    spoken = names(db)

    codes = [
        refusal_of(
            lambda: handlers.finish_order(db, keys, finishing(order.order_id), caller, HOUSE)
        ),
        refusal_of(lambda: handlers.sign(db, order.order_id, caller)),
        refusal_of(lambda: handlers.log_contact(db, try_to_reach(order.order_id), caller)),
        refusal_of(lambda: handlers.return_order(db, giving_back(order.order_id), caller)),
    ]

    assert codes == ["already_done", "wrong_state", "wrong_state", "wrong_state"]
    assert find_order(db, order.order_id) == done
    assert names(db) == spoken


def test_the_unit_that_gave_an_order_back_can_do_no_more_with_it(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    handlers.return_order(db, giving_back(order.order_id), at_ten(MARKET_OFFICER))
    placement = Placement(order.case_id, "cgz", "属地")
    handlers.dispatch_manually(db, placement, at_ten(DISPATCHER))

    code = refusal_of(lambda: handlers.sign(db, order.order_id, at_ten(MARKET_OFFICER)))

    assert code == "wrong_state"
    given = order_of(db, order.case_id)
    assert worked(db, keys, given).state is OrderState.FINISHED
    assert last(db, CaseFinished).unit_code == "cgz"


def test_every_step_of_staff_is_in_the_audit(
    db: Connection, engine: Engine, keys: NodeKeys
) -> None:
    fill_catalogue(db)
    order = held_case(db)
    give_key(engine, keys, order.case_id)
    worked(db, keys, order)

    audit = plumbing.audit
    mine = select(audit.c.action, audit.c.actor_id).where(audit.c.object_id == str(order.order_id))
    rows = db.execute(mine.order_by(audit.c.id)).all()
    assert [row.action for row in rows] == ["order.sign", "order.contact", "order.finish"]
    assert {row.actor_id for row in rows} == {MARKET_OFFICER.id}


def test_of_two_who_sign_at_once_one_signs(unit: Unit) -> None:
    with unit.transaction() as db:
        fill_catalogue(db)
        order = held_case(db)

    def sign(_: int) -> str:
        try:
            with unit.transaction() as db:
                return handlers.sign(db, order.order_id, at_ten(MARKET_OFFICER)).state
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(sign, range(2))) == ["already_done", "signed"]
