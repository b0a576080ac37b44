"""What every service needs from Nameko, and nothing of any service.

Nameko, kombu and eventlet stay in here, in `shared.bus` and in each `service.py`; see
docs/adr/0007-nameko-at-the-edge.md for how we would leave them.
"""

from shared.chassis.carrier import Carrier, carries
from shared.chassis.every import every
from shared.chassis.hears import hears, hears_envelopes, hears_many
from shared.chassis.providers import (
    Cards,
    Database,
    Entries,
    Files,
    Keys,
    Neighbourhood,
    NodeSettings,
)
from shared.chassis.relay import Relay
from shared.chassis.runtime import NodeRuntime
from shared.chassis.seals import Books, Sealer

__all__ = [
    "Books",
    "Cards",
    "Carrier",
    "Database",
    "Entries",
    "Files",
    "Keys",
    "Neighbourhood",
    "NodeRuntime",
    "NodeSettings",
    "Relay",
    "Sealer",
    "carries",
    "every",
    "hears",
    "hears_envelopes",
    "hears_many",
]
