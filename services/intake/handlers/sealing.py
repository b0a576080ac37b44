"""The codes of a case: recognised by their keyed hash, kept nowhere."""

from uuid import UUID

from shared.security.sealing import NodeKeys


def code_hash(keys: NodeKeys, number: str, code: str) -> str:
    """Return the keyed hash by which a query code is recognised; the code itself is not kept."""
    return keys.code_hash(number, code)


def one_time_hash(keys: NodeKeys, ask_id: UUID, code: str) -> str:
    """Return the keyed hash by which the one-time code of an asking is recognised."""
    return keys.lasting_hash("one_time_code", f"{ask_id}/{code}")


def pass_hash(keys: NodeKeys, case_pass: str) -> str:
    """Return the keyed hash by which a pass is recognised."""
    return keys.lasting_hash("case_pass", case_pass)
