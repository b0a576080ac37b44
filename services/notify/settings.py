"""What an operator may change about notify."""

from datetime import time, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.notify.handlers import DutyRules, House
from services.notify.policy.delivery import Pace
from services.notify.policy.quiet import QuietHours
from shared.events.portal import NoticeKind
from shared.security.sealing import NodeKeys


class Settings(BaseModel):
    """Read once at start-up; a malformed value stops it there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    public_url: str = Field(
        default="", description="Links in messages begin with it; empty: the node's public_url."
    )
    provider: Literal["embedded"] = Field(
        default="embedded", description="Who carries messages: embedded shows them on a page."
    )
    retry_seconds: tuple[int, ...] = Field(
        default=(30, 120, 600, 3600, 14400),
        description="Waits after each failed try; after the last it is given up. JSON list.",
    )
    lease_seconds: int = Field(
        default=60, ge=5, description="A sender that is silent for so long is taken for dead."
    )
    show_texts: bool = Field(
        default=False, description="Let staff read the texts that arrived; demonstrations only."
    )

    quiet_from: time = Field(
        default=time(22), description="From this clock time in China duty telephones are silent."
    )
    quiet_until: time = Field(
        default=time(8),
        description="Until this one, and then tell when it happened; the same: never silent.",
    )
    urgent_kinds: tuple[NoticeKind, ...] = Field(
        default=(NoticeKind.NOBODY, NoticeKind.SIGN_OVER, NoticeKind.SEARCH_OVER),
        description="What rings at any hour: nobody on duty, a term that is over. JSON list.",
    )
    keep_duty_days: int = Field(
        default=90, ge=7, le=730, description="Days that messages to duty telephones are listed."
    )

    @property
    def duty(self) -> DutyRules:
        """When duty telephones ring, in the words of the handlers."""
        quiet = QuietHours(self.quiet_from, self.quiet_until)
        return DutyRules(quiet, frozenset(self.urgent_kinds), self.provider)

    @property
    def keep_duty(self) -> timedelta:
        """How long messages to duty telephones are listed."""
        return timedelta(days=self.keep_duty_days)

    @property
    def pace(self) -> Pace:
        """The patience of these settings in the words of the policy."""
        return Pace(
            waits=tuple(timedelta(seconds=wait) for wait in self.retry_seconds),
            lease=timedelta(seconds=self.lease_seconds),
        )

    def house(self, keys: NodeKeys) -> House:
        """Return what of the node a message depends on."""
        return House(keys, self.public_url, self.provider)
