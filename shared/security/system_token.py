"""The token of another system: how it is written, and what one may be allowed.

`bst_<8 letters and digits>_<40 letters and digits><6 check signs>`: scanners for leaked secrets
find it by its beginning, and the check (CRC-32) tells a slip of the hand from a wrong token.
"""

import re
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from zlib import crc32

from shared.events.words import Channel
from shared.security.policy import IMPORT_SCOPE, Action
from shared.security.sealing import NodeKeys, hmac_sm3

PREFIX = "bst_"
PATTERN = re.compile(r"bst_([a-z0-9]{8})_([A-Za-z0-9]{40})([A-Za-z0-9]{6})", re.ASCII)
ID_SIGNS = string.ascii_lowercase + string.digits
SIGNS = string.ascii_letters + string.digits
ID_LENGTH, SECRET_LENGTH, CHECK_LENGTH = 8, 40, 6
PURPOSE = "system-token"

ACTIONS = (
    Action.CASE_REGISTER,
    Action.CASE_READ,
    Action.CASE_URGE,
    Action.ORDER_READ,
    Action.HAND_OVER_READ,
    Action.BELOW_READ,
    Action.SUPERVISION_READ,
    Action.LINK_READ,
    Action.MESSAGE_READ,
    Action.EVALUATION_SUBMIT,
    Action.REPORT_READ,
    Action.UNIT_WRITE,
    Action.ITEM_WRITE,
    Action.ATTACHMENT_ADD,
)
"""What a program may be let do: no decision, no person in the clear, no administration."""
CHANNEL_SCOPES: Mapping[str, Channel] = MappingProxyType(
    {f"channel:{channel}": channel for channel in Channel}
)
SCOPES = (*(action.value for action in ACTIONS), *CHANNEL_SCOPES, IMPORT_SCOPE)
"""Everything that may be chosen for a token."""


@dataclass(frozen=True, slots=True)
class SystemToken:
    """A token as it is written; its id may be known, its secret is kept nowhere."""

    id: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """The whole, as the other system sends it."""
        return f"{PREFIX}{self.id}_{self.secret}{_check(self.id, self.secret)}"

    def digest(self, keys: NodeKeys) -> str:
        """Return what is kept of it: HMAC-SM3 under a key of this node alone."""
        return hmac_sm3(keys.lasting_subkey(PURPOSE), f"{self.id}/{self.secret}".encode()).hex()


def new_id() -> str:
    """Return an id for a token; whoever makes one checks that it is free."""
    return _chosen(ID_SIGNS, ID_LENGTH)


def new_token(token_id: str) -> SystemToken:
    """Return a token of this id with a fresh secret of 238 bits."""
    return SystemToken(token_id, _chosen(SIGNS, SECRET_LENGTH))


def read_token(text: str) -> SystemToken | None:
    """Read a token as it was sent; None if a sign is wrong or missing."""
    parts = PATTERN.fullmatch(text)
    if parts is None:
        return None
    token_id, secret, check = parts.groups()
    return SystemToken(token_id, secret) if check == _check(token_id, secret) else None


def _check(token_id: str, secret: str) -> str:
    left, signs = crc32(f"{PREFIX}{token_id}_{secret}".encode()), ""
    for _ in range(CHECK_LENGTH):
        left, place = divmod(left, len(SIGNS))
        signs += SIGNS[place]
    return signs


def _chosen(signs: str, length: int) -> str:
    return "".join(secrets.choice(signs) for _ in range(length))
