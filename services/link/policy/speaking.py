"""Which neighbour may bring a fact about which node: nodes form a tree, by their codes."""

from datetime import timedelta

CLOCK_AHEAD = timedelta(days=1)
"""What a node says of a time farther ahead than this was said under a wrong clock."""


def may_speak_for(peer: str, node: str, here: str, parent: str | None) -> bool:
    """Tell whether a neighbour may bring what a node says of itself.

    One below brings its own and what lies within its area (GB/T 2260), the tier above what lies
    outside of ours. Nobody brings what is ours.
    """
    if node == here:
        return False
    if peer == parent:
        return not node.startswith(_area(here))
    return node == peer or node.startswith(_area(peer))


def may_pass_up(peer: str, speaker: str, addressee: str, here: str) -> bool:
    """Tell whether a neighbour below may tell what one node asked of or advised another.

    It may of nodes within its area: whoever is not below it is not its to speak for.
    """
    return all(may_speak_for(peer, node, here, None) for node in (speaker, addressee))


def _area(code: str) -> str:
    while code.endswith("00"):
        code = code[:-2]
    return code
