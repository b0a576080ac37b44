#!/usr/bin/env python3
"""Make the secrets that docker-compose.yml mounts, in deploy/secrets; what is there stays.

Standard library only, for any Python from 3.8 on. The folder is closed to everybody but you, the
files in it are not: a container reads them under an account of its own.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "secrets"
NODES = ("340000", "341500", "341523")
NOBODY = "http://127.0.0.1:9/"
SALT_BYTES = 4
PASSWORD_BYTES = 24


def main(folder: Path = FOLDER) -> None:
    """Make what is missing and say how to go on."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    # What people and servers log in with comes first: the addresses below repeat it.
    for node in NODES:
        for what in ("postgres", "database", "bus"):
            keep(folder / f"{node}.{what}", password())
    for node in NODES:
        write_addresses(folder, node)
    keep(folder / "grafana", password())
    keep(folder / "alert_webhook", NOBODY)
    print(f"{folder}：密钥已就绪 · the secrets are there")
    if (folder / "alert_webhook").read_text() == NOBODY:
        print(
            f"告警还没有人收：请把值班通道的 webhook 地址写进 {folder / 'alert_webhook'}\n"
            "Nobody is told of alerts yet: write the address of your webhook into that file."
        )


def write_addresses(folder: Path, node: str) -> None:
    """Write where a node's database and bus are, and who may log in to its broker."""
    database, bus = ((folder / f"{node}.{what}").read_text() for what in ("database", "bus"))
    login = f"backstop_{node}"
    addresses = {
        "database_url": f"postgresql+psycopg://{login}:{database}@postgres-{node}:5432/{login}",
        "bus_url": f"amqp://{node}:{bus}@rabbitmq-{node}:5672/{node}",
    }
    for name, address in addresses.items():
        keep(folder / f"{node}.{name}", address)
    keep(folder / f"{node}.definitions.json", definitions(node, bus))


def definitions(node: str, secret: str) -> str:
    """Return what a node's broker loads: its virtual host, and the account of its processes."""
    rights = {"configure": ".*", "write": ".*", "read": ".*"}
    told = {
        "vhosts": [{"name": node, "default_queue_type": "quorum"}],
        "users": [user(node, secret)],
        "permissions": [{"user": node, "vhost": node, **rights}],
    }
    return json.dumps(told, indent=1)


def user(name: str, secret: str) -> dict[str, object]:
    """Return an account with the salted digest of its password, as RabbitMQ keeps it."""
    salt = secrets.token_bytes(SALT_BYTES)
    digest = salt + hashlib.sha256(salt + secret.encode()).digest()
    return {
        "name": name,
        "password_hash": base64.b64encode(digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": [],
    }


def password() -> str:
    """Return a new password that needs no quoting anywhere."""
    return secrets.token_hex(PASSWORD_BYTES)


def keep(file: Path, text: str) -> None:
    """Write a file unless it is there, never half."""
    if not file.exists():
        draft = file.with_name(f"{file.name}.new")
        draft.write_text(text)
        draft.chmod(0o644)
        draft.replace(file)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
