"""What an operator may change about dispatch."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from services.dispatch.policy import ExtensionRules
from services.dispatch.policy.outside import OutsideLimits
from services.dispatch.policy.tracking import TrackingRules


class Settings(BaseModel):
    """How strictly the node holds its units to the steps of an order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reconcile_hour: int = Field(
        default=2,
        ge=0,
        le=23,
        description="From this hour of China on, the ledger of custody is compared each night.",
    )
    duty_gap_notice_hours: int = Field(
        default=16,
        ge=1,
        le=72,
        description="How many hours before a post opens it is told that nobody is on duty there.",
    )
    returns_most: int = Field(
        default=1,
        ge=0,
        le=10,
        description="How often a case is given back in a round before an arbitration decides.",
    )
    extensions_most: int = Field(
        default=1, ge=0, le=10, description="How often an order may be given more time."
    )
    extension_days: int = Field(
        default=5, ge=1, le=60, description="How many working days more an order is given at most."
    )
    tracking_days: int = Field(
        default=30,
        ge=1,
        le=180,
        description="How many days ahead the next word on a case that goes on may be due.",
    )
    tracking_reports_alone: int = Field(
        default=3,
        ge=1,
        le=50,
        description="After how many such reports somebody above must agree that it goes on.",
    )
    suggestions_act_above_percent: int = Field(
        default=0,
        ge=0,
        le=99,
        description="At which share of right ones a suggestion is acted upon alone; 0: never.",
    )
    attempt_before_finish: bool = Field(
        default=True,
        description="Whether a unit must log an attempt to reach the person before it finishes.",
    )
    outside_days: int = Field(
        default=14,
        ge=1,
        le=60,
        description="How many days an outside party has to answer, where nobody says otherwise.",
    )
    outside_wrong_links: int = Field(
        default=20, ge=3, description="Wrong links from one address in an hour, then a wait."
    )
    outside_wrong_codes: int = Field(
        default=5, ge=3, le=10, description="Wrong spoken codes, then a link must be sent anew."
    )
    outside_looks: int = Field(
        default=30, ge=1, description="Looks at outside parties' contacts and answers in an hour."
    )

    @property
    def outside_limits(self) -> OutsideLimits:
        """The limits on links and looks, in the words of the policy."""
        return OutsideLimits(
            per_address=self.outside_wrong_links,
            per_code=self.outside_wrong_codes,
            window=timedelta(hours=1),
            looks=self.outside_looks,
        )

    @property
    def alone_above(self) -> float:
        """The confidence at which a suggestion is acted upon by the system; 0 is never."""
        return self.suggestions_act_above_percent / 100

    @property
    def duty_gap_notice(self) -> timedelta:
        """How long before a post opens a gap is told."""
        return timedelta(hours=self.duty_gap_notice_hours)

    @property
    def extension_rules(self) -> ExtensionRules:
        """How far orders may be extended, in the words of the policy."""
        return ExtensionRules(self.extensions_most, self.extension_days)

    @property
    def tracking_rules(self) -> TrackingRules:
        """How long a case may go on without a result, in the words of the policy."""
        return TrackingRules(self.tracking_days, self.tracking_reports_alone)
