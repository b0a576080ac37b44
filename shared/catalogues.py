"""Gettext catalogues: Chinese is the source, every other language a file of text beside the code.

They are compiled in memory, so that no binary file can fall behind them.
"""

from collections.abc import Sequence
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compiled(package: str, language: str, domains: Sequence[str]) -> GNUTranslations:
    """Return what the catalogues of a package say in a language, together."""
    whole = Catalog(locale=language)
    for domain in domains:
        for message in catalogue(package, language, domain):
            if message.id:
                whole[message.id] = message
    written = BytesIO()
    write_mo(written, whole)
    written.seek(0)
    return GNUTranslations(written)


def catalogue(package: str, language: str, domain: str) -> Catalog:
    """Return what one file of a package says in a language."""
    folder = files(package).joinpath("strings", language, "LC_MESSAGES")
    return read_po(BytesIO(folder.joinpath(f"{domain}.po").read_bytes()), locale=language)
