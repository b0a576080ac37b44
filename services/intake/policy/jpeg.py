"""Whether a JPEG holds what its pixels need and nothing else, told from its segments."""

import re

START, END = b"\xff\xd8", b"\xff\xd9"
SCAN = 0xDA
ALLOWED = frozenset({0xE0, 0xDB, 0xC0, 0xC1, 0xC2, 0xC4, 0xDD, SCAN})
"""JFIF, tables, frame, restarts, scan. What a camera or a person writes (EXIF, XMP, profiles,
comments, a second picture) has markers of its own."""
AFTER_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7]")
JFIF = b"JFIF\x00"
MOST_JFIF = 16
"""Without a small picture of its own inside."""


def is_bare(data: bytes) -> bool:
    """Tell whether every segment is one of those, and nothing stands behind the end."""
    if not (data.startswith(START) and data.endswith(END)):
        return False
    place = len(START)
    while data[place:] != END:
        following = _behind(data, place)
        if following is None:
            return False
        place = following
    return True


def _behind(data: bytes, place: int) -> int | None:
    if len(data) < place + 4 or data[place] != START[0] or data[place + 1] not in ALLOWED:
        return None
    length = int.from_bytes(data[place + 2 : place + 4])
    behind, marker = place + 2 + length, data[place + 1]
    if marker == 0xE0 and (length > MOST_JFIF or data[place + 4 : place + 9] != JFIF):
        return None
    if marker != SCAN:
        return behind
    found = AFTER_SCAN.search(data, behind)
    return None if found is None else found.start()
