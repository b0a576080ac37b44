"""What a private broker is told about its account and virtual hosts."""

import base64
import hashlib

from backstop.servers.rabbitmq import definitions


def test_the_password_is_only_there_as_a_salted_hash() -> None:
    (account,) = definitions("secret", ["341523"])["users"]

    raw = base64.b64decode(account["password_hash"])
    assert raw[4:] == hashlib.sha256(raw[:4] + b"secret").digest()
    assert "secret" not in str(account)


def test_each_node_has_its_virtual_host_and_the_account_its_rights_there() -> None:
    told = definitions("secret", ["340000", "341523"])

    assert [vhost["name"] for vhost in told["vhosts"]] == ["340000", "341523"]
    assert [right["vhost"] for right in told["permissions"]] == ["340000", "341523"]
