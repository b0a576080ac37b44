"""What a client says of a file that comes in pieces, and what comes of a line that breaks."""

import asyncio
from base64 import b64encode
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from services.intake.policy.uploads import UploadRules, refusal_of_length, surplus, told_in
from shared.errors import Unavailable
from shared.http.tus import pieces

RULES = UploadRules(bytes=20, at_once=3, life=timedelta(days=1))


def encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), st.text(), max_size=5))
def test_what_is_told_of_a_file_comes_as_it_was_said(told: dict[str, str]) -> None:
    header = ", ".join(f"{name} {encoded(text)}" for name, text in told.items())

    assert told_in(header) == told


def test_a_name_alone_tells_nothing_of_itself() -> None:
    assert told_in("") == {}
    assert told_in("is_confidential,filename YQ==") == {"is_confidential": "", "filename": "a"}


@pytest.mark.parametrize("header", ["a !", "a b c", "a /w==", ",".join(["a YQ=="] * 21), "a YQ="])
def test_what_breaks_its_form_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match=r"base64|names"):
        told_in(header)


@pytest.mark.parametrize(
    ("length", "refusal"), [(0, "file_empty"), (1, None), (20, None), (21, "file_too_large")]
)
def test_a_file_has_a_length_within_the_limit(length: int, refusal: str | None) -> None:
    assert refusal_of_length(length, RULES) == refusal


@pytest.mark.parametrize(("waiting", "giving_way"), [(0, 0), (2, 0), (3, 1), (5, 3)])
def test_as_many_give_way_as_one_more_needs(waiting: int, giving_way: int) -> None:
    assert surplus(waiting, RULES) == giving_way


def read(*messages: Message) -> tuple[list[bytes], bool]:
    """Return the pieces that came of these messages, and whether the line broke."""
    coming, found = list(messages), list[bytes]()

    async def receive() -> Message:
        return coming.pop(0)

    async def read_all() -> None:
        request = Request({"type": "http", "method": "PATCH", "headers": []}, receive)
        async for piece in pieces(request, 4):
            found.append(piece)  # what came before it raised is what counts

    try:
        asyncio.run(read_all())
    except Unavailable:
        return found, True
    return found, False


def body(data: bytes, *, more: bool = True) -> Message:
    return {"type": "http.request", "body": data, "more_body": more}


def test_what_comes_is_cut_into_pieces_however_it_comes() -> None:
    assert read(body(b"abcdefghi"), body(b"", more=False)) == ([b"abcd", b"efgh", b"i"], False)
    assert read(body(b"ab"), body(b"cd"), body(b"e", more=False)) == ([b"abcd", b"e"], False)


def test_of_a_line_that_breaks_what_had_come_is_kept() -> None:
    gone: Message = {"type": "http.disconnect"}

    assert read(body(b"abcdef"), gone) == ([b"abcd", b"ef"], True)
    assert read(gone) == ([], True)
