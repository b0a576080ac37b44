"""A whole node in this process: the real application and the real hearing, no bus between them.

What was said waits in the outboxes until somebody lets it be heard, batch by batch.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from inspect import getmembers, isfunction
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Connection, event, text
from starlette.types import ASGIApp

from backstop.contracts import cues_of
from backstop.node import Node, assemble
from backstop.settings import NodeSettings
from backstop.suite import MEMBERS
from backstop.web import build_application
from services.link.carriers import Letter
from services.notify.handlers import Post, deliver_due
from services.notify.providers import Embedded
from services.sla.handlers import sweep
from shared.chassis.hearing import Cue, Hearing
from shared.clock import new_id, utcnow
from shared.events.words import Disclosure
from shared.outbox import Waiting, mark_sent, unsent
from shared.security.actor import Actor, ActorKind, Role
from shared.security.actor_token import sign_actor
from shared.security.sealing import NodeKeys
from shared.unit import Unit

CITY, COUNTY, PROVINCE = "341500", "341523", "340000"
NODE_FILE = """
code = "{code}"
tier = "{tier}"
name = "{name}"
{family}
web_port = 8999
database_url = "{database}"
bus_url = "bus://localhost/{code}"
key_file = "{folder}/keys.json"
doors = {{ spared = ["127.0.0.0/8"] }}
portal = {{ second_factor_roles = [], board_stream_minutes = 0 }}
cards = "{folder}/cards"
store = {{ folder = "{folder}/files" }}
"""
TOLD = {
    CITY: {
        "tier": "city",
        "name": "六安市政务服务中心",
        "family": f'parent = "{PROVINCE}"\nchildren = ["{COUNTY}"]',
    },
    COUNTY: {"tier": "county", "name": "舒城县政务服务中心", "family": f'parent = "{CITY}"'},
    PROVINCE: {
        "tier": "province",
        "name": "安徽省政务服务中心",
        "family": f'children = ["{CITY}"]',
    },
}
GIVEN = "given for now 7"  # by an administrator, to accounts that live as long as a test
PASSWORD = "long enough 9"  # their own
MOST = 100_000


def settings_of(code: str, folder: Path, database: str) -> NodeSettings:
    """Write the file and the keys of a node into its folder; return its settings."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "keys.json").exists():
        NodeKeys.create(folder / "keys.json")
    url = database.replace("postgresql://", "postgresql+psycopg://")
    told = {"code": code, "folder": folder, "database": url, **TOLD[code]}
    (folder / "node.toml").write_text(NODE_FILE.format(**told), encoding="utf-8")
    return NodeSettings.load(folder / "node.toml", {})


@dataclass
class WholeNode:
    """One node; ask it as anybody, and let its services hear when you like."""

    settings: NodeSettings
    loop: asyncio.Runner = field(default_factory=asyncio.Runner)
    letters: list[tuple[str, Letter]] = field(default_factory=list)
    """What link handed to the carrier, and for whom."""
    term: UUID = field(default_factory=new_id)
    """When it began to send."""
    sessions: dict[str, dict[str, str]] = field(default_factory=dict)
    backends: set[int] = field(default_factory=set)
    """The processes of PostgreSQL that have worked for it."""

    @cached_property
    def node(self) -> Node:
        """The node as the web process holds it."""
        node = assemble(self.settings, "test")
        event.listen(node.engine, "connect", lambda raw, _: self._note(raw.info.backend_pid))
        return node

    @cached_property
    def units(self) -> Mapping[str, Unit]:
        """The units of work of the bus process, whose relays run beside the ears."""
        return {
            name: Unit(self.node.engine, self.node.code, name, member.plumbing, lambda: None)
            for name, member in MEMBERS.items()
        }

    @cached_property
    def hearings(self) -> Mapping[str, Hearing]:
        """What settles the messages of each service, as its ear makes it."""
        return {name: Hearing(self.units[name], self._cues(name)) for name in MEMBERS}

    def start_under(self, level: Disclosure) -> None:
        """Let link start with this level in its settings."""
        link = self.settings.link.model_copy(update={"disclosure": level})
        self.settings = self.settings.model_copy(update={"link": link})
        self.__dict__.pop("hearings", None)

    @cached_property
    def application(self) -> ASGIApp:
        """What the node answers on its web port."""
        return build_application(self.node)

    @cached_property
    def client(self) -> httpx.AsyncClient:
        """Who asks, from a loopback address."""
        transport = httpx.ASGITransport(self.application)
        return httpx.AsyncClient(transport=transport, base_url=self.settings.public_url)

    def ask(self, method: str, path: str, who: Mapping[str, str], **more: Any) -> httpx.Response:
        """Ask the application; `who` is headers that show it."""
        return self.loop.run(self.client.request(method, path, headers=dict(who), **more))

    def done(self, method: str, path: str, who: Mapping[str, str], **more: Any) -> Any:
        """Ask for something that must be done; return what was answered."""
        answer = self.ask(method, path, who, **more)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:600]}"
        is_json = answer.content and "json" in answer.headers.get("content-type", "")
        return answer.json() if is_json else answer.text

    def token(self, role: Role | None, unit: str | None = None, *scopes: str) -> dict[str, str]:
        """Return the headers of a member of staff, of another system without a role."""
        actor = Actor(
            kind=ActorKind.SYSTEM if role is None else ActorKind.STAFF,
            node=self.node.code,
            id=role or "importer",
            unit=unit,
            roles=frozenset({role} if role else ()),
            scopes=frozenset(scopes),
        )
        signed = sign_actor(self.node.keys, actor, self.node.code, utcnow())
        return {"authorization": f"Bearer {signed}"}

    def signed_in(self, role: Role, unit: str | None = None) -> dict[str, str]:
        """Return the headers of a browser in which somebody has signed in with an account."""
        return self.let_in(self.login(role, unit), "李", role, unit)

    def login(self, role: Role, unit: str | None = None) -> str:
        """Return the login of a role here; a copy of a database has those of its original too."""
        told = f"{role}.{unit or ''}.{self.term.hex[-6:]}".replace("..", ".")
        return told.lower().replace("_", "-")

    def _note(self, pid: int) -> None:
        self.backends.add(pid)

    def let_in(self, login: str, name: str, role: Role, unit: str | None) -> dict[str, str]:
        """Return the headers of somebody with an account, made and signed in the first time."""
        if login not in self.sessions:
            self.sessions[login] = self._newcomer(login, name, role, unit)
        return self.sessions[login]

    def _newcomer(self, login: str, name: str, role: Role, unit: str | None) -> dict[str, str]:
        account = {"name": name, "unit": unit, "password": GIVEN}
        at = f"/api/v1/accounts/{login}"
        self.done("PUT", at, self.token(Role.SYSTEM_ADMINISTRATOR), json=account)
        roles = {"roles": [role]}
        self.done("PUT", f"{at}/roles", self.token(Role.SECURITY_ADMINISTRATOR), json=roles)
        shown = self.begin_session(login, GIVEN)
        own = {"present": GIVEN, "password": PASSWORD}
        self.done("PUT", "/api/v1/account/password", shown, json=own)
        return shown

    def begin_session(self, login: str, password: str) -> dict[str, str]:
        """Sign in; return the headers of the browser that did."""
        claimed = {"login": login, "password": password}
        self.ask("POST", "/api/v1/sessions", {}, json=claimed).raise_for_status()
        token = self.client.cookies["backstop_session"]
        self.client.cookies.clear()
        return {"cookie": f"backstop_session={token}"}

    @contextmanager
    def owner(self) -> Iterator[Connection]:
        """Open a transaction of the owner of all schemas, who has all the time."""
        with self.node.engine.begin() as db:
            db.execute(text("SET LOCAL statement_timeout = 0"))
            yield db

    def take(self, service: str) -> Sequence[Waiting]:
        """Take what a service has said and nobody has heard, as its relay does."""
        unit = self.units[service]
        with unit.transaction() as db:
            rows = unsent(db, unit.plumbing.outbox, MOST)
            mark_sent(db, unit.plumbing.outbox, [row.position for row in rows])
        return rows

    def settle(self) -> None:
        """Let everything be heard that was said, and what is said of it."""
        while rows := [row for name in self.speaking() for row in self.take(name)]:
            for hearing in self.hearings.values():
                if hearing.wants(row.name for row in rows):
                    hearing.hear([row.body.encode() for row in rows])

    def speaking(self) -> list[str]:
        """Return the services that have said something which nobody has heard."""
        asked = " UNION ALL ".join(
            f"(SELECT '{name}' FROM {name}.outbox WHERE sent_at IS NULL LIMIT 1)"  # noqa: S608
            for name in MEMBERS
        )
        with self.owner() as db:
            return sorted(db.scalars(text(asked)))

    def deliver(self) -> None:
        """Let notify deliver what is due."""
        opening = self.units["notify"].transaction
        pace = self.settings.notify.pace
        deliver_due(Post(opening, self.node.keys, Embedded(opening), pace, utcnow), MOST)

    def sweep(self) -> None:
        """Let sla look for the lamps whose time has come."""
        with self.units["sla"].transaction() as db:
            sweep(db, utcnow(), self.settings.sla.promise, MOST)

    def close(self) -> None:
        """End its connections."""
        self.node.engine.dispose()
        self.loop.close()

    def rests(self, _peer: str) -> bool:
        """Tell that letters are taken at any time: the node is its own carrier."""
        return False

    def carry(self, peer: str, letters: Sequence[Letter]) -> int:
        """Take letters for a neighbour; they lie until somebody brings them."""
        self.letters += [(peer, letter) for letter in letters]
        return len(letters)

    def _cues(self, name: str) -> list[Cue]:
        cues_of(name)  # loads Nameko without its warning
        service = MEMBERS[name].service_class()()
        service.settings = self.settings.service(name)
        service.unit, service.keys = self.units[name], self.node.keys
        service.neighbours, service.cards = self.node.neighbours, self.node.cards
        service.files = self.node.stores.get(name)
        service.entries = {}  # any carrier may bring a parcel
        return [
            Cue(hears.kinds, getattr(service, method), hears.manner)
            for method, cue in getmembers(type(service), isfunction)
            for hears in getattr(cue, "nameko_entrypoints", ())
            if hasattr(hears, "kinds")
        ]
