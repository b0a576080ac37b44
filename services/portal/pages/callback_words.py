"""How a callback is told in the story of a case."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.portal.pages import reasons
from services.portal.pages.language import later as _
from services.portal.pages.language import say

CALLED_BY: Mapping[str, str] = MappingProxyType({"unit": _("承办单位"), "centre": _("中心")})
_SAID: Mapping[str, Mapping[Any, str]] = MappingProxyType(
    {
        "solved": {True: _("说解决了"), False: _("说没解决")},
        "level": reasons.LEVELS,
        "truthful": {True: _("办理情况属实"), False: _("办理情况不实或有隐瞒")},
    }
)
_VAIN, _LAST = _("第 {n} 次没联系上"), _("第 {n} 次没联系上，不再打")


def called_back(told: Mapping[str, Any]) -> str:
    """Return what came of one try, as the fact tells it."""
    said = [say(words.get(told.get(name)) or "") for name, words in _SAID.items()]
    ended = _LAST if told.get("ended") else _VAIN
    tries = "" if told.get("reached") else say(ended).format(n=told.get("tries"))
    return "；".join(filter(None, (tries, *said, told.get("note_masked"))))
