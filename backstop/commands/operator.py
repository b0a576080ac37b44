"""Who works at the node's own machine, as the audit is told of it."""

import getpass
from contextlib import suppress

from shared.audit import Entry
from shared.clock import utcnow
from shared.security.actor import Actor, ActorKind
from shared.security.policy import Action

COMMAND_LINE = "command-line"


def operator(node: str) -> Actor:
    """Return whoever runs this command, by the name of their account on this machine."""
    name = ""
    with suppress(OSError, KeyError):
        name = getpass.getuser()
    return Actor(kind=ActorKind.SYSTEM, node=node, id=COMMAND_LINE, name=name)


def operator_did(node: str, action: Action, about: str, purpose: str) -> Entry:
    """Return what is written down of a message that was settled by hand."""
    return Entry(
        at=utcnow(),
        actor=operator(node),
        action=action,
        object_kind="parked",
        object_id=about,
        purpose=purpose,
    )
