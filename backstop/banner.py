"""What `backstop run` prints once the portal is open: where, who, and what to try first."""

from collections.abc import Iterator, Sequence
from io import StringIO

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

from backstop.demo import DemoReport
from backstop.settings import OPERATIONS_PORT_OFFSET, NodeSettings
from shared.security.actor import Role

WIDTH = 100
FIRST_ACCOUNT = "./dev backstop account create LOGIN --name 姓名 --role system_administrator"
SECOND_ACCOUNT = FIRST_ACCOUNT.replace("system_", "security_")
PAGES = "/ 群众入口 citizens · /desk 工作台 staff · /board 大屏 wall board · /docs 接口文档 API"


def banner(nodes: Sequence[NodeSettings], reports: Sequence[DemoReport]) -> str:
    """Return the greeting for these nodes; an empty start has no reports."""
    text = StringIO()
    console = Console(file=text, width=WIDTH, highlight=False, soft_wrap=True)
    console.rule("兜底 Backstop")
    _addresses(console, nodes)
    if reports:
        _accounts(console, nodes, reports)
        _first_steps(console, nodes, reports)
    else:
        console.print("空系统：没有演示数据和账号 · started empty: no demo cases, no accounts")
        console.print("先建系统管理员和安全管理员各一个 · first make two administrators:")
        console.print(f"  {FIRST_ACCOUNT}\n  {SECOND_ACCOUNT}")
    console.print("按 Ctrl-C 结束，全部进程随之停止 · Ctrl-C ends all of it")
    console.rule()
    return text.getvalue()


def _addresses(console: Console, nodes: Sequence[NodeSettings]) -> None:
    widest = max(cell_len(node.name) for node in nodes)
    for node in nodes:
        name = node.name + " " * (widest - cell_len(node.name))
        pages = "  ".join(f"{node.public_url}{path}" for path in ("/", "/desk", "/board"))
        console.print(f"[bold]{name}[/bold]  {pages}")
    console.print(PAGES)
    operations = nodes[0].web_port + OPERATIONS_PORT_OFFSET
    metrics = f"http://127.0.0.1:{operations}/metrics"
    console.print(f"总线进程的指标在端口加 {OPERATIONS_PORT_OFFSET} 上 · bus metrics: {metrics}\n")


def _accounts(
    console: Console, nodes: Sequence[NodeSettings], reports: Sequence[DemoReport]
) -> None:
    names = {node.code: node.name for node in nodes}
    title = f"演示账号，密码都是 {reports[0].password} · demo accounts, one password"
    table = Table("节点 node", "账号 login", "姓名", "职责 duty", title=title, box=box.SIMPLE)
    for report in reports:
        named = [names[report.node], *[""] * len(report.accounts)]
        for name, account in zip(named, report.accounts, strict=False):
            table.add_row(name, account.login, account.name, account.duty)
        table.add_section()
    console.print(table)


def _first_steps(
    console: Console, nodes: Sequence[NodeSettings], reports: Sequence[DemoReport]
) -> None:
    told = [f"{node.name} {_counted(each)}" for node, each in zip(nodes, reports, strict=True)]
    console.print("已载入 · cases:\n  " + "\n  ".join(told))
    console.print("先试这几步 · try first:")
    steps = (
        f"打开 {nodes[0].public_url}/ 点“我要反映”，三步提交，记下编号和查询码 · report something",
        *_worth_trying(nodes, reports),
        f"用上面的账号登录 {nodes[0].public_url}/desk，办下一步；大屏随之变化 · do the next step",
    )
    for place, step in enumerate(steps, start=1):
        console.print(f"  {place}. {step}")


def _counted(report: DemoReport) -> str:
    told = "，".join(f"{status} {number}" for status, number in sorted(report.by_status.items()))
    return f"{report.cases} 件：{told}"


def _worth_trying(nodes: Sequence[NodeSettings], reports: Sequence[DemoReport]) -> Iterator[str]:
    for node, report in zip(nodes, reports, strict=True):
        if report.try_number:
            yield (
                f"打开 {node.public_url}/follow 查一个已办结、等您评价的反映件 · rate an answer:\n"
                f"     编号 {report.try_number}  查询码 {report.try_code}"
            )
    for node, report in zip(nodes, reports, strict=True):
        if report.offered:
            yield (
                f"用 {report.login_of(Role.DISPATCHER)} 登录 {node.public_url}/desk，"
                f"接或不接转来的 {report.offered}\n"
                "     · an incoming hand-over: take it, or refuse it with its ground"
            )
