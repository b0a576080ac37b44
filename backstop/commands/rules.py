"""`backstop rules`: check the draft of the dispatch catalogue, and replay the past under it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

import typer

from backstop.commands.operator import operator
from backstop.commands.target import NodeOption, target
from backstop.node import assemble
from backstop.progress import Trouble
from services.dispatch.handlers import Caller, simulate_some
from services.dispatch.handlers.drafting import the_draft
from services.dispatch.handlers.live_rules import CHINA
from services.dispatch.handlers.signing import check_catalogue
from services.dispatch.handlers.simulate import Period, ask_simulation
from services.dispatch.repository.simulations import DONE, RUNNING, Simulation, find_simulation
from shared.clock import utcnow
from shared.unit import Unit

app = typer.Typer(no_args_is_help=True, help="Check and try out the draft of the dispatch rules.")

Tell = Callable[[str], None]
Since = Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="first day, in China")]
Until = Annotated[
    datetime | None, typer.Argument(formats=["%Y-%m-%d"], help="last day; default: today")
]


@app.command()
def check(node: NodeOption = None) -> None:
    """Say what is wrong with the draft, and which of its test cases fail; 1 if it can't be signed.

    Refused (`no_draft`) where there is none.
    """
    here = assemble(target(node), "dispatch")
    with here.unit("dispatch").transaction() as db:
        checked = check_catalogue(db, the_draft(db), utcnow())
    for finding in checked.findings:
        mark = "✗" if finding.blocks else "!"
        typer.echo(f"{mark} {finding.rule_code}  {finding.kind}  {finding.other}".rstrip())
    for tried in checked.tried:
        went = tried.unit_code or "pool"
        typer.echo(f"{'✓' if tried.passed else '✗'} {tried.trial.title}  → {went}")
    raise typer.Exit(1 if checked.objection else 0)


@app.command()
def simulate(since: Since, until: Until = None, node: NodeOption = None) -> None:
    """Replay the cases accepted from SINCE to UNTIL under the draft, and keep the result with it.

    Stopped halfway, the node's own process goes on with it.
    """
    here = assemble(target(node), "dispatch")
    now = utcnow()
    last = until.replace(tzinfo=CHINA) if until else now.astimezone(CHINA)
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
    period = Period(since.replace(tzinfo=CHINA), midnight + timedelta(days=1))
    done = replay(here.unit("dispatch"), period, Caller(operator(here.code), now), typer.echo)
    for line in told(done):
        typer.echo(line)


def replay(unit: Unit, period: Period, caller: Caller, tell: Tell) -> Simulation:
    """Ask for a replay and work it off, telling how far it is; raise Trouble if it can't end."""
    with unit.begin() as work:
        asked = ask_simulation(work.db, period, caller)
    while True:
        with unit.transaction() as db:
            simulate_some(db, caller.actor.node, utcnow())
            found = find_simulation(db, asked.simulation_id)
        if found is None or found.state not in (RUNNING, DONE):
            raise Trouble(
                "草稿改过了，没有算完 · the draft was changed meanwhile: replay it again"
            )
        tell(f"{found.counted}/{found.total}")
        if found.state == DONE:
            return found


def told(simulation: Simulation) -> list[str]:
    """Return what came of a replay, in lines."""
    report = simulation.report or {}
    pooled, returns = report["pooled"], report["returns"]
    return [
        f"改派 {report['changed']} 件，共 {report['cases']} 件 · cases that would go elsewhere",
        f"人工派单 {pooled['before']} → {pooled['after']} · left to a dispatcher",
        f"预计退回 {returns['before']} → {returns['after']} · expected returns",
        *(
            f"  {move['from'] or 'pool'} → {move['to'] or 'pool'}  {move['count']}"
            for move in report["moves"]
        ),
    ]
