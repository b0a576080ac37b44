"""What an operator may change about review."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """How long the node waits for the person's word."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer_within_days: int = Field(
        default=15,
        ge=1,
        le=180,
        description="Days after the result in which the person may rate; then the case closes.",
    )

    @property
    def answer_within(self) -> timedelta:
        """The time the person has, from the result."""
        return timedelta(days=self.answer_within_days)
