"""The check of a number and its query code, for the middleware that makes a citizen of them."""

from services.intake import handlers
from services.intake.handlers import Claim, Knock
from shared.http import Door


def claim(door: Door, number: str, code: str, address: str) -> Claim:
    """Return whose case it is, in a transaction of its own: a wrong code is counted for good."""
    knock = Knock(number, code, address, door.now())
    with door.unit.transaction() as db:
        return handlers.claim_case(db, door.keys, knock, door.settings.guess_limits)
