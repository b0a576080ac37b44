"""Somebody who lost the query code, as the tests of it tell the story."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, event

from services.intake.handlers import (
    Asked,
    Asking,
    Claim,
    CodeHouse,
    Knock,
    Opened,
    Party,
    Registered,
    Trying,
    ask_code,
    claim_case,
    send_codes,
    use_code,
)
from services.intake.policy.guesses import GuessLimits
from services.intake.settings import Settings
from shared.events.intake import OneTimeCodeMade
from shared.events.sealed import PartyKind
from shared.outbox import said
from shared.security.sealing import NodeKeys
from shared.security.vault import sealer_for
from tests.integration.intake.stories import NINE, NODE, register

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
EASY = GuessLimits(per_number=5, per_address=10_000, window=15 * MINUTE)
_numbers = count(10_000_000)


def new_phone() -> str:
    """A mobile telephone that no other test has."""
    return f"+86137{next(_numbers)}"


def party(phone: str, name: str = "张晓明") -> Party:
    return Party(kind=PartyKind.PERSON, name=name, phone=phone)


@dataclass(frozen=True)
class Lost:
    """A person with a telephone, at a node."""

    db: Connection
    keys: NodeKeys
    phone: str
    house: CodeHouse

    @classmethod
    def at(cls, db: Connection, keys: NodeKeys, **rules: Any) -> "Lost":
        known = replace(Settings().lost_code_rules, **rules)
        return cls(db, keys, new_phone(), CodeHouse(NODE, keys, known, EASY))

    def reports(self, **told: Any) -> Registered:
        return register(self.db, self.keys, **{"reporter": party(self.phone), **told})

    def asks(
        self,
        number: str | None = None,
        *,
        phone: str = "",
        address: str = "",
        at: datetime = NINE,
    ) -> Asked:
        where = address or f"host-{uuid4()}"
        asking = Asking(phone or self.phone, number, where, at)
        return ask_code(self.db, self.house, asking)

    def asks_for_good(self, number: str | None = None, **more: Any) -> UUID:
        asked = self.asks(number, **more)
        assert asked.ask_id is not None
        return asked.ask_id

    def is_sent(self, ask_id: UUID, at: datetime = NINE + SECOND) -> str | None:
        """Let time pass, and return the code that was sent."""
        while send_codes(self.db, self.house, at, 50):
            pass
        for fact in said(self.db):
            if isinstance(fact, OneTimeCodeMade) and fact.ask_id == ask_id:
                return sealer_for(self.db, self.keys, fact.code.key_id).open(fact.code)
        return None

    def tries(
        self, ask_id: UUID, code: str, at: datetime = NINE + MINUTE, address: str = ""
    ) -> Opened:
        trying = Trying(ask_id, code, address or f"host-{uuid4()}", at)
        return use_code(self.db, self.house, trying)

    def opens(self, number: str, at: datetime = NINE + MINUTE) -> str:
        """Go all the way; return the pass."""
        ask_id = self.asks_for_good(number)
        code = self.is_sent(ask_id)
        assert code is not None
        case_pass = self.tries(ask_id, code, at).case_pass
        assert case_pass is not None
        return case_pass

    def shows(self, number: str, code: str, at: datetime = NINE + MINUTE) -> Claim:
        return claim_case(self.db, self.keys, Knock(number, code, f"host-{uuid4()}", at), EASY)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


class Statements:
    """The statements that run within, without their parameters."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.seen: list[str] = []

    def _note(self, _db: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        self.seen.append(statement)

    def __enter__(self) -> list[str]:
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self.seen

    def __exit__(self, *_exception: object) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)
