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
}
