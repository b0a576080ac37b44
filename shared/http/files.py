"""Read the one file of a form, within its limits and without a trace on any disk."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Protocol
from urllib.parse import quote

import anyio
from fastapi import Depends, Request, Response
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from shared.errors import Refused, Unavailable

MOST_FIELDS = 20
MOST_AT_ONCE = 12
"""Files in hand in one process: each may take as much memory as the largest that is allowed."""
PATIENCE_SECONDS = 600
"""A large photograph over a bad line takes minutes; longer, and somebody only holds the place."""
UPLOAD_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "keep_place": {
                            "type": "string",
                            "enum": ["yes", "no"],
                            "description": "Whether the place in a photograph is kept, sealed",
                        },
                    },
                }
            }
        },
    }
}
"""For the API document: what such an endpoint takes, which it reads itself."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent, with the other fields of its form."""

    name: str
    data: bytes = field(repr=False)
    fields: Mapping[str, str]


MEDIA_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "heic": "image/heic",
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""What is taken, by the ending of its name."""
NEVER_RUN = "sandbox; default-src 'none'"
"""Whatever a browser takes the answer for: it runs and loads nothing."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that is fit to be kept: told from its bytes, a picture made anew."""

    kind: str
    name: str
    data: bytes = field(repr=False)
    digest: str
    """Keyed hash of what was sent."""


class FileChecks(Protocol):
    """The checks that every door of the node has for files; they touch no row."""

    @property
    def most_bytes(self) -> int:
        """How large a file may be."""

    def check(self, name: str, data: bytes) -> CheckedFile:
        """Return a file fit to be kept; Refused if it cannot be."""


async def _checks(request: Request) -> FileChecks:
    checks: FileChecks = request.app.state.file_checks
    return checks


Checks = Annotated[FileChecks, Depends(_checks)]


def handed_out(kind: str, name: str, data: bytes) -> Response:
    """Hand a file out, to be saved and never shown inside a page."""
    named = quote(name, safe="")
    disposition = f"attachment; filename=\"file.{kind}\"; filename*=UTF-8''{named}"
    return Response(data, media_type=MEDIA_TYPES[kind], headers=careful(disposition))


def careful(disposition: str) -> dict[str, str]:
    """Return the headers under which a file goes to a browser."""
    return {
        "content-disposition": disposition,
        "content-security-policy": NEVER_RUN,
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }


class _InMemory(MultiPartParser):
    # What people photograph must not lie on a disk in the clear; the body's limit bounds it.
    spool_max_size = 2**31


class _Places:
    taken: ClassVar[int] = 0

    @classmethod
    @contextmanager
    def take(cls) -> Iterator[None]:
        if cls.taken >= MOST_AT_ONCE:
            raise Unavailable("too many files in hand")
        cls.taken += 1
        try:
            yield
        finally:
            cls.taken -= 1


async def read_upload(request: Request) -> Upload:
    """Read a form with one file, `file`; Refused if it is none or carries none."""
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise Refused("not_multipart", field="body")
    with _Places.take():
        try:
            with anyio.fail_after(PATIENCE_SECONDS):
                return await _read(request)
        except TimeoutError as error:
            raise Unavailable("the file did not come in time") from error
        except (MultiPartException, UnicodeError) as error:
            raise Refused("bad_request", field="body") from error


async def _read(request: Request) -> Upload:
    parser = _InMemory(request.headers, request.stream(), max_files=1, max_fields=MOST_FIELDS)
    form = await parser.parse()
    try:
        file = form.get("file")
        fields = {name: text for name, text in form.multi_items() if isinstance(text, str)}
        "".join((*fields, *fields.values())).encode()
        if not isinstance(file, UploadFile):
            raise Refused("file_missing", field="file")
        return Upload(file.filename or "", await file.read(), fields)
    finally:
        await form.close()
