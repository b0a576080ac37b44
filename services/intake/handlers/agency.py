"""By which right an agent speaks: written down, told, and asked at each act that needs it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from services.intake.handlers.amend import open_case, restate
from services.intake.handlers.trace import leave_trace
from services.intake.handlers.words import demand_own
from services.intake.policy.agency import refused_to_agent
from services.intake.repository.cases import Case
from shared.errors import Refused
from shared.events.intake import AgentAuthority
from shared.security.caller import Caller
from shared.security.sealing import NodeKeys, Sealer

NOTE = "authority_note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """What an agent is to the principal, which of both is told, and what paper was shown."""

    relation: str
    told: str = "agent"
    kind: str | None = None
    scopes: tuple[str, ...] = ()
    valid_until: date | None = None
    note: str = ""


def authority_of(sealer: Sealer, agency: Agency) -> AgentAuthority:
    """Return an authority as it is kept: what stands in it in words is sealed."""
    return AgentAuthority(
        relation=agency.relation,
        told=agency.told,
        kind=agency.kind,
        scopes=tuple(sorted(set(agency.scopes))),
        valid_until=agency.valid_until,
        note=sealer.seal_if(NOTE, agency.note or None),
    )


def refused_now(authority: AgentAuthority | None, today: date) -> Mapping[str, str]:
    """Return what an agent may not do, each with its reason."""
    if authority is None:
        return {}
    return refused_to_agent(authority.scopes, authority.valid_until, today)


def change_authority(
    db: Connection, keys: NodeKeys, case: Case, agency: Agency, caller: Caller
) -> None:
    """Write another authority of the agent of a locked case down; who is told stays."""
    demand_own(case)
    if case.agent is None:
        raise Refused("no_such_party", field="relation")
    told = open_case(db, keys, case)
    kept = authority_of(told.sealer, replace(agency, told=case.agent_told))
    before = None if case.authority is None else case.authority.code_hash
    kept = kept.model_copy(update={"code_hash": before})
    amended = replace(case, authority=kept, amendment=case.amendment + 1)
    restate(db, (case, amended), ("authority",), caller)
    leave_trace(db, caller, "authority.write", case.number)
