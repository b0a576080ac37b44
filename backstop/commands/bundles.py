"""`backstop link export` and `import`: parcels in files, for when the wire is down for days."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy.exc import SQLAlchemyError

from backstop.bundles import Desk, Exported, Imported, export_bundle, import_bundle
from backstop.commands.target import NodeOption, target
from backstop.node import Node, assemble
from services.link.policy import Taken
from shared.errors import Unavailable
from shared.security.bundles import BadBundle, Fault

Peer = Annotated[str, typer.Argument(help="code of the neighbour that it is for")]
Target = Annotated[Path, typer.Argument(dir_okay=False, help="a file that is not there yet")]
Source = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]

FAULTS: Mapping[Fault, tuple[str, str]] = {
    Fault.NOT_ONE: (
        "不是级间数据包；请核对选的文件",
        "this is no bundle of a node; look whether it is the right file",
    ),
    Fault.FORM: (
        "是更新版本（格式 {about}）做的；请先升级本级，再导入，文件不会失效",
        "a later release made it (form {about}); upgrade this node, then import it: it stays good",
    ),
    Fault.SIZE: (
        "文件太大（{about} 字节）；核对无误后调高 BACKSTOP_LINK__BUNDLE_MOST_MEGABYTES",
        "it is too large ({about} bytes); if it is the right one, raise that setting",
    ),
    Fault.ADDRESSEE: (
        "是给 {about} 的，不是给本级的；请送到那里导入",
        "it is for {about}, not for this node; take it there",
    ),
    Fault.STRANGER: (
        "来自 {about}，本级没有它的名片",
        "it is from {about}, of which no card is in place here",
    ),
    Fault.TRUNCATED: (
        "文件不完整，多半是没有拷完；请重新拷贝",
        "it breaks off, most likely it was not copied to the end; copy it again",
    ),
    Fault.DAMAGED: (
        "文件损坏或被改动过；请重新拷贝，仍不行就请对方重新导出",
        "it is damaged or was changed; copy it again, else ask for a new export",
    ),
    Fault.SIGNATURE: (
        "不是 {about} 签的；不要再用它，请电话核对",
        "{about} did not sign it; do not use it, and ring them up",
    ),
    Fault.SEALED: (
        "本级的密钥打不开；对方手里的名片可能是旧的，请重新交换名片",
        "this node's key does not open it; {about} may have an old card of this node",
    ),
}


def export_to(peer: Peer, file: Target, node: NodeOption = None) -> None:
    """Write all that PEER has not receipted into FILE, sealed for it alone; the wire goes on."""
    with _opened(node) as here:
        if peer not in here.cards:
            _refuse(f"{peer}：没有这个上下级的名片 · no card of {peer} is in place")
        try:
            done = export_bundle(Desk.of(here), peer, file)
        except FileExistsError as error:
            _refuse(f"{error}：文件已存在，不覆盖 · it is there already and is not written over")
        except OSError as error:
            _refuse(f"{file}：写不进去 · cannot be written: {error.strerror}")
    _tell_exported(done, peer)


def import_from(file: Source, node: NodeOption = None) -> None:
    """Take in what a neighbour exported into FILE; once more, or late, does no harm."""
    with _opened(node) as here:
        try:
            done = import_bundle(Desk.of(here), file)
        except BadBundle as error:
            chinese, english = FAULTS[error.fault]
            told = f"{chinese} · {english}".format(about=error.about or "?")
            _refuse(f"{file}：{told}")
    _tell_imported(done)
    raise typer.Exit(1 if done.counts.get(Taken.REFUSED) or done.parked else 0)


def _tell_exported(done: Exported, peer: str) -> None:
    for part in done.parts:
        typer.echo(f"{part.file}  {part.size} 字节 · bytes")
    packed = done.packed
    typer.echo(
        f"{packed.parcels} 个包，{packed.facts} 条事实，{done.size} 字节"
        f" · {packed.parcels} parcels, {packed.facts} facts, {done.size} bytes\n"
        f"请送到 {peer} 导入（可乱序），再把那里导出的回执带回；导入后销毁介质上的文件"
        f" · take all files to {peer}, import them there, and bring back what it exports;"
        " destroy the files then"
    )


def _tell_imported(done: Imported) -> None:
    head, foot, counts = done.examined.head, done.examined.foot, done.counts
    last = "，最后一部分" if foot.is_last else "，还有下一部分"
    more = ", the last" if foot.is_last else ", there is another"
    typer.echo(
        f"{head.sender} {head.made_at:%Y-%m-%d %H:%M} UTC，第 {head.part} 部分{last}"
        f" · part {head.part}{more}"
    )
    told = {
        "新 · new": counts.get(Taken.NEW, 0),
        "已知 · known": counts.get(Taken.KNOWN, 0),
        "等前面的 · held": counts.get(Taken.HELD, 0),
        "不可信 · refused": counts.get(Taken.REFUSED, 0),
        "搁置 · parked": done.parked,
    }
    typer.echo("  ".join(f"{name} {count}" for name, count in told.items()))
    typer.echo(
        f"线路不通时，把回执带回去：backstop link export {head.sender} FILE"
        f" · while the wire is down, take the receipt back by that command"
    )


@contextmanager
def _opened(name: str | None) -> Iterator[Node]:
    here = assemble(target(name), "link")
    try:
        yield here
    except (Unavailable, SQLAlchemyError) as error:
        _refuse(
            f"数据库现在不可用，稍后重做即可，做两次也无妨 · the database is away"
            f" ({type(error).__name__}); do it again later, twice does no harm"
        )
    finally:
        here.engine.dispose()


def _refuse(told: str) -> NoReturn:
    typer.echo(told, err=True)
    raise typer.Exit(1)
