"""How a callback is told in the story of a case."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from services.portal.pages import reasons

CALLED_BY: Mapping[str, str] = MappingProxyType({"unit": "承办单位", "centre": "中心"})
_SAID: Mapping[str, Mapping[Any, str]] = MappingProxyType(
    {
        "solved": {True: "说解决了", False: "说没解决"},
        "level": reasons.LEVELS,
        "truthful": {True: "办理情况属实", False: "办理情况不实或有隐瞒"},
    }
)


def called_back(told: Mapping[str, Any]) -> str:
    """Return what came of one try, as the fact tells it."""
    said = [words.get(told.get(name)) for name, words in _SAID.items()]
    tries = "" if told.get("reached") else f"第 {told.get('tries')} 次没联系上"
    ended = "，不再打" if tries and told.get("ended") else ""
    return "；".join(filter(None, (f"{tries}{ended}", *said, told.get("note_masked"))))
