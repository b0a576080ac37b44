"""How Open311 GeoReport v2 writes things down: JSON or XML by the end of the address, and errors.

Source: wiki.open311.org, GeoReport v2: every list is an array in JSON and repeated elements under
one in XML; an error is a list of a code and a description.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum, unique
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi import Response
from fastapi.responses import JSONResponse

PREFIX = "/open311/v2"
Row = Mapping[str, Any]
UNWRITABLE = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot say."""


@unique
class Form(StrEnum):
    """The end of an address."""

    JSON = "json"
    XML = "xml"


def form_of(path: str) -> Form:
    """Return the form that an address asks for; JSON where it asks for none that there is."""
    return Form.XML if path.endswith(f".{Form.XML}") else Form.JSON


def written(
    rows: Sequence[Row], names: tuple[str, str], form: Form, status: int = 200
) -> Response:
    """Return rows as a response; `names` are those of the list and of one row in XML."""
    if form is Form.JSON:
        return JSONResponse([dict(row) for row in rows], status)
    of_list, of_row = names
    root = Element(of_list)
    for row in rows:
        _add(root, of_row, row)
    return _xml(root, status)


def written_alone(row: Row, name: str, form: Form) -> Response:
    """Return one thing that is no list as a response."""
    if form is Form.JSON:
        return JSONResponse(dict(row))
    root = Element("root")
    _add(root, name, row)
    return _xml(root[0], 200)


def refused(status: int, told: Sequence[tuple[str, str]], form: Form) -> Response:
    """Return errors as the standard writes them, each a code of ours and a sentence."""
    rows = [
        {"code": status, "description": sentence, "reason": reason} for reason, sentence in told
    ]
    return written(rows, ("errors", "error"), form, status)


def _xml(root: Element, status: int) -> Response:
    body = tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, status, media_type="application/xml")


def _add(above: Element, name: str, value: Any) -> None:
    here = SubElement(above, name)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _add(here, key, inner)
    elif isinstance(value, list):
        for inner in value:
            _add(here, singular(name), inner)
    else:
        here.text = _text(value)


def singular(name: str) -> str:
    """Return what one entry of a list is called: attributes, values, endpoints."""
    return name.removesuffix("s")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else UNWRITABLE.sub("", str(value))
