"""What an operator may change: one node's file, overridden by `BACKSTOP_…` variables.

Loaded once per node, here and nowhere else; everything below is handed plain frozen objects.
`{node}` in a value stands for the node's code, so that one environment serves several nodes.
"""

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from backstop.addresses import NetworkName
from backstop.door_settings import DoorSettings
from backstop.store_settings import StoreSettings
from services.dispatch.settings import Settings as DispatchSettings
from services.intake.settings import Settings as IntakeSettings
from services.link.settings import Settings as LinkSettings
from services.notify.settings import Settings as NotifySettings
from services.portal.settings import Settings as PortalSettings
from services.review.settings import Settings as ReviewSettings
from services.sla.settings import Settings as SlaSettings

OPERATIONS_PORT_OFFSET = 1000
"""Bus processes answer /healthz, /readyz and /metrics on web port + 1000 (+ process index)."""

HIGHEST_WEB_PORT = 65_535 - OPERATIONS_PORT_OFFSET

CODE = r"^\d{6}$"
Code = Annotated[str, Field(pattern=CODE)]

FILLED = (
    "public_url",
    "database_url",
    "database_direct_url",
    "bus_url",
    "key_file",
    "cards",
    "links",
    "broker_control",
)
"""Settings in which `{node}` and `{web_port}` are filled in."""

LOOPBACK = ("127.0.0.0/8", "::1/128")

FROM_FILES = ("database_url", "database_direct_url", "bus_url", "neighbour_bus_url")
"""Addresses with a password in them: `BACKSTOP_…_FILE` may name a file that holds one."""


class BadSettings(Exception):
    """A node file or a variable is missing or malformed; the text names which."""


class NodeSettings(BaseSettings):
    """One node of one tier."""

    model_config = SettingsConfigDict(
        env_prefix="BACKSTOP_",
        env_nested_delimiter="_",
        env_nested_max_split=1,
        frozen=True,
        extra="forbid",
    )

    code: str = Field(pattern=CODE, description="GB/T 2260 code of the node's region.")
    tier: Literal["province", "city", "county"] = Field(description="The node's tier.")
    name: str = Field(description="The service centre's name, as people read it.")
    web_port: int = Field(ge=1, le=HIGHEST_WEB_PORT, description="Port of pages and API.")
    port_shift: int = Field(
        default=0, description="Added to web_port: moves all nodes of a host at once."
    )
    host: str = Field(default="127.0.0.1", description="Address the web process listens on.")
    public_url: str = Field(
        default="http://127.0.0.1:{web_port}", description="How people reach the portal."
    )
    trusted_proxies: tuple[NetworkName, ...] = Field(
        default=(),
        description='Proxies whose X-Forwarded-For is believed, as JSON: ["10.0.0.5"].',
    )
    database_url: str = Field(description="SQLAlchemy URL of the node's own database.")
    database_direct_url: str | None = Field(
        default=None, description="The same without a pooler, for LISTEN and session locks."
    )
    database_pool: int = Field(
        default=12, ge=2, le=100, description="Connections of one process to the database."
    )
    bus_url: str = Field(description="amqp://… or bus://localhost/{node} for one process.")
    shards: int = Field(default=1, ge=1, le=64, description="Queues per hearing service.")
    key_file: Path = Field(description="The node's keys, readable by its owner alone.")
    parent: str | None = Field(
        default=None, pattern=CODE, description="Code of the node above; empty at the top."
    )
    children: tuple[Code, ...] = Field(
        default=(), description='Codes of the nodes below, as JSON: ["341523"].'
    )
    cards: Path = Field(
        default=Path("/etc/backstop/cards"),
        description="Folder of the neighbours' cards, <code>.json; a link begins with its card.",
    )
    neighbour_bus_url: str | None = Field(
        default=None,
        description="Where neighbours' buses are, {peer} for the code; empty if not from here.",
    )
    links: Path = Field(
        default=Path("/etc/backstop/links/{node}"),
        description="Folder of the keys and certificates of the node's links.",
    )
    broker_control: str = Field(
        default="rabbitmqctl", description="How rabbitmqctl of the node's broker is called."
    )
    carrier: Literal["in_process", "shovel"] = Field(
        default="in_process",
        description="How letters go to neighbours: in_process writes them into the buses of "
        "neighbour_bus_url, shovel leaves them to the shovels of the node's own RabbitMQ.",
    )
    keep_days: int = Field(
        default=30, ge=1, description="How long outbox and inbox rows are kept after use."
    )
    demo: bool = Field(
        default=False, description="Demo accounts and readable test messages; loopback only."
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR.")

    doors: DoorSettings = DoorSettings()
    store: StoreSettings = StoreSettings()
    intake: IntakeSettings = IntakeSettings()
    dispatch: DispatchSettings = DispatchSettings()
    sla: SlaSettings = SlaSettings()
    notify: NotifySettings = NotifySettings()
    review: ReviewSettings = ReviewSettings()
    portal: PortalSettings = PortalSettings()
    link: LinkSettings = LinkSettings()

    @field_validator("port_shift")
    @classmethod
    def _leads_to_a_port(cls, shift: int, others: ValidationInfo) -> int:
        port = others.data.get("web_port", 1) + shift
        if not 1 <= port <= HIGHEST_WEB_PORT:
            raise ValueError(f"the web port would be {port}, choose another BACKSTOP_WEB_PORT")
        return shift

    @classmethod
    def load(cls, file: Path, environment: Mapping[str, str]) -> Self:
        """Read the node's file under the environment; raise BadSettings naming what is wrong."""
        if not file.is_file():
            raise BadSettings(f"there is no node file {file}")
        given = _with_files_read(environment, _code_in(file))

        class Loaded(cls):  # type: ignore[valid-type,misc]
            @classmethod
            def settings_customise_sources(
                cls, settings_cls: type[BaseSettings], **_others: Any
            ) -> tuple[PydanticBaseSettingsSource, ...]:
                return (
                    _Environment(settings_cls, given),
                    TomlConfigSettingsSource(settings_cls, file),
                )

        try:
            loaded = Loaded()
        except ValidationError as error:
            raise BadSettings(_in_words(file, error)) from error
        return loaded._filled()  # type: ignore[no-any-return]

    @property
    def near_host(self) -> str:
        """Where this machine itself reaches the web process."""
        return "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104

    def service(self, name: str) -> Any:
        """Return one service's own settings."""
        return getattr(self, name)

    def _filled(self) -> Self:
        port = self.web_port + self.port_shift
        known = {"node": self.code, "web_port": str(port)}
        changed = {
            field: type(value)(str(value).format_map(_Keep(known)))
            for field in FILLED
            if (value := getattr(self, field)) is not None
        }
        filled = self.model_copy(update={**changed, "web_port": port})
        sla = self.sla.model_copy(update={"home": self.sla.home or self.code})
        services = {"notify": filled._notify(), "portal": filled._portal(), "sla": sla}
        rest = {"doors": filled._doors(), "store": self.store.filled(self.code)}
        return filled.model_copy(update={**services, **rest})

    def _doors(self) -> DoorSettings:
        loopback = LOOPBACK if self.demo else ()
        return self.doors.model_copy(update={"spared": (*self.doors.spared, *loopback)})

    def _notify(self) -> NotifySettings:
        told = self.notify
        changed = {
            "public_url": told.public_url or self.public_url,
            "show_texts": told.show_texts or self.demo,
        }
        return told.model_copy(update=changed)

    def _portal(self) -> PortalSettings:
        # A demonstration is looked at with one password; who wants to see more asks for it.
        told = self.portal
        open_to_all = self.demo and "second_factor_roles" not in told.model_fields_set
        changed = {"demo": self.demo} | ({"second_factor_roles": ()} if open_to_all else {})
        return told.model_copy(update=changed)


class _Environment(EnvSettingsSource):
    def __init__(self, settings_cls: type[BaseSettings], environment: Mapping[str, str]) -> None:
        self._given = environment
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in self._given.items()}


class _Keep(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _code_in(file: Path) -> str:
    # A file that cannot be read is told of as any other mistake in it, a moment later.
    with suppress(OSError, tomllib.TOMLDecodeError):
        return str(tomllib.loads(file.read_text(encoding="utf-8")).get("code", ""))
    return ""


def _with_files_read(environment: Mapping[str, str], code: str) -> Mapping[str, str]:
    # A file wins: who names one has no address of this node in a variable.
    given = dict(environment)
    for field in FROM_FILES:
        variable = f"BACKSTOP_{field.upper()}"
        file = given.pop(f"{variable}_FILE", None)
        if file:
            named = file.replace("{node}", code)
            try:
                given[variable] = Path(named).read_text(encoding="utf-8").strip()
            except OSError as error:
                raise BadSettings(f"{variable}_FILE: {named}: {error.strerror}") from error
    return given


def _in_words(file: Path, error: ValidationError) -> str:
    wrong = [
        f"{'.'.join(map(str, found['loc']))} "
        f"(BACKSTOP_{'_'.join(map(str, found['loc'])).upper()}): {found['msg']}"
        for found in error.errors(include_input=False)
    ]
    return f"{file}: " + "; ".join(wrong)
