from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update

from services.notify import handlers
from services.notify.handlers import Post
from services.notify.policy.delivery import Pace
from services.notify.providers import (
    Answer,
    Embedded,
    Outgoing,
    Provider,
    ProviderDown,
    ProviderRefused,
    Receipt,
)
from services.notify.tables import handset, messages, plumbing
from shared.events.base import Envelope
from shared.events.notify import MessageDelivered, MessageFailed
from shared.events.sealed import Sealed
from shared.security.sealing import NodeKeys
from shared.security.vault import destroy
from shared.unit import Unit
from tests.integration.notify.stories import NINE, Case, new_case

pytestmark = pytest.mark.integration

PACE = Pace(waits=(timedelta(seconds=30), timedelta(minutes=2)), lease=timedelta(minutes=1))


class Gateway:
    """A provider that answers as it was told to, and remembers what came."""

    name = "gateway"

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.sent: list[Outgoing] = []

    def send(self, messages: Sequence[Outgoing]) -> Iterator[tuple[Outgoing, Answer]]:
        for message in messages:
            self.sent.append(message)
            yield message, self.answers.pop(0) if self.answers else Receipt("1")


class PowerCut(BaseException):
    """The process dies."""


@pytest.fixture
def case(unit: Unit, engine: Engine, keys: NodeKeys) -> Case:
    case = new_case(engine, keys)
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [case.registered()], case.house)
    return case


def post(unit: Unit, keys: NodeKeys, provider: Provider, at: datetime = NINE) -> Post:
    return Post(unit.transaction, keys, provider, PACE, lambda: at)


def row(engine: Engine) -> Any:
    with engine.connect() as db:
        return db.execute(select(messages)).one()


def said(engine: Engine) -> Sequence[Envelope]:
    rows = plumbing.outbox.rows
    with engine.connect() as db:
        bodies = db.scalars(select(rows.c.body).order_by(rows.c.position))
        return [Envelope.model_validate_json(body) for body in bodies]


def test_a_due_message_arrives_on_the_handset(
    unit: Unit, engine: Engine, keys: NodeKeys, case: Case
) -> None:
    assert handlers.deliver_due(post(unit, keys, Embedded(unit.transaction)), 10) == 1

    with engine.connect() as db:
        body = db.scalar(select(handset.c.body))
    assert case.sealer.open(Sealed.model_validate(body)).startswith("【办不成事反映窗口】已登记")
    [envelope] = said(engine)
    event = envelope.open(MessageDelivered)
    assert (event.provider, event.attempts) == ("embedded", 1)
    assert row(engine).state == "delivered"


def test_a_provider_is_given_number_and_text(unit: Unit, keys: NodeKeys, case: Case) -> None:
    gateway = Gateway()

    handlers.deliver_due(post(unit, keys, gateway), 10)

    [message] = gateway.sent
    assert message.phone == "+8613800006160"
    assert "查询码" in message.text
    assert "+86138" not in repr(message)


def test_a_delivered_message_is_not_sent_again(unit: Unit, keys: NodeKeys, case: Case) -> None:
    gateway = Gateway()
    handlers.deliver_due(post(unit, keys, gateway), 10)

    later = post(unit, keys, gateway, NINE + timedelta(days=1))

    assert handlers.deliver_due(later, 10) == 0


def test_a_provider_that_is_down_is_tried_again_after_its_wait(
    unit: Unit, engine: Engine, keys: NodeKeys, case: Case
) -> None:
    gateway = Gateway(ProviderDown("timeout"))
    handlers.deliver_due(post(unit, keys, gateway), 10)

    assert handlers.deliver_due(post(unit, keys, gateway, NINE + timedelta(seconds=29)), 10) == 0
    assert row(engine).last_error == "timeout"
    assert handlers.deliver_due(post(unit, keys, gateway, NINE + timedelta(seconds=30)), 10) == 1
    assert said(engine)[0].open(MessageDelivered).attempts == 2
    assert len({message.id for message in gateway.sent}) == 1


def test_after_the_last_try_it_is_given_up_and_said(
    unit: Unit, engine: Engine, keys: NodeKeys, case: Case
) -> None:
    gateway = Gateway(*[ProviderDown("busy")] * 3)
    for day in range(4):
        handlers.deliver_due(post(unit, keys, gateway, NINE + timedelta(days=day)), 10)

    assert len(gateway.sent) == 3
    event = said(engine)[0].open(MessageFailed)
    assert (event.reason, event.attempts) == ("given_up", 3)
    assert (row(engine).state, row(engine).last_error) == ("failed", "busy")


def test_what_the_provider_refuses_is_not_tried_again(
    unit: Unit, engine: Engine, keys: NodeKeys, case: Case
) -> None:
    handlers.deliver_due(post(unit, keys, Gateway(ProviderRefused("empty number"))), 10)

    assert said(engine)[0].open(MessageFailed).reason == "refused"
    assert row(engine).state == "failed"


def test_a_process_that_dies_after_sending_sends_nothing_twice(
    unit: Unit, engine: Engine, keys: NodeKeys, case: Case
) -> None:
    embedded = Embedded(unit.transaction)

    class DiesAfterwards(Embedded):
        def send(self, messages: Sequence[Outgoing]) -> Iterable[tuple[Outgoing, Answer]]:
            super().send(messages)
            raise PowerCut

    with pytest.raises(PowerCut):
        handlers.deliver_due(post(unit, keys, DiesAfterwards(unit.transaction)), 10)
    assert handlers.deliver_due(post(unit, keys, embedded, NINE + timedelta(seconds=59)), 10) == 0
    assert handlers.deliver_due(post(unit, keys, embedded, NINE + timedelta(seconds=60)), 10) == 1

    with engine.connect() as db:
        assert db.scalar(select(func.count()).select_from(handset)) == 1
    assert [envelope.type for envelope in said(engine)] == [MessageDelivered.name]


def test_a_sender_that_always_dies_is_given_up(
    unit: Unit, engine: Engine, keys: NodeKeys, case: Case
) -> None:
    with unit.transaction() as db:
        db.execute(update(messages).values(state="sending", attempts=PACE.most_tries))

    handlers.deliver_due(post(unit, keys, Gateway()), 10)

    assert said(engine)[0].open(MessageFailed).reason == "given_up"


def test_the_late_end_of_a_try_that_no_longer_counts_is_not_recorded(
    unit: Unit, engine: Engine, keys: NodeKeys, case: Case
) -> None:
    late = NINE + timedelta(minutes=5)

    class Slow(Gateway):
        def send(self, messages: Sequence[Outgoing]) -> Iterator[tuple[Outgoing, Answer]]:
            handlers.deliver_due(post(unit, keys, Gateway(), late), 10)
            yield messages[0], ProviderDown("timeout")

    handlers.deliver_due(post(unit, keys, Slow()), 10)

    assert row(engine).state == "delivered"
    assert len(said(engine)) == 1


def test_two_senders_do_not_take_the_same_message(
    unit: Unit, engine: Engine, keys: NodeKeys, case: Case
) -> None:
    gateway = Gateway()
    with engine.begin() as db:
        db.execute(select(messages).with_for_update())

        assert handlers.deliver_due(post(unit, keys, gateway), 10) == 0
    assert gateway.sent == []


def test_a_message_of_an_erased_person_ends_and_the_others_go_out(
    unit: Unit, engine: Engine, keys: NodeKeys, case: Case
) -> None:
    other = new_case(engine, keys)
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [other.registered()], other.house)
    with engine.begin() as db:
        destroy(db, case.id, NINE)
    gateway = Gateway()

    handlers.deliver_due(post(unit, keys, gateway), 10)

    assert [message.case_id for message in gateway.sent] == [other.id]
    assert {envelope.type for envelope in said(engine)} == {
        MessageFailed.name,
        MessageDelivered.name,
    }


def test_the_pace_may_be_one_try_only(
    unit: Unit, engine: Engine, keys: NodeKeys, case: Case
) -> None:
    once = replace(post(unit, keys, Gateway(ProviderDown(""))), pace=replace(PACE, waits=()))

    handlers.deliver_due(once, 10)

    assert row(engine).state == "failed"


@pytest.mark.parametrize(("pause", "recorded"), [(0, [0, 0]), (200, [0, 1])])
def test_what_a_slow_gateway_has_answered_is_recorded_before_the_next_answer(
    unit: Unit, engine: Engine, keys: NodeKeys, case: Case, pause: int, recorded: list[int]
) -> None:
    other = new_case(engine, keys)
    with unit.transaction() as db:
        handlers.confirm_registrations(db, [other.registered()], other.house)
    clock, seen = [NINE], []

    class Watched(Gateway):
        def send(self, messages: Sequence[Outgoing]) -> Iterator[tuple[Outgoing, Answer]]:
            for answered in super().send(messages):
                seen.append(len(said(engine)))
                clock[0] += timedelta(milliseconds=pause)
                yield answered

    watched = replace(post(unit, keys, Watched()), now=lambda: clock[0])
    handlers.deliver_due(watched, 10)

    assert seen == recorded
    assert len(said(engine)) == 2


def asked_for(unit: Unit, case: Case) -> None:
    with unit.transaction() as db:
        event = case.one_time_code("482913", "+8613900000001")
        handlers.send_one_time_code(db, event, case.house)


def test_a_one_time_code_goes_before_what_has_waited_and_to_its_own_telephone(
    unit: Unit, keys: NodeKeys, case: Case
) -> None:
    asked_for(unit, case)
    gateway = Gateway()

    handlers.deliver_due(post(unit, keys, gateway, NINE + timedelta(minutes=1)), 1)

    [sent] = gateway.sent
    assert (sent.purpose, sent.phone) == ("one_time_code", "+8613900000001")
    assert "482913" in sent.text
    assert "482913" not in repr(sent)


def test_a_one_time_code_whose_time_is_over_is_not_sent(
    unit: Unit, engine: Engine, keys: NodeKeys, case: Case
) -> None:
    asked_for(unit, case)
    gateway = Gateway()

    handlers.deliver_due(post(unit, keys, gateway, NINE + timedelta(minutes=10)), 10)

    assert [sent.purpose for sent in gateway.sent] == ["receipt"]
    failed = [one.open(MessageFailed) for one in said(engine) if one.type == MessageFailed.name]
    assert [(one.purpose, one.reason) for one in failed] == [("one_time_code", "expired")]


def test_a_one_time_code_is_not_tried_again_after_its_end(
    unit: Unit, engine: Engine, keys: NodeKeys, case: Case
) -> None:
    asked_for(unit, case)
    gateway = Gateway(ProviderDown("busy"), ProviderDown("busy"))
    late = NINE + timedelta(minutes=9, seconds=31)

    handlers.deliver_due(post(unit, keys, gateway, late), 1)

    mine = messages.c.purpose == "one_time_code"
    with engine.connect() as db:
        found = db.execute(select(messages.c.state, messages.c.last_error).where(mine)).one()
    assert tuple(found) == ("failed", "busy")
