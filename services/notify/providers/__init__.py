"""The ways out of the house: one module for each provider, `base` the port they all fit."""

from services.notify.providers.base import (
    Answer,
    Outgoing,
    Provider,
    ProviderDown,
    ProviderRefused,
    Receipt,
)
from services.notify.providers.embedded import Embedded, OpenTransaction

__all__ = [
    "Answer",
    "Embedded",
    "OpenTransaction",
    "Outgoing",
    "Provider",
    "ProviderDown",
    "ProviderRefused",
    "Receipt",
]
