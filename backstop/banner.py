"""What `backstop run` prints once the portal is open: where, who, and what to try first."""

from collections.abc import Sequence
from io import StringIO

from rich.console import Console
from rich.table import Table

from backstop.demo import DemoReport
from backstop.settings import OPERATIONS_PORT_OFFSET, NodeSettings

WIDTH = 100
FIRST_ACCOUNT = "./dev backstop account create LOGIN --name 姓名 --role administrator"


def banner(nodes: Sequence[NodeSettings], reports: Sequence[DemoReport]) -> str:
    """Return the greeting for these nodes; an empty start has no reports."""
    text = StringIO()
    console = Console(file=text, width=WIDTH, highlight=False, soft_wrap=True)
    console.rule("兜底 Backstop")
    for node in nodes:
        _addresses(console, node)
    for report in reports:
        _accounts(console, report)
        _first_steps(console, _node_of(nodes, report), report)
    if not reports:
        console.print("空系统：没有演示数据和账号 · started empty: no demo cases, no accounts")
        console.print(f"先建一个管理员 · make an administrator:\n  {FIRST_ACCOUNT}")
    console.print("按 Ctrl-C 结束，全部进程随之停止 · Ctrl-C ends all of it")
    console.rule()
    return text.getvalue()


def _node_of(nodes: Sequence[NodeSettings], report: DemoReport) -> NodeSettings:
    return next(node for node in nodes if node.code == report.node)


def _addresses(console: Console, node: NodeSettings) -> None:
    url = node.public_url
    console.print(f"[bold]{node.name}[/bold]  {node.code}")
    for path, what in (
        ("/", "群众入口 · citizens"),
        ("/desk", "工作台 · staff"),
        ("/board", "大屏 · wall board"),
        ("/docs", "接口文档 · API"),
    ):
        console.print(f"  {url}{path:<8} {what}")
    operations = node.web_port + OPERATIONS_PORT_OFFSET
    console.print(f"  http://127.0.0.1:{operations}/metrics  指标 · metrics of the bus process\n")


def _accounts(console: Console, report: DemoReport) -> None:
    table = Table("账号 login", "姓名", "职责 duty", title=f"演示账号，密码都是 {report.password}")
    for account in report.accounts:
        table.add_row(account.login, account.name, account.duty)
    console.print(table)


def _first_steps(console: Console, node: NodeSettings, report: DemoReport) -> None:
    told = "，".join(f"{status} {number}" for status, number in sorted(report.by_status.items()))
    console.print(f"\n已载入 {report.cases} 个反映件 · cases: {told}\n")
    console.print("先试这几步 · try first:")
    console.print(f"  1. 打开 {node.public_url}/ 点“我要反映”，三步提交，记下编号和查询码")
    if report.try_number:
        console.print(
            f"  2. 打开 {node.public_url}/follow 查一个已办结、等您评价的反映件："
            f"\n     编号 {report.try_number}  查询码 {report.try_code}"
        )
    console.print(f"  3. 用上面的账号登录 {node.public_url}/desk，办下一步；大屏随之变化\n")
