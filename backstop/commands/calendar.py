"""`backstop calendar`: which days are worked, the notices that say so, and why a date is due then.

The commands ask the API of a running node, as anybody at this machine: a notice that one person
took down here is signed by another one, here by another account of the machine or on the page.
"""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from backstop.caller import Call, CallRefused, NodeCaller, open_client
from backstop.commands.operator import operator
from backstop.commands.target import NodeOption, target
from backstop.progress import Trouble
from services.sla.policy import Complexity, LimitKind
from shared.security.actor import Actor
from shared.security.policy import Action

app = typer.Typer(no_args_is_help=True, help="Working days, notices, and due dates explained.")

AT = "/api/v1/calendar-notices"
SCOPES = (Action.NOTICE_READ, Action.NOTICE_DRAFT, Action.NOTICE_SIGN)
SHORT = 12
MARKS = {
    "worked": " ",
    "weekend": "·",
    "off": "休",
    "make_up": "班",
    "short": "短",
    "opening": "开",
}

Region = Annotated[str | None, typer.Option(help="code of a region, whose local days are meant")]
Unit = Annotated[
    str | None, typer.Option(help="code of a unit of this node, whose hours are meant")
]
Notice = Annotated[str, typer.Argument(help="id of a notice, as `list` prints it, or its start")]


@app.command("list")
def list_all(node: NodeOption = None) -> None:
    """List the years of the calendar, and the notices that were taken down."""
    known = _ask(node, Call("GET", "/api/v1/calendar"))
    years = Table("year", "working days", "from", "notice", title=known["calendar_version"])
    for each in known["years"]:
        years.add_row(str(each["year"]), str(each["working_days"]), each["source"], each["title"])
    _print(years)
    for each in _ask(node, Call("GET", AT))["items"]:
        typer.echo(f"{each['notice_id']}  {each['year']}  {each['state']}  {each['title']}")
        typer.echo(f"   {' · '.join(_about(each))}")


@app.command()
def show(
    year: Annotated[int, typer.Argument(min=1, max=9999)],
    region: Region = None,
    unit: Unit = None,
    node: NodeOption = None,
) -> None:
    """Show the days of a year that are off, made up or short, and where they are from."""
    asked = _told(region=region, unit=unit)
    known = _ask(node, Call("GET", f"/api/v1/calendar/{year}", query=asked))
    provisional = "  暂定 · provisional" if known["provisional"] else ""
    typer.echo(f"{year}  {known['calendar_version']}  {known['source']}{provisional}")
    typer.echo(f"{known['working_days']} 个工作日 · working days  {known['opens']}")
    for day in known["days"]:
        if day["kind"] not in ("worked", "weekend"):
            told = f"{day['day']}  {MARKS[day['kind']]}  {day['name']}  {day['hours']}"
            typer.echo(told.rstrip())


@app.command("import")
def import_file(  # noqa: PLR0913, PLR0917 - typer passes each option by its name
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON, CSV or xlsx")],
    year: Annotated[int | None, typer.Option(help="where the file does not say it")] = None,
    title: Annotated[str | None, typer.Option(help="of the document")] = None,
    number: Annotated[str | None, typer.Option(help="of the document")] = None,
    region: Region = None,
    unit: Unit = None,
    node: NodeOption = None,
) -> None:
    """Take down a notice from a file; it counts when a second person has signed it."""
    content = base64.b64encode(file.read_bytes()).decode()
    body = _told(year=year, title=title, number=number, region=region, unit=unit)
    kept = _ask(node, Call("POST", f"{AT}/file", {**body, "content": content}))
    at, seen = f"{AT}/{kept['notice_id']}", {"digest": kept["digest"]}
    _report(_ask(node, Call("GET", f"{at}/report")))
    _ask(node, Call("POST", f"{at}/review", seen))
    typer.echo(f"{kept['notice_id']}  SM3 {kept['digest']}")
    typer.echo(
        "请另一个人签发 · somebody else signs it: backstop calendar sign, or /admin/calendar"
    )


@app.command()
def sign(
    notice: Notice,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    node: NodeOption = None,
) -> None:
    """Sign a notice that somebody else took down, after a look at what it moves."""
    kept = _named(node, notice)
    at = f"{AT}/{kept['notice_id']}"
    typer.echo(f"{kept['year']}  {kept['title']}  SM3 {kept['digest']}")
    _report(_ask(node, Call("GET", f"{at}/report")))
    if not yes:
        typer.confirm("签发 · sign it?", abort=True)
    _ask(node, Call("POST", f"{at}/sign", {"digest": kept["digest"]}))
    typer.echo("已签发，时限在后台逐件调整 · signed; due dates are moved in the background")


@app.command()
def explain(  # noqa: PLR0913, PLR0917 - typer passes each option by its name
    start: Annotated[str, typer.Argument(help="for example 2026-12-31T15:00:00+08:00")],
    clock: Annotated[str, typer.Option(help=", ".join(LimitKind))] = LimitKind.RESOLVE,
    complexity: Annotated[str, typer.Option(help=", ".join(Complexity))] = Complexity.ORDINARY,
    matter: Annotated[
        list[str] | None,
        typer.Option(
            "--of", help="channel=web, item=CODE, urgency=urgent, place=341523: as limits ask"
        ),
    ] = None,
    signed: Annotated[
        str | None, typer.Option(help="when the unit signed, for a limit that counts from there")
    ] = None,
    unit: Unit = None,
    region: Region = None,
    node: NodeOption = None,
) -> None:
    """Explain step by step when a limit ends that starts then, and which row says so."""
    named = _told(unit=unit, region=region, signed=signed)
    of = dict(each.partition("=")[::2] for each in matter or ())
    given = {**of, **named, "start": start, "clock": clock, "complexity": complexity}
    told = _ask(node, Call("GET", "/api/v1/due-date", query=given))
    for number, line in enumerate(told["trace"], 1):
        typer.echo(f"{number}. {line['zh']}\n   {line['en']}")
    provisional = "  暂定 · provisional" if told["provisional"] else ""
    typer.echo(f"{told['due_at']}  ({told['due_date']}){provisional}")
    typer.echo(f"{told['limit']}  {told['calendar_version']}\nSHA-256 {told['digest']}")


def _about(notice: Any) -> Iterator[str]:
    # A line of its own for each notice: a table of nine columns fits no terminal.
    if whose := " ".join(filter(None, (notice["region"], notice["unit"]))):
        yield f"只管 · only {whose}"
    if notice["from_node"]:
        yield f"来自 · from {notice['from_node']}"
    drafted, signed = notice["drafted"], notice["signed"]
    yield f"起草 · drafted {drafted['name'] or drafted['by']}"
    if signed:
        yield f"签发 · signed {signed['name'] or signed['by']}"
    yield f"SM3 {notice['digest'][:SHORT]}"


def _told(**given: Any) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _ask(node: str | None, call: Call) -> Any:
    settings = target(node)
    with open_client(f"http://{settings.near_host}:{settings.web_port}") as client:
        try:
            return NodeCaller(settings, client).send(call, _somebody(settings.code))
        except CallRefused as refused:
            faults = [f"{fault.field}：{fault.reason}" for fault in refused.faults]
            raise Trouble("\n".join((refused.detail, *faults))) from refused


def _somebody(node: str) -> Actor:
    # By the account on this machine, so that two people who work here are two.
    here = operator(node)
    scopes = frozenset(action.value for action in SCOPES)
    return replace(here, id=f"{here.id}:{here.name}", scopes=scopes)


def _named(node: str | None, start: str) -> Any:
    listed = _ask(node, Call("GET", AT))["items"]
    found = [each for each in listed if each["notice_id"].startswith(start)]
    if len(found) != 1:
        raise Trouble(f"{start}：没有，或不止一个 · none, or more than one")
    return found[0]


def _report(told: Any) -> None:
    turned = [f"{each['day']} {'班' if each['works'] else '休'}" for each in told["changes"]]
    typer.echo(f"改 {len(turned)} 天 · days that turn: {', '.join(turned) or '—'}")
    for found in told["findings"]:
        typer.echo(f"留意 · mind: {found['finding']} {found['about']}", err=True)
    for kind, counts in told["moves"].items():
        shown = ", ".join(f"{how} {many}" for how, many in sorted(counts.items()))
        typer.echo(f"{kind}: {shown}")
    typer.echo(f"{told['examined']}/{told['running']} 个时限算过 · running limits computed")


def _print(table: Table) -> None:
    Console(markup=False).print(table)  # what a file says is no markup
