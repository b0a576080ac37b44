"""What portal does: record what it hears, build the projection anew, keep the door to the desk."""

from services.portal.handlers.accounts import AccountOrder, put_account
from services.portal.handlers.facts import EVERYTHING
from services.portal.handlers.project import Heard, project
from services.portal.handlers.record import record
from services.portal.handlers.replay import Replayed, ReplayRunning, replay
from services.portal.handlers.signing_in import (
    SESSION_COOKIE,
    Credentials,
    Failed,
    SignedIn,
    SignInRules,
    actor_of,
    csrf_of,
    is_csrf_of,
    sign_in,
    sign_out,
    staff,
    tidy,
)

__all__ = [
    "EVERYTHING",
    "SESSION_COOKIE",
    "AccountOrder",
    "Credentials",
    "Failed",
    "Heard",
    "ReplayRunning",
    "Replayed",
    "SignInRules",
    "SignedIn",
    "actor_of",
    "csrf_of",
    "is_csrf_of",
    "project",
    "put_account",
    "record",
    "replay",
    "sign_in",
    "sign_out",
    "staff",
    "tidy",
]
