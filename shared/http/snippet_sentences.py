"""What people read when a snippet is not kept or not shared."""

from collections.abc import Mapping

OF_SNIPPETS: Mapping[str, tuple[int, str, str]] = {
    "snippet_abbreviation": (
        422,
        "缩写只能用小写字母、数字和汉字，1 到 12 个，不带斜杠和空格。",
        "An abbreviation has 1 to 12 letters, digits or Chinese signs, no slash and no blank.",
    ),
    "snippet_placeholder": (
        422,
        "大括号里只能写 {事项}、{单位}、{日期}，用的时候自动换成实际内容。",
        "In braces there may only be item, unit and day, in the Chinese words of the page.",
    ),
    "snippet_person": (
        422,
        "常用语里不能有姓名、电话、证件号。请去掉，用的时候再写。",
        "A snippet names no person, telephone or document: take that out.",
    ),
    "snippet_twice": (
        409,
        "这个缩写您已经用过了，请换一个，或者去改原来那条。",
        "You use this abbreviation already: choose another one or change that snippet.",
    ),
    "snippet_too_many": (
        409,
        "已经有 100 条了，请先删掉不用的。",
        "There are 100 of them: remove some first.",
    ),
    "snippet_no_unit": (
        409,
        "您的账号没有单位，不能共享；请去掉共享。",
        "Your account has no unit to share it with: do not share it.",
    ),
    "snippet_own": (
        409,
        "自己写的要由本单位另一位同事同意，请找同事。",
        "What you wrote is approved by somebody else of your unit.",
    ),
    "unknown_snippet": (
        404,
        "没有这条常用语，可能已经删掉了，请刷新页面。",
        "No such snippet, perhaps it was removed: load the page anew.",
    ),
}
