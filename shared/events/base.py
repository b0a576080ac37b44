"""What every event is, and how it travels: CloudEvents 1.0, one JSON object an event."""

import builtins
from collections.abc import Iterator
from enum import StrEnum, unique
from typing import Any, ClassVar, Literal, TypeVar
from uuid import UUID, uuid5

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError
from pydantic_core import to_json

from shared.errors import BadMessage, LaterWord
from shared.neighbours import Entry


class Event(BaseModel):
    """A fact, in the past tense, said by the service that owns it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: ClassVar[str]
    """`<service>.<what_happened>.v<major>`."""

    between_nodes: ClassVar[bool] = False
    """Said to this node's link by a neighbour's, and to nobody else."""

    stays_here: ClassVar[bool] = False
    """Of no business to other nodes: link does not hear it."""

    in_journal: ClassVar[bool] = True
    """Kept for people to read; what only moves the bytes of files is not."""

    for_one: ClassVar[bool] = False
    """For the node named in `to_node` alone: the tier above and others are not told."""

    occurred_at: AwareDatetime

    @property
    def subject_id(self) -> UUID:
        """The thing the fact is about; its facts keep their order."""
        raise TypeError(f"{type(self).__name__} names no subject")


class CaseEvent(Event):
    """A fact about one case."""

    case_id: UUID

    @property
    def subject_id(self) -> UUID:
        """The case."""
        return self.case_id


NODE_FACTS = UUID("0197f3c2-6a51-7c5e-9d0b-5b1e5f1f7a10")


@unique
class Way(StrEnum):
    """Which way a fact about a node travels."""

    UP = "up"
    """To the tier above, and on to those above it."""
    DOWN = "down"


class NodeFact(Event):
    """A fact about a node as a whole: it travels between tiers, and a later one replaces it."""

    way: ClassVar[Way]

    node: str
    """The node it is about, which alone may say it."""

    @property
    def about(self) -> str:
        """What of the node it tells, so that of each such thing the last fact counts."""
        return ""

    @property
    def ways(self) -> frozenset[Way]:
        """Which ways this one travels: that of its kind, unless it says so itself."""
        return frozenset({self.way})

    @property
    def subject_id(self) -> UUID:
        """The same for the same node and thing, whoever keeps it."""
        return uuid5(NODE_FACTS, f"{self.name} {self.node} {self.about}")


E = TypeVar("E", bound=Event)


class Envelope(BaseModel):
    """The JSON object on the wire: CloudEvents attributes around one event.

    `version` counts what this speaker said about this subject, from 1 without gaps.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    """`/nodes/<node>/<service>`."""
    type: str
    time: AwareDatetime
    subject: UUID
    datacontenttype: Literal["application/json"] = "application/json"
    traceparent: str | None = None
    version: int
    inexchange: str | None = None
    """Of a neighbour's message, written here as it arrives: to which exchange it was published."""
    inaccount: str | None = None
    """The same: under which account."""
    data: dict[str, Any]

    @property
    def entry(self) -> Entry | None:
        """Where it came in from a neighbour; None if it was said on this node."""
        return None if self.inexchange is None else Entry(self.inexchange, self.inaccount)

    @property
    def speaker(self) -> str:
        """The service that said it."""
        return self.source.rpartition("/")[2]

    @property
    def node(self) -> str:
        """The code of the node on which it was said."""
        return self.source.split("/")[2]

    def open(self, kind: builtins.type[E]) -> E:
        """Read the event back, checking it against its contract; raise BadMessage if it breaks.

        LaterWord where nothing breaks but a list of words, to which a later release may add.
        """
        try:
            return kind.model_validate(self.data)
        except ValidationError as error:
            is_later = all(each["type"] == "enum" for each in error.errors())
            raise (LaterWord if is_later else BadMessage)(problems(error)) from error


def enveloped(event: Event, *, id: UUID, source: str, traceparent: str) -> tuple[str, str]:
    """Return what goes before and after the version in the JSON object on the wire.

    Together they are what an `Envelope` of it would write. The event was checked when it was made:
    it is written once, and nothing is checked again.
    """
    attributes = {
        "specversion": "1.0",
        "id": id,
        "source": source,
        "type": event.name,
        "time": event.occurred_at,
        "subject": event.subject_id,
        "datacontenttype": "application/json",
        "traceparent": traceparent,
    }
    around = to_json(attributes).decode()
    return f'{around[:-1]},"version":', f',"data":{event.model_dump_json()}}}'


def problems(error: ValidationError) -> str:
    """Say what is wrong with a body without repeating any of its values."""
    found = [f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors()]
    return "; ".join(found[:8])


def every_event() -> Iterator[type[Event]]:
    """Yield each event class that has a name, in no particular order."""
    pending: list[type[Event]] = [Event]
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        if "name" in vars(kind):
            yield kind
