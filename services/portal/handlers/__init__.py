"""What portal does: record what it hears, build the projection anew, keep the door to the desk."""

from services.portal.handlers.accounts import AccountOrder, put_account
from services.portal.handlers.auditing import note_export
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
from services.portal.handlers.tokens import (
    MadeToken,
    Recognised,
    Shown,
    TokenOrder,
    TokenUse,
    Welcome,
    make_token,
    recognise,
    revoke_token,
    rotate_token,
    tokens_ending_soon,
)

__all__ = [
    "EVERYTHING",
    "SESSION_COOKIE",
    "AccountOrder",
    "Credentials",
    "Failed",
    "Heard",
    "MadeToken",
    "Recognised",
    "ReplayRunning",
    "Replayed",
    "Shown",
    "SignInRules",
    "SignedIn",
    "TokenOrder",
    "TokenUse",
    "Welcome",
    "actor_of",
    "csrf_of",
    "is_csrf_of",
    "make_token",
    "note_export",
    "project",
    "put_account",
    "recognise",
    "record",
    "replay",
    "revoke_token",
    "rotate_token",
    "sign_in",
    "sign_out",
    "staff",
    "tidy",
    "tokens_ending_soon",
]
