"""Where what belongs to a node's links lies: one folder per node, in it one for its broker.

The broker runs under an account of its own. What it reads is as readable as the folder `broker`:
where its group may enter that one (`chgrp rabbitmq`, `chmod 2750`), it may read the files in it.
"""

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

OWNER_ONLY = 0o600
FOLDER_OF_BROKER = 0o700
FOLDER_OF_GROUP = 0o750
FOLDER_TO_PASS = 0o711
"""Nobody else looks into it; the broker passes through it into its own."""
GROUP_ENTERS, GROUP_READS = 0o010, 0o040
RANDOM_BYTES = 8


@dataclass(frozen=True, slots=True)
class Places:
    """The files of one node."""

    folder: Path

    @property
    def authority(self) -> Path:
        """Key and certificate of the node's own authority."""
        return self.folder / "authority.pem"

    @property
    def authority_before(self) -> Path:
        """The authority before this one, while not every child knows this one yet."""
        return self.folder / "authority-before.pem"

    @property
    def books(self) -> Path:
        """What is known of the links: the own address, children, invitations, the parent."""
        return self.folder / "links.json"

    @property
    def joining(self) -> Path:
        """The key and the request of a child that waits to be admitted."""
        return self.folder / "joining.json"

    @property
    def broker(self) -> Path:
        """The folder of what the broker reads."""
        return self.folder / "broker"

    @property
    def server(self) -> Path:
        """Key and certificate that the broker shows to who dials."""
        return self.broker / "server.pem"

    @property
    def trust(self) -> Path:
        """Certificates of the authorities whose clients the broker lets in."""
        return self.broker / "trust.pem"

    @property
    def parent_authority(self) -> Path:
        """Certificates of the authorities of the tier above."""
        return self.broker / "parent.pem"

    @property
    def definitions(self) -> Path:
        """What the broker loads for the links."""
        return self.broker / "links.definitions.json"

    @property
    def configuration(self) -> Path:
        """The part of `rabbitmq.conf` for links, and for the port at which children dial."""
        return self.broker / "links.conf"

    @property
    def own(self) -> Path:
        """Key and certificate under which the tier above is dialled.

        One file, and always this one: the next pair takes its place in one moment, and is what the
        broker shows when it dials next.
        """
        return self.broker / "own.pem"

    @property
    def renewing(self) -> Path:
        """The key of the next certificate, while the tier above is asked for it."""
        return self.folder / "renewing.json"

    @property
    def asking(self) -> Path:
        """Key and certificate of an invitation, while it is used."""
        return self.folder / "asking.pem"

    @property
    def asked(self) -> Path:
        """Certificates of the authorities that an invitation names, while it is used."""
        return self.folder / "asked.pem"


def put_for_broker(file: Path, blob: bytes) -> None:
    """Write what the broker reads, by its group if that may enter the folder."""
    file.parent.parent.mkdir(mode=FOLDER_TO_PASS, parents=True, exist_ok=True)
    file.parent.mkdir(mode=FOLDER_OF_BROKER, exist_ok=True)
    by_group = GROUP_READS if file.parent.stat().st_mode & GROUP_ENTERS else 0
    put(file, blob, mode=OWNER_ONLY | by_group)


def put(file: Path, blob: bytes, mode: int = OWNER_ONLY) -> None:
    """Write a whole file in the place of the one before, onto the disk."""
    file.parent.mkdir(mode=FOLDER_TO_PASS, parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(RANDOM_BYTES)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as written:
            os.fchmod(descriptor, mode)
            if os.geteuid() == 0:  # root writes what the node or its broker reads
                about = file.parent.stat()
                os.fchown(descriptor, about.st_uid, about.st_gid)
            written.write(blob)
            written.flush()
            os.fsync(descriptor)
        draft.replace(file)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
