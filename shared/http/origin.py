"""From which site a browser says that a request comes."""

from urllib.parse import urlsplit

OWN_SITES = frozenset({"same-origin", "none"})
"""Values of `Sec-Fetch-Site` under which no other site is behind a request."""


def host_of(origin: str) -> str | None:
    """Return host and port of an `Origin`, None where it names none."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None
