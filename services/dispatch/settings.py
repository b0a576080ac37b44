"""What an operator may change about dispatch."""

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """How strictly the node holds its units to the steps of an order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reconcile_hour: int = Field(
        default=2,
        ge=0,
        le=23,
        description="From this hour of China on, the ledger of custody is compared each night.",
    )
    attempt_before_finish: bool = Field(
        default=True,
        description="Whether a unit must log an attempt to reach the person before it finishes.",
    )
