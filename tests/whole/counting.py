"""How many statements something costs: `SET LOCAL ROLE` counts, BEGIN and COMMIT do not."""

from collections.abc import Callable

from sqlalchemy import event

from tests.whole.node import WholeNode


def cost(whole: WholeNode, act: Callable[[], object]) -> int:
    """Return how many statements an act sends to the database of a node."""
    sent: list[str] = []

    def note(_db: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(whole.node.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(whole.node.engine, "before_cursor_execute", note)
    return len(sent)
