"""The part of `rabbitmq.conf` under which children dial a node's broker, by certificate only."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backstop.links.definitions import SHOVEL
from backstop.links.places import Places

PORT: Final = 5671
PLUGINS: Final = ("rabbitmq_auth_mechanism_ssl", "rabbitmq_shovel")
"""What a broker with links needs; one without children needs the second alone."""
MOST_BYTES: Final = 16_777_216
"""The longest message, the same on every tier: a shovel that is refused one never gets over it."""
LOG_BYTES: Final = 5_242_880
LOG_FILES: Final = 4


@dataclass(frozen=True, slots=True)
class Listener:
    """Where children dial, and which accounts of this broker are for its own host alone."""

    places: Places
    address: str = ""
    """The address to listen on; empty for all."""
    port: int = PORT
    local_accounts: Sequence[str] = ()


def configuration(listener: Listener) -> str:
    """Return the lines for a broker that children dial."""
    places = listener.places
    host = f"[{listener.address}]" if ":" in listener.address else listener.address
    where = f"{host}:{listener.port}" if host else str(listener.port)
    lines = [
        f"listeners.ssl.default = {where}",
        f"ssl_options.cacertfile = {places.trust}",
        f"ssl_options.certfile = {places.server}",
        f"ssl_options.keyfile = {places.server}",
        "ssl_options.verify = verify_peer",
        "ssl_options.fail_if_no_peer_cert = true",
        "ssl_options.versions.1 = tlsv1.3",
        "ssl_options.versions.2 = tlsv1.2",
        "ssl_cert_login_from = common_name",
    ]
    return "\n".join(lines) + "\n" + common(listener.local_accounts)


def common(local_accounts: Sequence[str] = ()) -> str:
    """Return the lines that every broker with a link needs, one without children too."""
    # Naming any of them drops RabbitMQ's own default, which is the first.
    accounts = dict.fromkeys(("guest", SHOVEL, *local_accounts))
    lines = [
        "auth_mechanisms.1 = EXTERNAL",
        "auth_mechanisms.2 = PLAIN",
        *(f"loopback_users.{account} = true" for account in accounts),
        f"max_message_size = {MOST_BYTES}",
        # While a link is away its shovels report each attempt.
        f"log.file.rotation.size = {LOG_BYTES}",
        f"log.file.rotation.count = {LOG_FILES}",
    ]
    return "\n".join(lines) + "\n"


def loading(definitions: Path) -> str:
    """Return the lines that make a broker load a file at each start, beside `load_definitions`."""
    return (
        f"definitions.import_backend = local_filesystem\ndefinitions.local.path = {definitions}\n"
    )
