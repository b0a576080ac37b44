"""What a file is, told from its bytes alone; what it is called and said to be counts for nothing.

Only what is on the list is taken. A photograph is made anew from its pixels afterwards, so that
what else may hide in it is gone; a document is kept as it is and therefore looked at harder.
"""

import io
import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import BinaryIO

HEAD = 1_024
TAIL = 65_557
"""The longest end of a ZIP archive: its last record with the longest comment."""
END_RECORD = 22
PIECE = 262_144
"""So much of a document is looked through at a time."""
LONGEST_NAME = 32
"""Longer than any name that is looked for, with what stands around it."""
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


def sniff(source: BinaryIO) -> Sniffed:
    """Tell what a file is, in the memory of a piece of it; of what it holds nothing raises."""
    ends = _Ends.of(source)
    if not ends.head:
        return Sniffed(refusal=Refusal.EMPTY)
    picture = _picture(ends.head)
    if picture is not None:
        return Sniffed(kind=picture)
    if ends.head.startswith(b"%PDF-"):
        return _pdf(source, ends)
    if ends.head.startswith(b"PK\x03\x04"):
        return _office(source, ends)
    return Sniffed(refusal=Refusal.KIND)


@dataclass(frozen=True, slots=True)
class _Ends:
    head: bytes
    tail: bytes

    @classmethod
    def of(cls, source: BinaryIO) -> "_Ends":
        source.seek(0)
        head = source.read(HEAD)
        size = source.seek(0, io.SEEK_END)
        source.seek(max(size - TAIL, 0))
        return cls(head, source.read(TAIL))


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


def _pdf(source: BinaryIO, ends: _Ends) -> Sniffed:
    # An archive is read from its end: one behind a document would be both.
    if b"%%EOF" not in ends.tail[-HEAD:] or b"PK\x05\x06" in ends.tail or _speaks_html(ends.head):
        return Sniffed(refusal=Refusal.KIND)
    if _is_active(source):
        return Sniffed(refusal=Refusal.ACTIVE)
    return Sniffed(kind=Kind.PDF)


def _is_active(source: BinaryIO) -> bool:
    source.seek(0)
    window, following = b"", source.read(PIECE)
    while following:
        window, following = window[-LONGEST_NAME:] + following, source.read(PIECE)
        # At the end of a window a name may go on: then it is found, or not, in the next one.
        found = ACTIVE_IN_PDF.finditer(window)
        if any(not following or each.end() < len(window) for each in found):
            return True
    return False


def _office(source: BinaryIO, ends: _Ends) -> Sniffed:
    try:
        with zipfile.ZipFile(source) as archive:
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
    if not ends.tail[-END_RECORD:].startswith(b"PK\x05\x06") or b"%PDF-" in ends.head:
        return Sniffed(refusal=Refusal.KIND)
    if any(ACTIVE_PARTS.search(name) for name in names) or _is_locked(parts):
        return Sniffed(refusal=Refusal.ACTIVE)
    return Sniffed(kind=kinds.pop())


def _is_locked(parts: list[zipfile.ZipInfo]) -> bool:
    return any(part.flag_bits & ENCRYPTED for part in parts)


def _speaks_html(head: bytes) -> bool:
    lower = head.lower()
    return any(tongue in lower for tongue in OTHER_TONGUES)
