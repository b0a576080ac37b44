"""What an operator may turn at portal: how long a sign-in holds, what a failed one costs, help."""

from datetime import timedelta
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.portal.policy import (
    AccountRules,
    ClaimRules,
    Limits,
    PasswordRules,
    Patience,
    ResetRules,
    SessionRules,
    TokenRules,
)
from services.portal.policy.exports import ExportRules
from services.portal.policy.plans import plan_of
from shared.security.actor import APART, Role


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
        default=100_000, ge=1, le=1_000_000, description="More rows than this leave in no export."
    )
    export_hours: int = Field(
        default=24, ge=1, description="An export that nobody fetches is thrown away after so long."
    )
    keep_export_days: int = Field(
        default=365,
        ge=180,
        description="Days that it is kept who exported what; never below six months.",
    )
    kiosk_idle_seconds: int = Field(
        default=60,
        ge=20,
        le=600,
        description="A kiosk that nobody touches for so long asks, and goes back to its start.",
    )
    keep_notice_days: int = Field(
        default=90, ge=7, le=730, description="Days that notices stay in the inboxes of staff."
    )
    password_length: int = Field(
        default=10, ge=8, le=64, description="A password has at least so many characters."
    )
    password_score: int = Field(
        default=3, ge=0, le=4, description="What zxcvbn says of a password, from 0 to 4, at least."
    )
    second_factor_roles: tuple[Role, ...] = Field(
        default=tuple(sorted(APART)),
        description="Who has one of these roles needs a second factor; on a demo node nobody.",
    )
    one_time_password_hours: int = Field(
        default=72, ge=1, description="A password that an administrator gives opens for so long."
    )
    reset_hours: int = Field(
        default=24, ge=1, description="A proposal to reset an account waits so long for approval."
    )
    demo: bool = Field(
        default=False, description="Taken from the node: passwords that are given stay."
    )

    sso_issuer: str = Field(
        default="",
        description="Issuer of the single sign-on by OpenID Connect, as it writes itself; "
        "empty: local accounts only.",
    )
    sso_title: str = Field(
        default="统一身份认证", description="What the button that leads to it says."
    )
    sso_client_id: str = Field(default="", description="As whom this node is known there.")
    sso_secret_file: Path | None = Field(
        default=None, description="A file that holds the secret of this client."
    )
    sso_scope: str = Field(
        default="openid profile", description="What is asked for, with spaces between."
    )
    sso_ca_file: Path | None = Field(
        default=None, description="Certificates of an authority that only this office trusts."
    )
    sso_login_claim: str = Field(
        default="preferred_username", description="The claim that becomes the login."
    )
    sso_name_claim: str = Field(default="name", description="The claim that holds the name.")
    sso_unit_claim: str = Field(
        default="unit", description="The claim that holds the code of the unit."
    )
    sso_roles_claim: str = Field(
        default="roles",
        description="The claim that lists the roles; a dot leads inside: realm_access.roles.",
    )
    sso_roles: dict[str, Role] = Field(
        default_factory=dict,
        description='What its values mean here, as JSON: {"bcs-window": "window_officer"}.',
    )
    sso_second_factor: bool = Field(
        default=False,
        description="Whether it asks everybody who needs a second factor for one, "
        "also where its answers do not say so.",
    )

    board_streams_per_account: int = Field(
        default=6, ge=1, description="Boards that one account may have open, in each web process."
    )
    board_streams: int = Field(
        default=200, ge=1, description="Boards that may be open at all, in each web process."
    )
    board_stream_minutes: int = Field(
        default=60,
        ge=0,
        description="A board is sent its numbers for so long, then it asks again; "
        "0: once each time it asks.",
    )

    hotline: str = Field(
        default="12345", description="The telephone number that every page offers for help."
    )
    window_address: str = Field(
        default="", description="Where the window is and when it is open; empty shows nothing."
    )

    snap_map_file: Path | None = Field(
        default=None,
        description="A map of yours (SVG, PNG, JPEG) on which people point at a place; without "
        "one a plan is drawn of the county seats around.",
    )
    snap_map_bounds: str = Field(
        default="",
        description="What that map shows, in degrees: south,west,north,east.",
    )

    @model_validator(mode="after")
    def _is_placed(self) -> Self:
        """Refuse a map of which nobody knows what it shows."""
        if self.snap_map_file is not None:
            plan_of(self.snap_map_bounds)
        return self

    @property
    def claim_rules(self) -> ClaimRules:
        """In which claims of the single sign-on things stand, in the words of the policy."""
        return ClaimRules(
            login=self.sso_login_claim,
            name=self.sso_name_claim,
            unit=self.sso_unit_claim,
            roles=self.sso_roles_claim,
            means={value: role.value for value, role in self.sso_roles.items()},
            asking=frozenset(self.second_factor_roles),
            asks_itself=self.sso_second_factor,
        )

    @property
    def limits(self) -> Limits:
        """How long a session lives, in the words of the policy."""
        return Limits(
            idle=timedelta(minutes=self.session_idle_minutes),
            absolute=timedelta(hours=self.session_hours),
        )

    def sessions(self, node: str) -> SessionRules:
        """Return what holds for sessions at a node."""
        return SessionRules(node, self.limits, frozenset(self.second_factor_roles))

    def accounts(self, *place: str) -> AccountRules:
        """Return what holds for accounts; the names of the place make bad passwords."""
        return AccountRules(
            password=PasswordRules(self.password_length, self.password_score),
            lasting=timedelta(hours=self.one_time_password_hours),
            place=place,
            demo=self.demo,
        )

    @property
    def resets(self) -> ResetRules:
        """How long a proposal waits, and what follows from it lasts."""
        lasting = timedelta(hours=self.one_time_password_hours)
        return ResetRules(timedelta(hours=self.reset_hours), lasting)

    @property
    def export_rules(self) -> ExportRules:
        """How much may leave, in the words of the policy."""
        return ExportRules(
            alone=self.export_alone_rows,
            most=self.export_most_rows,
            kept=timedelta(hours=self.export_hours),
            noted=timedelta(days=self.keep_export_days),
        )

    @property
    def keep_notices(self) -> timedelta:
        """How long notices stay."""
        return timedelta(days=self.keep_notice_days)

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
