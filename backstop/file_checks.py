"""The checks that files pass at every door of a node, whichever service keeps them."""

from io import BytesIO

from backstop.node import Node
from services.intake.handlers import prepare
from services.intake.policy.files import AttachmentLimits
from shared.http.files import CheckedFile


class NodeFileChecks:
    """What intake asks of a file of a case, for other doors to which people send files."""

    def __init__(self, node: Node) -> None:
        self._keys = node.keys
        self._limits: AttachmentLimits = node.settings.intake.attachment_limits

    @property
    def most_bytes(self) -> int:
        """How large a file may be."""
        return self._limits.bytes

    def check(self, name: str, data: bytes) -> CheckedFile:
        """Return a file fit to be kept, without the place of a photograph; Refused otherwise."""
        file = prepare(name, BytesIO(data), self._limits, self._keys)
        file.source.seek(0)
        return CheckedFile(file.kind.value, file.name, file.source.read(), file.digest)
