"""Connections of the link commands: to the own broker, and by certificate to the one above.

Every way in which a connection fails is told to the person with what to do about it.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp

from backstop.links.definitions import Dial
from backstop.progress import Trouble

CONNECT_SECONDS = 10
ANSWER_SECONDS = 30
EXPIRED, OTHER_NAME = 10, 62
"""What OpenSSL calls a certificate that has ended, and one that is made out to somebody else."""
PERSISTENT = 2

LOST = (amqp.ConnectionError, amqp.RecoverableConnectionError, OSError)


class Shut(Trouble):
    """The broker knows this certificate but not, or no more, its account."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One message, not acknowledged yet."""

    body: bytes
    tag: int


class Channel:
    """A channel that gives with confirms and takes one by one."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel

    def give(
        self, exchange: str, body: bytes, key: str = "", headers: Mapping[str, Any] | None = None
    ) -> None:
        """Publish, and come back when the broker keeps it; amqp errors as they are."""
        message = amqp.Message(
            body,
            delivery_mode=PERSISTENT,
            content_type="application/json",
            application_headers=dict(headers or {}),
        )
        self._channel.basic_publish_confirm(message, exchange, key, confirm_timeout=ANSWER_SECONDS)

    def take(self, queue: str) -> Taken | None:
        """Take the next message of a queue, None if there is none, nor such a queue.

        One that is not settled waits there again when the connection ends.
        """
        found = None
        try:
            found = self._channel.basic_get(queue)
        except amqp.NotFound:
            self._reopen()
        if found is None:
            return None
        body = found.body
        return Taken(body if isinstance(body, bytes) else body.encode(), found.delivery_tag)

    def settle(self, taken: Taken) -> None:
        """Acknowledge a message."""
        self._channel.basic_ack(taken.tag)

    def waiting(self, queue: str) -> int | None:
        """Return how many messages wait in a queue of the own broker; None if there is none."""
        try:
            return int(self._channel.queue_declare(queue, passive=True).message_count)
        except amqp.NotFound:
            self._reopen()
            return None

    def empty(self, queue: str) -> int:
        """Throw away what waits in a queue; return how many those were."""
        return int(self._channel.queue_purge(queue) or 0)

    def remove(self, *, queue: str = "", exchange: str = "") -> None:
        """Remove a queue with what is in it, and an exchange; what is not there is gone."""
        if queue:
            self._channel.queue_delete(queue)
        if exchange:
            self._channel.exchange_delete(exchange)

    def _reopen(self) -> None:
        # The broker closes a channel on which something was asked that is not there.
        self._channel = self._channel.connection.channel()


@contextmanager
def at_home(bus_url: str) -> Iterator[Channel]:
    """Connect to the node's own broker; Trouble if it is none, or does not answer."""
    url = urlsplit(bus_url)
    if url.scheme not in {"amqp", "amqps"}:
        raise Trouble(
            "本节点的总线在进程内，上下级连接需要 RabbitMQ（bus_url = amqp://…）\n"
            "The bus of this node is within its process; links need RabbitMQ (bus_url = amqp://…)"
        )
    connection = amqp.Connection(
        f"{url.hostname}:{url.port or (5671 if url.scheme == 'amqps' else 5672)}",
        login_method="PLAIN",
        userid=unquote(url.username or "guest"),
        password=unquote(url.password or "guest"),
        virtual_host=vhost_of(bus_url),
        ssl=url.scheme == "amqps",
        **_patience(),
    )
    try:
        with _connected(connection) as channel:
            yield channel
    except amqp.NotFound as error:
        raise Trouble(
            f"本节点的 RabbitMQ 缺少连接所需的对象：请运行 backstop link load\n"
            f"The node's RabbitMQ lacks what the links need: run `backstop link load` ({error})"
        ) from error
    except (*LOST, amqp.AMQPError) as error:
        raise Trouble(
            f"本节点的 RabbitMQ 没有应答（{url.hostname}:{url.port}）：{error}\n"
            f"The node's own RabbitMQ does not answer at {url.hostname}:{url.port}"
        ) from error


@contextmanager
def dialled(dial: Dial) -> Iterator[Channel]:
    """Connect to the broker above as a shovel does; Trouble says why that did not work."""
    try:
        with _connected(_connection(dial)) as channel:
            yield channel
    except amqp.AccessRefused as error:
        raise Shut(_shut(dial)) from error
    except ssl.SSLCertVerificationError as error:
        raise Trouble(_not_verified(dial, error)) from error
    except amqp.NotAllowed as error:
        raise Trouble(_no_vhost(dial)) from error
    except ssl.SSLError as error:
        raise Trouble(_not_let_in(dial, error)) from error
    except (*LOST, amqp.AMQPError) as error:
        raise Trouble(_unreachable(dial, error)) from error


def vhost_of(bus_url: str) -> str:
    """Return the virtual host that an address names."""
    return unquote(urlsplit(bus_url).path[1:]) or "/"


def _connection(dial: Dial) -> Any:
    return amqp.Connection(
        f"[{dial.host}]:{dial.port}" if ":" in dial.host else f"{dial.host}:{dial.port}",
        login_method="EXTERNAL",
        virtual_host=dial.vhost,
        ssl={
            "ca_certs": str(dial.authority),
            "certfile": str(dial.pair),
            "keyfile": str(dial.pair),
            "cert_reqs": ssl.CERT_REQUIRED,
            "server_hostname": dial.name,
        },
        **_patience(),
    )


def _patience() -> dict[str, Any]:
    return {
        "connect_timeout": CONNECT_SECONDS,
        "read_timeout": ANSWER_SECONDS,
        "write_timeout": ANSWER_SECONDS,
        "confirm_publish": True,
    }


@contextmanager
def _connected(connection: Any) -> Iterator[Channel]:
    try:
        connection.connect()
        yield Channel(connection.channel())
    finally:
        with suppress(*LOST):
            connection.close()


def _where(dial: Dial) -> str:
    return f"{dial.host}:{dial.port}"


def _shut(dial: Dial) -> str:
    return (
        f"{_where(dial)} 认得这张证书，但不让它登录：邀请已经用过、已被收回，或者连接已被撤销。"
        "请向上级要一份新的邀请\n"
        f"{_where(dial)} knows this certificate but lets it not in: the invitation was used or "
        "withdrawn, or the link was revoked. Ask the tier above for a new invitation"
    )


def _not_verified(dial: Dial, error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == EXPIRED:
        return (
            f"{_where(dial)} 的证书已过期（或本机时钟不对）：请上级运行 backstop link rotate\n"
            f"The certificate of {_where(dial)} has ended, or the clock here is wrong: the tier "
            "above runs `backstop link rotate`"
        )
    if error.verify_code == OTHER_NAME:
        return (
            f"{_where(dial)} 的证书不是开给 {dial.name} 的：可能连错了服务器；"
            "否则请上级再运行 backstop link init\n"
            f"The certificate of {_where(dial)} is not made out to {dial.name}: another server; "
            "if it is the right one, the tier above runs `backstop link init` again"
        )
    return (
        f"{_where(dial)} 的证书不是我们所知的上级签发的：可能连错了服务器，"
        "或有人冒充。没有发送任何内容\n"
        f"The certificate of {_where(dial)} is not signed by the tier above that we know: another "
        "server, or somebody who plays it. Nothing was sent"
    )


def _not_let_in(dial: Dial, error: ssl.SSLError) -> str:
    return (
        f"{_where(dial)} 没有接受我们的证书（{error.reason}）：它已过期，或上级换了签发机构。"
        "请向上级要一份新的邀请\n"
        f"{_where(dial)} did not accept our certificate ({error.reason}): it has ended, or the "
        "tier above has another authority now. Ask for a new invitation"
    )


def _no_vhost(dial: Dial) -> str:
    return (
        f"{_where(dial)} 上没有虚拟主机 {dial.vhost}：请上级运行 backstop link init\n"
        f"There is no virtual host {dial.vhost} at {_where(dial)}: the tier above runs "
        "`backstop link init`"
    )


def _unreachable(dial: Dial, error: Exception) -> str:
    return (
        f"连不上上级 {_where(dial)}：{error}。请检查地址、网络和防火墙"
        "（只需要本机向外的 TCP），再运行一次\n"
        f"The tier above cannot be reached at {_where(dial)}: {error}. Look at address, network "
        "and firewall (only TCP from here outwards is needed), then run this again"
    )
