"""The languages of the pages: Chinese is the source, every other one a gettext catalogue."""

from collections.abc import Iterable
from contextvars import ContextVar
from functools import cache
from gettext import NullTranslations

from shared.catalogues import compiled

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
    return compiled("services.portal", language, DOMAINS)
