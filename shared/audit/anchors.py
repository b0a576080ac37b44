"""The daily anchor: the heads of all chains of a node, signed, and kept where it cannot reach.

It also says again what the heads at its last anchors are now. Whoever holds those sees at once
whether the chains grew or were made anew; a node that lies about it is found out by its export.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.errors import BadMessage
from shared.security.letters import Card, sign, was_signed_by
from shared.security.sealing import NodeKeys, sm3

Heads = Mapping[str, tuple[int, str]]
"""Schema → number and head of its last seal."""
AGAIN = 7
"""So many of the last anchors are said again: a week may be lost on the way."""


class Earlier(BaseModel):
    """What the heads at an earlier anchor are now."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    heads: Heads


class Anchor(BaseModel):
    """What a node says of its chains."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    anchor: Literal[1] = 1
    node: str
    number: int = Field(ge=1)
    day: date
    at: AwareDatetime
    heads: Heads
    earlier: list[Earlier] = []

    @property
    def name(self) -> str:
        """How people are told which one it is."""
        return f"{self.node} {self.day} #{self.number}"


class Signed(BaseModel):
    """An anchor as it is kept and sent: exactly what was signed, and the signature."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    body: str
    signature: str

    @classmethod
    def by(cls, keys: NodeKeys, anchor: Anchor) -> "Signed":
        """Sign an anchor."""
        body = anchor.model_dump_json()
        return cls(body=body, signature=sign(keys, body.encode()))

    @property
    def digest(self) -> str:
        """The SM3 of what was signed."""
        return sm3(self.body.encode())

    @property
    def anchor(self) -> Anchor:
        """What it says."""
        return Anchor.model_validate_json(self.body)

    def is_by(self, card: Card) -> bool:
        """Tell whether the node of this card signed it when it says, and of itself."""
        anchor = self.anchor
        signed = was_signed_by(card, self.body.encode(), self.signature, anchor.at)
        return signed and anchor.node == card.code


def contradiction(new: Anchor, held: Iterable[Anchor]) -> str | None:
    """Return how an anchor contradicts those held of its node; None if it extends them."""
    again = {earlier.number: earlier.heads for earlier in new.earlier}
    for before in held:
        if new.number <= before.number:
            return f"number {before.number}"
        told = again.get(before.number, before.heads)
        for schema, (seq, head) in before.heads.items():
            now_seq, now_head = new.heads.get(schema, (0, ""))
            is_other = now_seq == seq and now_head != head
            if now_seq < seq or is_other or tuple(told.get(schema, ())) != (seq, head):
                return f"{schema} {seq}"
    return None


def anchored(anchors: Iterable[Anchor]) -> Mapping[str, Mapping[int, Mapping[str, str]]]:
    """Return by schema which heads its seals have, and which anchor says so."""
    found: defaultdict[str, defaultdict[int, dict[str, str]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for anchor in anchors:
        for schema, (seq, head) in anchor.heads.items():
            if seq:
                found[schema][seq][head] = anchor.name
    return found


def read_anchors(file: Path, card: Card) -> list[Anchor]:
    """Read a file of anchors that one node signed; BadMessage names the line that it did not."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [_read(line, card, f"{file}:{place}") for place, line in enumerate(lines, start=1)]


def _read(line: str, card: Card, place: str) -> Anchor:
    try:
        signed = Signed.model_validate_json(line)
        is_theirs = signed.is_by(card)
    except ValidationError as error:
        raise BadMessage(f"{place}: no anchor") from error
    if not is_theirs:
        raise BadMessage(f"{place}: not signed by {card.code}")
    return signed.anchor
