"""What an operator may change about link."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from services.link.policy import Pace
from shared.events.words import Disclosure


class Settings(BaseModel):
    """How often a link beats, and how patient it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    beat_seconds: int = Field(
        default=30, ge=1, description="A link with nothing to say says so this often."
    )
    resend_seconds: int = Field(
        default=60, ge=1, description="A parcel without receipt goes once more after so long."
    )
    longest_resend_seconds: int = Field(
        default=3600, ge=1, description="Each time it waits twice as long, but never longer."
    )
    down_after_seconds: int = Field(
        default=600, ge=1, description="A neighbour that is silent for so long counts as down."
    )

    bundle_part_megabytes: int = Field(
        default=1000,
        ge=1,
        description="A bundle for a neighbour goes on in another file after so much.",
    )
    bundle_most_megabytes: int = Field(
        default=4000, ge=1, description="A larger file is not taken for a bundle of a neighbour."
    )
    bundle_files_megabytes: int = Field(
        default=200,
        ge=1,
        description="So much of files (sealed: a third more than they are) goes into one bundle.",
    )
    orders_again_days: int = Field(
        default=90,
        ge=1,
        description="A restored neighbour is told the erasures and corrections of so many days "
        "again: as long as backups are kept.",
    )

    certificate_days: int = Field(
        default=365, ge=1, description="So long a certificate of a broker or a child holds."
    )
    authority_days: int = Field(
        default=3650, ge=1, description="So long the node's own link authority holds."
    )
    invitation_days: int = Field(
        default=7, ge=1, le=30, description="So long a child may join by its invitation."
    )

    disclosure: Disclosure = Field(
        default=Disclosure.VIEW,
        description="What the tier above sees of cases that it has not taken over: none, view "
        "(masked) or assist (masked, and it may advise).",
    )

    keep_refused_days: int = Field(
        default=365,
        ge=180,
        description="Days that it is kept what was not believed; never below six months.",
    )

    @property
    def refusals_kept(self) -> timedelta:
        """How long it is kept what was not believed."""
        return timedelta(days=self.keep_refused_days)

    file_window: int = Field(
        default=8,
        ge=1,
        le=200,
        description="Pieces of files (128 KiB each) that may be under way to a neighbour at once.",
    )

    @property
    def pace(self) -> Pace:
        """The patience of these settings in the words of the policy."""
        return Pace(
            beat=timedelta(seconds=self.beat_seconds),
            resend=timedelta(seconds=self.resend_seconds),
            longest=timedelta(seconds=self.longest_resend_seconds),
            down_after=timedelta(seconds=self.down_after_seconds),
            orders_again=timedelta(days=self.orders_again_days),
            window=self.file_window,
            by_hand=self.bundle_files_megabytes * 1_000_000,
        )
