"""What an operator may change about notify."""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.notify.handlers import House
from services.notify.policy.delivery import Pace
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
