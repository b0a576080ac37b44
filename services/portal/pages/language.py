"""The languages of the pages: Chinese is the source, every other one a gettext catalogue.

Catalogues are kept as text and compiled in memory, so that no binary file can fall behind them.
"""

from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "zh"
LANGUAGES = (SOURCE, "en")
DOMAINS = ("portal", "desk")
"""The pages of citizens, and those of staff and of the wall."""


_SPOKEN: ContextVar[str] = ContextVar("language", default=SOURCE)


def speak(language: str) -> None:
    """Let what is put together for this request be said in a language."""
    _SPOKEN.set(language)


def language_now() -> str:
    """Return the language of whom this request answers."""
    return _SPOKEN.get()


def say(text: str) -> str:
    """Return a text of the source language in the reader's; a text without another one stays."""
    return translations(language_now()).gettext(text) if text else text


def listed(texts: Iterable[str]) -> str:
    """Return words side by side, each in the reader's language."""
    return ("、" if language_now() == SOURCE else ", ").join(map(say, texts))


def later(text: str) -> str:
    """Mark a text of the source language that is translated where it is shown."""
    return text


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language; the source language needs none."""
    if language == SOURCE:
        return NullTranslations()
    whole = Catalog(locale=language)
    for domain in DOMAINS:
        for message in catalogue(language, domain):
            if message.id:
                whole[message.id] = message
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return GNUTranslations(compiled)


def catalogue(language: str, domain: str) -> Catalog:
    """Return what one file says in a language."""
    folder = files("services.portal").joinpath("strings", language, "LC_MESSAGES")
    return read_po(BytesIO(folder.joinpath(f"{domain}.po").read_bytes()), locale=language)
