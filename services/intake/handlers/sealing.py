"""The query code of a case: recognised by its keyed hash, kept nowhere."""

from shared.security.sealing import NodeKeys


def code_hash(keys: NodeKeys, number: str, code: str) -> str:
    """Return the keyed hash by which a query code is recognised; the code itself is not kept."""
    return keys.keyed_hash("query_code", f"{number}/{code}")
