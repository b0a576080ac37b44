"""Whom a case complains of: units of this node, and persons, whose names are sealed at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

from sqlalchemy import Connection

from services.intake.handlers.dissolving import dissolve_for_conflict
from services.intake.handlers.trace import leave_trace
from services.intake.repository.cases import Case, case_by_number, mark_complaint
from services.intake.repository.catalogue import codes_of_units, titles_of_units
from shared.audit import digest_of
from shared.errors import Refused
from shared.events.intake import ComplainedOf, ComplaintMarked, UnitComplainedOf
from shared.events.sealed import SealedName
from shared.events.words import By
from shared.outbox import say
from shared.security.caller import Caller
from shared.security.complained_names import known_by
from shared.security.masking import mask_text
from shared.security.parties import name_hash
from shared.security.policy import Resource, is_complained_of
from shared.security.sealing import KeyDestroyed, NodeKeys, Sealer
from shared.security.vault import sealer_of_case

PERSON = "complained_of"


@dataclass(frozen=True, slots=True)
class Account:
    """Whose account it is that a case complains of, and how they were named, if they were."""

    login: str
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """Who is complained of as told at a door: codes of units, names of persons in the clear."""

    units: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    elsewhere: tuple[UnitComplainedOf, ...] = ()
    """Units of other nodes, as who tells it knows them."""
    accounts: tuple[Account, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anybody was named."""
        return bool(self.units or self.persons or self.elsewhere or self.accounts)

    @property
    def spellings(self) -> tuple[str, ...]:
        """The persons' names as they may stand in a text: as told, without spaces, bare."""
        tight = ("".join(name.split()) for name in self.persons)
        return (*self.persons, *tight, *(known_by(name)[0] for name in self.persons))


def mark_complained_of(
    db: Connection, keys: NodeKeys, number: str, named: Named, caller: Caller
) -> Case:
    """Add to whom a case complains of; who was named before is not added again."""
    case = case_by_number(db, number, lock=True)
    if case is None or is_in_conflict(case, caller):
        raise Refused("unknown_case")
    try:
        sealer = sealer_of_case(db, keys, case.case_id)
    except KeyDestroyed as error:
        raise Refused("case_erased") from error
    told = identified(db, sealer, keys, named, caller.actor.node)
    if told is not None and hold_back(db, case, told, caller.by, caller.now):
        leave_trace(db, caller, "case.mark", number, after=digest_of(_digested(told)))
    return case


def identified(
    db: Connection, sealer: Sealer, keys: NodeKeys, named: Named | None, node: str
) -> ComplainedOf | None:
    """Return who was named, units by title and persons sealed; Refused for an unknown unit."""
    if not named:
        return None
    titles = titles_of_units(db, named.units) if named.units else {}
    if any(code not in titles for code in named.units):
        raise Refused("unknown_unit", field="complained_of.units")
    units = tuple(
        UnitComplainedOf(node=node, code=code, title=titles[code]) for code in named.units
    )
    persons = [_sealed(sealer, keys, name) for name in named.persons]
    persons += [_linked(sealer, keys, account) for account in named.accounts]
    units = (*units, *map(_as_told, named.elsewhere))
    return _joined(ComplainedOf(), ComplainedOf(units=units, persons=tuple(persons)))


def own_units(
    db: Connection, told: Sequence[UnitComplainedOf], node: str
) -> tuple[UnitComplainedOf, ...]:
    """Return those units that are this node's, as it lists them: by code, else by title."""
    mine = [unit for unit in told if unit.node == node]
    listed = codes_of_units(db, [unit.code for unit in mine], [unit.title for unit in mine])
    codes = ((listed.get(unit.code) or listed.get(unit.title), unit.title) for unit in mine)
    return tuple(
        UnitComplainedOf(node=node, code=code, title=title) for code, title in codes if code
    )


def say_marked(db: Connection, case: Case, by: By, at: datetime) -> None:
    """Say of whom a case complains, if of anybody."""
    if case.complained_of is not None:
        about = {"case_id": case.case_id, "occurred_at": at}
        say(db, ComplaintMarked(**about, complained_of=case.complained_of, by=by))


def hold_back(db: Connection, case: Case, told: ComplainedOf, by: By, at: datetime) -> bool:
    """Add to whom a locked case complains of; tell whether that was news."""
    known = case.complained_of or ComplainedOf()
    joined = _joined(known, told)
    if joined == known:
        return False
    mark_complaint(db, case.case_id, joined)
    say_marked(db, replace(case, complained_of=joined), by, at)
    dissolve_for_conflict(db, case.case_id, by, at)
    return True


def is_in_conflict(case: Case, caller: Caller) -> bool:
    """Tell whether a case complains of who asks: then it does not exist for them."""
    against = case.complained_of or ComplainedOf()
    node = caller.actor.node
    here = Resource(node=node, complained_of=against.units_of(node), persons=against.hashes)
    return is_complained_of(caller.actor, here)


def _digested(told: ComplainedOf) -> dict[str, object]:
    return {
        "units": [unit.code or unit.title for unit in told.units],
        "persons": sorted(told.hashes),
    }


def _joined(known: ComplainedOf, told: ComplainedOf) -> ComplainedOf:
    listed = set(map(known_as, known.units))
    units = {known_as(unit): unit for unit in told.units if known_as(unit) not in listed}
    persons = reduce(_with_person, told.persons, known.persons)
    return ComplainedOf(units=(*known.units, *units.values()), persons=persons)


def known_as(unit: UnitComplainedOf) -> tuple[str, str]:
    """Return the node of a unit and its code there, or its title where no code is known."""
    return unit.node, unit.code or unit.title


def _with_person(known: tuple[SealedName, ...], one: SealedName) -> tuple[SealedName, ...]:
    # Who is known already under one of these names is known under the others from now on too.
    same = next((each for each in known if each.hashes & one.hashes), None)
    if same is None:
        return (*known, one)
    more = dict.fromkeys(f"{same.name_hash} {one.name_hash}".split())
    known_as = same.model_copy(update={"name_hash": " ".join(more)})
    return tuple(known_as if each is same else each for each in known)


def _sealed(sealer: Sealer, keys: NodeKeys, name: str) -> SealedName:
    return SealedName(name=sealer.seal(PERSON, name), name_hash=name_hash(keys, name))


def _linked(sealer: Sealer, keys: NodeKeys, account: Account) -> SealedName:
    name = account.person or account.login
    return SealedName(
        name=sealer.seal(PERSON, name), name_hash=name_hash(keys, name, account.login)
    )


def _as_told(unit: UnitComplainedOf) -> UnitComplainedOf:
    return unit.model_copy(update={"title": mask_text(unit.title)})
