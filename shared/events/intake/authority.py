"""By which right somebody speaks for another person of a case, and which of both is told of it."""

from datetime import date
from enum import StrEnum, unique

from pydantic import BaseModel, ConfigDict

from shared.events.sealed import Sealed


@unique
class AgentTold(StrEnum):
    """Who hears how the case goes on, and has its query code."""

    AGENT = "agent"
    PRINCIPAL = "principal"
    BOTH = "both"
    """Each with a query code of their own."""


class AgentAuthority(BaseModel):
    """What an agent was given by the principal (委托书): kind, for what, until when."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    relation: str
    """What the agent is to the principal."""
    told: str = AgentTold.AGENT
    kind: str | None = None
    """By which paper; None where nothing was shown."""
    scopes: tuple[str, ...] = ()
    """What it is for, by action; empty for everything."""
    valid_until: date | None = None
    """The last day on which it counts."""
    note: Sealed | None = None
    """What else stands in it."""
    code_hash: str | None = None
    """Of the agent's own query code, where both have one; never in an event."""


def bare_authority(kept: AgentAuthority | None) -> AgentAuthority | None:
    """Return an authority as facts carry it."""
    return kept and kept.model_copy(update={"code_hash": None})
