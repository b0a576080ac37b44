import pytest

from backstop.addresses import Networks, client_of
from shared.http.households import household

PROXIES = Networks(["10.0.0.5/32", "10.1.0.0/16", "::1/128"])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        pytest.param("10.0.0.5", "198.51.100.7", "198.51.100.7", id="one proxy"),
        pytest.param("10.0.0.5", "198.51.100.7, 10.1.2.3", "198.51.100.7", id="two proxies"),
        pytest.param("10.0.0.5", "1.2.3.4, 198.51.100.7", "198.51.100.7", id="a claim before it"),
        pytest.param("198.51.100.7", "1.2.3.4", "198.51.100.7", id="a claim without a proxy"),
        pytest.param("10.0.0.5", "", "10.0.0.5", id="the proxy itself"),
        pytest.param("10.0.0.5", "unknown", "10.0.0.5", id="no address"),
        pytest.param("10.0.0.5", "1.2.3.4, garbage", "10.0.0.5", id="garbage at the end"),
        pytest.param("10.0.0.5", "198.51.100.7:41022", "198.51.100.7", id="with a port"),
        pytest.param("::1", "[2001:db8::7]:443", "2001:db8::7", id="IPv6 with a port"),
        pytest.param("10.0.0.5", "::ffff:198.51.100.7", "198.51.100.7", id="IPv4 as IPv6"),
        pytest.param("::ffff:10.0.0.5", "198.51.100.7", "198.51.100.7", id="proxy as IPv6"),
        pytest.param("?", "198.51.100.7", "?", id="nobody knows"),
    ],
)
def test_only_a_listed_proxy_is_believed_who_asks(peer: str, forwarded: str, client: str) -> None:
    assert client_of(peer, forwarded, PROXIES) == client


def test_without_listed_proxies_nobody_is_believed() -> None:
    assert client_of("127.0.0.1", "198.51.100.7", Networks()) == "127.0.0.1"


def test_the_addresses_of_one_ipv6_subscriber_count_as_one() -> None:
    assert household("2001:db8:1:2:aaaa::1") == household("2001:db8:1:2:bbbb::9")
    assert household("2001:db8:1:2::1") != household("2001:db8:1:3::1")
    assert household("198.51.100.7") != household("198.51.100.8")
    assert household("?") == "?"
