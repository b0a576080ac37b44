"""`backstop audit`: verify the chains, take them out, show and keep the anchors."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from backstop.commands.operator import operator
from backstop.commands.sinks import open_sink
from backstop.commands.target import NodeOption, target
from backstop.neighbours import card_of, cards_of
from backstop.node import Node, assemble
from backstop.progress import Trouble
from backstop.settings import NodeSettings
from backstop.suite import MEMBERS
from services.link.repository.anchors import anchors_of
from shared.audit import Entry, ledger_of, record
from shared.audit.anchors import Anchor, Signed, anchored, read_anchors
from shared.audit.checking import Finding
from shared.audit.export import Span, json_lines, syslog_lines
from shared.audit.offline import check, node_of
from shared.audit.searching import verified
from shared.audit.verifying import Verified
from shared.audit.verifying import verify as verify_schema
from shared.clock import utcnow
from shared.security.letters import Card
from shared.security.policy import Action

app = typer.Typer(no_args_is_help=True, help="Verify the audit of a node, and take it out.")

Service = Annotated[list[str] | None, typer.Option("--service", help="only this one; repeat it")]
AnchorsFile = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help="anchors the tier above holds of the node"),
]


@app.command()
def verify(  # noqa: PLR0913, PLR0917 - typer passes each option by its name
    node: NodeOption = None,
    service: Service = None,
    anchors: AnchorsFile = None,
    export: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="an export instead of the database"),
    ] = None,
    since: Annotated[
        datetime | None, typer.Option(help="the export was asked for from then on (UTC)")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(help="the export was asked for until before then (UTC)")
    ] = None,
) -> None:
    """Go through every row and name the first bad one of each chain; 1 if there is one.

    An export of a node below is compared with the anchors that this node holds of it. It must be
    whole, unless you say which part was asked for: what the file says of that is not believed.
    """
    with _opened(node) as here:
        if export is not None:
            bad = _verify_export(here, export, anchors, Span(_utc(since), _utc(until)))
        else:
            bad = _verify_here(here, _services(service), anchors)
    for finding in bad:
        typer.echo(f"{finding}", err=True)
    raise typer.Exit(1 if bad else 0)


@app.command("export")
def write_out(
    to: Annotated[str, typer.Argument(help="a file, -, udp://HOST:PORT or tcp://…")] = "-",
    node: NodeOption = None,
    since: Annotated[datetime | None, typer.Option(help="from then on (UTC)")] = None,
    until: Annotated[datetime | None, typer.Option(help="until before then (UTC)")] = None,
    syslog: Annotated[bool, typer.Option("--syslog", help="RFC 5424, not JSON lines")] = False,
) -> None:
    """Write the audit out, by time; JSON lines verify with `verify --export`."""
    span = Span(_utc(since), _utc(until))
    with _opened(node) as here:
        # First, so that no row leaves without a trace of it.
        _leave_trace(here, "portal", _exported(here, span, syslog=syslog))
        count = 0
        with open_sink(to) as write:
            for line in _lines(here, span, syslog=syslog):
                write(line)
                count += 1
    typer.echo(f"{count} 行 · lines → {to}", err=True)


@app.command("anchors")
def list_anchors(
    node: NodeOption = None,
    of: Annotated[str | None, typer.Option(help="a node below; default: its own")] = None,
) -> None:
    """Print the anchors that this node holds, one JSON a line: keep them where it cannot reach."""
    with _opened(node) as here:
        for signed in _kept(here, of or here.code):
            typer.echo(signed.model_dump_json())


@contextmanager
def _opened(node: str | None) -> Iterator[Node]:
    here = assemble(target(node), "audit")
    try:
        yield here
    finally:
        here.engine.dispose()


def _verify_here(here: Node, names: Sequence[str], anchors: Path | None) -> list[Finding]:
    kept = anchored(_anchors(here, here.code, anchors))
    found = [
        verify_schema(here.engine, here.code, ledger_of(name), kept.get(name, {}))
        for name in names
    ]
    _show(found)
    for one in found:
        told = verified(operator(here.code), one.finding, utcnow())
        _leave_trace(here, one.schema, told)
    return [one.finding for one in found if one.finding is not None]


def _verify_export(here: Node, file: Path, anchors: Path | None, span: Span) -> list[Finding]:
    with file.open(encoding="utf-8") as lines:
        of = node_of(lines)
    with file.open(encoding="utf-8") as lines:
        read = check(lines, _anchors(here, of, anchors), span)
    met = sum(walk.met for walk in read.walks.values())
    typer.echo(f"{of}: {read.rows} 行 · rows, {met} 个锚点吻合 · anchors agree")
    if read.uncovered:
        typer.echo(f"{read.uncovered} 个锚点不在这一段 · anchors not covered by this part")
    return read.findings


def _anchors(here: Node, of: str, file: Path | None) -> list[Anchor]:
    if file is not None:
        return read_anchors(file, _card(here.settings, of))
    return [signed.anchor for signed in _kept(here, of)]


def _kept(here: Node, of: str) -> list[Signed]:
    with here.unit("link").transaction() as db:
        return [one.signed for one in anchors_of(db, of)]


def _card(settings: NodeSettings, of: str) -> Card:
    card = card_of(settings) if of == settings.code else cards_of(settings).get(of)
    if card is None:
        raise Trouble(f"没有 {of} 的名片 · there is no card of {of}: backstop link know")
    return card


def _services(wanted: Sequence[str] | None) -> list[str]:
    unknown = sorted(set(wanted or ()) - set(MEMBERS))
    if unknown:
        raise Trouble(f"没有这个服务 · no such service: {', '.join(unknown)}")
    return list(wanted or MEMBERS)


def _lines(here: Node, span: Span, *, syslog: bool) -> Iterator[str]:
    if syslog:
        return syslog_lines(here.books, span)
    return json_lines(here.books, span, utcnow(), _kept(here, here.code))


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=moment.tzinfo or UTC)


def _show(found: Sequence[Verified]) -> None:
    table = Table("", "rows", "sealed up to", "head", "anchors", "waiting", "oldest", "")
    for one in found:
        wrong = one.finding
        table.add_row(
            one.schema,
            str(one.rows),
            str(one.seq),
            one.head[:16],
            str(one.anchors),
            str(one.waiting),
            f"{one.oldest.total_seconds():.1f} s",
            "完好 · good" if wrong is None else wrong.fault.value,
        )
    Console().print(table)


def _exported(here: Node, span: Span, *, syslog: bool) -> Entry:
    form = "syslog" if syslog else "jsonl"
    return Entry(
        at=utcnow(),
        actor=operator(here.code),
        action=Action.AUDIT_EXPORT,
        object_kind="audit",
        object_id=here.code,
        purpose=f"{form} {span.since or ''}/{span.until or ''}",
    )


def _leave_trace(here: Node, service: str, entry: Entry) -> None:
    with here.unit(service).transaction() as db:
        record(db, here.unit(service).plumbing.audit, entry)
