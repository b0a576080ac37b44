"""What portal does: record what it hears, build the projection anew, keep the door to the desk."""

from services.portal.handlers.accounts import (
    FOUNDERS,
    AccountOrder,
    FounderOrder,
    Given,
    found,
    grant_roles,
    put_account,
)
from services.portal.handlers.auditing import (
    note_export,
)
from services.portal.handlers.browsers import (
    BROWSER_COOKIE,
    BROWSER_DAYS,
    known_browser,
    remembering,
)
from services.portal.handlers.counting import tell_days
from services.portal.handlers.exports import (
    NEEDS as EXPORT_NEEDS,
)
from services.portal.handlers.exports import (
    ExportAsking,
    Fetched,
    ask_export,
    decide_export,
    end_without_rights,
    fetch_export,
    make_export,
    tidy_exports,
)
from services.portal.handlers.facts import (
    EVERYTHING,
)
from services.portal.handlers.notices import Telling, tell, tell_staff
from services.portal.handlers.passwords import (
    PasswordChange,
    asked_of,
    change_password,
    proven,
)
from services.portal.handlers.patience import (
    Failed,
    Keys,
)
from services.portal.handlers.project import (
    Heard,
    project,
)
from services.portal.handlers.record import (
    record,
)
from services.portal.handlers.records import (
    Deed,
    note,
)
from services.portal.handlers.replay import (
    Replayed,
    ReplayRunning,
    replay,
)
from services.portal.handlers.resets import (
    Renewed,
    Wish,
    approve,
    propose,
    refuse,
)
from services.portal.handlers.second_factor import (
    Offered,
    confirm,
    offer,
    uri_of,
)
from services.portal.handlers.sessions import (
    SESSION_COOKIE,
    Holder,
    csrf_of,
    end_other_sessions,
    end_own_session,
    end_sessions,
    holder_of,
    is_csrf_of,
    sessions_of,
    sign_out,
    staff,
    tidy,
    token_hash,
)
from services.portal.handlers.sight import (
    sight_of,
)
from services.portal.handlers.signing_in import (
    CodeRules,
    CodeShown,
    Credentials,
    SignedIn,
    SignInRules,
    Visitor,
    begin_session,
    login_of,
    show_code,
    sign_in,
)
from services.portal.handlers.single_log_out import log_out
from services.portal.handlers.single_sign_on import (
    Flow,
    Proven,
    read_flow,
    sign_in_as,
    write_flow,
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
from services.portal.handlers.views import (
    ViewOrder,
    begin_with,
    drop_view,
    put_view,
)

__all__ = [
    "BROWSER_COOKIE",
    "BROWSER_DAYS",
    "EVERYTHING",
    "EXPORT_NEEDS",
    "FOUNDERS",
    "SESSION_COOKIE",
    "AccountOrder",
    "CodeRules",
    "CodeShown",
    "Credentials",
    "Deed",
    "ExportAsking",
    "Failed",
    "Fetched",
    "Flow",
    "FounderOrder",
    "Given",
    "Heard",
    "Holder",
    "Keys",
    "MadeToken",
    "Offered",
    "PasswordChange",
    "Proven",
    "Recognised",
    "Renewed",
    "ReplayRunning",
    "Replayed",
    "Shown",
    "SignInRules",
    "SignedIn",
    "Telling",
    "TokenOrder",
    "TokenUse",
    "ViewOrder",
    "Visitor",
    "Welcome",
    "Wish",
    "approve",
    "ask_export",
    "asked_of",
    "begin_session",
    "begin_with",
    "change_password",
    "confirm",
    "csrf_of",
    "decide_export",
    "drop_view",
    "end_other_sessions",
    "end_own_session",
    "end_sessions",
    "end_without_rights",
    "fetch_export",
    "found",
    "grant_roles",
    "holder_of",
    "is_csrf_of",
    "known_browser",
    "log_out",
    "login_of",
    "make_export",
    "make_token",
    "note",
    "note_export",
    "offer",
    "project",
    "propose",
    "proven",
    "put_account",
    "put_view",
    "read_flow",
    "recognise",
    "record",
    "refuse",
    "remembering",
    "replay",
    "revoke_token",
    "rotate_token",
    "sessions_of",
    "show_code",
    "sight_of",
    "sign_in",
    "sign_in_as",
    "sign_out",
    "staff",
    "tell",
    "tell_days",
    "tell_staff",
    "tidy",
    "tidy_exports",
    "token_hash",
    "tokens_ending_soon",
    "uri_of",
    "write_flow",
]
