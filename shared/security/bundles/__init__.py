"""A file of messages from one node to another, carried by hand: sealed and signed (ADR 21).

    BACKSTOP BUNDLE 1         what it is, and in which form
    {"bundle_id": …}          the head: from whom, for whom, and the key, sealed for them alone
    length, sealed block      again and again: messages as lines of JSON, compressed
    0, {"digest": …}          the foot: the SM3 of all that stands before it, signed

Everything is written and read block by block, so a file of any size takes little memory. A file is
looked through as a whole before anything of it is read: damage is found before it does any.
"""

from shared.security.bundles.form import BadBundle, Fault, Foot, Head
from shared.security.bundles.reading import Examined, examine, read_bundle
from shared.security.bundles.writing import Ends, Part, write_bundle

__all__ = [
    "BadBundle",
    "Ends",
    "Examined",
    "Fault",
    "Foot",
    "Head",
    "Part",
    "examine",
    "read_bundle",
    "write_bundle",
]
