"""Cookies under HTTPS carry the `__Host-` prefix: no neighbouring host or plain HTTP sets them.

Inside the application they have their plain names; the outermost layer puts the prefix on and
takes it off, so that nothing below knows how people reach the node.
"""

from collections.abc import Iterable, Iterator

from backstop.headers import Header

PREFIX = "__Host-"
OURS = "backstop_"


def inbound(headers: Iterable[Header]) -> list[Header]:
    """Return a request's headers with our cookies under their plain names.

    One of ours that came without the prefix is left out: somebody else may have set it.
    """
    return [
        (name, _plain(value.decode("latin-1")).encode("latin-1")) if name == b"cookie" else header
        for header in headers
        for name, value in [header]
    ]


def outbound(headers: Iterable[Header]) -> list[Header]:
    """Return an answer's headers with the prefix before each of our cookies."""
    return [
        (name, _prefixed(value.decode("latin-1")).encode("latin-1"))
        if name.lower() == b"set-cookie"
        else header
        for header in headers
        for name, value in [header]
    ]


def _plain(line: str) -> str:
    return "; ".join(_plain_pairs(line))


def _plain_pairs(line: str) -> Iterator[str]:
    for pair in (part.strip() for part in line.split(";")):
        if pair.startswith(PREFIX + OURS):
            yield pair.removeprefix(PREFIX)
        elif not pair.startswith(OURS):
            yield pair


def _prefixed(line: str) -> str:
    if not line.startswith(OURS):
        return line
    # The prefix binds the browser to these: whoever deletes a cookie must say them as well.
    parts = [part.strip() for part in line.split(";")]
    present = {part.partition("=")[0].lower() for part in parts[1:]}
    lacking = [
        part for part in ("Path=/", "Secure") if part.partition("=")[0].lower() not in present
    ]
    return PREFIX + "; ".join((*parts, *lacking))
