"""The HTTP door of intake: register, look up, accept, decline, reveal."""

from services.intake.api.cases import router
from services.intake.api.claims import claim

__all__ = ["claim", "router"]
