"""The store of a node's files, as its settings name it, with a room for each service."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from backstop.settings import BadSettings, NodeSettings
from backstop.store_settings import StoreSettings
from shared.store import Store
from shared.store.folder import FolderStore
from shared.store.measured import MeasuredStore

KEY_LINES = 2
ROOMS: Mapping[str, str] = MappingProxyType({"intake": "", "dispatch": "outside/"})
"""Service that keeps files → how the names of its room begin.

Each has shelves of its own: none ever looks through, or drops, what the rows of another tell of.
"""


def stores_of(settings: NodeSettings) -> Mapping[str, Store]:
    """Return the rooms of a node's store by service; nothing connects before it is used."""
    return {service: _room(settings, begins) for service, begins in ROOMS.items()}


def rooms_in(folder: Path) -> Mapping[str, Store]:
    """Return rooms in a folder as they are in a store, for a copy of it."""
    return {service: FolderStore(folder / begins) for service, begins in ROOMS.items()}


def _room(settings: NodeSettings, begins: str) -> Store:
    told = settings.store
    inner = _bucket(told, begins) if told.s3_url else FolderStore(told.folder / begins)
    return MeasuredStore(inner, settings.code)


def _bucket(told: StoreSettings, begins: str) -> Store:
    # Loaded only where it is used: most sites keep a folder.
    from shared.store.s3 import Bucket, S3Store

    access, secret = _keys(told)
    bucket = Bucket(
        url=told.s3_url,
        name=told.s3_bucket,
        region=told.s3_region,
        access_key=access,
        secret_key=secret,
        prefix=told.s3_prefix + begins,
        ca_file=None if told.s3_ca_file is None else str(told.s3_ca_file),
    )
    return S3Store(bucket)


def _keys(told: StoreSettings) -> list[str]:
    file = told.s3_key_file
    try:
        lines = [] if file is None else file.read_text(encoding="utf-8").split()
    except OSError as error:
        raise BadSettings(f"BACKSTOP_STORE_S3_KEY_FILE: {file}: {error.strerror}") from error
    if len(lines) != KEY_LINES:
        raise BadSettings(f"BACKSTOP_STORE_S3_KEY_FILE: {file}: two lines, access and secret key")
    return lines
