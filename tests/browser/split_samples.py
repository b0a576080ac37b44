"""A report that is taken apart with sample data: the form, its preview, what came of it."""

from collections.abc import Mapping
from typing import Any

from services.portal.pages.files import Shelf
from services.portal.pages.splits import Found, Typed, split_values
from services.portal.pages.words import REVEAL_PURPOSES
from shared.security.actor import Role
from tests.browser.facts import BY_CODE, NODE, NUMBER, TEXT, TITLE, TOOLS, officer, seen
from tests.browser.file_samples import FILES, MOST, MOST_BYTES, at_desk
from tests.browser.sample import Sample

KEEPER = officer(Role.DISPATCHER)
DESK = dict.fromkeys(TOOLS, False) | {"desk": True, "roles": "派单员"}
ROAD, MEDICAL = "BCS-341523-20260305-00031-7", "BCS-341523-20260305-00032-5"
ITEMS = [("县医疗保障局", [("YB-01", "医保参保登记")]), ("县交通局", [("JT-03", "农村道路养护")])]
WHOLE: dict[str, Any] = {
    **{"number": NUMBER, "region": "341523", "title_masked": TITLE, "text_masked": TEXT},
    **{"report": None, "parts": [], "objection": None, "more": 8},
}
TYPED = {
    **{"title_1": "门口的路坏了没人修", "text_1": "村口的路塌了三个月。", "item_1": "JT-03"},
    **{"title_2": "医保断缴", "text_2": "已经起诉单位，等判决。", "region_2": "341500"},
}
PREVIEW = (
    {
        **{"title_masked": "门口的路坏了没人修", "text_masked": "村口的路塌了三个月。"},
        **{"item_name": "农村道路养护", "accepted": True, "hint": None},
    },
    {
        **{"title_masked": "医保断缴", "text_masked": "已经起诉单位，等判决。"},
        **{"item_name": None, "accepted": False, "hint": "litigation"},
    },
)
DUE = "2026-03-06T17:30:00+08:00"
APART = {
    **WHOLE,
    "more": 6,
    "report": {**WHOLE, "status": "contacted", "due_at": DUE, "joined": False},
    "parts": [
        {
            **{"number": ROAD, "status": "dispatched", "due_at": DUE, "joined": False},
            "title_masked": "门口的路坏了没人修",
        },
        {
            **{"number": MEDICAL, "status": "returned", "due_at": None, "joined": True},
            "title_masked": None,
        },
    ],
}
SIBLINGS = [
    {
        **{"number": ROAD, "title_masked": "门口的路坏了没人修", "status": "dispatched"},
        **{"due_at": DUE, "is_report": False, "joined_to": None},
    },
    {
        **{"number": MEDICAL, "title_masked": "医保断缴", "status": "returned"},
        **{"due_at": DUE, "is_report": False, "joined_to": NUMBER},
    },
]
SHARED = (*FILES[:1], FILES[1].model_copy(update={"number": ROAD}))


def _sample(found: Mapping[str, Any], typed: Typed, **more: Any) -> Sample:
    values = {
        **{"tools": DESK, "can_split": True, "items": ITEMS, "key": "k"},
        **{**split_values(Found.model_validate(found), typed, NODE.code), **more},
    }
    return Sample("desk/split.html", values, KEEPER, "/desk/split")


SPLIT_SAMPLES: Mapping[str, Sample] = {
    "desk_split": _sample(WHOLE, Typed()),
    "desk_split_wrong": _sample(
        WHOLE, Typed(TYPED, 2, errors={"text_2": "请填什么事没办成。"}, status=422)
    ),
    "desk_split_preview": _sample(WHOLE, Typed(TYPED, 2, PREVIEW)),
    "desk_split_apart": _sample(APART, Typed(note="已拆分，新编号见下面。")),
    "desk_split_never": _sample({**WHOLE, "objection": "split_at_rest", "more": 0}, Typed()),
    "desk_split_read": _sample(APART, Typed(), can_split=False),
    "follow_apart": Sample(
        "citizen/follow_case.html", {**BY_CODE, "case": seen(siblings=SIBLINGS)}
    ),
    "desk_files_of_joined": Sample(
        "desk/files.html",
        at_desk(Shelf(SHARED, MOST, MOST_BYTES), REVEAL_PURPOSES[0]),
        KEEPER,
        "/desk/files",
    ),
}
