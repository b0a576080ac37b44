"""What other regions can do, with sample data."""

from datetime import timedelta
from typing import Any

from services.portal.pages.benchmarks import benchmark_values
from services.portal.pages.beside import Beside
from services.portal.pages.places import places
from shared.security.actor import Role
from tests.browser.facts import NODE, NOW, officer
from tests.browser.record_samples import FRONT_OFFICE
from tests.browser.sample import Sample

USED: dict[str, Any] = {
    "benchmark_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a70",
    "item_code": None,
    "item_name": "灵活就业人员跨省住房公积金异地转移接续",
    "region_name": "江苏省南京市",
    "evidence_masked": "宁公积金〔2025〕12 号第三条；3 月 2 日问过南京政务中心 B 区 6 号窗口。",
    "valid_from": "2026-01-01",
    "valid_until": None,
    "noted_at": NOW - timedelta(days=3),
    "noted_name": "李督办",
    "withdrawn_at": None,
    "withdrawn_because_masked": None,
    "counts": True,
    "region": "320100",
    "edition": 1,
    "whose": "own",
    "node_name": NODE.name,
    "confirmed_at": None,
    "confirmed_name": None,
    "adopted_node_name": None,
    "source": None,
    "taken": False,
}
OVER = USED | {
    "benchmark_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a71",
    "item_name": "新生儿出生一件事",
    "region_name": "上海市",
    "valid_until": "2026-02-28",
    "counts": False,
    "confirmed_at": NOW,
    "confirmed_name": "李督办",
    "adopted_node_name": "舒城县政务服务中心",
    "source": "corrected",
}
ABOVE = USED | {
    "benchmark_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a73",
    "item_name": "企业开办一件事（含公章刻制）",
    "whose": "above",
    "node_name": "安徽省政务服务中心",
    "noted_name": "",
    "confirmed_at": NOW,
}
BELOW = USED | {
    "benchmark_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a74",
    "item_name": "个体工商户转型升级为企业",
    "whose": "below",
    "node_name": "舒城县政务服务中心",
    "noted_name": "",
}
GONE = USED | {
    "benchmark_id": "0199f3a4-6f0e-7a61-9a3e-1c2d3e4f5a72",
    "item_name": "二手房带押过户",
    "withdrawn_at": NOW,
    "withdrawn_because_masked": "我们这里也能办了。",
    "counts": False,
}
WRONG = Beside("note", {"item": "带押过户", "region": "341523"}, {"region": "请选别的地区。"})


def shown(used: list[dict[str, Any]], gone: list[dict[str, Any]], beside: Beside) -> Sample:
    known = {
        **{"tools": FRONT_OFFICE, "note": "", "notes": True, "sought": "", "key": "0" * 32},
        **{"confirms": True, "tells_below": True},
        "places": places(NODE.code),
        **benchmark_values(used, gone, beside),
    }
    return Sample("desk/benchmarks.html", known, officer(Role.SUPERVISOR), "/desk/benchmarks")


BENCHMARK_SAMPLES = {"benchmarks": shown([ABOVE, USED, OVER, BELOW], [GONE], WRONG)}
