"""What a file is, told from its bytes alone; what it is called and said to be counts for nothing.

Only what is on the list is taken. A photograph is made anew from its pixels afterwards, so that
what else may hide in it is gone; a document is kept as it is and therefore looked at harder.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum, unique

HEAD = 1_024
TAIL = 65_557
"""The longest end of a ZIP archive: its last record with the longest comment."""
END_RECORD = 22
MOST_PARTS = 2_000
MOST_UNPACKED = 200_000_000
ENCRYPTED = 0x1


@unique
class Kind(StrEnum):
    """What is taken: the ending of its name."""

    JPEG = "jpg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"


@unique
class Refusal(StrEnum):
    """Why a file is not taken; each has a sentence for people."""

    EMPTY = "file_empty"
    KIND = "file_kind"
    ACTIVE = "file_active"


@dataclass(frozen=True, slots=True)
class AttachmentLimits:
    """How large and how many files may be."""

    bytes: int
    per_case: int
    pixels: int


PICTURES = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.HEIC})
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})
MAIN_PARTS = {"word/document.xml": Kind.DOCX, "xl/workbook.xml": Kind.XLSX}
ACTIVE_PARTS = re.compile(
    r"vbaproject|vbadata|activex|/embeddings/|oleobject|/macrosheets/|/externallinks/|\.(bin|exe|js)$",
    re.IGNORECASE,
)
"""Parts of an office file that run, or that carry another file or lead to one."""
ACTIVE_IN_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|Encrypt)\b")
"""Names of what runs or hides. In a compressed part they cannot be seen: a document is therefore
never shown inside a page, only handed out."""
OTHER_TONGUES = (b"<html", b"<script", b"<svg", b"<!doctype", b"<?php")


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The kind of a file, or why it is not taken."""

    kind: Kind | None = None
    refusal: Refusal | None = None


def sniff(data: bytes) -> Sniffed:
    """Tell what a file is; never raises."""
    if not data:
        return Sniffed(refusal=Refusal.EMPTY)
    picture = _picture(data)
    if picture is not None:
        return Sniffed(kind=picture)
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    return Sniffed(refusal=Refusal.KIND)


def _picture(data: bytes) -> Kind | None:
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return Kind.HEIC
    return None


def _pdf(data: bytes) -> Sniffed:
    # An archive is read from its end: one behind a document would be both.
    if b"%%EOF" not in data[-HEAD:] or b"PK\x05\x06" in data[-TAIL:] or _speaks_html(data):
        return Sniffed(refusal=Refusal.KIND)
    if ACTIVE_IN_PDF.search(data):
        return Sniffed(refusal=Refusal.ACTIVE)
    return Sniffed(kind=Kind.PDF)


def _office(data: bytes) -> Sniffed:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            comment = archive.comment
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
        return Sniffed(refusal=Refusal.KIND)
    names = [part.filename for part in parts]
    kinds = {kind for name, kind in MAIN_PARTS.items() if name in names}
    is_odd = comment or len(parts) > MOST_PARTS or len(set(names)) != len(names)
    is_bomb = sum(part.file_size for part in parts) > MOST_UNPACKED
    if is_odd or is_bomb or "[Content_Types].xml" not in names or len(kinds) != 1:
        return Sniffed(refusal=Refusal.KIND)
    if not data[-END_RECORD:].startswith(b"PK\x05\x06") or b"%PDF-" in data[:HEAD]:
        return Sniffed(refusal=Refusal.KIND)
    if any(ACTIVE_PARTS.search(name) for name in names) or _is_locked(parts):
        return Sniffed(refusal=Refusal.ACTIVE)
    return Sniffed(kind=kinds.pop())


def _is_locked(parts: list[zipfile.ZipInfo]) -> bool:
    return any(part.flag_bits & ENCRYPTED for part in parts)


def _speaks_html(data: bytes) -> bool:
    head = data[:HEAD].lower()
    return any(tongue in head for tongue in OTHER_TONGUES)
