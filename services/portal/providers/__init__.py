"""What portal asks outside of the house: the provider of a single sign-on."""

from services.portal.providers.logout import HOLDS, LoggedOut
from services.portal.providers.open_id import (
    Begun,
    CameBack,
    OpenId,
    ProviderAway,
    ProviderSettings,
    Unproven,
)

__all__ = [
    "HOLDS",
    "Begun",
    "CameBack",
    "LoggedOut",
    "OpenId",
    "ProviderAway",
    "ProviderSettings",
    "Unproven",
]
