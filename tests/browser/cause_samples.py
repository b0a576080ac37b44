"""Where it fails elsewhere, with sample data."""

from services.portal.pages.causes import HERE, SPANS, USUAL, cause_values, guided_values
from services.portal.repository import ItemLoad
from shared.security.actor import Role
from tests.browser.record_samples import FRONT_OFFICE, somebody
from tests.browser.sample import Sample

LOADS = [
    ItemLoad(
        code="BDC-1",
        title="不动产首次登记",
        unit="ZRZYJ",
        unit_title="县自然资源和规划局",
        cases=41,
        tries=131,
        again=4,
    ),
    ItemLoad(code="", title="", unit="", unit_title="", cases=17, tries=34, again=1),
    ItemLoad(
        code="SPJY-2",
        title="食品经营许可（新办、变更、延续、补办、注销）",
        unit="SCJGJ",
        unit_title="县市场监督管理局",
        cases=9,
        tries=21,
        again=0,
    ),
]


def _page(loads: list[ItemLoad]) -> Sample:
    shown = {"tools": FRONT_OFFICE, "span": USUAL, "spans": SPANS, "here": HERE}
    shown |= guided_values({"petition": 4, "non_government": 6} if loads else {})
    values = shown | cause_values(loads, {"BDC-1": 36, "": 21, "SPJY-2": 9})
    return Sample("desk/causes.html", values, somebody(Role.SUPERVISOR), HERE)


CAUSE_SAMPLES = {"desk_causes": _page(LOADS), "desk_causes_none": _page([])}
