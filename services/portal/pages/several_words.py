"""What pages say of telephones and codes, also of each of several who report one matter."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

STORY: Mapping[str, str] = MappingProxyType(
    {
        "intake.one_time_code_made.v1": "诉求人找回查询码，已向登记的手机发验证码",
        "intake.query_code_renewed.v1": "诉求人换了新的查询码",
        "intake.own_code_renewed.v1": "代理人换了自己的查询码",
        "intake.contact_code_made.v1": "换联系电话，已向新号码 {masked_phone} 发验证码",
        "intake.contact_changed.v1": "联系电话由 {old_masked} 换成 {masked_phone}，经验证码核实",
    }
)
PHONE_OF_ONE = (
    "一起反映的第 {complainant} 位的电话由 {old_masked} 换成 {masked_phone}，经验证码核实"
)
STORY_OF_ONE: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "intake.own_code_renewed.v1": {
            "complainant": "一起反映的第 {complainant} 位换了自己的查询码"
        },
        "intake.contact_changed.v1": {"complainant": PHONE_OF_ONE},
    }
)
LEFT = "已退出"
"""How intake names who has left."""


def owners(others: Sequence[str]) -> list[tuple[str, str]]:
    """Return whose telephone it may be, of several: the serial of each and who that is."""
    there = [(n, name) for n, name in enumerate(others, start=2) if name != LEFT]
    return [(str(n), f"{n}. {name}") for n, name in there]
