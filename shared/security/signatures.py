"""Two persons sign the same edition of a draft: what each writes, and who may be the second."""

from datetime import datetime
from typing import Any

from shared.errors import Refused
from shared.security.caller import Caller


def first_signature(caller: Caller, live_from: datetime | None) -> dict[str, Any]:
    """Return what the first signature writes, with the moment from which the draft shall hold.

    Refused: `live_in_the_past`.
    """
    if live_from is not None and live_from < caller.now:
        raise Refused("live_in_the_past", field="live_from")
    told: dict[str, Any] = {"first_by": caller.actor.id, "first_name": caller.actor.name}
    return {**told, "first_at": caller.now, "live_from": live_from}


def second_signature(
    first_by: str | None, live_from: datetime | None, caller: Caller
) -> dict[str, Any]:
    """Return what the second one writes; a moment that passed meanwhile is now, never earlier.

    Refused: `signed_by_you`.
    """
    if first_by == caller.actor.id:
        raise Refused("signed_by_you")
    told: dict[str, Any] = {"second_by": caller.actor.id, "second_name": caller.actor.name}
    return {**told, "second_at": caller.now, "live_from": max(live_from or caller.now, caller.now)}
