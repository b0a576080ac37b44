"""Several people report one matter together: one speaks for all, each follows by a code."""

from pydantic import BaseModel, ConfigDict

from shared.events.sealed import Sealed, SealedParty

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


def bare_others(kept: tuple[CoComplainant, ...]) -> tuple[CoComplainant, ...]:
    """Return those who report too as facts carry them."""
    hashes = dict.fromkeys(("name_hash", "phone_hash", "id_hash"))
    return tuple(
        each.model_copy(update={"code_hash": None, "party": each.party.model_copy(update=hashes)})
        for each in kept
    )
