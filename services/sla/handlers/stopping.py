"""A clock stops: what it owed by then is said first."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.sla import policy, repository
from services.sla.handlers.clocks import Promise, facts, say_lamp
from services.sla.handlers.passing import bring_to
from services.sla.policy import Lamp
from services.sla.repository import Clock
from shared.events.sla import WITHDRAWN, ClockStopped, StopReason
from shared.outbox import say


def stop(
    db: Connection, running: Iterable[Clock], at: datetime, reason: StopReason, promise: Promise
) -> None:
    """Stop these clocks; one that stops past its limit is red, and missed if nobody saw it.

    What should have followed by then follows first. One that rests is charged up to the moment
    from which it has rested.
    """
    for owed in running:
        _stop(db, bring_to(db, owed, at, promise), at, {"reason": reason})


def stop_explained(
    db: Connection, running: Iterable[Clock], at: datetime, promise: Promise
) -> None:
    """Stop these clocks likewise: an explanation met them, and the work goes on."""
    for owed in running:
        how = {"reason": StopReason.MET, "explained": True}
        _stop(db, bring_to(db, owed, at, promise), at, how)


def stop_withdrawn(
    db: Connection, running: Iterable[Clock], at: datetime, promise: Promise
) -> None:
    """Stop these clocks likewise: the person wants nothing any more, so no limit is kept by it.

    One that had passed by then stays missed: nobody is rid of that by a withdrawal.
    """
    for owed in running:
        how = {"reason": StopReason.RETURNED, "reason_detail": WITHDRAWN}
        _stop(db, bring_to(db, owed, at, promise), at, how)


def _stop(db: Connection, clock: Clock, at: datetime, how: Mapping[str, Any]) -> None:
    on_time = not policy.is_missed(clock.due_at, clock.paused_at or at)
    lamp = clock.lamp if on_time else Lamp.RED
    stopped = replace(clock, lamp=lamp)
    say_lamp(db, stopped, clock.lamp, at)
    repository.stop_clock(db, stopped, at, how.get("reason_detail") or how["reason"])
    say(db, ClockStopped(**facts(stopped), **how, occurred_at=at, on_time=on_time))
