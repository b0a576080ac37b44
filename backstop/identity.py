"""The one outer middleware that turns credentials into an `Actor`.

A bearer token (of another system, or of another process for a minute), the link of an outside
party, a number with its query code, or the staff session cookie, in this order; nothing at all is
an anonymous actor. Endpoints below see `scope["actor"]` and never a credential.
"""

import re
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from math import ceil
from urllib.parse import parse_qs

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from backstop.api_keys import key_of_form, key_of_gateway, key_of_query
from backstop.node import Node
from backstop.turnstile import Turnstile
from services.dispatch.handlers import OutsideClaim, OutsideKnock, claim_question
from services.intake.handlers import Knock, claim_case
from services.portal.handlers import (
    SESSION_COOKIE,
    Shown,
    Welcome,
    csrf_of,
    holder_of,
    recognise,
)
from services.portal.policy import Duty, is_open
from shared.errors import Refused
from shared.http.door import TOO_OFTEN, Door, address_of
from shared.http.origin import OWN_SITES, host_of
from shared.http.problems import API_PATHS, explained
from shared.metrics import REFUSED_CODES, REFUSED_LINKS, TOKEN_USES
from shared.security.actor import Actor, anonymous, citizen, outside
from shared.security.actor_token import read_actor
from shared.security.parties import with_names
from shared.security.system_token import PREFIX, read_token

CASE_PATH = re.compile(r"^/(?:api/v1/cases|open311/v2/requests)/([^/.]{1,64})")
LONGEST_CREDENTIAL = 4_096
LONGEST_LINK = 60
NOBODYS = ("/static/", "/healthz", "/readyz", "/metrics")
"""What is the same for everybody: nobody is looked up for it, nor refused."""
LOOKING_ON = frozenset({"/desk/board/stream", "/desk/board/numbers"})
"""What an open page asks by itself: nobody need be there, so it keeps no session from its end."""
FIRST = {
    Duty.CHANGE_PASSWORD: "password_change_required",
    Duty.ENROL: "second_factor_required",
}
"""How one is told what comes before anything else."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request shows of who is asking."""

    bearer: str | None = None
    number: str | None = None
    code: str | None = None
    session: str | None = None
    link: str | None = None
    link_code: str = ""

    @property
    def any(self) -> bool:
        """Tell whether there is anything to look at."""
        return bool(self.bearer or self.link or (self.number and self.code) or self.session)


def credentials_of(scope: Scope, key: str | None = None) -> Credentials:
    """Read the credentials from headers, cookie, query and the key of its form."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    path = CASE_PATH.match(scope["path"])
    # Pages keep a code in a cookie: what an address of theirs carries is none.
    at_api = scope["path"].startswith(API_PATHS)
    query = parse_qs(scope["query_string"].decode("latin-1")) if at_api else {}
    in_path = path.group(1) if path else None
    key = key or key_of_query(scope) or key_of_gateway(scope)
    kind, _, token = headers.get(b"authorization", "").partition(" ")
    return Credentials(
        bearer=_bearer(token if kind.lower() == "bearer" else key),
        number=headers.get(b"backstop-number") or in_path or _first(query, "number"),
        code=headers.get(b"backstop-code") or _first(query, "code"),
        session=_cookie(headers.get(b"cookie", "")),
        link=headers.get(b"backstop-link", "")[:LONGEST_LINK] or None,
        link_code=headers.get(b"backstop-link-code", "")[:LONGEST_LINK],
    )


def _bearer(token: str | None) -> str | None:
    return token[:LONGEST_CREDENTIAL] if token else None


def _first(query: dict[str, list[str]], name: str) -> str | None:
    return query.get(name, [None])[0]


def _cookie(header: str) -> str | None:
    try:
        found = SimpleCookie(header).get(SESSION_COOKIE)
    except CookieError:
        return None
    return found.value if found else None


def is_foreign(scope: Scope) -> bool:
    """Tell whether another site makes a signed-in browser change something here.

    Browsers say so in Sec-Fetch-Site. Older ones are judged by Origin, which our own pages send
    as `null`, because they send no referrer; SameSite and the forms' token then stand alone.
    """
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin", "null")
    if scope["method"] in SAFE_METHODS:
        return False
    if site is not None:
        return site not in OWN_SITES
    return origin != "null" and host_of(origin) != headers.get(b"host")


class Identify:
    """Finds the actor of each request before anything else of the application runs."""

    def __init__(self, app: ASGIApp, node: Node) -> None:
        self._app = app
        self._node = node
        self._turnstile = Turnstile(node.code, node.settings.doors)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Put `actor`, `session`, `duty` and `unread` on the scope, or refuse."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["app"] = self._app
        scope["actor"] = anonymous(self._node.code)
        scope["session"] = scope["duty"] = None
        scope["unread"] = 0
        try:
            self._turnstile.admit(scope)
            key, receive = await key_of_form(scope, receive)
            await self._identify(scope, key)
            self._turnstile.charge(scope)
        except Exception as error:  # noqa: BLE001  # told to the asker as the application would
            refuse = await explained(Request(scope, receive), error)
            await refuse(scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _identify(self, scope: Scope, key: str | None) -> None:
        if scope["path"].startswith(NOBODYS):
            return
        shown = credentials_of(scope, key)
        if shown.any:
            scope["actor"] = await run_in_threadpool(self._find, scope, shown, address_of(scope))
            if scope["actor"].node != self._node.code:
                raise Refused("wrong_credentials")

    def _find(self, scope: Scope, shown: Credentials, address: str) -> Actor:
        if shown.bearer and shown.bearer.startswith(PREFIX):
            return self._by_system_token(shown.bearer, address)
        if shown.bearer:
            return self._by_actor_token(shown.bearer)
        if shown.link:
            return self._by_link(shown, address)
        if shown.session and not (shown.number and shown.code) and is_foreign(scope):
            raise Refused("foreign_origin")
        if shown.number and shown.code:
            return self._by_code(shown.number, shown.code, address)
        return self._by_session(scope, shown.session or "")

    def _by_system_token(self, text: str, address: str) -> Actor:
        token = read_token(text)
        if token is None:
            TOKEN_USES.labels(node=self._node.code, outcome="mistyped").inc()
            raise Refused("mistyped_token")
        door = self._node.doors["portal"]
        welcome = Welcome(self._node.code, door.keys, door.settings.patience_with_address)
        with door.unit.transaction() as db:
            known = recognise(db, Shown(token, address, door.now()), welcome)
        TOKEN_USES.labels(node=self._node.code, outcome=known.use.value).inc()
        if known.wait:
            door.unproven("token.use", TOO_OFTEN, address)
            raise Refused("too_many_wrong_tokens", str(ceil(known.wait.total_seconds())))
        if known.actor is None:
            raise Refused("wrong_token")
        return known.actor

    def _by_actor_token(self, token: str) -> Actor:
        now = self._node.doors["portal"].now()
        actor = read_actor(self._node.keys, token, self._node.code, now)
        if actor is None:
            raise Refused("wrong_credentials")
        return actor

    def _by_code(self, number: str, code: str, address: str) -> Actor:
        door = self._node.doors["intake"]
        knock = Knock(number, code, address, door.now())
        with door.unit.transaction() as db:
            claim = claim_case(db, door.keys, knock, door.settings.guess_limits)
        if claim.case_id is not None:
            number = claim.number or number
            return citizen(self._node.code, claim.case_id, number, claim.scopes)
        outcome = "throttled" if claim.retry_after else "refused"
        REFUSED_CODES.labels(node=self._node.code, outcome=outcome).inc()
        door.unproven("code.show", TOO_OFTEN if claim.retry_after else "wrong_code", address)
        if claim.retry_after:
            raise Refused("too_many_attempts", str(claim.retry_after))
        raise Refused("wrong_code", field="code")

    def _by_link(self, shown: Credentials, address: str) -> Actor:
        door = self._node.doors["dispatch"]
        knock = OutsideKnock(shown.link or "", shown.link_code, address, door.now())
        with door.unit.transaction() as db:
            claim = claim_question(db, door.keys, knock, door.settings.outside_limits)
        if claim.question_id is not None and claim.case_id is not None:
            return outside(self._node.code, claim.case_id, claim.question_id, claim.files)
        if claim.is_guess:
            self._note_guess(door, claim, address)
        raise Refused(claim.refusal, str(claim.retry_after or claim.detail))

    def _note_guess(self, door: Door, claim: OutsideClaim, address: str) -> None:
        outcome = "throttled" if claim.retry_after else "refused"
        REFUSED_LINKS.labels(node=self._node.code, outcome=outcome).inc()
        door.unproven("outside.show", TOO_OFTEN if claim.retry_after else claim.refusal, address)

    def _by_session(self, scope: Scope, token: str) -> Actor:
        door = self._node.doors["portal"]
        with door.unit.transaction() as db:
            rules = door.settings.sessions(self._node.code)
            used = scope["path"] not in LOOKING_ON
            found = holder_of(db, token, door.now(), rules, touches=used)
        if found is None:
            return anonymous(self._node.code)
        if found.duty is not None and not is_open(found.duty, scope["path"]):
            raise Refused(FIRST[found.duty])
        scope["session"], scope["duty"] = csrf_of(token), found.duty
        scope["unread"] = found.unread
        return with_names(door.keys, found.actor)
