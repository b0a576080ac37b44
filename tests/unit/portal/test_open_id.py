"""What a provider may not get away with: each answer is right but for one thing."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier, Event
from typing import Any

import httpx2
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from services.portal.providers import (
    Begun,
    CameBack,
    OpenId,
    ProviderAway,
    ProviderSettings,
    Unproven,
)
from services.portal.providers.logout import EVENT, LoggedOut

ISSUER = "https://sso.example"
BACK = "https://window.example/desk/sso/back"
NOW = datetime(2030, 1, 8, 1, tzinfo=UTC)
KEY, OTHER = (RSAKey.generate_key(2048, {"kid": "one"}) for _ in range(2))
SECRET = "s" * 40
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/auth",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/jwks",
    "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
    "authorization_response_iss_parameter_supported": True,
}


def claims(begun: Begun, **changed: Any) -> dict[str, Any]:
    at = int(NOW.timestamp())
    right = {"iss": ISSUER, "aud": "backstop", "sub": "7001", "nonce": begun.nonce}
    return right | {"iat": at, "exp": at + 60} | changed


def by_rsa(told: Mapping[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, dict(told), KEY)


class Provider:
    """Answers as a provider does, with what a test wants to be otherwise."""

    def __init__(self, document: Mapping[str, Any] | None = None) -> None:
        self.document: Any = {**DOCUMENT, **(document or {})}
        self.id_token = ""
        self.hold: Callable[[], object] | None = None
        self.asked: list[httpx2.Request] = []
        self.sso = OpenId(
            ProviderSettings(ISSUER, "backstop", SECRET), httpx2.MockTransport(self._answer)
        )

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        if self.hold is not None:
            self.hold()
        answers = {
            "/.well-known/openid-configuration": self.document,
            "/jwks": {"keys": [KEY.as_dict(private=False)]},
            "/token": {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token},
        }
        return httpx2.Response(200, json=answers[request.url.path])

    def finish(self, begun: Begun, came: CameBack | None = None) -> Mapping[str, Any]:
        came = came or CameBack("code", begun.state, ISSUER)
        return self.sso.finish(begun, came, BACK, NOW)


@pytest.fixture
def provider() -> Provider:
    return Provider()


def test_what_is_right_is_believed_and_the_verifier_goes_along(provider: Provider) -> None:
    begun = provider.sso.begin(BACK, NOW)
    provider.id_token = by_rsa(claims(begun))

    assert provider.finish(begun)["sub"] == "7001"
    sent = provider.asked[-1]
    assert begun.verifier in sent.content.decode()
    assert sent.headers["authorization"].startswith("Basic ")
    assert begun.verifier not in begun.address
    assert "code_challenge_method=S256" in begun.address


FORGERIES: Mapping[str, Callable[[Begun], str]] = {
    "another audience": lambda begun: by_rsa(claims(begun, aud="somebody")),
    "many audiences, not ours to use": lambda begun: by_rsa(
        claims(begun, aud=["backstop", "x"], azp="x")
    ),
    "another issuer": lambda begun: by_rsa(claims(begun, iss="https://evil.example")),
    "another nonce": lambda begun: by_rsa(claims(begun, nonce="n")),
    "no nonce": lambda begun: by_rsa(
        {name: told for name, told in claims(begun).items() if name != "nonce"}
    ),
    "over": lambda begun: by_rsa(claims(begun, exp=int(NOW.timestamp()) - 61)),
    "from the future": lambda begun: by_rsa(claims(begun, iat=int(NOW.timestamp()) + 120)),
    "no subject": lambda begun: by_rsa(
        {name: told for name, told in claims(begun).items() if name != "sub"}
    ),
    "another key": lambda begun: jwt.encode({"alg": "RS256", "kid": "one"}, claims(begun), OTHER),
    "signed with our own secret": lambda begun: jwt.encode(
        {"alg": "HS256"}, claims(begun), OctKey.import_key(SECRET)
    ),
    "of another token": lambda begun: by_rsa(claims(begun, at_hash="AAAA")),
    "not signed": lambda begun: by_rsa(claims(begun)).rpartition(".")[0] + ".",
    "no token": lambda _begun: "",
    "nonsense": lambda _begun: "a.b.c",
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_what_is_forged_proves_nothing(provider: Provider, forge: Callable[[Begun], str]) -> None:
    begun = provider.sso.begin(BACK, NOW)
    provider.id_token = forge(begun)

    with pytest.raises(Unproven):
        provider.finish(begun)


@pytest.mark.parametrize(
    ("state", "issuer"), [("another", ISSUER), (None, "https://evil.example"), (None, None)]
)
def test_what_came_back_must_be_of_this_flow_and_this_issuer(
    provider: Provider, state: str | None, issuer: str | None
) -> None:
    begun = provider.sso.begin(BACK, NOW)
    provider.id_token = by_rsa(claims(begun))

    with pytest.raises(Unproven):
        provider.finish(begun, CameBack("code", state or begun.state, issuer))

    assert "/token" not in [request.url.path for request in provider.asked]


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://sso.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": ""},
    ],
)
def test_a_document_that_leads_elsewhere_is_no_document(document: dict[str, str]) -> None:
    with pytest.raises(ProviderAway):
        Provider(document).sso.begin(BACK, NOW)


@pytest.mark.parametrize("told", [["a list"], {}])
def test_an_answer_that_is_none_is_as_if_the_provider_were_away(
    provider: Provider, told: Any
) -> None:
    provider.document = told

    with pytest.raises(ProviderAway):
        provider.sso.begin(BACK, NOW)


def test_its_document_is_asked_for_every_few_minutes_only(provider: Provider) -> None:
    for minutes in (0, 4, 6):
        provider.sso.begin(BACK, NOW + timedelta(minutes=minutes))

    documents = [each for each in provider.asked if "well-known" in each.url.path]
    assert len(documents) == 2


def test_a_provider_that_was_away_is_not_waited_for_again_at_once(provider: Provider) -> None:
    provider.document = {}
    with pytest.raises(ProviderAway):
        provider.sso.begin(BACK, NOW)
    provider.document, before = DOCUMENT, len(provider.asked)

    with pytest.raises(ProviderAway):
        provider.sso.begin(BACK, NOW + timedelta(seconds=14))

    assert len(provider.asked) == before
    assert provider.sso.begin(BACK, NOW + timedelta(seconds=15)).address.startswith(ISSUER)


def test_two_may_wait_for_it_and_nobody_else(provider: Provider) -> None:
    answers, waiting = Event(), Barrier(3)
    provider.hold = lambda: (waiting.wait(10), answers.wait(10))
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(provider.sso.begin, BACK, NOW) for _ in range(2)]
        waiting.wait(10)
        provider.hold = None

        with pytest.raises(ProviderAway):
            provider.sso.begin(BACK, NOW)

        answers.set()
    assert all(each.result().address.startswith(ISSUER) for each in both)


def test_new_keys_are_asked_for_after_a_failure(provider: Provider) -> None:
    begun = provider.sso.begin(BACK, NOW)
    provider.id_token = jwt.encode({"alg": "RS256", "kid": "one"}, claims(begun), OTHER)
    with pytest.raises(Unproven):
        provider.finish(begun)
    before = len(provider.asked)

    provider.sso.begin(BACK, NOW)

    assert [each.url.path for each in provider.asked[before:]] == [
        "/.well-known/openid-configuration",
        "/jwks",
    ]


def logout(**changes: Any) -> dict[str, Any]:
    told = {
        "iss": ISSUER,
        "aud": "backstop",
        "iat": int(NOW.timestamp()),
        "jti": "one",
        "sub": "7001",
        "sid": "s-1",
        "events": {EVENT: {}},
    }
    return {name: value for name, value in (told | changes).items() if value is not None}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (logout(), LoggedOut("one", "7001", "s-1")),
        (logout(sid=None), LoggedOut("one", "7001", None)),
        (logout(sub=None, aud=["backstop", "x"]), LoggedOut("one", None, "s-1")),
        (logout(exp=int(NOW.timestamp()) + 60), LoggedOut("one", "7001", "s-1")),
    ],
)
def test_a_logout_is_believed(provider: Provider, told: dict[str, Any], said: LoggedOut) -> None:
    assert provider.sso.logged_out(by_rsa(told), NOW) == said


def test_a_logout_is_believed_while_others_wait_for_the_provider(provider: Provider) -> None:
    soon, answers, waiting = NOW + timedelta(minutes=1), Event(), Barrier(3)
    begun = provider.sso.begin(BACK, NOW)
    provider.hold = lambda: (waiting.wait(10), answers.wait(10))
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(provider.finish, begun) for _ in range(2)]
        waiting.wait(10)

        told = provider.sso.logged_out(by_rsa(logout()), soon)

        answers.set()
    assert told.token_id == "one"
    assert all(isinstance(each.exception(), Unproven) for each in both)


FORGED_LOGOUTS: Mapping[str, str] = {
    "another issuer": by_rsa(logout(iss="https://evil.example")),
    "another audience": by_rsa(logout(aud="somebody")),
    "no time": by_rsa(logout(iat=None)),
    "from the future": by_rsa(logout(iat=int(NOW.timestamp()) + 120)),
    "of long ago": by_rsa(logout(iat=int(NOW.timestamp()) - 601)),
    "over": by_rsa(logout(exp=int(NOW.timestamp()) - 61)),
    "no id": by_rsa(logout(jti=None)),
    "an id that is no text": by_rsa(logout(jti=7)),
    "nobody": by_rsa(logout(sub=None, sid=None)),
    "no event": by_rsa(logout(events=None)),
    "another event": by_rsa(logout(events={"x": {}})),
    "an event that is no object": by_rsa(logout(events={EVENT: True})),
    "events that are no object": by_rsa(logout(events=[EVENT])),
    "a nonce": by_rsa(logout(nonce="n")),
    "another type": jwt.encode({"alg": "RS256", "kid": "one", "typ": "at+jwt"}, logout(), KEY),
    "another key": jwt.encode({"alg": "RS256", "kid": "one"}, logout(), OTHER),
    "our own secret": jwt.encode({"alg": "HS256"}, logout(), OctKey.import_key(SECRET)),
    "not signed": by_rsa(logout()).rpartition(".")[0] + ".",
    "nothing": "",
    "nonsense": "a.b.c",
}


@pytest.mark.parametrize("token", FORGED_LOGOUTS.values(), ids=FORGED_LOGOUTS)
def test_a_forged_logout_proves_nothing(provider: Provider, token: str) -> None:
    with pytest.raises(Unproven):
        provider.sso.logged_out(token, NOW)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "x5c"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(["b64"]),
    )
)
@example({"alg": "RS256", "crit": 5})
@example({"alg": ["RS256"]})
@example({"alg": "RS256", "kid": {}})
def test_whatever_stands_in_its_header_is_answered(header: Mapping[str, Any]) -> None:
    parts = (json.dumps(header), json.dumps(logout()), "signature")
    token = ".".join(urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)

    with pytest.raises(Unproven):
        Provider().sso.logged_out(token, NOW)


def test_a_flood_of_forged_logouts_is_not_passed_on_to_the_provider(provider: Provider) -> None:
    for _time in range(20):
        with pytest.raises(Unproven):
            provider.sso.logged_out("a.b.c", NOW)

    assert len(provider.asked) == 2  # its document and its keys
