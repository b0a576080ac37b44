"""Numbers of a board for the samples."""

from datetime import date, timedelta

from services.portal.repository import BoardNumbers, DayNumbers, UnitNumbers
from tests.browser.facts import NOW


def numbers() -> BoardNumbers:
    first = date(2026, 2, 20)
    days = [
        DayNumbers(
            first + timedelta(days=n),
            registered=9 + (n * 5) % 7,
            finished=7 + (n * 3) % 6,
            on_time=6 + (n * 3) % 5,
            withdrawn=n * 2 % 3,
        )
        for n in range(14)
    ]
    return BoardNumbers(
        at=NOW,
        by_status={
            "registered": 3,
            "pooled": 2,
            "dispatched": 6,
            "signed": 9,
            "contacted": 21,
            "finished": 12,
            "closed": 214,
        },
        by_lamp={"green": 31, "yellow": 8, "red": 2},
        by_channel={"window": 120, "web": 98},
        by_level={5: 120, 4: 60, 3: 20, 2: 9, 1: 5},
        units=[
            UnitNumbers("rsj", "县人力资源和社会保障局", 12, 3, 1),
            UnitNumbers("zrj", "县自然资源和规划局", 9, 2, 1),
            UnitNumbers("scj", "县市场监督管理局", 7, 2, 0),
            UnitNumbers("ybj", "县医疗保障局", 6, 1, 0),
            UnitNumbers("gaj", "县公安局", 4, 0, 0),
        ],
        days=days,
    )
