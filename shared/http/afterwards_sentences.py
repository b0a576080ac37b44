"""What is said where a person, or staff for them, cannot do something with a registered case."""

from collections.abc import Mapping

OF_AFTERWARDS: Mapping[str, tuple[int, str, str]] = {
    "case_ended": (
        409,
        "这件已经有结果或已经结束，不能再办这一步。有新情况，请重新反映或拨打 12345。",
        "This case has a result or has ended. If something is new, report it or call 12345.",
    ),
    "urged_lately": (
        409,
        "刚催办过，承办单位看得到。{detail} 以后可以再催；急事请直接打承办单位电话或 12345。",
        "It was urged lately, and the office sees it. Again from {detail}; or call 12345.",
    ),
    "added_too_often": (
        429,
        "一天里补充的次数太多了，请{wait}后再补充；也可以到窗口或拨打 12345。",
        "Too many additions in a day: try again in {wait}, or come to the window or call 12345.",
    ),
    "not_your_channel": (
        422,
        "这个渠道不归您登记，请选您接待时用的渠道。",
        "That is no channel of yours: choose the one by which you were reached.",
    ),
    "withdrawn_already": (
        409,
        "这件已经撤回了。想接着办的，请在撤回后说明的日子以前恢复，或拨打 12345。",
        "This case is withdrawn. To go on with it, take that back in its time, or call 12345.",
    ),
    "nothing_to_withdraw": (
        409,
        "这件已经有结果或已经结束，没有可以撤回的了。对结果有话说，请评价或拨打 12345。",
        "This case has its result or has ended: rate it, or call 12345, rather than withdraw it.",
    ),
    "withdraw_reason_needed": (
        422,
        "请写清诉求人怎么说的、为什么撤回；诉求人会收到短信，可以改变主意。",
        "Write what the person said and why: they get a message and may change their mind.",
    ),
    "withdraw_own_unit": (
        409,
        "您的单位正在办这件，不能替诉求人撤回。请诉求人自己在查询页撤回，或打 12345 办理。",
        "Your unit works on this case: only its person can withdraw it, on the page or by 12345.",
    ),
    "withdraw_on_hold": (
        409,
        "这件依法保留，工作人员不能代为撤回。诉求人凭编号和查询码可以自己撤回。",
        "This case is on legal hold: only its person can withdraw it, with number and query code.",
    ),
    "not_withdrawn": (
        409,
        "这件没有撤回，正在照常办理。",
        "This case is not withdrawn: it goes on as it does.",
    ),
    "taken_back_already": (
        409,
        "撤回后恢复办理只能一次。有新情况，请重新反映或拨打 12345。",
        "A withdrawal is taken back once. If something is new, report it or call 12345.",
    ),
    "take_back_too_late": (
        409,
        "恢复办理的日子已经过了。请重新反映，写上原来的编号，或拨打 12345。",
        "It is too late to take that back: report it anew with this number, or call 12345.",
    ),
    "pressed_too_often": (
        429,
        "已经记下了，督办人员看得到。{wait}后可以再说；有急事请打 12345。",
        "It is noted, and supervisors see it. Again in {wait}; or call 12345.",
    ),
}
