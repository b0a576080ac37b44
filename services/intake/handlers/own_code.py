"""A query code of one's own: of one of several complainants, or of an agent beside the person."""

from dataclasses import replace

from sqlalchemy import Connection

from services.intake.handlers.others import OWN_CODE
from services.intake.handlers.sealing import code_hash
from services.intake.repository.cases import Case, amend_case
from shared.clock import new_id
from shared.errors import Refused
from shared.events.intake import AgentAuthority, OwnCodeRenewed
from shared.events.sealed import Sealed
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.numbers import new_query_code
from shared.security.sealing import KeyDestroyed, NodeKeys, Sealer
from shared.security.standing import AGENTS
from shared.security.vault import sealer_of_case, sealers_for


def renew_own_code(db: Connection, keys: NodeKeys, case: Case, serial: int, caller: Caller) -> str:
    """Give somebody of a locked case a new code of their own; the one before opens nothing.

    Refused for whoever has left, or was erased.
    """
    sealer = sealer_of_one(db, keys, case, serial)
    code = new_query_code()
    sealed, hashed = sealer.seal(OWN_CODE, code), code_hash(keys, case.number, code)
    amend_case(db, _with_code(case, serial, sealed, hashed))
    renewed = OwnCodeRenewed(
        case_id=case.case_id,
        occurred_at=caller.now,
        renewal_id=new_id(),
        complainant=serial,
        query_code=sealed,
        by=caller.by,
    )
    say(db, renewed)
    return code


def sealer_of_one(db: Connection, keys: NodeKeys, case: Case, serial: int) -> Sealer:
    """Return the key of somebody of a case who has a code of their own; Refused if it is gone."""
    if serial == AGENTS:
        return _of_case(db, keys, case)
    there = {each.serial: each for each in case.others if not each.left}
    if serial not in there:
        raise Refused("person_erased")
    key_id = there[serial].party.name.key_id
    own = sealers_for(db, keys, {key_id})
    if key_id not in own:
        raise Refused("person_erased")
    return own[key_id]


def _of_case(db: Connection, keys: NodeKeys, case: Case) -> Sealer:
    try:
        return sealer_of_case(db, keys, case.case_id)
    except KeyDestroyed as error:
        raise Refused("person_erased") from error


def _with_code(case: Case, serial: int, sealed: Sealed, hashed: str) -> Case:
    if serial == AGENTS:
        assert case.authority is not None, "an agent beside the person has a row"  # noqa: S101
        return replace(case, authority=_lent(case.authority, hashed))
    own = {"query_code": sealed, "code_hash": hashed}
    others = (
        each.model_copy(update=own) if each.serial == serial else each for each in case.others
    )
    return replace(case, others=tuple(others))


def _lent(authority: AgentAuthority, hashed: str) -> AgentAuthority:
    return authority.model_copy(update={"code_hash": hashed})
