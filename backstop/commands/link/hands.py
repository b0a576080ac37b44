"""What the link commands have in common: one at a time on a node, and waiting with progress."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import typer

from backstop.commands.target import target
from backstop.links.books import alone
from backstop.links.listener import PLUGINS
from backstop.links.site import Site
from backstop.progress import Progress, Trouble

LOOK_EVERY_SECONDS = 2.0


@contextmanager
def site_of(node: str | None) -> Iterator[Site]:
    """Have a node's links in hand, with nobody else at them."""
    site = Site.of(target(node))
    with alone(site.places.folder):
        yield site


def wait_for(title: str, look: Callable[[], bool], seconds: int) -> bool:
    """Look now and then until it is there; False when time ran out first. 0: look once."""
    if look():
        return True
    if not seconds:
        return False
    until, pause = time.monotonic() + seconds, Event()
    with Progress(title):
        while time.monotonic() < until:
            pause.wait(LOOK_EVERY_SECONDS)
            if look():
                return True
    return False


def load_or_tell(site: Site) -> None:
    """Have the broker load what it needs; where it cannot be asked, say how it is done."""
    try:
        site.load_definitions()
    except Trouble as error:
        typer.echo(
            f"{error}\n之后再运行 backstop link load，或在 RabbitMQ 上导入 "
            f"{site.places.definitions}\n"
            f"Run `backstop link load` later, or import {site.places.definitions} there"
        )


def for_broker(site: Site) -> str:
    """Say what an operator does once, so that the broker reads what was written for it."""
    folder, lines = site.places.broker, site.places.configuration
    return (
        f"RabbitMQ 读取的文件 · files for RabbitMQ: {folder}\n"
        "第一次要做 · to be done once:\n"
        f"  chgrp -R rabbitmq {folder} && chmod 2750 {folder} && chmod g+r {folder}/*\n"
        f"  ln -s {lines} /etc/rabbitmq/conf.d/60-backstop-links.conf\n"
        f"  rabbitmq-plugins enable {' '.join(PLUGINS)}\n"
        "  重启 RabbitMQ · restart RabbitMQ"
    )
