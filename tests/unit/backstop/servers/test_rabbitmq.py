"""What a private broker is told about its account and virtual hosts."""

import base64
import hashlib

from backstop.links.definitions import Document
from backstop.servers.rabbitmq import definitions, with_links


def test_the_password_is_only_there_as_a_salted_hash() -> None:
    (account,) = definitions("secret", ["341523"])["users"]

    raw = base64.b64decode(account["password_hash"])
    assert raw[4:] == hashlib.sha256(raw[:4] + b"secret").digest()
    assert "secret" not in str(account)


def test_what_links_need_is_added_and_no_virtual_host_is_named_twice() -> None:
    own = definitions("secret", ["341523"])
    links: Document = {
        "vhosts": [{"name": "341523"}],
        "users": [{"name": "shovel"}],
        "queues": [{"name": "uplink"}],
    }

    told = with_links(own, links)

    assert [user["name"] for user in told["users"]] == ["backstop", "shovel"]
    assert told["vhosts"] == own["vhosts"]
    assert told["queues"] == links["queues"]


def test_each_node_has_its_virtual_host_and_the_account_its_rights_there() -> None:
    told = definitions("secret", ["340000", "341523"])

    assert [vhost["name"] for vhost in told["vhosts"]] == ["340000", "341523"]
    assert [right["vhost"] for right in told["permissions"]] == ["340000", "341523"]
