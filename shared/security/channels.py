"""Which way of reporting a role may use, and which are open to everybody."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.security.actor import Role

PUBLIC_CHANNELS = frozenset({"web", "app", "snap", "kiosk", "enterprise_portal"})
_AT_THE_WINDOW = frozenset({"window", "evaluation", "midway_exit", "video", "grid", "third_party"})

CHANNELS: Mapping[Role, frozenset[str]] = MappingProxyType(
    {
        Role.WINDOW_OFFICER: _AT_THE_WINDOW,
        Role.WINDOW_HEAD: _AT_THE_WINDOW,
        Role.HOTLINE_AGENT: frozenset({"hotline", "sms", "outbound_call"}),
        Role.DISPATCHER: frozenset({"upper_tier"}),
    }
)
