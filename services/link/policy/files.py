"""How many pieces of files may be under way at once: facts never wait behind more than these."""


def may_go(window: int, unreceipted: int) -> int:
    """Return how many pieces get a number now; none while the neighbour owes so many receipts.

    Facts count as well: a link that has fallen behind with them gives them all its room.
    """
    return max(window - unreceipted, 0)
