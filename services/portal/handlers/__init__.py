"""What portal does: record what it hears, build the projection anew, keep the door to the desk."""

from services.portal.handlers.accounts import AccountOrder, put_account
from services.portal.handlers.auditing import note_export
from services.portal.handlers.exports import (
    NEEDS as EXPORT_NEEDS,
)
from services.portal.handlers.exports import (
    ExportAsking,
    ask_export,
    decide_export,
    fetch_export,
    make_export,
)
from services.portal.handlers.facts import EVERYTHING
from services.portal.handlers.project import Heard, project
from services.portal.handlers.record import record
from services.portal.handlers.replay import Replayed, ReplayRunning, replay
from services.portal.handlers.sight import sight_of
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
    "EXPORT_NEEDS",
    "SESSION_COOKIE",
    "AccountOrder",
    "Credentials",
    "ExportAsking",
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
    "ask_export",
    "csrf_of",
    "decide_export",
    "fetch_export",
    "is_csrf_of",
    "make_export",
    "make_token",
    "note_export",
    "project",
    "put_account",
    "recognise",
    "record",
    "replay",
    "revoke_token",
    "rotate_token",
    "sight_of",
    "sign_in",
    "sign_out",
    "staff",
    "tidy",
    "tokens_ending_soon",
]
