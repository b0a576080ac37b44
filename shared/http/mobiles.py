"""A mobile telephone in a request: what a message can be sent to."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared.security.phones import PhoneKind, normalise_phone, phone_kind


def _mobile(text: str) -> str:
    phone = normalise_phone(text)
    if phone is None:
        raise PydanticCustomError("phone", "not a telephone number")
    if phone_kind(phone) is not PhoneKind.MOBILE:
        raise PydanticCustomError("mobile_of_party", "not a mobile telephone of the mainland")
    return phone


Mobile = Annotated[str, Field(max_length=40), AfterValidator(_mobile)]
"""In its normal spelling."""
