"""Make a picture anew from its pixels: upright, no larger than needed, with nothing beside them.

What a camera writes into a file – place, time, device, a name – does not come along, nor does
anything that was hidden in it. Where it was taken is read first, for those who agreed to it.
"""

import io
import math
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

from services.intake.policy.files import Kind
from services.intake.policy.jpeg import is_bare
from shared.errors import Refused

if TYPE_CHECKING:
    from PIL.Image import Image

LONGEST_SIDE = 3_000
"""Enough to read a page that was photographed."""
THUMBNAIL_SIDE = 320
QUALITY = 85
THUMBNAIL_QUALITY = 70
WHITE = (255, 255, 255)
LATITUDES, LONGITUDES = 90, 180
FORMATS = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.WEBP: "WEBP", Kind.HEIC: "HEIF"}
REFERENCES = {"lat": (1, 2, "S"), "lon": (3, 4, "W")}
"""Tags of direction and degrees in what a camera writes, and the direction that is negative."""

_AT_ONCE = threading.BoundedSemaphore(2)
"""A picture takes tens of megabytes while it is open: so many at a time in one process."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: a JPEG, whatever it came as."""

    data: bytes
    thumbnail: bytes
    place: dict[str, float] | None


def remade(source: BinaryIO, kind: Kind, most_pixels: int) -> Picture:
    """Return the picture made anew; Refused if it is none, or has too many pixels."""
    with _AT_ONCE, _as_picture(source, kind) as image:
        if image.width * image.height > most_pixels:
            raise Refused("picture_too_large", field="file")
        place = _place(image)
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is opened smaller, not made so
        upright = _upright(image)
        return Picture(_encoded(upright, QUALITY), _thumbnail(upright), place)


def thumbnail_of(data: bytes, most_pixels: int) -> bytes:
    """Return the small picture of a JPEG that was made anew at another node.

    Refused if it does not open, is too large, or holds more than its pixels.
    """
    if not is_bare(data):
        raise Refused("picture_broken", field="file")
    with _AT_ONCE, _as_picture(io.BytesIO(data), Kind.JPEG) as image:
        if image.width * image.height > most_pixels:
            raise Refused("picture_too_large", field="file")
        image.load()
        return _thumbnail(_upright(image))


@contextmanager
def _as_picture(source: BinaryIO, kind: Kind) -> Iterator["Image"]:
    # Loaded where they are first needed: most processes never see a picture.
    from PIL import Image, UnidentifiedImageError

    if kind is Kind.HEIC:
        import pillow_heif

        pillow_heif.register_heif_opener()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Only the decoder of the kind that was seen: there are a hundred others.
            source.seek(0)
            with Image.open(source, formats=[FORMATS[kind]]) as image:
                yield image
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused("picture_too_large", field="file") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, ArithmeticError) as error:
        raise Refused("picture_broken", field="file") from error
    except (LookupError, TypeError, RuntimeError, EOFError, MemoryError) as error:
        # Decoders of other people's bytes fail in many ways.
        raise Refused("picture_broken", field="file") from error


def _upright(image: "Image") -> "Image":
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(image)
    bare = turned.convert("RGBA") if _is_clear(turned) else turned.convert("RGB")
    bare.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    if bare.mode == "RGB":
        return bare
    ground = Image.new("RGB", bare.size, WHITE)
    ground.paste(bare, mask=bare.getchannel("A"))
    return ground


def _is_clear(image: "Image") -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info


def _encoded(image: "Image", quality: int) -> bytes:
    from PIL import Image

    # A new one, into which only the pixels are pasted: no profile, comment or tag comes along.
    bare, made = Image.new("RGB", image.size), io.BytesIO()
    bare.paste(image)
    bare.save(made, "JPEG", quality=quality)
    return made.getvalue()


def _thumbnail(image: "Image") -> bytes:
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return _encoded(small, THUMBNAIL_QUALITY)


def _place(image: "Image") -> dict[str, float] | None:
    try:
        told = image.getexif().get_ifd(0x8825)
        place = {name: _degrees(told, *tags) for name, tags in REFERENCES.items()}
    except Exception:  # noqa: BLE001  # a place that cannot be read is none
        return None
    is_one = abs(place["lat"]) <= LATITUDES and abs(place["lon"]) <= LONGITUDES
    return place if is_one and all(map(math.isfinite, place.values())) else None


def _degrees(told: Any, direction: int, degrees: int, negative: str) -> float:
    whole, minutes, seconds = (float(part) for part in told[degrees])
    size = whole + minutes / 60 + seconds / 3600
    return round(-size if str(told[direction]).upper().startswith(negative) else size, 6)
