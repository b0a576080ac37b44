from datetime import date

import pytest

from shared.security.identifiers import (
    IdCardFault,
    IdKind,
    fits_id_kind,
    has_organisation_check,
    id_card_fault,
    is_uscc,
    normalise_id_card,
)

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    "number",
    ["11010519491231002X", "11010519491231002x", "341523199001010019", "310151198802290017"],
)
def test_a_valid_identity_card_has_no_fault(number: str) -> None:
    assert id_card_fault(number, TODAY) is None


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("341523199001010018", IdCardFault.CHECK),
        ("341523202302290017", IdCardFault.DATE),
        ("341523202603030013", IdCardFault.FUTURE),
        ("34152319900101001", IdCardFault.SHAPE),
        ("", IdCardFault.SHAPE),
        ("三四一五二三", IdCardFault.SHAPE),
        ("٣٤١٥٢٣١٩٩٠٠١٠١٠٠١٩", IdCardFault.SHAPE),
    ],
)
def test_a_fault_is_named(number: str, fault: IdCardFault) -> None:
    assert id_card_fault(number, TODAY) is fault


def test_an_old_card_is_the_new_one_of_the_same_person() -> None:
    assert normalise_id_card("110105491231002") == "11010519491231002X"
    assert id_card_fault("110105491231002", TODAY) is None
    assert id_card_fault("110105491331002", TODAY) is IdCardFault.DATE


def test_spaces_and_full_width_do_not_matter() -> None:
    assert normalise_id_card("１１０１０５ 19491231 002ｘ") == "11010519491231002X"


@pytest.mark.parametrize(
    "code",
    [
        "91110000600037341L",
        "11340000MB1234567D",
        "N2341523MF0A1B2C3P",
        "12310151MB2F00001D",
        "91340000MA00000260",
    ],
)
def test_a_valid_unit_code_is_taken_also_with_letters_in_front(code: str) -> None:
    assert is_uscc(code)
    assert is_uscc(code.lower())


@pytest.mark.parametrize("code", ["91110000600037341M", "9111000060003734IL", "9111", ""])
def test_an_invalid_unit_code_is_refused(code: str) -> None:
    assert not is_uscc(code)


def test_the_organisation_code_inside_is_checked_apart() -> None:
    assert has_organisation_check("91110000600037341L")
    assert not has_organisation_check("11340000MB1234567D")


@pytest.mark.parametrize(
    ("kind", "fits", "other"),
    [
        (IdKind.IDENTITY_CARD, "341523199001010019", "341523199001010018"),
        (IdKind.RESIDENCE_PERMIT, "810000199001010019", "341523199001010019"),
        (IdKind.HK_MACAU_PERMIT, "H12345678", "X12345678"),
        (IdKind.HK_MACAU_PERMIT, "m 1234567800", "M1234567"),
        (IdKind.TAIWAN_PERMIT, "12345678", "1234567"),
        (IdKind.PERMANENT_RESIDENCE, "CAN110078111501", "CA110078111501"),
        (IdKind.PERMANENT_RESIDENCE, "911124198108030024", "911124198108030023"),
        (IdKind.PASSPORT, "E12345678", "EDCBA"),
        (IdKind.PASSPORT, "ed 1234567", "E1234567890123"),
    ],
)
def test_each_document_has_numbers_of_its_own(kind: IdKind, fits: str, other: str) -> None:
    assert fits_id_kind(fits, kind, TODAY)
    assert not fits_id_kind(other, kind, TODAY)
