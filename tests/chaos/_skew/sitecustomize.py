"""Puts the clock of a process ahead, where this folder is on its path, before anything reads it.

A preloaded library that fakes the clock of the system would fake the one that waits run on too.
"""

import os
from datetime import datetime, timedelta
from uuid import UUID

from shared import clock

AHEAD = timedelta(seconds=float(os.environ["CLOCK_AHEAD_SECONDS"]))
AHEAD_IN_IDS = int(AHEAD.total_seconds() * 1000) << 80
true_now, true_id = clock.utcnow, clock.new_id


def utcnow() -> datetime:
    """Return the present instant as this host has it."""
    return true_now() + AHEAD


def new_id() -> UUID:
    """Return a fresh UUIDv7 of that instant."""
    return UUID(int=true_id().int + AHEAD_IN_IDS)


clock.utcnow, clock.new_id = utcnow, new_id
