"""`backstop link`: join a node to those next to it, see how links do, renew them, end them."""

import typer

from backstop.commands.bundles import export_to, import_from
from backstop.commands.custody import reconcile
from backstop.commands.link.below import admit, init, invite, revoke
from backstop.commands.link.beside import together
from backstop.commands.link.cards import card, know
from backstop.commands.link.files import files
from backstop.commands.link.own import join, leave, load, rotate
from backstop.commands.link.status import status

app = typer.Typer(no_args_is_help=True, help="Join a node to those next to it.")

for command in (
    card,
    know,
    init,
    invite,
    join,
    admit,
    status,
    rotate,
    revoke,
    leave,
    load,
    together,
):
    app.command()(command)
app.command("export")(export_to)
app.command("import")(import_from)
app.command()(reconcile)
app.command()(files)
