"""The telephone of one of several complainants, in the case and in every copy of it."""

from dataclasses import replace

from sqlalchemy import Connection

from services.intake.handlers.amend import open_case, restate
from services.intake.handlers.others import opened_others
from services.intake.handlers.own_code import sealer_of_one
from services.intake.policy.corrections import PartyField, field_of
from services.intake.repository.cases import Case
from services.intake.repository.one_time_codes import forget_asks_of_one
from shared.errors import Refused
from shared.events.sealed import PartyRole, SealedParty
from shared.security.caller import Caller
from shared.security.parties import bare, hashes_of, sealed_party
from shared.security.sealing import NodeKeys


def party_of_one(case: Case, serial: int) -> SealedParty:
    """Return one of several complainants; Refused for whoever is none of them, or has left."""
    there = {each.serial: each.party for each in case.others if not each.left}
    if serial not in there:
        raise Refused("no_such_party", field="complainant")
    return there[serial]


def put_phone(
    db: Connection, keys: NodeKeys, case: Case, new: tuple[int, str], caller: Caller
) -> Case:
    """Put the telephone of one of several complainants into a locked case, and tell every copy."""
    (serial, phone), told = new, open_case(db, keys, case)
    sealer = sealer_of_one(db, keys, case, serial)
    everybody = opened_others(db, keys, case.others)
    everybody[serial] = replace(everybody[serial], phone=phone)
    sealed = bare(sealed_party(sealer, everybody[serial], PartyRole.COMPLAINANT))
    others = (
        each.model_copy(update={"party": sealed}) if each.serial == serial else each
        for each in case.others
    )
    amended = replace(
        case,
        others=tuple(others),
        person_hashes=hashes_of(keys, (*told.parties.values(), *everybody.values())),
        amendment=case.amendment + 1,
    )
    restate(db, (case, amended), (f"others.{field_of(str(serial), PartyField.PHONE)}",), caller)
    forget_asks_of_one(db, case.case_id, serial)
    return amended
