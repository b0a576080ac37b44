"""What a channel says beside a report: sealed as it was told, and masked for facts."""

import json
from collections.abc import Mapping
from types import MappingProxyType

from services.intake.handlers.masks import Mask
from services.intake.policy.channels import CHANNEL_ROWS
from shared.events.sealed import Sealed
from shared.events.words import Channel, ChannelFieldTold
from shared.security.sealing import Sealer

ChannelFields = Mapping[str, str | float | bool]
SEALED_AS = "channel_fields"


def sealed_fields(sealer: Sealer, told: ChannelFields) -> Sealed | None:
    """Return the fields under the key of their case; None where there are none."""
    return sealer.seal(SEALED_AS, json.dumps(dict(told), ensure_ascii=False)) if told else None


def opened_fields(sealer: Sealer, sealed: Sealed | None) -> ChannelFields:
    """Return the fields as they were told."""
    return MappingProxyType({} if sealed is None else json.loads(sealer.open(sealed)))


def fields_told(channel: Channel, told: ChannelFields, mask: Mask) -> tuple[ChannelFieldTold, ...]:
    """Return what everybody who sees the case may read of the fields."""
    shown = [field.name for field in CHANNEL_ROWS[channel].fields if not field.private]
    return tuple(
        ChannelFieldTold(name=name, value_masked=_masked(told[name], mask))
        for name in shown
        if name in told
    )


def _masked(value: str | float | bool, mask: Mask) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return mask(str(value))
