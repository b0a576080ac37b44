"""A picture of another node is taken only if there is nothing in it beside its pixels."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from services.intake.handlers.pictures import remade, thumbnail_of
from services.intake.policy.files import Kind
from services.intake.policy.jpeg import END, START, is_bare
from shared.errors import Refused
from tests.unit.intake.making_files import picture

BARE = remade(io.BytesIO(picture()), Kind.JPEG, 1_000_000).data


def encoded(**options: object) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(made, "JPEG", **options)
    return made.getvalue()


def segment(marker: int, body: bytes) -> bytes:
    """The picture with one more segment behind its start."""
    more = bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2) + body
    return START + more + BARE[len(START) :]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_was_made_anew_is_bare(kind: str) -> None:
    assert is_bare(remade(io.BytesIO(picture(kind)), Kind[kind], 1_000_000).data)


def test_a_progressive_one_with_many_scans_is_bare() -> None:
    assert is_bare(encoded(progressive=True))


@pytest.mark.parametrize(
    "data",
    [
        picture(),
        encoded(comment="藏着的话"),
        encoded(icc_profile=b"profile"),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00"),
        segment(0xE0, b"JFXX\x00\x10"),
        segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x08\x08" + bytes(192)),
        BARE + b"PK\x03\x04",
        BARE + BARE,
        BARE[:-2],
        START + END + END,
        b"%PDF-1.4",
        b"",
    ],
    ids=[
        "a camera's",
        "comment",
        "profile",
        "xmp",
        "jfxx",
        "a small picture inside",
        "an archive behind",
        "a second picture behind",
        "cut off",
        "two ends",
        "another kind",
        "nothing",
    ],
)
def test_a_picture_with_anything_more_is_not(data: bytes) -> None:
    assert not is_bare(data)
    with pytest.raises(Refused):
        thumbnail_of(data, 1_000_000)


@given(place=st.integers(2, len(BARE) - 1), value=st.integers(0, 255), cut=st.booleans())
def test_whatever_the_bytes_are_it_answers(place: int, value: int, cut: bool) -> None:
    changed = bytearray(BARE)
    changed[place] = value

    assert is_bare(bytes(changed[:place] if cut else changed)) in {True, False}


def test_a_bomb_is_not_opened() -> None:
    with pytest.raises(Refused, match="picture_too_large"):
        thumbnail_of(BARE, 64 * 48 - 1)
