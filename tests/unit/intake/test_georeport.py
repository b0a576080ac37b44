import asyncio
from collections.abc import Mapping
from urllib.parse import quote_plus

import pytest
from fastapi import Request

from services.intake.api.open311.bodies import MOST_FIELDS, read_form
from shared.errors import Refused

TOLD = "房产证办不下来 café"


def read(body: bytes, kind: str = "application/x-www-form-urlencoded") -> Mapping[str, str]:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}
    return asyncio.run(read_form(Request(scope, receive)))


@pytest.mark.parametrize(
    "body",
    [
        f"description={quote_plus(TOLD)}&last_name=".encode(),
        f"description={TOLD.replace(' ', '+')}&last_name=".encode(),
        f"description={quote_plus(TOLD[:4])}{TOLD[4:]}&last_name=".encode(),
    ],
    ids=["escaped", "bare", "both"],
)
def test_a_form_is_read_alike_however_its_program_writes_it(body: bytes) -> None:
    assert read(body) == {"description": TOLD, "last_name": ""}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"description=caf\xe9", "not_utf8"),
        (b"description=caf%E9", "not_utf8"),
        (b"phone=1&phone=2", "field_twice"),
        (b"&".join([b"a=1"] * (MOST_FIELDS + 1)), "bad_request"),
    ],
    ids=["latin", "latin-escaped", "twice", "many"],
)
def test_what_is_no_such_form_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(body)

    assert refused.value.code == code


def test_a_form_in_parts_is_read_and_takes_no_file() -> None:
    part = '--x\r\nContent-Disposition: form-data; name="description"{}\r\n\r\n{}\r\n--x--\r\n'
    kind = "multipart/form-data; boundary=x"

    assert read(part.format("", TOLD).encode(), kind) == {"description": TOLD}
    with pytest.raises(Refused) as refused:
        read(part.format('; filename="a"', TOLD).encode(), kind)
    assert (refused.value.code, refused.value.field) == ("file_apart", "description")
