"""What somebody who signed in must do before anything else, and what is open meanwhile."""

from collections.abc import Collection
from enum import StrEnum


class Duty(StrEnum):
    """What comes first."""

    CHANGE_PASSWORD = "change_password"  # noqa: S105  # a duty, no secret
    """Somebody else has given the present one."""
    ENROL = "enrol"
    """A role that the account has asks for a second factor, and there is none."""


ALWAYS_OPEN = ("/look", "/desk/leave", "/api/v1/sessions")
"""Print size, and the way out."""
OPEN = {
    Duty.CHANGE_PASSWORD: ("/desk/account/password", "/api/v1/account/password"),
    Duty.ENROL: ("/desk/account/second-factor", "/api/v1/account/second-factor"),
}


def duty_of(
    *, must_change: bool, enrolled: bool, roles: Collection[str], asking: Collection[str]
) -> Duty | None:
    """Return what comes first; `asking` are the roles that ask for a second factor."""
    if must_change:
        return Duty.CHANGE_PASSWORD
    return None if enrolled or set(roles).isdisjoint(asking) else Duty.ENROL


def is_open(duty: Duty, path: str) -> bool:
    """Tell whether a path leads to what has to be done, or out."""
    there = (*ALWAYS_OPEN, *OPEN[duty])
    return any(path == each or path.startswith(f"{each}/") for each in there)
