import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.security.phones import PhoneKind, normalise_phone, phone_kind


@pytest.mark.parametrize(
    "typed",
    [
        "13800006160",
        "138 0000-6160",
        "+86 13800006160",
        "0086-138-0000-6160",
        "１３８００００６１６０",
        "（+86）138.0000.6160",
    ],
)
def test_a_mobile_has_one_spelling(typed: str) -> None:
    assert normalise_phone(typed) == "+8613800006160"


@pytest.mark.parametrize(
    ("typed", "normal", "kind"),
    [
        ("0564-8621234", "+865648621234", PhoneKind.LANDLINE),
        ("(0564) 862-1234", "+865648621234", PhoneKind.LANDLINE),
        ("0564 8621234转12", "+865648621234;ext=12", PhoneKind.LANDLINE),
        ("010-62345678-8001", "+861062345678;ext=8001", PhoneKind.LANDLINE),
        ("400-810-8888", "+864008108888", PhoneKind.LANDLINE),
        ("+852 2345 6789", "+85223456789", PhoneKind.ABROAD),
        ("12345", "12345", PhoneKind.SERVICE),
        ("96980", "96980", PhoneKind.SERVICE),
        ("110", "110", PhoneKind.SERVICE),
        ("16212345678", "+8616212345678", PhoneKind.MOBILE),
    ],
)
def test_every_kind_of_number_is_known(typed: str, normal: str, kind: PhoneKind) -> None:
    assert normalise_phone(typed) == normal
    assert phone_kind(normal) is kind


@pytest.mark.parametrize("typed", ["", "abc", "8621234", "1380000616", "138000061600", "1" * 500])
def test_what_is_no_number_is_refused(typed: str) -> None:
    assert normalise_phone(typed) is None


@given(st.text(max_size=60))
def test_no_text_breaks_it_and_a_result_is_stable(typed: str) -> None:
    normal = normalise_phone(typed)

    assert normal is None or normalise_phone(normal.replace(";ext=", "转")) == normal
