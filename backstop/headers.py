"""What every answer tells the browser: whose code may run, who may frame it, what may be kept."""

Header = tuple[bytes, bytes]

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "manifest-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""No script and no style stands in a page, and none comes from anywhere else."""

UNUSED_POWERS = ("camera", "microphone", "geolocation", "payment", "usb", "serial")
"""A page asks for none of them; to choose a photograph in a form needs no power."""

HEADERS: tuple[Header, ...] = (
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"permissions-policy", ", ".join(f"{power}=()" for power in UNUSED_POWERS).encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
HTTPS_ONLY: Header = (b"strict-transport-security", b"max-age=63072000")
"""For two years; of other hosts below the same name it says nothing: they may not be ours."""

CACHING = (
    ("/static/vendor/", b"public, max-age=86400"),
    ("/static/", b"no-cache"),
)
NOT_AT_ALL = b"no-store"
"""What a browser may keep, by the beginning of the path: libraries for a day, our own style and
scripts if they are unchanged, and nothing that may be about a case."""


def headers_for(path: str, *, secure: bool) -> list[Header]:
    """Return what is added to the answer at a path, where the answer does not say it itself."""
    kept = (b"cache-control", may_keep(path))
    return [*HEADERS, *([HTTPS_ONLY] if secure else []), kept]


def may_keep(path: str) -> bytes:
    """Return what a browser is told about keeping the answer at this path."""
    return next((rule for start, rule in CACHING if path.startswith(start)), NOT_AT_ALL)
