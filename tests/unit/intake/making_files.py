"""Small files of every kind, made in memory."""

import io
import zipfile
from typing import Any

from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
WHERE = {1: "N", 2: (31.0, 27.0, 36.0), 3: "E", 4: (116.0, 56.0, 24.0)}
MAKER = "Secret Camera 7"
ORIENTATION, MAKE, PLACE = 0x0112, 0x010F, 0x8825
TURNED = 6


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **exif: Any) -> bytes:
    """Return a picture, left half red, as a camera writes it: lying on its side, with a place."""
    image = Image.new("RGB", size, "white")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    told = Image.Exif()
    told[MAKE] = MAKER
    told[ORIENTATION] = exif.get("orientation", TURNED)
    told.get_ifd(PLACE).update(exif.get("where", WHERE))
    made = io.BytesIO()
    image.save(made, kind, exif=told)
    return made.getvalue()


def archive(*names: str, comment: bytes = b"", before: bytes = b"", after: bytes = b"") -> bytes:
    """Return a ZIP archive with parts of these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(name, "x")
        file.comment = comment
    return before + made.getvalue() + after


def docx(*more: str, **around: bytes) -> bytes:
    """Return what passes for a text document."""
    return archive("[Content_Types].xml", "word/document.xml", *more, **around)


def xlsx(*more: str) -> bytes:
    """Return what passes for a table."""
    return archive("[Content_Types].xml", "xl/workbook.xml", *more)


def locked(data: bytes) -> bytes:
    """Return an archive whose parts say that they are encrypted."""
    flags = bytearray(data)
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        flags[place + 8] |= 1
        place = data.find(b"PK\x01\x02", place + 1)
    return bytes(flags)
