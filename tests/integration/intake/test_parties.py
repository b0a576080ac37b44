"""Who stands in a case, and what becomes of them: what one leaves, wants hidden, or needs."""

from datetime import date

import pytest
from sqlalchemy import Connection

from services.intake.handlers import Holding, Registered, hold_case
from services.intake.handlers.care import change_care
from services.intake.handlers.leaving import leave_case
from services.intake.handlers.others import opened_others
from services.intake.handlers.withhold import withhold_name
from services.intake.repository.care import care_between
from services.intake.repository.cases import Case, case_by_number
from shared.errors import Refused
from shared.events.sealed import NAME_WITHHELD, PartyKind
from shared.security.parties import Party
from shared.security.sealing import NodeKeys
from tests.integration.intake.correcting import HEAD, RIGHT, ask
from tests.integration.intake.stories import NINE, OFFICER, register

pytestmark = pytest.mark.integration

SECOND = Party(kind=PartyKind.PERSON, name="独孤望山", phone="+8613955607502")
THIRD = Party(kind=PartyKind.PERSON, name="赫连观云", phone="+8613955607503")


@pytest.fixture
def told(db: Connection, keys: NodeKeys) -> Registered:
    return register(db, keys, others=(SECOND, THIRD), care=("elderly",))


def kept(db: Connection, told: Registered) -> Case:
    case = case_by_number(db, told.number, lock=True)
    assert case is not None
    return case


def test_of_who_leaves_not_even_an_earlier_copy_opens(
    db: Connection, keys: NodeKeys, told: Registered
) -> None:
    case = kept(db, told)
    before = opened_others(db, keys, case.others)

    leave_case(db, keys, case, 2, OFFICER)

    assert before == {2: SECOND, 3: THIRD}
    assert opened_others(db, keys, case.others) == {3: THIRD}
    with pytest.raises(Refused) as again:
        leave_case(db, keys, kept(db, told), 2, OFFICER)
    assert again.value.code == "no_such_party"


def test_nobody_leaves_a_case_that_the_law_holds(
    db: Connection, keys: NodeKeys, told: Registered
) -> None:
    hold_case(db, told.number, Holding("诉讼"), HEAD)

    with pytest.raises(Refused) as refused:
        leave_case(db, keys, kept(db, told), 3, OFFICER)

    assert refused.value.code == "held_together"
    assert opened_others(db, keys, kept(db, told).others) == {2: SECOND, 3: THIRD}


def test_who_wants_not_to_be_known_later_is_hidden_with_all_beside_them(
    db: Connection, keys: NodeKeys, told: Registered
) -> None:
    assert withhold_name(db, keys, kept(db, told), OFFICER)

    case = kept(db, told)
    parties = [case.complainant, *(each.party for each in case.others)]
    assert {(one.masked_name, one.masked_phone, one.withheld) for one in parties} == {
        (NAME_WITHHELD, None, True)
    }
    assert not withhold_name(db, keys, case, OFFICER)


def test_nothing_is_withheld_while_a_correction_waits(
    db: Connection, keys: NodeKeys, told: Registered
) -> None:
    ask(db, keys, told, phone=RIGHT)

    with pytest.raises(Refused) as refused:
        withhold_name(db, keys, kept(db, told), OFFICER)

    assert refused.value.code == "correction_asked"


def test_a_ground_of_care_that_was_known_is_not_counted_again(
    db: Connection, keys: NodeKeys, told: Registered
) -> None:
    def counted() -> dict[str, int]:
        return dict(care_between(db, date(2030, 1, 1), date(2030, 1, 31)))

    first = counted()
    assert change_care(db, keys, kept(db, told), ["elderly", "blind"], OFFICER)
    assert not change_care(db, keys, kept(db, told), ["blind", "elderly"], OFFICER)

    assert NINE.date() == date(2030, 1, 2)
    assert counted() == {**first, "blind": first.get("blind", 0) + 1}
    assert list(kept(db, told).measures or ()) == ["call", "large_print", "helper"]
