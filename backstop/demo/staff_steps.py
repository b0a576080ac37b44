"""What every step has that a member of staff does: by whom, at which node, what is sent."""

from typing import Any, ClassVar, Literal

from backstop.demo.catalogue import Entry

Node = Literal["341523", "341500", "340000"]
NOT_SENT = frozenset({"do", "by", "at", "to"})


class StaffStep(Entry):
    """Something that a member of staff did."""

    by: str
    """The login of the account."""
    at: Node | None = None
    """The node; absent where the case was registered."""

    @property
    def body(self) -> dict[str, Any]:
        """Return what the API is sent."""
        return self.model_dump(mode="json", exclude=set(NOT_SENT), exclude_none=True)


class OrderStep(StaffStep):
    """A step of a unit with its order."""

    verb: ClassVar[str]
