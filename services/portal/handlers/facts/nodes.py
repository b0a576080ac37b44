"""What nodes tell of themselves as a whole: of each thing of a node the last fact counts."""

from services.portal.handlers.sheet import Facts, Sheet
from shared.events.base import Envelope, NodeFact
from shared.events.dispatch import ItemShared
from shared.events.intake import BenchmarkNoted
from shared.events.link import DisclosureSet
from shared.events.portal import DayCounted
from shared.events.review import (
    LeadAnswered,
    LeadRaised,
    PrecedentPublished,
    PrecedentWithdrawn,
)
from shared.events.sla import LocalNoticeSigned, NoticeSigned


def _told(sheet: Sheet, envelope: Envelope, event: NodeFact) -> None:
    known = sheet.node_facts.get(event.subject_id)
    if event.node != envelope.node:
        return
    if known and (known["said_at"], known["version"]) >= (envelope.time, envelope.version):
        return
    sheet.node_facts[event.subject_id] = {
        "fact_id": event.subject_id,
        "node": event.node,
        "name": event.name,
        "about": event.about,
        "said_at": envelope.time,
        "version": envelope.version,
        "body": event.model_dump(mode="json"),
    }


def _kept_there(_sheet: Sheet, _envelope: Envelope, _event: NodeFact) -> None:
    """Leave it to its service: the pages ask the case library, or the register, itself."""


FACTS: Facts = {
    ItemShared: _told,
    BenchmarkNoted: _kept_there,
    DisclosureSet: _told,
    DayCounted: _told,
    PrecedentPublished: _kept_there,
    PrecedentWithdrawn: _kept_there,
    LeadRaised: _told,
    LeadAnswered: _told,
    NoticeSigned: _told,
    LocalNoticeSigned: _told,
}
