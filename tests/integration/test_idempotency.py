"""One key, one effect: for the same request, from the same actor, however it comes again."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from pydantic import BaseModel
from sqlalchemy import Column, Engine, Identity, Integer, Table, Text, func, select

from shared.db import new_metadata, transaction
from shared.errors import Refused
from shared.idempotency import REMEMBERED, Once, RequestKey, idempotency_table
from shared.security.actor import Actor, ActorKind
from shared.security.sealing import NodeKeys

pytestmark = pytest.mark.integration

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
metadata = new_metadata("sla")
remembered = idempotency_table(metadata)
effects = Table(
    "effects",
    metadata,
    Column("n", Integer, Identity(), primary_key=True),
    Column("note", Text, nullable=False),
)


class Body(BaseModel):
    """What is asked for."""

    note: str = "a"


class Answer(BaseModel):
    """Which effect it had."""

    number: int


@dataclass
class Requests:
    """Requests of one officer under one key."""

    engine: Engine
    once: Once

    def send(self, body: Body, *, fails: bool = False, once: Once | None = None) -> int:
        with transaction(self.engine, "sla") as db:

            def act() -> Answer:
                added = effects.insert().values(note=body.note).returning(effects.c.n)
                number = db.execute(added).scalar_one()
                if fails:
                    raise Refused("wrong_state")
                return Answer(number=number)

            return (once or self.once).run(db, body, Answer, act).number

    def effects(self) -> int:
        with transaction(self.engine, "sla") as db:
            return db.scalar(select(func.count()).select_from(effects)) or 0


@pytest.fixture
def requests(service_database: Callable[..., Engine], tmp_path: Path) -> Requests:
    keys = NodeKeys.create(tmp_path / "keys.json")
    officer = Actor(kind=ActorKind.STAFF, node="341523", id="li")
    key = RequestKey("key-00001", "POST /api/v1/orders/1/contacts")
    return Requests(service_database(metadata), Once(remembered, keys, officer, key, NOON))


def test_the_same_request_again_has_one_effect_and_one_answer(requests: Requests) -> None:
    assert requests.send(Body()) == requests.send(Body())
    assert requests.effects() == 1


def test_the_same_key_with_another_body_is_refused(requests: Requests) -> None:
    requests.send(Body())

    with pytest.raises(Refused) as refused:
        requests.send(Body(note="b"))
    assert refused.value.code == "idempotency_key_reused"


def test_the_same_key_and_body_for_another_thing_is_refused(requests: Requests) -> None:
    requests.send(Body())
    elsewhere = replace(
        requests.once, key=RequestKey("key-00001", "POST /api/v1/orders/2/contacts")
    )

    with pytest.raises(Refused) as refused:
        requests.send(Body(), once=elsewhere)
    assert refused.value.code == "idempotency_key_reused"


def test_the_same_key_of_another_actor_is_another_key(requests: Requests) -> None:
    other = replace(requests.once, actor=replace(requests.once.actor, id="wang"))

    assert requests.send(Body()) != requests.send(Body(), once=other)


def test_a_failure_leaves_the_key_free(requests: Requests) -> None:
    with pytest.raises(Refused):
        requests.send(Body(), fails=True)

    requests.send(Body())

    assert requests.effects() == 1


def test_two_at_the_same_moment_have_one_effect_and_one_answer(requests: Requests) -> None:
    together = Barrier(2)

    def send(_: int) -> int:
        together.wait(10)
        return requests.send(Body())

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(send, range(2)))

    assert len(set(answers)) == 1
    assert requests.effects() == 1


def test_forgetting_old_answers_waits_for_nobody_else(requests: Requests) -> None:
    requests.send(Body())
    later = replace(requests.once, now=NOON + REMEMBERED + timedelta(seconds=1))

    with transaction(requests.engine, "sla") as busy:
        busy.execute(select(remembered).with_for_update())
        fresh = replace(later, key=RequestKey("key-00002", "POST /api/v1/cases"))
        assert requests.send(Body(), once=fresh)
    requests.send(Body(), once=later)

    assert requests.effects() == 3
