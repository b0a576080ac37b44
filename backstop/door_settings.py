"""What an operator may change about the doors of the web process: how much one asker may ask.

Each limit is both: so many requests at once, and so many a minute from then on. 0 is no limit. A
worker process counts for itself, so that several of them let through as many times more.
"""

from pydantic import BaseModel, ConfigDict, Field

from backstop.addresses import NetworkName


class DoorSettings(BaseModel):
    """The limits by who asks and for what."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    address_requests: int = Field(
        default=6_000, ge=0, description="Requests a minute from one address, whoever asks."
    )
    anonymous_reads: int = Field(
        default=1_200, ge=0, description="Pages read a minute by nobody in particular, by address."
    )
    anonymous_posts: int = Field(
        default=300, ge=0, description="Forms sent a minute by nobody in particular, by address."
    )
    citizen_requests: int = Field(
        default=120, ge=0, description="Requests a minute for one case by its query code."
    )
    staff_requests: int = Field(
        default=600, ge=0, description="Requests a minute by one account of the staff."
    )
    system_requests: int = Field(
        default=6_000, ge=0, description="Requests a minute by one token of another system."
    )
    spared: tuple[NetworkName, ...] = Field(
        default=(),
        description='Networks without limits, as JSON: ["10.9.0.0/16"]; loopback too under demo.',
    )
