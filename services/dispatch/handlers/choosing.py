"""Note, where a dispatcher gives a pooled case, what became of the suggestions for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from services.dispatch.policy.choices import Choice, choice_of
from services.dispatch.repository.choices import add_choice, choices_since
from services.dispatch.repository.orders import Order
from shared.metrics import SUGGESTIONS_TAKEN
from shared.security.caller import Caller
from shared.tally import tally

LOOKED_BACK = timedelta(days=30)


def note_choice(
    db: Connection, order: Order, suggested: Sequence[tuple[str, float]], caller: Caller
) -> None:
    """Keep and count what was made of these suggestions, units with confidences."""
    choice = choice_of(order.unit_code, suggested)
    add_choice(db, order.order_id, choice, caller.now)
    told = {"taken": choice.taken.value, "confidence": choice.band.value}
    tally(db, SUGGESTIONS_TAKEN, node=caller.actor.node, **told)


def recent_choices(db: Connection, now: datetime) -> Mapping[Choice, int]:
    """Count what was made of suggestions within thirty days."""
    return choices_since(db, now - LOOKED_BACK)
