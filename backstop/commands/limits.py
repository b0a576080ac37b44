"""`backstop limits`: the sets that come with the program, and what a set in a file would change.

A file is what `shipped` or `show` prints: a JSON object with `rows`. Nothing here changes a node;
a set is drafted, signed by two and in force by the page /admin/limits or the API.
"""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from backstop.commands.target import NodeOption, target
from backstop.node import assemble
from backstop.progress import Trouble
from services.sla.api.limit_bodies import RowsBody
from services.sla.api.limit_words import spoken_row
from services.sla.handlers.limit_replays import Past, replay_all
from services.sla.handlers.limit_sets import check_rows
from services.sla.policy import ZONE, LimitRow, LimitTable, tier_of
from services.sla.policy.limit_checks import is_signable
from services.sla.policy.replay import RedTally
from services.sla.policy.shipped import SHIPPED
from services.sla.repository.limit_sets import find_set, in_force
from shared.clock import utcnow
from shared.errors import Refused

app = typer.Typer(no_args_is_help=True, help="Check and try out limits in a file.")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="JSON with `rows`")]
Since = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="first day, in China")]
Until = Annotated[
    datetime | None, typer.Argument(formats=["%Y-%m-%d"], help="last day; default: today")
]


@app.command()
def shipped(name: Annotated[str | None, typer.Argument(help="of a set")] = None) -> None:
    """List the sets that come with the program, or print one as a file."""
    if name is None:
        for one in SHIPPED.values():
            typer.echo(f"{one.name}  {one.zh} · {one.en}")
        return
    if name not in SHIPPED:
        raise Trouble(f"没有这一套 · no such set: {name}")
    typer.echo(_as_file(SHIPPED[name].rows))


@app.command()
def show(
    number: Annotated[int | None, typer.Argument(min=1, help="default: in force")] = None,
    node: NodeOption = None,
) -> None:
    """Print the version in force, or another one, as a file."""
    here = assemble(target(node), "sla")
    with here.unit("sla").transaction() as db:
        kept = in_force(db, utcnow()) if number is None else find_set(db, number)
    if kept is None:
        raise Trouble("没有这一版，按系统设置 · there is none: the settings of the node decide")
    typer.echo(_as_file(kept.rows))


@app.command()
def check(file: File, node: NodeOption = None) -> None:
    """Say what is wrong with the limits in a file; 1 if they cannot be signed."""
    rows, code = _read(file), target(node).code
    for row in rows:
        words = spoken_row(row)
        typer.echo(f"{row.code}  {words.zh}\n      {words.en}")
    found = check_rows(rows, tier_of(code), utcnow())
    for each in found:
        mark = "✗" if each.blocks else "!"
        typer.echo(f"{mark} {each.code or '—'}  {each.finding}  {each.other}".rstrip())
    raise typer.Exit(0 if is_signable(found) else 1)


@app.command()
def simulate(file: File, since: Since, until: Until = None, node: NodeOption = None) -> None:
    """Replay the clocks that started from SINCE to UNTIL under the limits in a file.

    Nothing is kept and nothing changes.
    """
    here, rows, now = assemble(target(node), "sla"), _read(file), utcnow()
    last = (until or now.astimezone(ZONE).replace(tzinfo=None)).replace(tzinfo=ZONE)
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
    past = Past(since.replace(tzinfo=ZONE), midnight + timedelta(days=1))
    table = LimitTable(rows, tier_of(here.code))
    with here.unit("sla").transaction() as db:
        tally = replay_all(db, past, table, here.settings.sla.promise, now)
    for line in told(tally):
        typer.echo(line)


def told(tally: RedTally) -> list[str]:
    """Return what came of a replay, in lines."""
    later, earlier = (sum(tally.moved(how).values()) for how in ("later", "earlier"))
    lines = [
        f"{tally.clocks} 个时限 · limits: {later} 个推迟 · later, {earlier} 个提前 · earlier",
    ]
    for about, name in (("kind", "种类 · kind"), ("row", "规则 · row"), ("unit", "单位 · unit")):
        reds = tally.reds(about).items()
        lines.append(f"红灯 · red lamps, {name}:")
        lines += [f"  {key or '—'}  {before} → {after}" for key, (before, after) in reds]
    return lines


def _as_file(rows: Iterable[LimitRow]) -> str:
    told = {"rows": [row.as_record() for row in rows]}
    return json.dumps(told, ensure_ascii=False, indent=1)


def _read(file: Path) -> list[LimitRow]:
    try:
        return RowsBody.model_validate_json(file.read_bytes()).coded
    except Refused as error:
        raise Trouble(f"{file}: {error.code}") from error
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise Trouble("\n".join((f"{file}:", *wrong))) from error
