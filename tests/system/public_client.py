"""The public client of Open311 as it is published, made to run on a Python that is not its own.

`three` and its `relaxml` were written for Python 2. Nothing of them is changed: names that
Python 3 has dropped are there while they are imported, and what they take from XML has its keys
in a list.
"""

import itertools
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

from backstop import checkout
from backstop.progress import Trouble
from tests.conftest import go_without

BUILT = ("three", "relaxml")
"""Published as source only."""


class Element(ElementTree.Element):
    """An element as Python 2 had it."""

    def getchildren(self) -> list[ElementTree.Element]:
        return list(self)


class WithListedKeys(dict[str, Any]):
    """A mapping as Python 2 had it."""

    def keys(self) -> Any:
        return list(super().keys())


def client(endpoint: str, **settings: str) -> Any:
    """Return the client of an endpoint; it goes there directly, whatever proxy is set here."""
    made = _three().Three(endpoint, **settings)
    made.session.trust_env = False
    return made


def _three() -> Any:
    if not all(map(find_spec, BUILT)):
        _install()
    with _older_python(), warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        three = import_module("three")
    relaxed = import_module("relaxml").xml
    three.core.xml = lambda told: WithListedKeys(relaxed(told))
    return three


def _install() -> None:
    try:
        checkout.install("setuptools", checkout.ROOT / "requirements-build.lock")
        checkout.install("three", checkout.ROOT / "requirements-open311.lock", sources=BUILT)
    except Trouble as trouble:
        go_without(f"the public client of Open311 cannot be installed:\n{trouble}")


@contextmanager
def _older_python() -> Iterator[None]:
    added: Mapping[str, ModuleType] = {"xml.etree.cElementTree": _celementtree()}
    sys.modules.update(added)
    vars(itertools)["ifilter"] = filter
    try:
        yield
    finally:
        del vars(itertools)["ifilter"]
        for name in added:
            del sys.modules[name]


def _celementtree() -> ModuleType:
    def fromstring(text: str | bytes) -> ElementTree.Element:
        builder = ElementTree.TreeBuilder(element_factory=Element)
        parser = ElementTree.XMLParser(target=builder)  # noqa: S314  # answers of our own node
        parser.feed(text)
        return parser.close()

    module = ModuleType("xml.etree.cElementTree")
    vars(module)["fromstring"] = fromstring
    return module
