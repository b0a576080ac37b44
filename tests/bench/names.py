"""How long it takes to find an item while its name is typed, among 5,000 of them.

Run with `python -m tests.bench.names`. Beside it the raw limit: whether the typed signs stand in
a title at all, which knows neither pinyin nor an order.
"""

import sys
from collections.abc import Callable
from itertools import product
from statistics import median, quantiles
from time import perf_counter, process_time

from services.portal.pages.spelling import readable
from services.portal.policy.matching import Names

MANY = 5_000
ROUNDS = 20
WHERE = (
    "个人",
    "企业",
    "农村",
    "城镇",
    "外商投资",
    "个体工商户",
    "残疾人",
    "长期居住人员",
    "银行",
)
WHAT = (
    *("不动产登记", "食品经营许可", "道路运输经营许可", "职工医疗保险", "住房公积金", "户口登记"),
    *(
        "建设工程规划许可",
        "取水许可",
        "出入境证件",
        "社会保险参保证明",
        "最低生活保障",
        "商标注册",
    ),
    *(
        "林木采伐许可",
        "医疗机构执业登记",
        "民办学校办学许可",
        "危险化学品经营许可",
        "特种设备使用",
    ),
    *("车辆购置税", "重点排污单位名录"),
    *("临时占用绿地", "行政复议申请", "就业困难人员认定"),
)
HOW = (
    *("新办", "变更", "延续", "注销", "补办", "年度报告", "信息查询", "转移接续", "补缴", "换证"),
    *("首次", "更正", "备案", "审批", "验收", "公示", "初审", "核准", "撤销", "公告", "代办"),
    *("遗失声明", "异地办理", "网上办理", "加急", "复核"),
)
ASKED = (
    "b",
    "bdc",
    "bdcdj",
    "budongchandeng",
    "不动产",
    "登记",
    "spjyxkqy",
    "zgylbxbj",
    "I049",
    "qqq",
)


def catalogue() -> list[tuple[str, str]]:
    """Return codes and titles of as many items."""
    titles = ("".join(parts) for parts in product(WHAT, WHERE, HOW))
    return [(f"I{n:05d}", title) for n, title in zip(range(MANY), titles, strict=False)]


def timed(run: Callable[[], object]) -> list[float]:
    """Return milliseconds of processor time of each round."""
    spent = []
    for _round in range(ROUNDS):
        began = process_time()
        run()
        spent.append((process_time() - began) * 1000)
    return spent


def say(line: str) -> None:
    """Write a line at once."""
    sys.stdout.write(f"{line}\n")


def main() -> None:
    """Print what each typed text takes."""
    items = catalogue()
    began = perf_counter()
    names = Names([readable(code, title, "县政务服务中心") for code, title in items])
    say(f"{len(items)} items made ready in {perf_counter() - began:.2f} s")
    often = {code: n % 7 for n, (code, _title) in enumerate(items[::13])}
    for asked in ASKED:
        mine = timed(lambda asked=asked: names.find(asked, often, 10))  # type: ignore[misc]
        raw = timed(lambda asked=asked: [one for one in items if asked in one[1]])  # type: ignore[misc]
        found = len(names.find(asked, often, MANY))
        half, most = median(mine), quantiles(mine, n=20)[-1]
        told = f"p50 {half:5.2f} ms  p95 {most:5.2f} ms   raw {median(raw):5.2f} ms"
        say(f"{asked:>16} {found:>5} fit  {told}")


if __name__ == "__main__":
    main()
