"""What an operator may change about dispatch."""

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """How strictly the node holds its units to the steps of an order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attempt_before_finish: bool = Field(
        default=True,
        description="Whether a unit must log an attempt to reach the person before it finishes.",
    )
