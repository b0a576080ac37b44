"""Export a list of the desk: asked with a purpose, above a limit approved by a second person.

What is exported is what the list shows: the same query, the same reader, masked like it. The file
is made page by page outside of any long transaction, in pieces sealed with the node's key, and
thrown away when its last piece was fetched: neither is ever in memory as a whole.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from services.portal import repository
from services.portal.handlers.ledger import USUAL, Watermark, ledger_of
from services.portal.handlers.pieces import Opening, Sink, keeping, pieces_of
from services.portal.handlers.sight import sight_of
from services.portal.policy import cell_read
from services.portal.policy.exports import (
    STALLED,
    ExportRules,
    ExportState,
    Standing,
    first_state,
    has_kept_rights,
    is_over,
)
from services.portal.policy.ledger import Asked
from services.portal.repository import ListKind, ListScope, Sight, Slice
from services.portal.repository.exports import Export
from services.portal.tables import plumbing
from shared.audit import AuditOutcome, Entry, digest_of, record
from shared.clock import new_id
from shared.errors import Refused
from shared.security.actor import Actor, ActorKind, Role
from shared.security.caller import Caller
from shared.security.masking import mask_text
from shared.security.policy import Action
from shared.security.sealing import NodeKeys

NARROWED = ("kind", "unit", "status", "lamp", "holder", "text")
RIGHTS_GONE = "申请人的职责或单位变了，文件作废，请按现在的职责重新申请"
WITHDRAWN = "有办件的个人信息已依法清除，文件作废，请重新导出"
AT_ONCE = 1_000
"""So many rows are read or thrown away by one query."""
NEEDS: Mapping[ListKind, Action] = MappingProxyType(
    {
        ListKind.INCOMING: Action.HAND_OVER_READ,
        ListKind.INTAKE: Action.CASE_ACCEPT,
        ListKind.POOL: Action.POOL_READ,
        ListKind.UNIT: Action.ORDER_SIGN,
        ListKind.SUPERVISED: Action.SUPERVISION_ANSWER,
        ListKind.EXTENSIONS: Action.EXTENSION_READ,
        ListKind.CONSENTS: Action.TRACKING_READ,
        ListKind.ESCALATED: Action.POOL_READ,
        ListKind.ARBITRATIONS: Action.ARBITRATION_READ,
        ListKind.HELPED: Action.PART_ANSWER,
        ListKind.OVERRIDDEN: Action.SUPERVISION_ORDER,
        ListKind.BULLETINS: Action.SUPERVISION_ORDER,
        ListKind.RAISING: Action.HAND_OVER_OFFER,
        ListKind.URGED: Action.DESK_READ,
        ListKind.URGED_OFTEN: Action.REPORT_READ,
        ListKind.WITHDRAWN: Action.DESK_READ,
        ListKind.PRESSED: Action.PRESSURE_READ,
        ListKind.BELOW: Action.BELOW_READ,
        ListKind.REPORTED: Action.BELOW_READ,
        **dict.fromkeys(
            (
                *(ListKind.OPEN, ListKind.TRACKED, ListKind.AWAY),
                *(ListKind.FEEDBACK, ListKind.REST, ListKind.ALL),
                *(ListKind.CALLBACKS, ListKind.CENTRE_CALLBACKS),
            ),
            Action.DESK_READ,
        ),
    }
)
"""What one must be allowed to see a list of each kind: as the desk asks."""


@dataclass(frozen=True, slots=True)
class ExportAsking:
    """What shall be exported, as which kind of file, and what for."""

    scope: ListScope
    format: str
    purpose: str


def ask_export(db: Connection, asking: ExportAsking, rules: ExportRules, caller: Caller) -> Export:
    """Ask for an export; Refused where there is nothing, or more than may leave at once."""
    count = repository.ledger_count if asking.scope.ledger else repository.case_count
    rows = count(db, asking.scope, rules.most + 1)
    if not rows:
        raise Refused("nothing_to_export")
    if rows > rules.most:
        raise Refused("too_many_rows")
    actor = caller.actor
    export = Export(
        export_id=new_id(),
        state=first_state(rows, rules),
        format=asking.format,
        purpose=mask_text(asking.purpose),  # it is printed into the file and read by others
        scope=_stored(asking.scope),
        rows=rows,
        asked_by=actor.id,
        asked_name=actor.name,
        unit=actor.unit,
        asked_at=caller.now,
    )
    repository.add_export(db, export)
    _trace(db, caller, "export.ask", export)
    return export


def decide_export(db: Connection, export_id: UUID, refusal: str | None, caller: Caller) -> Export:
    """Approve an export of somebody else, or refuse it with a reason."""
    export = _locked(db, export_id)
    if export.state != ExportState.ASKED:
        raise Refused("wrong_state")
    if export.asked_by == caller.actor.id:
        raise Refused("second_person")
    state = ExportState.MAKING if refusal is None else ExportState.REFUSED
    decided: dict[str, Any] = {"state": state, "refusal": refusal, "decided_at": caller.now}
    decided |= {"decided_by": caller.actor.id, "decided_name": caller.actor.name}
    if refusal is None:
        repository.change_export(db, export_id, **decided)
    else:
        repository.close_export(db, export_id, **decided)
    export = replace(export, **decided)
    _trace(db, caller, "export.refuse" if refusal else "export.approve", export)
    return export


def make_export(
    opening: Opening, keys: NodeKeys, export_id: UUID, now: Callable[[], datetime]
) -> None:
    """Make the file of an export that may be made; what goes wrong is shown, not raised."""
    with opening() as db:
        export = _locked(db, export_id)
        if export.state != ExportState.MAKING or export.began_at is not None:
            return
        asker = _asker_now(db, export)
        if not has_kept_rights(_asked(export), asker):
            _end_without_rights(db, export, Caller(_reader(export), now()))
            return
        repository.change_export(db, export_id, began_at=now())
    try:
        is_whole = _made(opening, keys, export, now)
    except Exception:
        _end(opening, export_id, ExportState.FAILED)
        raise
    if is_whole:
        _end(opening, export_id, ExportState.READY, ready_at=now())


def _end(opening: Opening, export_id: UUID, state: ExportState, **changes: object) -> None:
    with opening() as db:
        # Given up or withdrawn meanwhile, it stays so; what was made of it since goes.
        if _locked(db, export_id).state == ExportState.MAKING:
            repository.close_export(db, export_id, state, **changes)
        else:
            repository.drop_pieces_of(db, export_id)


def _made(opening: Opening, keys: NodeKeys, export: Export, now: Callable[[], datetime]) -> bool:
    """Write the file; tell whether it is whole, and not given up meanwhile."""
    scope = _scope_of(export.scope)
    columns = scope.ledger.columns if scope.ledger else USUAL
    sink = Sink(keeping(opening, keys, export.export_id))
    ledger = ledger_of(export.format, _watermark(export), columns, sink)
    for page in _pages(opening, scope):
        # Cases that came since are not what was approved.
        for row in page.rows[: export.rows - ledger.rows]:
            ledger.add(row)
        if not _goes_on(opening, export.export_id, ledger.rows, now()):
            return False
        if ledger.rows >= export.rows:
            break
    ledger.finish()
    return True


def _pages(opening: Opening, scope: ListScope) -> Iterator[Slice]:
    read = repository.ledger_list if scope.ledger else repository.case_list
    after: tuple[str, ...] | None = None
    while True:
        with opening() as db:
            page = read(db, scope, after, AT_ONCE)
        yield page
        if page.next is None:
            return
        after = page.next


def _goes_on(opening: Opening, export_id: UUID, rows: int, now: datetime) -> bool:
    with opening() as db:
        if _locked(db, export_id).state != ExportState.MAKING:
            repository.drop_pieces_of(db, export_id)
            return False
        repository.change_export(db, export_id, done=rows, moved_at=now)
    return True


def end_without_rights(db: Connection, export_id: UUID, caller: Caller) -> bool:
    """End one's own export if one may no longer see all of it; tell whether it was ended."""
    export = _locked(db, export_id)
    actor, own = caller.actor, export.asked_by == caller.actor.id
    now = Standing(actor.unit, frozenset(actor.roles))
    if not own or export.state != ExportState.READY or has_kept_rights(_asked(export), now):
        return False
    _end_without_rights(db, export, caller)
    return True


def _end_without_rights(db: Connection, export: Export, caller: Caller) -> None:
    ended: dict[str, Any] = {"state": ExportState.REFUSED, "refusal": RIGHTS_GONE}
    repository.close_export(db, export.export_id, **ended, file=None)
    _trace(db, caller, "export.refuse", replace(export, refusal=RIGHTS_GONE))


def _asker_now(db: Connection, export: Export) -> Standing | None:
    account = repository.account_of(db, export.asked_by)
    if account is None:
        # No account ever goes: it is a token, whose rights its door has just asked.
        return _asked(export)
    return Standing(account.unit_code, frozenset(account.roles)) if account.active else None


def _asked(export: Export) -> Standing:
    reader = _reader(export)
    return Standing(reader.unit, frozenset(reader.roles))


@dataclass(frozen=True, slots=True)
class Fetched:
    """The file of an export on its way out: how large it is, and its pieces as they are read."""

    export: Export
    size: int
    pieces: Iterator[bytes]


def fetch_export(
    opening: Opening, keys: NodeKeys, export_id: UUID, rules: ExportRules, caller: Caller
) -> Fetched:
    """Hand out the file of one's own export, in time; behind its last piece it is thrown away.

    Who breaks off fetches it anew while it waits, and each time stands in the audit.
    """
    with opening() as db:
        export = _locked(db, export_id)
        if export.asked_by != caller.actor.id:
            raise Refused("unknown_export")
        count, size = repository.measure_of(db, export_id)
        is_late = is_over(export.ready_at, rules, caller.now)
        if export.state != ExportState.READY or not count or is_late:
            raise Refused("export_gone" if export.ready_at else "wrong_state")
        _trace(db, caller, "export.fetch", export)
    return Fetched(export, size, _out(opening, keys, export_id, count, caller))


def _out(
    opening: Opening, keys: NodeKeys, export_id: UUID, count: int, caller: Caller
) -> Iterator[bytes]:
    yield from pieces_of(opening, keys, export_id, count)
    with opening() as db:
        if _locked(db, export_id).state == ExportState.READY:
            gone = {"file": None, "fetched_at": caller.now}
            repository.close_export(db, export_id, ExportState.FETCHED, **gone)


def tidy_exports(db: Connection, rules: ExportRules, now: datetime) -> None:
    """End what waited too long: for its owner, for a decision, or for a process that is gone."""
    repository.expire_before(db, now - rules.kept)
    repository.fail_before(db, now - STALLED)
    repository.forget_exports_before(db, now - rules.noted, AT_ONCE)


def withdraw_exports(db: Connection) -> None:
    """Throw away the files there are: one of them may show a case that was erased since."""
    repository.withdraw_files(db, WITHDRAWN)


def _locked(db: Connection, export_id: UUID) -> Export:
    export = repository.lock_export(db, export_id)
    if export is None:
        raise Refused("unknown_export")
    return export


def _stored(scope: ListScope) -> dict[str, Any]:
    # What may be seen follows from who asks: it is derived anew when the file is made.
    told = {name: getattr(scope, name) for name in NARROWED}
    told |= {"ledger": scope.ledger.code if scope.ledger else None}
    reader = scope.reader
    who = (
        None
        if reader is None
        else {
            "node": reader.node,
            "id": reader.id,
            "unit": reader.unit,
            "roles": sorted(reader.roles),
            "above": sorted(reader.above),
            "known_as": sorted(reader.known_as),
        }
    )
    return {**told, "cell": scope.cell.code, "reader": who}


def _reader(export: Export) -> Actor:
    return _reader_of(export.scope["reader"])


def _reader_of(who: Mapping[str, Any]) -> Actor:
    return Actor(
        kind=ActorKind.STAFF,
        node=who["node"],
        id=who["id"],
        unit=who["unit"],
        roles=frozenset(map(Role, who["roles"])),
        above=frozenset(who["above"]),
        known_as=frozenset(who["known_as"]),
    )


def _scope_of(stored: Mapping[str, Any]) -> ListScope:
    who = stored["reader"]
    reader = None if who is None else _reader_of(who)
    told = {**{name: stored[name] for name in NARROWED}, "kind": ListKind(stored["kind"])}
    if stored.get("ledger") is not None:  # an export of the release before has none
        told |= {"ledger": Asked.parse(stored["ledger"])}
    sight = Sight() if reader is None else sight_of(reader, reader.node)
    return ListScope(**told, cell=cell_read(stored.get("cell", "")), sight=sight, reader=reader)


def _watermark(export: Export) -> Watermark:
    return Watermark(
        export_id=str(export.export_id),
        who=f"{export.asked_name}（{export.asked_by}）",
        unit=export.unit or "",
        node=str((export.scope.get("reader") or {}).get("node", "")),
        at=export.asked_at,
        purpose=export.purpose,
        approved_by=export.decided_name or "",
    )


def _trace(db: Connection, caller: Caller, action: str, export: Export) -> None:
    conditions = {**export.scope, "rows": export.rows, "format": export.format}
    entry = Entry(
        at=caller.now,
        actor=caller.actor,
        action=action,
        object_kind="export",
        object_id=str(export.export_id),
        outcome=AuditOutcome.DONE,
        purpose=export.refusal or export.purpose,
        after=digest_of(conditions),
    )
    record(db, plumbing.audit, entry)
