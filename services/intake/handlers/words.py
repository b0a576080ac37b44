"""What a person says of their case later: sealed as it was said, masked as it is shown."""

from sqlalchemy import Connection

from services.intake.handlers.amend import open_case
from services.intake.repository.cases import Case
from shared.errors import Refused
from shared.events.sealed import Sealed
from shared.security.sealing import NodeKeys


def sealed_words(
    db: Connection, keys: NodeKeys, case: Case, field: str, text: str
) -> tuple[Sealed | None, str]:
    """Return words sealed under the key of their case, and masked with all names known of it."""
    if not text:
        return None, ""
    told = open_case(db, keys, case)
    return told.sealer.seal(field, text), told.mask(text)


def demand_own(case: Case) -> None:
    """Refuse what only the node does that registered a case, and nobody for an erased person."""
    if case.origin is not None:
        raise Refused("registered_elsewhere")
    if case.erased_at is not None:
        raise Refused("case_erased")
