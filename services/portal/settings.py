"""What an operator may turn at portal: how long a sign-in holds, what a failed one costs, help."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from services.portal.policy import Limits, Patience, TokenRules
from services.portal.policy.exports import ExportRules


class Settings(BaseModel):
    """Portal's part of the node's configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    session_idle_minutes: int = Field(
        default=30, ge=1, description="A session ends after so long without a request."
    )
    session_hours: int = Field(
        default=12, ge=1, description="A session ends after so long, however busy it is."
    )
    sign_in_failures_per_account: int = Field(
        default=5, ge=1, description="Failed sign-ins of one account that cost no waiting."
    )
    sign_in_failures_per_address: int = Field(
        default=20, ge=1, description="Failed sign-ins from one address that cost no waiting."
    )
    sign_in_wait_seconds: int = Field(
        default=2, ge=1, description="The first wait after them; each failure doubles it."
    )
    sign_in_longest_wait_minutes: int = Field(
        default=15, ge=1, description="No wait after a failed sign-in is longer."
    )
    token_longest_days: int = Field(
        default=365, ge=1, le=3650, description="No token of another system lives longer."
    )
    token_overlap_hours: int = Field(
        default=24, ge=0, description="A token that was rotated opens for so long beside the new."
    )
    token_warn_days: int = Field(
        default=14, ge=1, description="So long before the end of a token people are warned."
    )

    export_alone_rows: int = Field(
        default=1_000, ge=0, description="More rows than this leave only if another one approves."
    )
    export_most_rows: int = Field(
        default=50_000, ge=1, description="More rows than this leave in no export."
    )
    export_hours: int = Field(
        default=24, ge=1, description="An export that nobody fetches is thrown away after so long."
    )

    hotline: str = Field(
        default="12345", description="The telephone number that every page offers for help."
    )
    window_address: str = Field(
        default="", description="Where the window is and when it is open; empty shows nothing."
    )

    @property
    def limits(self) -> Limits:
        """How long a session lives, in the words of the policy."""
        return Limits(
            idle=timedelta(minutes=self.session_idle_minutes),
            absolute=timedelta(hours=self.session_hours),
        )

    @property
    def export_rules(self) -> ExportRules:
        """How much may leave, in the words of the policy."""
        return ExportRules(
            alone=self.export_alone_rows,
            most=self.export_most_rows,
            kept=timedelta(hours=self.export_hours),
        )

    @property
    def token_rules(self) -> TokenRules:
        """How long tokens live, in the words of the policy."""
        return TokenRules(
            longest=timedelta(days=self.token_longest_days),
            overlap=timedelta(hours=self.token_overlap_hours),
            warned=timedelta(days=self.token_warn_days),
        )

    @property
    def patience_with_account(self) -> Patience:
        """What failures of one account cost."""
        return self._patience(self.sign_in_failures_per_account)

    @property
    def patience_with_address(self) -> Patience:
        """What failures from one address cost."""
        return self._patience(self.sign_in_failures_per_address)

    def _patience(self, free: int) -> Patience:
        return Patience(
            free=free,
            first=timedelta(seconds=self.sign_in_wait_seconds),
            longest=timedelta(minutes=self.sign_in_longest_wait_minutes),
            forgotten=timedelta(days=1),
        )
