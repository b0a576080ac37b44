"""The ways to a neighbour: what a carrier must do, whichever it is."""

from services.link.carriers.base import Carrier, Letter

__all__ = ["Carrier", "Letter"]
