"""`backstop link rotate --card`: another signing secret and card, while the node runs."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import typer
from sqlalchemy.exc import SQLAlchemyError

from backstop.commands.operator import operator
from backstop.links.cards import CardsState, Hindrances, NodeCards, StillNeeded
from backstop.links.site import Site
from backstop.node import assemble
from backstop.progress import Trouble
from services.link.policy import Hindrance
from shared.clock import utcnow
from shared.errors import Refused, Unavailable
from shared.security.actor import Actor
from shared.security.key_file import KeyFile

REASONS: Mapping[Hindrance, tuple[str, str]] = {
    Hindrance.UNACKNOWLEDGED: (
        "这些邻级还没有确认新名片：{about}",
        "these neighbours have not acknowledged the new card: {about}",
    ),
    Hindrance.PERSONS: (
        "有 {about} 个来件的个人信息是封给旧名片的，还没有决定接不接：先去接办或退回",
        "the persons of {about} cases on offer are sealed for the old card: take them over or "
        "give them back first",
    ),
    Hindrance.FILES: (
        "还在等这些邻级的附件，可能封给了旧名片：{about}",
        "files of these neighbours are awaited that may be sealed for the old card: {about}",
    ),
    Hindrance.TOKENS: (
        "刚启用新名片，{about} 以后再来",
        "the new card was made a moment ago: come again after {about}",
    ),
}

Change = Callable[[NodeCards, Actor, datetime], CardsState]


def renew_card(site: Site, *, finish: bool, other: bool) -> None:
    """Begin with another card, or end the one before it."""
    if other:
        raise Trouble("--card 和 --authority 请分开做 · one after the other, not both at once")
    if finish:
        _demand_nobody_joins(site)
        _finish(site)
        return
    try:
        state = _changed(site, lambda cards, by, now: cards.rotate(by, now))
    except Refused as error:
        if error.code != "card_renewing":
            raise _trouble(error) from error
        # A run before may have ended between the file and the neighbours.
        state = _changed(site, _told_again)
    for line in cards_told(state):
        typer.echo(line)
    typer.echo(
        "运行中的进程已在使用；请保存新的密钥文件，并和邻级电话核对新指纹。"
        "都确认后：backstop link rotate --card --finish\n"
        "Running processes use it already. Save the new key file, and compare the new fingerprint "
        "with the neighbours on the telephone. When all have acknowledged: "
        "`backstop link rotate --card --finish`"
    )


def cards_told(state: CardsState) -> Iterator[str]:
    """Yield a line for each card of a node, for each neighbour, and for what is still needed."""
    yield f"本节点名片 · card of this node  {state.present}"
    if state.following is None:
        return
    at = f"（{state.renewed_at:%Y-%m-%d %H:%M} UTC）" if state.renewed_at else ""
    yield f"新名片 · the next card  {state.following}{at}"
    for peer, since in state.acknowledged.items():
        told = f"已确认 · acknowledged {since:%Y-%m-%d %H:%M} UTC" if since else "未确认 · not yet"
        yield f"  {peer}  {told}"
    yield from still_needed(state.hindrances)


def still_needed(reasons: Hindrances) -> Iterator[str]:
    """Yield why the earlier card cannot end yet."""
    for why, about in reasons.items():
        chinese, english = REASONS[why]
        yield f"{chinese} · {english}".format(about="、".join(about))


def _finish(site: Site) -> None:
    try:
        state = _changed(site, lambda cards, by, now: cards.finish(by, now))
    except StillNeeded as error:
        raise Trouble("\n".join(still_needed(error.reasons))) from error
    except Refused as error:
        raise _trouble(error) from error
    for line in cards_told(state):
        typer.echo(line)
    copies = ", ".join(str(copy) for copy in KeyFile(site.settings.key_file).copies())
    typer.echo(
        f"旧名片已停用，邻级随后得知。请保存新的密钥文件，并销毁带旧密钥的副本：{copies}\n"
        f"The earlier card has ended, and neighbours are told. Save the new key file, and destroy "
        f"the copies with the old secret: {copies}"
    )


def _told_again(cards: NodeCards, _by: Actor, now: datetime) -> CardsState:
    cards.tell(now)
    return cards.state(now)


def _changed(site: Site, change: Change) -> CardsState:
    node = assemble(site.settings, "link")
    try:
        return change(NodeCards(node), operator(site.code), utcnow())
    except (Unavailable, SQLAlchemyError) as error:
        raise Trouble(
            f"数据库或密钥文件现在不可用（{type(error).__name__}），稍后重做即可，做两次也无妨\n"
            "The database or the key file is away; do it again later, twice does no harm"
        ) from error
    finally:
        node.engine.dispose()


def _demand_nobody_joins(site: Site) -> None:
    now = utcnow()
    open_ones = [code for code, each in site.books.invitations.items() if now < each.ends_at]
    if open_ones or site.places.joining.is_file():
        raise Trouble(
            f"还有进行中的邀请或加入，它们认的是旧名片：{'、'.join(sorted(open_ones)) or '—'}\n"
            "An invitation or a join is under way, which knows the earlier card: let it end first"
        )


def _trouble(error: Refused) -> Trouble:
    from shared.http.sentences import REFUSALS  # a launcher has no use for FastAPI's memory

    _status, chinese, english = REFUSALS[error.code]
    return Trouble(f"{chinese}\n{english}")
