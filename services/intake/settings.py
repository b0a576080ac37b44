"""What an operator may change about intake."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from services.intake.policy.guesses import GuessLimits


class Settings(BaseModel):
    """Read once at start-up; a malformed value stops it there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    wrong_codes_per_number: int = Field(
        default=5, ge=1, description="Wrong query codes for one number before it must wait."
    )
    wrong_codes_per_address: int = Field(
        default=20, ge=1, description="Wrong query codes from one address before it must wait."
    )
    wrong_code_minutes: int = Field(
        default=15, ge=1, description="Minutes in which wrong query codes are counted together."
    )

    @property
    def guess_limits(self) -> GuessLimits:
        """The limits on guessing in the words of the policy."""
        return GuessLimits(
            per_number=self.wrong_codes_per_number,
            per_address=self.wrong_codes_per_address,
            window=timedelta(minutes=self.wrong_code_minutes),
        )
