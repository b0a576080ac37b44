"""The keys of a node as one looks at them, renews them and takes old ones out of use."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from backstop.node import Node
from backstop.renewing import HASHES, left
from backstop.suite import MEMBERS
from services.portal.tables import plumbing
from shared.audit import Entry, record
from shared.errors import Refused
from shared.security.actor import Actor
from shared.security.key_file import INDEX, SETTLES, KeyFile
from shared.security.key_room import KeysState, KeyState
from shared.security.resealing import sealed_under


class NodeKeyRoom:
    """What an operator may do with the keys of a running node."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._file = KeyFile(node.settings.key_file)

    def state(self) -> KeysState:
        """Tell which keys there are, what each has sealed, and what is left to be sealed anew."""
        keys, sealed, to_do = self._node.keys.now, self._sealed(), left(self._node)
        listed = [
            KeyState(
                name=name,
                current=name == keys.current,
                made_at=keys.made.get(name),
                sealed=sealed[name],
            )
            for name in sorted(keys.wrapping, key=lambda name: (len(name), name), reverse=True)
        ]
        return KeysState(
            keys=listed,
            places=dict(to_do),
            done=sealed[keys.current],
            to_do=sum(to_do.values()),
            index_made_at=keys.made.get(INDEX),
            index_renewing=keys.index_before is not None,
            copies=[copy.name for copy in self._file.copies()],
        )

    def rotate(self, what: str, actor: Actor, now: datetime) -> KeysState:
        """Renew the wrapping key or the key of the blind index; name the copy of the old file."""
        with self._node.unit("portal").transaction() as db:
            renewed = (self._file.rotate_index if what == INDEX else self._file.rotate)(now)
            _audit(db, "key.rotate", renewed.name, actor, now)
        return self.state()

    def retire(self, name: str, actor: Actor, now: datetime) -> KeysState:
        """Destroy an old key; Refused while anything may still need it."""
        self._demand_unused(name, now)
        with self._node.unit("portal").transaction() as db:
            self._file.retire(name)
            _audit(db, "key.retire", name, actor, now)
        return self.state()

    def _demand_unused(self, name: str, now: datetime) -> None:
        keys = self._node.keys.now
        replaced = keys.made.get(INDEX if name == INDEX else keys.current)
        if replaced is not None and now < replaced + SETTLES:
            raise Refused("key_settles")
        needed = left(self._node)[HASHES] if name == INDEX else self._sealed()[name]
        if needed:
            raise Refused("key_in_use")

    def _sealed(self) -> Mapping[str, int]:
        counted: Counter[str] = Counter()
        for name, member in MEMBERS.items():
            for sealed in member.sealed:
                with self._node.unit(name).transaction() as db:
                    counted.update(sealed_under(db, sealed))
        return counted


def _audit(db: Connection, action: str, name: str, actor: Actor, now: datetime) -> None:
    entry = Entry(at=now, actor=actor, action=action, object_kind="key", object_id=name)
    record(db, plumbing.audit, entry)
