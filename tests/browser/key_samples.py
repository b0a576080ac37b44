"""Pages about the keys of a node."""

from datetime import timedelta

from services.portal.pages.keys import key_values
from shared.security.actor import Role
from shared.security.key_room import KeysState, KeyState
from tests.browser.facts import NOW, TOOLS, officer
from tests.browser.sample import Sample

SECURITY = officer(Role.SECURITY_ADMINISTRATOR)
ADMINISTRATOR = officer(Role.SYSTEM_ADMINISTRATOR)
OFFICE = dict.fromkeys(TOOLS, False) | {"admin": True, "roles": "系统管理员"}
ONE_KEY = KeysState(
    keys=[KeyState(name="1", current=True, made_at=None, sealed=48_212)],
    places={},
    done=48_212,
    to_do=0,
    index_made_at=None,
    index_renewing=False,
    copies=[],
)
KEYS = ONE_KEY.model_copy(
    update={
        "keys": [
            KeyState(name="3", current=True, made_at=NOW - timedelta(minutes=9), sealed=271_500),
            KeyState(name="2", current=False, made_at=NOW - timedelta(days=90), sealed=48_212),
            KeyState(name="1", current=False, made_at=None, sealed=0),
        ],
        "places": {"vault.case_keys.wrapped": 48_200, "intake.idempotency.answer": 12},
        "done": 271_500,
        "to_do": 48_212,
        "copies": ["341523.json.before-2", "341523.json.before-3"],
    }
)
KEY_SAMPLES = {
    "admin_keys": Sample(
        "admin/keys.html",
        {"tools": OFFICE, "changes": True, "note": "", "told": "", **key_values(KEYS)},
        SECURITY,
        "/admin/keys",
    ),
    "admin_keys_quiet": Sample(
        "admin/keys.html",
        {"tools": OFFICE, "changes": False, "note": "", "told": "", **key_values(ONE_KEY)},
        ADMINISTRATOR,
        "/admin/keys",
    ),
}
