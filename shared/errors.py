"""The errors a handler may raise, and what becomes of the message.

    ServiceError
    ├── Permanent          parked at once with its reason: trying again cannot help
    │   ├── BadMessage         the body breaks its contract
    │   │   └── LaterWord      by nothing but a word that is on no list of this release
    │   └── Refused            the world does not allow it: wrong state, unknown thing (HTTP: 4xx)
    ├── NotYet             kept in `waiting`: its prerequisite has not been heard
    └── Unavailable        database or broker away: stop and wait, the message stays

Anything else that escapes a handler is a bug: logged with its traceback and parked.
"""

from enum import Enum, auto, unique

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

LIMIT_EXCEEDED = "54"
"""SQLSTATE class: a row or statement larger than PostgreSQL can ever take."""
READ_ONLY = "25006"
"""SQLSTATE: no writes for now, as on a standby, or on a managed server whose disk is full."""


class ServiceError(Exception):
    """Base of every error this project raises on purpose."""


class Permanent(ServiceError):
    """Trying again cannot help."""


class BadMessage(Permanent):
    """The body breaks its contract."""


class LaterWord(BadMessage):
    """The body says a word that is on no list of this release, and breaks nothing else."""


class Refused(Permanent):
    """What was asked is not possible in the present state.

    `code` is stable and machine-readable (`unknown_case`, `wrong_state`, …), `field` names the
    input that is to blame, where one is. The sentence for people is made at the edge.
    """

    def __init__(self, code: str, detail: str = "", *, field: str | None = None) -> None:
        super().__init__(detail or code)
        self.code = code
        self.detail = detail
        self.field = field


class NotYet(ServiceError):
    """A prerequisite of this event has not been heard; it will be run when that arrives."""


class Unavailable(ServiceError):
    """Database or broker is away; nothing is wrong with the message."""


@unique
class Verdict(Enum):
    """What becomes of a delivered message."""

    ACKNOWLEDGE = auto()
    KEEP = auto()
    WAIT = auto()
    PARK = auto()


def verdict(error: BaseException | None) -> Verdict:
    """Decide what becomes of a message whose handler ended with `error`."""
    match error:
        case None:
            return Verdict.ACKNOWLEDGE
        case NotYet():
            return Verdict.KEEP
        case Unavailable() | InterfaceError() | PoolTimeout():
            return Verdict.WAIT
        case DBAPIError() if _is_away(error):
            return Verdict.WAIT
        case _:
            return Verdict.PARK


def _is_away(error: DBAPIError) -> bool:
    state = str(getattr(error.orig, "sqlstate", None))
    # psycopg counts what is too large among the operational errors, but no row shrinks by
    # waiting, and a server that only reads among the internal ones, but it will write again.
    passes = isinstance(error, OperationalError) and not state.startswith(LIMIT_EXCEEDED)
    return error.connection_invalidated or passes or state == READ_ONLY
