"""Lists of cases: which there are, what narrows them, what a row of one holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from uuid import UUID

from services.portal.policy import EVERY_CASE, Cell
from services.portal.policy.ledger import Asked
from shared.security.actor import Actor
from shared.security.reach import NOTHING, Within


@unique
class ListKind(StrEnum):
    """Which list of cases is asked for; each has an order and an index of its own."""

    INTAKE = "intake"
    """Registered, waits for acceptance; the oldest first."""
    POOL = "pool"
    """Waits for a dispatcher: pooled or returned."""
    UNIT = "unit"
    """Open and held by the unit of the scope; what is due next first."""
    OPEN = "open"
    """Everything open; what is due next first."""
    FEEDBACK = "feedback"
    """Finished, waits for the person's word."""
    REST = "rest"
    """Closed or declined, the latest first."""
    ALL = "all"
    """Everything registered or taken over here, registered last first."""
    INCOMING = "incoming"
    """Offered by a neighbour, waits for an answer; the oldest first."""
    AWAY = "away"
    """Ours, and another node works on it; what is due next first."""
    BELOW = "below"
    """Open and held by a tier below; what is due next first."""
    REPORTED = "reported"
    """Reported by a tier below that works on it, the latest first."""
    SUPERVISED = "supervised"
    """Whoever supervises waits for an answer; what must be answered next first."""
    EXTENSIONS = "extensions"
    """A unit asks for more time; the oldest plea first."""
    TRACKED = "tracked"
    """Explained and not settled; whose next word is due first, so what is overdue leads."""
    CONSENTS = "consents"
    """A unit may track no longer unless somebody agrees; the oldest first."""
    ESCALATED = "escalated"
    """Nobody found a unit in time; the oldest first."""
    HELPED = "helped"
    """Held by another unit, and the unit of the scope owes a part; what is due next first."""
    OVERRIDDEN = "overridden"
    """Finished over a part that was open or dissenting, not yet closed; the latest first."""
    URGED = "urged"
    """Urged by its person in this round; what was urged most first."""
    URGED_OFTEN = "urged_often"
    """Urged so often that leaders look; what was urged last first."""
    WITHDRAWN = "withdrawn"
    """Withdrawn by its person; the latest first."""
    PRESSED = "pressed"
    """Its person says to be asked to withdraw, and it is not closed; the latest first."""
    ARBITRATIONS = "arbitrations"
    """It is disputed whose it is; the oldest first."""
    BULLETINS = "bulletins"
    """So late that it may be named in a bulletin; the latest first."""
    RAISING = "raising"
    """So late that a higher tier should have it; the oldest first."""
    CALLBACKS = "callbacks"
    """The unit that gave the result is to call the person back; what is due next first."""
    CENTRE_CALLBACKS = "centre_callbacks"
    """The centre is to call the person back; what is due next first."""


OF_ONE_UNIT = frozenset({ListKind.UNIT, ListKind.HELPED})
"""Lists of what one unit has to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """Which cases somebody may look at, by why a node sees a case at all."""

    node: str = ""
    ours: Within = NOTHING
    """Cases that were registered or taken over here."""
    incoming: Within = NOTHING
    """Cases that a neighbour offers."""
    below: Within = NOTHING
    """Cases of the tiers below."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListScope:
    """Which cases a list shows: those of its kind in sight of the reader, narrowed by filters."""

    kind: ListKind
    sight: Sight
    unit: str | None = None
    status: str | None = None
    lamp: str | None = None
    holder: str | None = None
    """The node that holds it."""
    text: str = ""
    """Words of title and text, or a case number."""
    cell: Cell = EVERY_CASE
    """The number of the board that it stands behind."""
    reader: Actor | None = None
    """Who looks: no cases that complain of them; None for one who may see all."""
    ledger: Asked | None = None
    """What of the ledger is asked for, where it is the ledger; it has an order of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCase:
    """One row of a list."""

    case_id: UUID
    number: str
    title_masked: str
    channel: str
    demand: str | None
    region: str
    item_name: str | None
    complexity: str | None
    person_masked: str | None
    status: str
    round: int
    is_open: bool
    registered_at: datetime | None
    accepted_at: datetime | None
    finished_at: datetime | None
    closed_at: datetime | None
    order_id: UUID | None
    unit_code: str | None
    unit_name: str | None
    pool_reason: str | None
    lamp: str | None
    next_due_at: datetime | None
    citizen_lamp: str | None
    citizen_due_at: datetime | None
    citizen_provisional: bool | None
    custody_kind: str | None
    custody_lamp: str | None
    custody_due_at: datetime | None
    searcher: str | None
    level: int | None
    solved: bool | None
    sort_at: datetime | None
    origin: str | None
    holder: str | None
    is_away: bool
    is_below: bool
    incoming_from: str | None
    incoming_at: datetime | None
    offered_to: str | None
    reported_from: str | None
    reported_at: datetime | None
    supervised_until: datetime | None
    asked_until: datetime | None
    extension_at: datetime | None = None
    consent_at: datetime | None = None
    escalated_at: datetime | None = None
    arbitrating_at: datetime | None = None
    overridden_at: datetime | None = None
    bulletin_at: datetime | None = None
    raising_at: datetime | None = None
    callback_at: datetime | None = None
    centre_callback_at: datetime | None = None
    urges: int | None = None
    urged_often_at: datetime | None = None
    said_at: datetime | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of a list; `next` is where the following one begins, None on the last."""

    rows: Sequence[ListedCase]
    next: tuple[str, str] | None
    looked_to: datetime | None = None
    """How far was looked, where that ended before the page was full."""
