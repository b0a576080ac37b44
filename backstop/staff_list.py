"""The accounts of a node, for doors of services that have none."""

from backstop.node import Node
from services.portal.repository.accounts import account_of
from shared.http.staff import StaffAccount


class NodeStaffList:
    """What the portal knows of who may sign in."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def account(self, login: str) -> StaffAccount | None:
        """Return an account; None where nobody has this login."""
        with self._node.unit("portal").transaction() as db:
            known = account_of(db, login)
        return (
            None
            if known is None
            else StaffAccount(known.login, known.unit_code, known.name, known.active)
        )
