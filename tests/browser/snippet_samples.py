"""The page of snippets and a receipt that tells a result, with sample data."""

from services.portal.pages.register import follow_code
from services.portal.pages.seen import Result
from services.portal.pages.snippets import Snippet, Snippets
from tests.browser.facts import FRONT, HOLDER, NODE, NOW, TOOLS, seen
from tests.browser.sample import Sample

TEXT = "请补齐{事项}的材料，{日期}前送到{单位}，材料齐了当场办。"
MINE = (("bq", None, False), ("yq", "ZWFWZX", True), ("取证", "ZWFWZX", False))
LISTED = [
    Snippet(
        snippet_id=f"s{n}",
        abbreviation=abbreviation,
        text=TEXT * (1 + n),
        unit=unit,
        approved=approved,
        is_own=True,
    )
    for n, (abbreviation, unit, approved) in enumerate(MINE)
]
PAGE = {
    "tools": TOOLS,
    "snippets": Snippets(mine=tuple(LISTED), shared=(LISTED[1],), waiting=(LISTED[2],)),
    "values": {
        "snippet_id": "s0",
        "abbreviation": "bq",
        "text": "请找张三，13800006160",
        "share": "yes",
    },
    "errors": {"text": "常用语里不能有姓名、电话、证件号。请去掉，用的时候再写。"},
    "told": "",
    "note": "",
    "has_unit": True,
}
TOLD = Result(outcome="done", answer_masked="材料补齐了，今天下午三点凭回执取证。", at=NOW)
SNIPPET_SAMPLES = {
    "desk_snippets": Sample("desk/snippets.html", PAGE, FRONT, "/desk/snippets"),
    "desk_receipt_told": Sample(
        "desk/receipt.html",
        {
            **{"case": seen(promise=None, answered=TOLD), "holder": HOLDER, "tools": TOOLS},
            "qr": follow_code(NODE.public_url, HOLDER),
        },
        FRONT,
        "/desk/receipt",
    ),
}
