"""What an operator may change about review."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from services.review.policy import CallbackRules


class Settings(BaseModel):
    """How long the node waits for the person's word, and how it asks for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer_within_days: int = Field(
        default=15,
        ge=1,
        le=180,
        description="Days after the result in which the person may rate; then the case closes.",
    )

    callback_tries: int = Field(
        default=3, ge=1, le=20, description="Tries in vain after which a callback is given up."
    )
    callback_hours_apart: int = Field(
        default=4, ge=0, le=72, description="Hours from one such try on, until another counts."
    )
    centre_callback_percent: int = Field(
        default=100,
        ge=0,
        le=100,
        description="Share of results after which the centre calls, beside the units.",
    )

    @property
    def callback_rules(self) -> CallbackRules:
        """How persons are called back, in the words of the policy."""
        apart = timedelta(hours=self.callback_hours_apart)
        return CallbackRules(self.callback_tries, apart, self.centre_callback_percent)

    @property
    def answer_within(self) -> timedelta:
        """The time the person has, from the result."""
        return timedelta(days=self.answer_within_days)
