"""Of which unit an account is: asked by doors that put people on lists of their own."""

from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends, Request


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """An account of the node, ended or not; one without a unit works for the whole node."""

    login: str
    unit: str | None
    name: str = ""
    active: bool = True


class StaffList(Protocol):
    """The accounts of the node."""

    def account(self, login: str) -> StaffAccount | None:
        """Return an account; None where nobody has this login."""


async def _staff(request: Request) -> StaffList:
    staff: StaffList = request.app.state.staff_list
    return staff


Staff = Annotated[StaffList, Depends(_staff)]
