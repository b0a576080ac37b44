"""What is said where something about outside parties, or their links, is refused."""

from collections.abc import Mapping

OF_OUTSIDE: Mapping[str, tuple[int, str, str]] = {
    "unknown_party": (404, "名录里没有这个外部单位。", "The register has no such party."),
    "unknown_question": (404, "没有这次外部了解。", "No such question to an outside party."),
    "party_listed_already": (
        409,
        "名录里已经有同名的外部单位，请改那一条。",
        "The register has a party of this name: change that one.",
    ),
    "party_unreachable": (
        422,
        "请填联系人和能收短信的手机号。",
        "Name whom to call there, and a mobile telephone.",
    ),
    "party_not_in_use": (
        409,
        "这个外部单位今天不在有效期内。请换一个，或者请管理员改名录。",
        "This party is not in use today: choose another, or have the register changed.",
    ),
    "party_asked_already": (
        409,
        "已经问过这个单位，还在等答复。可以重发链接，或者不再等了再问。",
        "This party was asked already: send the link again, or withdraw that question first.",
    ),
    "party_complained_of": (
        409,
        "这件反映的就是这个单位或它的联系人，按回避要求不能向它了解。请换一个单位。",
        "The case complains of this party or of its contact: ask somebody else.",
    ),
    "questions_full": (
        409,
        "这个工单等着答复的外部单位已经够多了。请先等答复，或者不再等其中几个。",
        "Enough parties are asked about this order: wait, or withdraw some questions.",
    ),
    "question_ended": (
        409,
        "这次了解已经结束，不能再答复或改动。",
        "This question is over: it can be neither answered nor changed.",
    ),
    "not_answered_yet": (409, "还没有答复。", "There is no answer yet."),
    "not_by_party": (
        422,
        "请选“答复”或“不归我们管”。",
        "Choose whether you answer, or it is not your business.",
    ),
    "link_needed": (
        401,
        "请用短信里的链接打开。",
        "Open this by the link in the message.",
    ),
    "wrong_link": (
        401,
        "链接不对，或者已经换了新的。请用最近一条短信里的链接；还打不开，请打给向您了解情况的单位。",
        "This link is wrong, or a newer one was sent. Use that of the latest message, or call the"
        " office that asked you.",
    ),
    "link_over": (
        401,
        "链接已过期。要答复请打给：{detail}，它可以重新发给您。",
        "This link has expired. Call {detail}: they can send a new one.",
    ),
    "link_withdrawn": (
        401,
        "对方已经不需要答复了，谢谢。有话要说，请打给：{detail}。",
        "No answer is needed any more, thank you. If you have something to say, call {detail}.",
    ),
    "link_code_needed": (
        401,
        "请填电话里告诉您的 6 位数字。没有接到电话，请打给：{detail}。",
        "Enter the six digits that you were told by telephone. If nobody called, call {detail}.",
    ),
    "wrong_link_code": (
        401,
        "6 位数字不对，请核对后再填。忘了请打给：{detail}。",
        "The six digits are wrong: check them. If you forgot them, call {detail}.",
    ),
    "link_code_dead": (
        401,
        "数字填错太多次，这个链接已经停用。请打给：{detail}，它可以重新发给您。",
        "Too many wrong digits: this link is closed. Call {detail}: they can send a new one.",
    ),
    "too_many_links": (
        429,
        "链接打不开的次数太多了，请一小时后再试，或者打给向您了解情况的单位。",
        "Too many links that open nothing: try again in an hour, or call the office that asked.",
    ),
}
