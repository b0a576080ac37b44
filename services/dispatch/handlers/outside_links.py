"""The link by which an outside party answers: what it carries, and how it is known again.

Twenty signs in groups of four, so that somebody whose telephone runs no scripts can type them:
fourteen at random (63 bits), six that sign them for one question until one moment. Nothing keeps
them: the table has a keyed hash of the fourteen. Who copies that hash to another question, or puts
off its end, in the table, makes a link whose signature does not hold.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from services.dispatch.repository.outside import Question
from shared.security.identifiers import plain
from shared.security.numbers import CODE_ALPHABET, new_one_time_code, normalise_one_time_code
from shared.security.sealing import NodeKeys, hmac_sm3

RANDOM, SIGNED, GROUP = 14, 6, 4
PURPOSE = "outside-link"


@dataclass(frozen=True, slots=True)
class Link:
    """What is sent, and what is kept of it."""

    token: str = field(repr=False)
    mark: str


@dataclass(frozen=True, slots=True)
class SpokenCode:
    """Six digits told by telephone, and what is kept of them."""

    digits: str = field(repr=False)
    hash: str


def new_link(keys: NodeKeys, question_id: UUID, until: datetime) -> Link:
    """Return a link for one question until a moment; every one before it is dead then."""
    drawn = "".join(secrets.choice(CODE_ALPHABET) for _ in range(RANDOM))
    return Link(grouped(drawn + _signature(keys, drawn, question_id, until)), _mark(keys, drawn))


def new_spoken_code(keys: NodeKeys, question_id: UUID) -> SpokenCode:
    """Return a code that is asked for beside the link."""
    digits = new_one_time_code()
    return SpokenCode(digits, _code_hash(keys, question_id, digits))


def normalise_token(text: str) -> str | None:
    """Return the signs of a token as people type them; None if it cannot be one."""
    token = plain(text)
    is_one = len(token) == RANDOM + SIGNED and set(token) <= set(CODE_ALPHABET)
    return token if is_one else None


def mark_of(keys: NodeKeys, token: str) -> str:
    """Return the keyed hash under which the question of a token is found."""
    return _mark(keys, token[:RANDOM])


def is_signed(keys: NodeKeys, token: str, question: Question) -> bool:
    """Tell whether a token was made for this question, until the moment at which it ends."""
    right = _signature(keys, token[:RANDOM], question.question_id, question.answer_by)
    return hmac.compare_digest(token[RANDOM:], right)


def is_spoken_code(keys: NodeKeys, question: Question, typed: str) -> bool:
    """Tell whether this is the code that was told by telephone."""
    hashed = _code_hash(keys, question.question_id, normalise_one_time_code(typed) or "")
    return hmac.compare_digest(question.code_hash or "", hashed)


def grouped(token: str) -> str:
    """Return a token in groups of four, as it is sent and shown."""
    return "-".join(token[at : at + GROUP] for at in range(0, len(token), GROUP))


def _signature(keys: NodeKeys, drawn: str, question_id: UUID, until: datetime) -> str:
    told = f"{drawn}/{question_id}/{until.astimezone(UTC).isoformat()}"
    number = int.from_bytes(hmac_sm3(keys.lasting_subkey(PURPOSE), told.encode()))
    signs = []
    for _ in range(SIGNED):
        number, at = divmod(number, len(CODE_ALPHABET))
        signs.append(CODE_ALPHABET[at])
    return "".join(signs)


def _mark(keys: NodeKeys, drawn: str) -> str:
    return keys.lasting_hash("outside_link", drawn)


def _code_hash(keys: NodeKeys, question_id: UUID, digits: str) -> str:
    return keys.lasting_hash("outside_code", f"{question_id}/{digits}")
