"""Keys of programs that cannot show a bearer token, as the bearer tokens that they are.

The `api_key` of Open311 stands in a form or a query; a gateway of messages, which is told where to
post by one address, shows the name and password of that address: the two parts of a token.
"""

from base64 import b64decode
from urllib.parse import parse_qs

from starlette.types import Message, Receive, Scope

from shared.http.georeport import PREFIX
from shared.security.system_token import PREFIX as TOKEN

NAME = "api_key"
GATEWAY = "/api/v1/sms/kannel"
"""The only door at which a password is looked at: a browser would show one by itself."""
MOST_FIELDS = 200
"""A form with more is none of this API, and shows no key."""
URLENCODED = b"application/x-www-form-urlencoded"


def is_asked_by_key(scope: Scope) -> bool:
    """Tell whether a request is of the API whose programs show their key in this way."""
    headers = dict(scope["headers"])
    return scope["path"].startswith(f"{PREFIX}/") and b"authorization" not in headers


def key_of_query(scope: Scope) -> str | None:
    """Return the key that a query names."""
    return _key(scope["query_string"]) if is_asked_by_key(scope) else None


def key_of_gateway(scope: Scope) -> str | None:
    """Return the token of which a gateway shows the id as its name, the rest as its password.

    Kannel breaks the line behind 57 signs of both: the whole token would not fit.
    """
    if scope["path"] != GATEWAY:
        return None
    kind, _, told = dict(scope["headers"]).get(b"authorization", b"").partition(b" ")
    if kind.lower() != b"basic":
        return None
    try:
        shown = b64decode(told, validate=True).decode()
    except ValueError:
        return None
    return f"{TOKEN}{shown.replace(':', '_', 1)}"


async def key_of_form(scope: Scope, receive: Receive) -> tuple[str | None, Receive]:
    """Return the key that a form names, and what hands the form on to whoever reads it next."""
    kind = dict(scope["headers"]).get(b"content-type", b"")
    if not (is_asked_by_key(scope) and kind.startswith(URLENCODED)):
        return None, receive
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return _key(body), _again(body, receive)


def _key(told: bytes) -> str | None:
    try:
        fields = parse_qs(told.decode("latin-1"), max_num_fields=MOST_FIELDS)
    except ValueError:
        return None
    return next(iter(fields.get(NAME, ())), None)


def _again(body: bytes, receive: Receive) -> Receive:
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def hand_on() -> Message:
        return left.pop() if left else await receive()

    return hand_on
