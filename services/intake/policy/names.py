"""What a file is called here: as its owner called it, as far as that is harmless."""

import unicodedata

from services.intake.policy.files import Kind

LONGEST = 80
FORBIDDEN = frozenset('<>:"/\\|?*')
"""Signs that file systems do not take."""
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that nobody sees: among them the mark that writes `gpj.exe` as `exe.jpg`."""


def file_name(told: str, kind: Kind) -> str:
    """Return a name of one line, without a path, with the ending of what the file really is."""
    last = told.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign) not in HIDDEN)
    kept = "".join("_" if sign in FORBIDDEN else sign for sign in seen)
    stem = kept.rsplit(".", 1)[0].strip(" .")[:LONGEST].strip(" .")
    return f"{stem or 'file'}.{kind.value}"


def bare_name(kind: Kind) -> str:
    """Return what a file is called before those who are not to know whose it is."""
    return f"附件.{kind.value}"
