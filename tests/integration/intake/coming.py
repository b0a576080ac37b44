"""A neighbour that gives a file, piece by piece."""

from datetime import timedelta
from random import Random

from sqlalchemy import Connection

from services.intake import handlers
from services.intake.handlers import FileHouse
from services.intake.handlers.giving import Head
from services.intake.policy.coming import bytes_of, piece_count
from services.intake.policy.files import AttachmentLimits
from services.intake.repository.attachments import FILE, attachments_of
from services.intake.repository.cases import case_of
from services.intake.repository.coming import coming_of
from shared.clock import new_id
from shared.events.intake import FileAsked, FileOffered, FileSettled, ReleaseTold
from shared.events.link import CaseReceived, PiecesArrived
from shared.outbox import forget, said
from shared.security.actor import Role
from shared.security.caller import Caller
from shared.security.letters import Card, seal_for
from shared.security.pieces import Piece, Way, label_of, lay
from shared.security.sealing import sm3
from shared.store.sealed import Safe
from tests.integration.doorway import staff
from tests.integration.intake.stories import CITY, NINE, NODE, relayed
from tests.unit.intake.making_files import PDF

PATIENCE = timedelta(minutes=5)
LIMITS = AttachmentLimits(bytes=1_000_000, per_case=3, pixels=1_000_000)
NOISE = Random(2).randbytes(400_000).replace(b"/", b"-")  # noqa: S311  # a file, no secret
LONG = PDF[:9] + NOISE + b"\n%%EOF\n"


class Giver:
    """The city, which has one file and gives it as this node asks."""

    def __init__(self, db: Connection, house: FileHouse, leg: CaseReceived, data: bytes) -> None:
        self.db, self.house, self.leg = db, house, leg
        self.data = data
        self.file_id = new_id()
        self.digest = sm3(data)
        self.card = Card.of(house.keys, NODE, "舒城", "county")

    def offer(
        self, kind: str = "pdf", size: int | None = None, release: ReleaseTold | None = None
    ) -> None:
        size = len(self.data) if size is None else size
        offered = FileOffered(
            case_id=self.leg.case_id,
            occurred_at=NINE,
            to_node=NODE,
            file_id=self.file_id,
            kind=kind,
            bytes=size,
            pieces=piece_count(size),
            from_node=CITY,
            added_at=NINE,
            by_staff=False,
            release=release,
        )
        handlers.hear_of_file(self.db, relayed(offered), self.house)

    def asked(self) -> list[int]:
        """What this node asked for since, and forget it."""
        wanted = [
            n for event in said(self.db) if isinstance(event, FileAsked) for n in event.pieces
        ]
        self.settled = [event for event in said(self.db) if isinstance(event, FileSettled)]
        forget(self.db)
        return wanted

    def bring(self, number: int, data: bytes | None = None) -> None:
        """Let a piece arrive, perhaps with other bytes in it."""
        self.lay(number, data)
        self.tell()

    def lay(self, number: int, data: bytes | None = None) -> None:
        """Lay a piece down as link does, of which intake has not heard yet."""
        head = Head(name="../合同.pdf", digest=self.digest).model_dump_json().encode()
        plain = head if number == 0 else self.data[bytes_of(number)]
        label = label_of(self.leg.case_id, self.file_id, number)
        box = seal_for(self.card, plain if data is None else data, label)
        lay(self.db, Way.IN, CITY, [Piece(self.leg.case_id, self.file_id, number, box)])

    def tell(self) -> None:
        came = PiecesArrived(
            case_id=self.leg.case_id, occurred_at=NINE, file_id=self.file_id, via=CITY
        )
        handlers.take_pieces(self.db, [came], self.house)

    def bring_all(self) -> None:
        for _ in range(100):
            wanted = self.asked()
            if not wanted:
                return
            for number in wanted:
                self.bring(number)

    def kept(self) -> list[bytes]:
        """The bytes of every file that the case has here."""
        case = case_of(self.db, self.leg.case_id)
        assert case is not None
        found = attachments_of(self.db, case.case_id)
        wanted = [handlers.Wanted(case, each.attachment_id, FILE) for each in found]
        looker = handlers.Looker(Caller(staff(Role.WINDOW_HEAD), NINE), "核实情况")
        safe = Safe(self.house.keys, self.house.store)
        opening = [handlers.open_attachment(self.db, safe, w, looker) for w in wanted]
        return [each.data for each in opening]

    @property
    def fault(self) -> str | None:
        [coming] = coming_of(self.db, self.leg.case_id)
        return coming.fault
