"""What portal asks outside of the house: the provider of a single sign-on."""

from services.portal.providers.open_id import (
    Begun,
    CameBack,
    OpenId,
    ProviderAway,
    ProviderSettings,
    Unproven,
)

__all__ = [
    "Begun",
    "CameBack",
    "OpenId",
    "ProviderAway",
    "ProviderSettings",
    "Unproven",
]
