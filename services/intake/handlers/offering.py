"""Offer the files of a case to the neighbours that share it: those that took it, or gave it.

An offer goes only after the case was taken over: until then nothing of a file leaves the node, and
a refusal has nothing to throw away. To all other nodes a file is one that is there (ADR 22).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Connection

from services.intake.policy.coming import piece_count
from services.intake.policy.files import AttachmentLimits
from services.intake.repository.attachments import Attachment, attachments_of
from services.intake.repository.cases import case_of
from services.intake.repository.coming import add_leg, legs_of
from services.intake.repository.releases import Release, standing_of_file
from shared.events.base import CaseEvent
from shared.events.dispatch import CaseHandedOver
from shared.events.intake import FileOffered, FileRecalled, ReleaseTold
from shared.events.words import HandOverKind
from shared.outbox import say
from shared.security.letters import Card
from shared.security.pieces import Shelf, Way, clear
from shared.security.sealing import NodeKeys
from shared.store import Store

GIVEN = frozenset({HandOverKind.UP, HandOverKind.DOWN})
"""Kinds of hand-over by which a neighbour gets a leg."""


@dataclass(frozen=True, slots=True)
class FileHouse:
    """What of the node files between nodes depend on, at one instant."""

    node: str
    keys: NodeKeys = field(repr=False)
    cards: Mapping[str, Card]
    limits: AttachmentLimits
    patience: timedelta
    now: datetime
    store: Store = field(repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """A file that a node gives, when, and for which unit if for one alone."""

    attachment: Attachment
    node: str
    now: datetime
    release: Release | None = None

    @property
    def told(self) -> ReleaseTold | None:
        """The release as a neighbour is told of it."""
        if self.release is None:
            return None
        told = {name: getattr(self.release, name) for name in ReleaseTold.model_fields}
        return ReleaseTold(**told)


def give_to_takers(db: Connection, events: Sequence[CaseEvent], house: FileHouse) -> None:
    """Offer the files of cases to the neighbours that took them over."""
    for event in events:
        if isinstance(event, CaseHandedOver) and event.kind in GIVEN:
            _join(db, event, house)


def _join(db: Connection, event: CaseHandedOver, house: FileHouse) -> None:
    if not add_leg(db, event.case_id, event.to_node):
        return  # it has them, or was offered them, since it had the case before
    if is_withheld(db, event.case_id):
        return
    for attachment in attachments_of(db, event.case_id):
        _offer(db, Given(attachment, house.node, house.now), event.to_node)


def offer_to_legs(
    db: Connection, attachment: Attachment, node: str, now: datetime, via: str | None = None
) -> None:
    """Offer a file to all that share its case, but not to whom it came from."""
    peers = legs_of(db, attachment.case_id) - {via}
    if peers and is_withheld(db, attachment.case_id):
        for release in standing_of_file(db, attachment.attachment_id):
            offer_released(db, release, attachment, node, now)
        return
    for peer in sorted(peers):
        _offer(db, Given(attachment, node, now), peer)


def offer_released(
    db: Connection, release: Release, attachment: Attachment, node: str, now: datetime
) -> None:
    """Offer a file to all that share its case, for the one unit of another node that sees it."""
    if release.unit_node != node:
        for peer in sorted(legs_of(db, release.case_id) - {release.via}):
            _offer(db, Given(attachment, node, now, release), peer)


def recall(db: Connection, release: Release, node: str, now: datetime) -> None:
    """Have a file go from where it was brought for a unit that is to see it no longer."""
    if release.unit_node == node:
        return
    for peer in sorted(legs_of(db, release.case_id) - {release.via}):
        clear(db, Shelf(Way.OUT, peer, release.shown_id))
        recalled = FileRecalled(
            case_id=release.case_id,
            occurred_at=now,
            to_node=peer,
            file_id=release.shown_id,
            release_id=release.release_id,
        )
        say(db, recalled)


def goes_out(db: Connection, attachment: Attachment, node: str) -> bool:
    """Tell whether a file may leave the node: of a withheld person's, what was released there."""
    if not is_withheld(db, attachment.case_id):
        return True
    shown = standing_of_file(db, attachment.attachment_id)
    return any(each.unit_node != node for each in shown)


def is_withheld(db: Connection, case_id: UUID) -> bool:
    """Tell whether the person of a case is to be known to nobody who works on it.

    Then its files stay at the node that has the person: they tell who it is. Single ones go where
    a unit was let see them.
    """
    case = case_of(db, case_id)
    return case is not None and case.complainant.withheld


def _offer(db: Connection, given: Given, peer: str) -> None:
    attachment = given.attachment
    offered = FileOffered(
        case_id=attachment.case_id,
        occurred_at=given.now,
        to_node=peer,
        file_id=attachment.attachment_id,
        kind=attachment.kind,
        bytes=attachment.bytes,
        pieces=piece_count(attachment.bytes),
        from_node=attachment.origin or given.node,
        added_at=attachment.added_at,
        by_staff=attachment.added_by_staff,
        release=given.told,
    )
    say(db, offered)
