"""Know a browser again in which a login has succeeded, so that strangers cannot lock it out.

A mark is a random name signed for one login with the node's key. Who holds it counts by itself
when a sign-in fails; it opens nothing. After OWASP's “device cookies”.
"""

import hmac
import secrets

from shared.security.sealing import NodeKeys

BROWSER_COOKIE = "backstop_known"
BROWSER_DAYS = 180
MOST_MARKS = 5
"""At a window several people share one browser."""
NAME_BYTES = 9
BETWEEN, INSIDE = "~", "."


def known_browser(keys: NodeKeys, login: str, cookie: str) -> str:
    """Return the name under which a browser is known to a login, empty for any other one."""
    for mark in cookie.split(BETWEEN)[:MOST_MARKS]:
        name, _, signature = mark.partition(INSIDE)
        signed = _signature(keys, login, name)
        if name and hmac.compare_digest(signed.encode(), signature.encode()):
            return name
    return ""


def remembering(keys: NodeKeys, login: str, cookie: str) -> str:
    """Return the cookie with a mark for one more login, those it had before behind it."""
    if known_browser(keys, login, cookie):
        return cookie
    name = secrets.token_urlsafe(NAME_BYTES)
    before = [mark for mark in cookie.split(BETWEEN) if mark][: MOST_MARKS - 1]
    return BETWEEN.join([f"{name}{INSIDE}{_signature(keys, login, name)}", *before])


def _signature(keys: NodeKeys, login: str, name: str) -> str:
    told = f"{login}\0{name}".encode()
    return hmac.new(keys.subkey("known browser"), told, "sha256").hexdigest()
