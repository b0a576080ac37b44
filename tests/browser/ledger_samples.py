"""The ledger with sample data: filtered, empty, wrongly asked, printed; many cases at once."""

from typing import Any
from uuid import UUID

from services.portal.pages.ledger import Beside, Sought, ledger_values, narrowed_words
from services.portal.pages.ledger_scope import MOST_AT_ONCE
from services.portal.pages.ledger_views import View
from services.portal.pages.ledger_words import wrong_of
from services.portal.pages.many import MANY, asking_values, run_values
from services.portal.policy.ledger import COLUMNS
from services.portal.repository.runs import Run, RunLine
from shared.security.actor import Role
from tests.browser.facts import NOW, ROWS
from tests.browser.record_samples import FRONT_OFFICE, somebody
from tests.browser.sample import Sample

SUPERVISOR = somebody(Role.SUPERVISOR)
VIEW_ID = "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a6b"
RUN_ID = UUID("0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a6c")
VIEWS = [
    View(VIEW_ID, "本周要催的", "own", "王负责", True, True, (("lamp", "red"), ("view", VIEW_ID))),
    View("2", "全县红灯", "node", "李督办", False, False, (("lamp", "red"), ("view", "2"))),
]
UNITS = [("RSJ", "县人力资源和社会保障局"), ("SCJGJ", "县市场监督管理局")]
RIGHTS: dict[str, Any] = {
    "tools": FRONT_OFFICE,
    "whole_node": True,
    "shares": False,
    "shares_all": True,
    "acts_here": [("urge", MANY["urge"].title), ("print", "打印列表"), ("export", "导出")],
    "most_at_once": MOST_AT_ONCE,
    "fresh": str(RUN_ID),
    "units": UNITS,
    "kinds": ["licence", "public_service"],
}
FILTERED = Sought.read(
    [
        *(("lamp", "red"), ("lamp", "yellow"), ("unit", "RSJ"), ("since", "2026-01-01")),
        *(("again", "1"), ("order", "due"), ("view", VIEW_ID), ("text", "社保")),
    ]
)
NUMBERS = [row.number for row in ROWS]


def sample(sought: Sought, beside: Beside = Beside(), **shown: Any) -> Sample:
    known = {"rows": ROWS, "more": "abc", "looked_to": None, **shown}
    known |= {"narrowed": narrowed_words(sought.asked, dict(UNITS))}
    values = RIGHTS | ledger_values(sought, beside, VIEWS) | known
    name = "ledger_print" if sought.printed else "ledger"
    return Sample(f"desk/{name}.html", values, SUPERVISOR, "/desk/ledger")


def run(*states: str) -> dict[str, Any]:
    told = Run(run_id=RUN_ID, login="wang", act="urge", told={}, began_at=NOW)
    lines = [
        RunLine(
            serial=serial,
            number=number,
            state=state,
            said="刚催过，请过一会儿再催。" if state == "refused" else None,
        )
        for serial, (number, state) in enumerate(zip(NUMBERS, states, strict=True))
    ]
    titles = {row.number: row.title_masked for row in ROWS[:-1]}
    return {"tools": FRONT_OFFICE, "told": "", **run_values(told, lines, titles)}


LEDGER_SAMPLES = {
    "desk_ledger": sample(FILTERED),
    "desk_ledger_all_columns": sample(Sought.read([("column", ".".join(COLUMNS))])),
    "desk_ledger_looked_far": sample(
        Sought.read([("outcome", "emergency")]), rows=ROWS[:1], looked_to=NOW
    ),
    "desk_ledger_empty": sample(Sought.read([("channel", "video")]), rows=[], more=""),
    "desk_ledger_person": sample(Sought.read([("text", "张三丰")])),
    "desk_ledger_wrong": sample(
        Sought(),
        Beside({"region": "舒城", "status": ("pooled",)}, {"region": wrong_of("region")}),
    ),
    "desk_ledger_print": sample(Sought.read([("lamp", "red"), ("print", "1")])),
    "desk_ledger_many": Sample(
        "desk/ledger_many.html",
        {
            "tools": FRONT_OFFICE,
            **asking_values(
                "dispatch",
                NUMBERS,
                UNITS,
                {"run_id": str(RUN_ID)},
                {"unit_code": "请选派给哪个单位。"},
            ),
        },
        SUPERVISOR,
        "/desk/ledger/many",
    ),
    "desk_ledger_run": Sample(
        "desk/ledger_run.html",
        run("done", "refused", "done", "waiting", "waiting", "waiting"),
        SUPERVISOR,
        f"/desk/ledger/runs/{RUN_ID}",
    ),
    "desk_ledger_runs": Sample(
        "desk/ledger_runs.html",
        {
            "tools": FRONT_OFFICE,
            "runs": [run(*["done"] * 6)["run"]],
            "left": {RUN_ID: 3},
            "many": MANY,
        },
        SUPERVISOR,
        "/desk/ledger/runs",
    ),
}
