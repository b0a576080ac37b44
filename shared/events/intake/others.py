"""Several people report one matter together: one speaks for all, each follows by a code."""

from typing import ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.events.base import CaseEvent
from shared.events.sealed import Sealed, SealedParty
from shared.events.words import By

MOST_TOGETHER = 9
"""So many beside the one who speaks for all."""


class CoComplainant(BaseModel):
    """Somebody who reports it too; sealed under a key of their own, so that they can leave."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    serial: int
    party: SealedParty
    query_code: Sealed | None = None
    code_hash: str | None = None
    """Of their query code; never in an event."""
    left: bool = False
    """Their data were destroyed at their wish; the case goes on."""


class OwnCodeRenewed(CaseEvent):
    """Somebody beside who speaks for all has a new query code; their one before opens nothing."""

    name: ClassVar[str] = "intake.own_code_renewed.v1"
    stays_here: ClassVar[bool] = True

    renewal_id: UUID
    complainant: int
    """Which of several complainants; 0 for an agent beside the person."""
    query_code: Sealed
    by: By


def bare_others(kept: tuple[CoComplainant, ...]) -> tuple[CoComplainant, ...]:
    """Return those who report too as facts carry them."""
    hashes = dict.fromkeys(("name_hash", "phone_hash", "id_hash"))
    return tuple(
        each.model_copy(update={"code_hash": None, "party": each.party.model_copy(update=hashes)})
        for each in kept
    )
