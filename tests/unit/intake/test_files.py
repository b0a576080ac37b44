"""What a file is, told from its bytes; and what is refused whatever it says it is."""

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from services.intake.handlers.pictures import LONGEST_SIDE, THUMBNAIL_SIDE, remade
from services.intake.policy.files import Kind, Refusal, sniff
from services.intake.policy.names import LONGEST, file_name
from shared.errors import Refused
from tests.unit.intake.making_files import MAKER, PDF, archive, docx, locked, picture, xlsx

PIXELS = 1_000_000
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
"""What an encrypted office file, and every one of before 2007, begins with."""


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        pytest.param(picture("JPEG"), Kind.JPEG, id="jpeg"),
        pytest.param(picture("PNG"), Kind.PNG, id="png"),
        pytest.param(picture("WEBP"), Kind.WEBP, id="webp"),
        pytest.param(b"\0\0\0\x18ftypheic" + bytes(20), Kind.HEIC, id="heic"),
        pytest.param(PDF, Kind.PDF, id="pdf"),
        pytest.param(docx(), Kind.DOCX, id="docx"),
        pytest.param(xlsx("docProps/app.xml"), Kind.XLSX, id="xlsx"),
    ],
)
def test_what_is_on_the_list_is_recognised_by_its_bytes(data: bytes, kind: Kind) -> None:
    assert sniff(io.BytesIO(data)).kind is kind


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        pytest.param(b"", Refusal.EMPTY, id="nothing"),
        pytest.param(b"GIF89a" + bytes(30), Refusal.KIND, id="gif"),
        pytest.param(b"<svg xmlns='x'><script/></svg>", Refusal.KIND, id="svg"),
        pytest.param(b"<!doctype html><script>", Refusal.KIND, id="html"),
        pytest.param(b"MZ\x90\0" + bytes(60), Refusal.KIND, id="program"),
        pytest.param(OLE, Refusal.KIND, id="encrypted or old office file"),
        pytest.param(archive("a.txt"), Refusal.KIND, id="some archive"),
        pytest.param(archive("word/document.xml"), Refusal.KIND, id="half a document"),
        pytest.param(docx("xl/workbook.xml"), Refusal.KIND, id="two documents"),
        pytest.param(docx(comment=b"<script>"), Refusal.KIND, id="a comment behind it"),
        pytest.param(docx(after=b"#!/bin/sh"), Refusal.KIND, id="a tail"),
        pytest.param(docx(before=PDF), Refusal.KIND, id="pdf and archive"),
        pytest.param(PDF + docx(), Refusal.KIND, id="archive behind a pdf"),
        pytest.param(b"%PDF-1.4 <script>x</script>\n%%EOF", Refusal.KIND, id="pdf and html"),
        pytest.param(b"%PDF-1.4 without an end", Refusal.KIND, id="a pdf without end"),
        pytest.param(docx()[:-30], Refusal.KIND, id="a broken archive"),
        pytest.param(docx("word/vbaProject.bin"), Refusal.ACTIVE, id="macros"),
        pytest.param(xlsx("xl/embeddings/oleObject1.bin"), Refusal.ACTIVE, id="a file within"),
        pytest.param(xlsx("xl/externalLinks/externalLink1.xml"), Refusal.ACTIVE, id="a link out"),
        pytest.param(locked(docx()), Refusal.ACTIVE, id="a password"),
        pytest.param(PDF.replace(b"/Root", b"/OpenAction <</S/JavaScript>> /Root"),
                     Refusal.ACTIVE, id="a script in a pdf"),
        pytest.param(PDF.replace(b"/Root", b"/Encrypt 5 0 R /Root"), Refusal.ACTIVE,
                     id="a pdf with a password"),
    ],
)  # fmt: skip
def test_everything_else_is_refused(data: bytes, refusal: Refusal) -> None:
    assert sniff(io.BytesIO(data)).refusal is refusal
    assert sniff(io.BytesIO(data)).kind is None


@given(st.sampled_from([b"", b"PK\x03\x04", b"%PDF-", b"RIFF", docx(), PDF]), st.binary())
def test_no_bytes_make_it_fail(start: bytes, rest: bytes) -> None:
    found = sniff(io.BytesIO(start + rest))

    assert (found.kind is None) != (found.refusal is None)


@pytest.mark.parametrize("kind", [Kind.JPEG, Kind.PNG, Kind.WEBP])
def test_a_picture_is_made_anew_upright_and_bare(kind: Kind) -> None:
    sent = picture({"jpg": "JPEG", "png": "PNG", "webp": "WEBP"}[kind])
    assert MAKER.encode() in sent

    made = remade(io.BytesIO(sent), kind, PIXELS)

    kept = Image.open(io.BytesIO(made.data))
    assert kept.format == "JPEG"
    assert kept.size == (48, 64)
    assert not dict(kept.getexif())
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert MAKER.encode() not in made.data + made.thumbnail
    assert kept.getpixel((24, 2))[0] > 240  # type: ignore[index]  # what lay left is on top
    assert kept.getpixel((24, 2))[1] < 40  # type: ignore[index]
    assert made.place == {"lat": 31.46, "lon": 116.94}


def test_a_picture_of_a_telephone_that_writes_heic_is_taken() -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    sent = picture("HEIF", orientation=1)

    assert sniff(io.BytesIO(sent)).kind is Kind.HEIC
    assert (
        Image.open(io.BytesIO(remade(io.BytesIO(sent), Kind.HEIC, PIXELS).data)).format == "JPEG"
    )


def test_a_large_picture_is_made_smaller_and_a_clear_one_white() -> None:
    made = io.BytesIO()
    Image.new("RGBA", (3_200, 1_600), (0, 0, 0, 0)).save(made, "PNG")

    kept = remade(io.BytesIO(made.getvalue()), Kind.PNG, 10 * PIXELS)

    large, small = (Image.open(io.BytesIO(data)) for data in (kept.data, kept.thumbnail))
    assert large.size == (LONGEST_SIDE, LONGEST_SIDE // 2)
    assert large.getpixel((5, 5)) == (255, 255, 255)
    assert small.size == (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 2)
    assert kept.place is None


def bomb(width: int, height: int) -> bytes:
    """Return a PNG that announces more pixels than it has."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        sum_ = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + sum_

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1_000))
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("sent", "kind", "code"),
    [
        pytest.param(bomb(60_000, 60_000), Kind.PNG, "picture_too_large", id="a bomb"),
        pytest.param(bomb(1_001, 1_000), Kind.PNG, "picture_too_large", id="a pixel too many"),
        pytest.param(bomb(500, 500), Kind.PNG, "picture_broken", id="too little of it"),
        pytest.param(picture()[:300], Kind.JPEG, "picture_broken", id="cut off"),
        pytest.param(b"\xff\xd8\xff<svg/>", Kind.JPEG, "picture_broken", id="only its beginning"),
        pytest.param(
            b"\0\0\0\x18ftypheic" + bytes(200), Kind.HEIC, "picture_broken", id="a hollow heic"
        ),
        pytest.param(picture("PNG"), Kind.JPEG, "picture_broken", id="another kind"),
    ],
)
def test_what_is_no_picture_is_refused(sent: bytes, kind: Kind, code: str) -> None:
    with pytest.raises(Refused) as refused:
        remade(io.BytesIO(sent), kind, PIXELS)

    assert refused.value.code == code


@pytest.mark.parametrize(
    "where",
    [
        {},
        {1: "N"},
        {1: "N", 2: (1, 0), 3: "E", 4: (2,)},
        {1: "N", 2: (400.0, 0.0, 0.0), 3: "E", 4: (1.0, 0.0, 0.0)},
    ],
)
def test_a_place_that_cannot_be_is_none(where: dict[int, object]) -> None:
    assert remade(io.BytesIO(picture(where=where)), Kind.JPEG, PIXELS).place is None


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("身份证 正面.JPG", "身份证 正面.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\li\\合同.exe", "合同.pdf"),
        ("a\u202egpj.exe", "agpj.pdf"),
        ("a\r\nSet-Cookie: x", "aSet-Cookie_ x.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        ("长" * 300, "长" * LONGEST + ".pdf"),
        ('"><script>.pdf', "___script_.pdf"),
    ],
)
def test_a_name_is_harmless_and_ends_as_the_file_is(told: str, name: str) -> None:
    assert file_name(told, Kind.PDF) == name
