"""By what a person is known again whom a case complains of: the name without what is no name.

People write 张伟主任, 科长 张伟, 张 伟（工号 0123）; the account says 张伟. A surname with a title
(张主任) means several people: it is known by nothing but itself until somebody names the account.
"""

import re
import unicodedata

from shared.security.identifiers import plain

_POSTS = (
    "主任|科长|局长|处长|所长|站长|队长|大队长|镇长|乡长|村长|县长|市长|区长|书记|股长|部长|组长"
)
_CALLED = (
    "主任科员|科员|办事员|专员|经理|警官|法官|干部|同志|先生|女士|小姐|老师|医生|"
    "窗口人员|工作人员|值班员|负责人|领导"
)
_TITLE = f"(?:[副正代]?(?:{_POSTS})|副?(?:{_CALLED}))"
_BEHIND = re.compile(f"{_TITLE}+$")
_BEFORE = re.compile(f"^.*{_TITLE}")
_NUMERO = re.compile(r"(?<![A-Za-z0-9])[Nn][Oo]\s*[.:：]")
_NUMBER = re.compile(
    r"(?:(?:工号|警号|胸牌号?|编号)[:：]?|(?<![A-Z0-9])NO(?:[:：]|(?=[0-9])))([A-Z0-9]{2,20})"
)
_BRACKETS = re.compile(r"[(（\[【][^)）\]】]*[)）\]】]")
_MIDDLE_DOTS = re.compile(r"[·•・‧∙]")
_SHORTEST, _LONGEST_BEHIND_A_TITLE = 2, 4


def known_by(told: str) -> tuple[str, ...]:
    """Return every plain text by which a person is known again, the name first.

    A staff number stands for the account whose login it is. The empty text is known by nothing.
    """
    text = _MIDDLE_DOTS.sub("", unicodedata.normalize("NFKC", told))
    text = _NUMERO.sub("NO:", text)  # a dot behind it goes with all others
    numbers = _NUMBER.findall(plain(text))
    name = _NUMBER.sub("", plain(_BRACKETS.sub("", text)))
    ways = (_without_title(name), plain(text), *numbers)
    return tuple(dict.fromkeys(filter(None, ways)))


def _without_title(name: str) -> str:
    bare = _BEHIND.sub("", name)
    if len(bare) >= _SHORTEST and bare != name:
        name = bare
    behind = _BEFORE.sub("", name)
    return behind if _SHORTEST <= len(behind) <= _LONGEST_BEHIND_A_TITLE else name
