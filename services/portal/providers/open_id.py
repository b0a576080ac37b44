"""Single sign-on by OpenID Connect: authorization code with PKCE, the ID token verified here.

Called outside of any transaction. Nothing of the provider is believed but what its issuer's own
document and keys say: OpenID Connect Core 1.0 (3.1.3.7), RFC 7636 (PKCE), RFC 9207 (`iss`).
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.jwt import Token

from services.portal.providers.logout import LoggedOut, Whose, checked, told_by

PATIENCE = httpx2.Timeout(5, connect=2)
AT_ONCE = 2
"""So many requests may wait for the provider; whoever comes then is told that it is away."""
AWAY_FOR = timedelta(seconds=15)
"""After a failure nobody waits for it again for so long."""
KNOWN_FOR = timedelta(minutes=5)
LEEWAY_SECONDS = 60
"""How far the clocks of both sides may be apart."""
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA", "Ed25519"}
)
"""Signatures by a key pair only: a shared secret would let the client sign for the provider."""
ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderAway(Exception):
    """The provider cannot be reached, or answers what is no answer."""


class Unproven(Exception):
    """What came back proves nothing: refused, forged, late, for another or used before."""


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """Which provider, and as whom this node comes to it."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    scope: str = "openid profile"
    ca_file: Path | None = None
    """Of a provider whose certificate no public authority has signed."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in on its way: where the browser goes, and what must come back with it."""

    address: str
    state: str
    nonce: str
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CameBack:
    """What the browser brought from the provider."""

    code: str = field(repr=False)
    state: str
    issuer: str | None = None


class OpenId:
    """One provider, as one node sees it; its document and keys are asked for every few minutes."""

    def __init__(
        self, settings: ProviderSettings, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._known: Mapping[str, Any] = {}
        self._keys = KeySet([])
        self._until: datetime | None = None
        self._away_until: datetime | None = None
        self._seats = BoundedSemaphore(AT_ONCE)

    def begin(self, back: str, now: datetime) -> Begun:
        """Return where to send the browser, which comes back to `back`."""
        with self._asking(now):
            return self._begin(back, now)

    def finish(self, begun: Begun, came: CameBack, back: str, now: datetime) -> Mapping[str, Any]:
        """Return the claims that the provider has signed for this very sign-in."""
        with self._asking(now):
            return self._finish(begun, came, back, now)

    def logged_out(self, token: str, now: datetime) -> LoggedOut:
        """Return what a logout token says, once; Unproven if it is none of the provider's.

        Whether it was shown before is for the caller to know.
        """
        until = self._until
        if until is None or now >= until:
            with self._asking(now):
                self._document(now)
        # Whoever's keys are known need not be there, and nobody waits: it takes no seat.
        return self._told_by(token, self._known, now)

    def _told_by(self, token: str, known: Mapping[str, Any], now: datetime) -> LoggedOut:
        whose = Whose(known["issuer"], self._settings.client_id, LEEWAY_SECONDS)
        until = self._until or now
        try:
            claims = self._signed(token, known, lambda signed: checked(signed, whose, now))
        except Unproven:
            # Anybody may send any token: no reason to ask the provider anew each time.
            self._until = min(until, now + AWAY_FOR)
            raise
        return told_by(claims)

    @contextmanager
    def _asking(self, now: datetime) -> Iterator[None]:
        # A provider that hangs takes two threads of the web process, never all of them.
        if self._away_until is not None and now < self._away_until:
            raise ProviderAway("it was away a moment ago")
        if not self._seats.acquire(blocking=False):
            raise ProviderAway("others wait for it already")
        try:
            yield
        except ProviderAway:
            self._away_until = now + AWAY_FOR
            raise
        finally:
            self._seats.release()

    def _begin(self, back: str, now: datetime) -> Begun:
        known = self._document(now)
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        with self._client(redirect_uri=back) as client:
            address, state = client.create_authorization_url(
                known["authorization_endpoint"], code_verifier=verifier, nonce=nonce
            )
        return Begun(address, state, nonce, verifier)

    def _finish(self, begun: Begun, came: CameBack, back: str, now: datetime) -> Mapping[str, Any]:
        known = self._document(now)
        expects_issuer = known.get("authorization_response_iss_parameter_supported", False)
        if not secrets.compare_digest(came.state.encode(), begun.state.encode()):
            raise Unproven("another state came back")
        if came.issuer != known["issuer"] and (expects_issuer or came.issuer is not None):
            raise Unproven("another issuer answered")
        token = self._token(known["token_endpoint"], begun, came.code, back)
        return self._claims(token, begun.nonce, known, now)

    def _document(self, now: datetime) -> Mapping[str, Any]:
        if self._until is None or now >= self._until:
            issuer = self._settings.issuer
            known = self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if known.get("issuer") != issuer:
                raise ProviderAway("the document is of another issuer")
            for name in ADDRESSES:
                _demand_safe(str(known.get(name, "")))
            self._keys = _key_set(self._get(known["jwks_uri"]))
            self._known, self._until = known, now + KNOWN_FOR
        return self._known

    def _token(self, at: str, begun: Begun, code: str, back: str) -> Mapping[str, Any]:
        try:
            with self._client(redirect_uri=back) as client:
                token: Mapping[str, Any] = client.fetch_token(
                    at, code=code, code_verifier=begun.verifier
                )
        except OAuthError as error:
            raise Unproven(f"the provider refused the code: {error.error}") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderAway(type(error).__name__) from error
        return token

    def _claims(
        self, token: Mapping[str, Any], nonce: str, known: Mapping[str, Any], now: datetime
    ) -> Mapping[str, Any]:
        about = {"nonce": nonce, "client_id": self._settings.client_id}
        about["access_token"] = str(token.get("access_token", ""))
        must = {
            "iss": {"essential": True, "value": known["issuer"]},
            "aud": {"essential": True, "value": self._settings.client_id},
        }

        def check(signed: Token) -> Mapping[str, Any]:
            claims = CodeIDToken(signed.claims, signed.header, must, about)
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY_SECONDS)
            return dict(claims)

        return self._signed(str(token.get("id_token", "")), known, check)

    def _signed(
        self, token: str, known: Mapping[str, Any], check: Callable[[Token], Mapping[str, Any]]
    ) -> Mapping[str, Any]:
        offered = known.get("id_token_signing_alg_values_supported", ["RS256"])
        registry = JWSRegistry(
            algorithms=sorted(ALGORITHMS & set(offered)), strict_check_header=False
        )
        try:
            return check(jwt.decode(token, self._keys, registry=registry))
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            # The library trusts the kinds of what stands in a header.
            self._until = None  # the provider may have new keys: ask at the next try
            raise Unproven(type(error).__name__) from error

    def _get(self, address: str) -> Mapping[str, Any]:
        _demand_safe(address)
        try:
            with httpx2.Client(**self._wire()) as client:
                told = client.get(address).raise_for_status().json()
        except (httpx2.HTTPError, ValueError) as error:
            raise ProviderAway(type(error).__name__) from error
        if not isinstance(told, dict):
            raise ProviderAway("no JSON object")
        return told

    def _client(self, **more: Any) -> OAuth2Client:
        settings = self._settings
        return OAuth2Client(
            settings.client_id,
            settings.secret,
            scope=settings.scope,
            code_challenge_method="S256",
            **more,
            **self._wire(),
        )

    def _wire(self) -> dict[str, Any]:
        ca_file = self._settings.ca_file
        verify = True if ca_file is None else str(ca_file)
        wire = {"timeout": PATIENCE, "trust_env": False, "verify": verify}
        return wire | ({"transport": self._transport} if self._transport else {})


def _key_set(told: Mapping[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set(told)  # type: ignore[arg-type]  # checked by the import
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise ProviderAway("no key set") from error


def _demand_safe(address: str) -> None:
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise ProviderAway(f"not https: {address[:100]}")


def _is_loopback(host: str | None) -> bool:
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"
