"""The languages of the pages: Chinese is the source, every other one a gettext catalogue.

Catalogues are kept as text and compiled in memory, so that no binary file can fall behind them.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "zh"
LANGUAGES = (SOURCE, "en")
DOMAIN = "portal"


def later(text: str) -> str:
    """Mark a text of the source language that is translated where it is shown."""
    return text


@cache
def translations(language: str) -> NullTranslations:
    """Return the catalogue of a language; the source language needs none."""
    if language == SOURCE:
        return NullTranslations()
    folder = files("services.portal").joinpath("strings", language, "LC_MESSAGES")
    catalogue = read_po(BytesIO(folder.joinpath(f"{DOMAIN}.po").read_bytes()), locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
