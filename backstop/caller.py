"""Call a running node's API as somebody of the node: a fresh actor token for every request.

Whoever can read the node's key file may be anybody at that node, so this is for the operator's own
commands. A request is sent again while the node is away; its Idempotency-Key makes that harmless.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from backstop.settings import NodeSettings
from shared.clock import utcnow
from shared.security.actor import Actor, ActorKind
from shared.security.actor_token import sign_actor
from shared.security.sealing import NodeKeys

POLL_SECONDS = 0.04
LONGEST_POLL_SECONDS = 0.4
PATIENCE_SECONDS = 30.0
"""How long one answer, or one consequence on the bus, is waited for."""

Body = Mapping[str, Any]
T = TypeVar("T")


class NotInTime(Exception):
    """What had to follow did not follow in time; the text says what it was."""


@dataclass(frozen=True, slots=True)
class FieldFault:
    """What the node found wrong with one field."""

    field: str
    reason: str


class CallRefused(Exception):
    """The node answered no: its status, its stable code, and why in Chinese, field by field."""

    def __init__(self, answer: httpx.Response) -> None:
        told = _problem(answer)
        self.status = answer.status_code
        self.code = str(told.get("code", "unknown"))
        self.detail = str(told.get("detail", answer.reason_phrase))
        self.faults = tuple(
            FieldFault(str(each["field"]), str(each["zh"])) for each in told.get("errors", ())
        )
        super().__init__(f"{self.status} {self.code}: {self.detail}")


@dataclass(frozen=True, slots=True)
class Citizen:
    """One who holds the receipt of a case."""

    number: str
    query_code: str

    @property
    def headers(self) -> dict[str, str]:
        """Return what shows it."""
        return {"Backstop-Number": self.number, "Backstop-Code": self.query_code}


def machine(node: str, *scopes: str) -> Actor:
    """Return the node's own machine, for what it does by itself."""
    return Actor(kind=ActorKind.SYSTEM, node=node, id="machine", scopes=frozenset(scopes))


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `key` makes a repetition harmless."""

    method: str
    path: str
    body: Body | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None


class NodeCaller:
    """The API of one node; may be used by several threads at once."""

    def __init__(self, settings: NodeSettings, client: httpx.Client) -> None:
        self._node = settings.code
        self._keys = NodeKeys.load(settings.key_file)
        self._client = client

    def send(self, call: Call, caller: Actor | Citizen | None = None) -> Any:
        """Return the JSON that the node answers; raise CallRefused if it refuses."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (answer := self._try(call, caller)) is None:
            if time.monotonic() > deadline:
                raise NotInTime(f"{call.method} {call.path}: the node does not answer")
            time.sleep(POLL_SECONDS)
        if not answer.is_success:
            raise CallRefused(answer)
        return answer.json() if answer.content else None

    def get(self, path: str, caller: Actor | Citizen | None = None, **query: str) -> Any:
        """Return what is there."""
        return self.send(Call("GET", path, query=query), caller)

    def _try(self, call: Call, caller: Actor | Citizen | None) -> httpx.Response | None:
        headers = self._credentials(caller)
        if call.key is not None:
            headers["Idempotency-Key"] = call.key
        try:
            answer = self._client.request(
                call.method, call.path, json=call.body, params=dict(call.query), headers=headers
            )
        except httpx.TransportError:
            return None
        return None if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE else answer

    def _credentials(self, caller: Actor | Citizen | None) -> dict[str, str]:
        match caller:
            case None:
                return {}
            case Citizen():
                return caller.headers
            case Actor():
                token = sign_actor(self._keys, caller, self._node, utcnow())
                return {"Authorization": f"Bearer {token}"}


def open_client(base_url: str) -> httpx.Client:
    """Return a client for a node on this machine; proxies of the environment are not for it."""
    return httpx.Client(base_url=base_url, timeout=30, trust_env=False)


def until(what: str, condition: Callable[[], T | None]) -> T:
    """Return the first true answer of `condition`; raise NotInTime naming `what` if it is late."""
    deadline, pause = time.monotonic() + PATIENCE_SECONDS, POLL_SECONDS
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise NotInTime(f"not within {PATIENCE_SECONDS:.0f} s: {what}")
        time.sleep(pause)
        # Who asks often slows down what it waits for.
        pause = min(pause * 1.5, LONGEST_POLL_SECONDS)
    return answer


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        told = answer.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
