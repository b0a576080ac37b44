"""The one answer to “may this actor do that to this?”: denied unless a table grants it.

Every door asks here; nothing else in the project decides about access. `GRANTS` is what staff may
do by role; the rest follows the kind of actor.
"""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from shared.security.actions import Action
from shared.security.actor import Actor, ActorKind, Role, file_scope
from shared.security.channels import CHANNELS, PUBLIC_CHANNELS
from shared.security.decisions import Decision, Reach, Reason, Resource
from shared.security.standing import bound_of
from shared.security.withheld import is_kept_from, is_let_see

__all__ = [
    "BY_TELEPHONE",
    "CHANNELS",
    "CITIZEN_ACTIONS",
    "GRANTS",
    "IMPORT_SCOPE",
    "OUTSIDE_ACTIONS",
    "PUBLIC_CHANNELS",
    "Action",
    "Decision",
    "Reach",
    "Reason",
    "Resource",
    "is_complained_of",
    "may",
]


IMPORT_SCOPE = "import"
CITIZEN_ACTIONS = frozenset(
    {
        Action.CASE_READ,
        *(Action.CASE_URGE, Action.CASE_ADD, Action.CONTACT_CHANGE),
        Action.CODE_RENEW,
        *(Action.EVALUATION_SUBMIT, Action.CASE_WITHDRAW, Action.PRESSURE_TELL),
        *(Action.NAME_WITHHOLD, Action.COMPLAINANT_LEAVE),
        Action.MATERIALS_ANSWER,
        Action.DECLINE_APPEAL,
        Action.ATTACHMENT_ADD,
        Action.ATTACHMENT_READ,
    }
)
BY_TELEPHONE = frozenset({Action.CODE_RENEW})
"""What a citizen may who has shown to have the telephone: the query code alone is not enough."""
OUTSIDE_ACTIONS = frozenset({Action.OUTSIDE_ANSWER, Action.ATTACHMENT_READ})
"""What a party from outside may by its link; of the files of the case those it was shown."""

_DESK = (
    *(Action.CASE_READ, Action.ORDER_READ, Action.DESK_READ),
    *(Action.PRECEDENT_READ, Action.ROTA_READ, Action.PART_READ),
)
_PERSON = (Action.PERSON_REVEAL, Action.ATTACHMENT_READ)
"""To see a person as they told: each look has a purpose and stands in the audit."""
_TIERS = (Action.HAND_OVER_READ, Action.BELOW_READ, Action.SUPERVISION_READ, Action.LINK_READ)
"""To see over the links: what goes up and down, and the cases of the tiers below, masked (N5)."""
_WATCH = (
    *_DESK,
    *_TIERS,
    *_PERSON,
    Action.POOL_READ,
    Action.MESSAGE_READ,
    *(Action.EXTENSION_READ, Action.TRACKING_READ),
    *(Action.REPORT_READ, Action.WALL_READ, Action.BENCHMARK_READ),
    Action.CARE_READ,
    Action.ARBITRATION_READ,
    Action.CATALOGUE_READ,
    Action.LIMITS_READ,
    Action.LEAD_READ,
    Action.MEETING_READ,
    Action.OUTSIDE_READ,
    Action.APPEAL_READ,
)
_SCOPE_TEST = (Action.CASE_ACCEPT, Action.CASE_DECLINE, Action.CASE_SPLIT)
_FRONT = (
    *_DESK,
    *_SCOPE_TEST,
    *_PERSON,
    Action.CASE_MARK,
    *(Action.CASE_ANSWER, Action.SNIPPET_WRITE),
    *(Action.CASE_URGE, Action.CASE_ADD, Action.CONTACT_CHANGE),
    *(Action.DECLINE_APPEAL, Action.APPEAL_READ, Action.BENCHMARK_READ),
    Action.NAME_WITHHOLD,
    *(Action.CARE_WRITE, Action.HELPER_ASSIGN, Action.AUTHORITY_WRITE),
    Action.COMPLAINANT_LEAVE,
    *(Action.CASE_WITHDRAW, Action.PRESSURE_TELL),
    Action.MESSAGE_READ,
    Action.ATTACHMENT_ADD,
    Action.CORRECTION_ORDER,
    *(Action.LEAD_READ, Action.LEAD_NOTE, Action.CALLBACK_CENTRE),
)
_MARKING = (Action.CASE_LINK, Action.UNMARK_ASK)
_CO_HANDLING = (Action.PART_OPEN, Action.PART_URGE, Action.PART_WITHDRAW)
"""To let others do a part of an order: whose the order is, and who dispatches."""
_DISPATCHING = (
    Action.CASE_MARK,
    Action.CATALOGUE_WRITE,
    Action.CATALOGUE_SIGN,
    *(Action.ROTA_WRITE, Action.HELPER_ASSIGN),
    *_MARKING,
    *(Action.ORDER_DISPATCH, Action.LEDGER_SHARE),
    Action.ATTACHMENT_RELEASE,
    *_CO_HANDLING,
    Action.CASE_GROUP,
    *(Action.EXTENSION_DECIDE, Action.CASE_RECLASSIFY),
    Action.ARBITRATION_OPINE,
    Action.ARBITRATION_DECIDE,
    Action.HAND_OVER_OFFER,
    Action.HAND_OVER_ANSWER,
    Action.CASE_REPORT_UP,
    Action.CASE_ADVISE,
    Action.SUPERVISION_ANSWER,
    *(Action.PRECEDENT_WRITE, Action.LEAD_NOTE, Action.BENCHMARK_NOTE),
    Action.SNIPPET_WRITE,
    *(Action.MEETING_HOLD, Action.MEETING_ANSWER),
    *(Action.OUTSIDE_ASK, Action.OUTSIDE_WITHDRAW, Action.OUTSIDE_WRITE),
)
_LIBRARY = (Action.PRECEDENT_WRITE, Action.PRECEDENT_PUBLISH)
_SUPERVISING = (
    *_LIBRARY,
    Action.CASE_MARK,
    *(Action.APPEAL_DECIDE, Action.BENCHMARK_NOTE, Action.BENCHMARK_CONFIRM),
    Action.ATTACHMENT_RELEASE,
    Action.PRESSURE_READ,
    Action.SNIPPET_WRITE,
    Action.HELPER_ASSIGN,
    Action.CATALOGUE_SIGN,
    *(Action.UNMARK_ASK, Action.UNMARK_APPROVE),
    *(Action.CASE_URGE, Action.PART_URGE),
    *(Action.EXTENSION_DECIDE, Action.TRACKING_DECIDE, Action.CASE_RECLASSIFY),
    Action.ARBITRATION_DECIDE,
    Action.CASE_REPORT_UP,
    Action.CASE_ADVISE,
    Action.SUPERVISION_ORDER,
    Action.SUPERVISION_ANSWER,
    Action.NOTICE_READ,
    Action.NOTICE_SIGN,
    *(Action.LIMITS_WRITE, Action.LIMITS_SIGN),
    Action.LEAD_NOTE,
    Action.LEAD_ROUTE,
    Action.LEAD_ANSWER,
    *(Action.MEETING_HOLD, Action.MEETING_ANSWER, Action.MEETING_HEAR),
)
_RECORDS = (
    Action.ROTA_WRITE,
    *(Action.EXPORT_ASK, Action.EXPORT_APPROVE, Action.LEDGER_SHARE),
    Action.SNIPPET_APPROVE,
    Action.RETENTION_READ,
    Action.ERASURE_ASK,
    Action.CORRECTION_APPROVE,
    Action.HOLD_WRITE,
)
"""To answer for the whole: who is on duty, what of the ledger goes out, is kept or corrected."""
_ORDER_WORK = (
    Action.ORDER_SIGN,
    Action.ORDER_CONTACT,
    Action.ORDER_RETURN,
    Action.ORDER_FINISH,
    Action.ORDER_WORK,
    Action.ORDER_MATERIALS,
    *(Action.ORDER_EXTEND, Action.ORDER_TRACK, Action.CALLBACK_UNIT),
    *(Action.OUTSIDE_READ, Action.OUTSIDE_ASK, Action.OUTSIDE_WITHDRAW),
)
_ARBITRATING = (
    *(Action.CASE_READ, Action.ORDER_READ, Action.DESK_READ),
    *(Action.ARBITRATION_READ, Action.ARBITRATION_OPINE),
)
"""To say whose a disputed case is; its person is nobody's business then."""
_BOOKS = (
    Action.ADMIN_READ,
    Action.ACCESS_READ,
    Action.ACCOUNT_READ,
    Action.TOKEN_READ,
    Action.KEY_READ,
    Action.LINK_DETAIL_READ,
    Action.RETENTION_READ,
    Action.NOTICE_READ,
    Action.LIMITS_READ,
)
"""To see how the node is administered, without changing it."""

GRANTS: Mapping[Role, Mapping[Action, Reach]] = MappingProxyType(
    {
        Role.WINDOW_OFFICER: dict.fromkeys((*_FRONT, Action.ATTACHMENT_RELEASE), Reach.NODE),
        Role.WINDOW_HEAD: dict.fromkeys(
            (
                *(*_FRONT, *_WATCH, *_RECORDS, *_MARKING),
                *(Action.TRACKING_DECIDE, Action.BENCHMARK_NOTE, Action.ATTACHMENT_RELEASE),
            ),
            Reach.NODE,
        ),
        Role.HOTLINE_AGENT: dict.fromkeys(_FRONT, Reach.NODE),
        Role.DISPATCHER: dict.fromkeys((*_WATCH, *_SCOPE_TEST, *_DISPATCHING), Reach.NODE),
        Role.DISPOSAL_OFFICER: {
            # An order is given to one unit; what others did with theirs is told with the case.
            **dict.fromkeys(
                (
                    *(*_ORDER_WORK, *_CO_HANDLING, Action.PART_ANSWER, Action.LEDGER_SHARE),
                    *(*_ORDER_WORK, *_CO_HANDLING, Action.PART_ANSWER),
                    *(Action.SNIPPET_WRITE, Action.SNIPPET_APPROVE),
                    *(Action.ORDER_READ, Action.DESK_READ, Action.REPORT_READ),
                    *(Action.LEAD_READ, Action.LEAD_ANSWER, Action.PRECEDENT_READ),
                    *(Action.MEETING_HOLD, Action.MEETING_ANSWER, Action.SUPERVISION_ANSWER),
                ),
                Reach.OWN_UNIT,
            ),
            **dict.fromkeys(
                (
                    *(Action.CASE_READ, Action.PART_READ, Action.MEETING_READ),
                    *(Action.ATTACHMENT_ADD, *_PERSON),
                ),
                Reach.INVOLVED,
            ),
            Action.ROTA_READ: Reach.NODE,
            Action.ROTA_WRITE: Reach.OWN_UNIT,
        },
        Role.SUPERVISOR: dict.fromkeys((*_WATCH, *_SUPERVISING, *_RECORDS), Reach.NODE),
        Role.REVIEWER: dict.fromkeys(
            (
                *(*_DESK, *_PERSON, *_LIBRARY, Action.MESSAGE_READ, Action.REPORT_READ),
                *(Action.LEAD_READ, Action.LEAD_NOTE, Action.CALLBACK_CENTRE),
            ),
            Reach.NODE,
        ),
        Role.LEGAL_EXPERT: dict.fromkeys(_ARBITRATING, Reach.NODE),
        Role.STAFFING_OFFICE: dict.fromkeys(_ARBITRATING, Reach.NODE),
        Role.INSPECTOR: dict.fromkeys(
            (*_WATCH, *_BOOKS, Action.PARKED_READ, Action.AUDIT_READ, Action.PRESSURE_READ),
            Reach.NODE,
        ),
        Role.OPERATOR: dict.fromkeys(
            (
                *(Action.PARKED_READ, Action.PARKED_WRITE, Action.ADMIN_READ),
                *(Action.LINK_READ, Action.LINK_DETAIL_READ, Action.KEY_READ, Action.WALL_READ),
            ),
            Reach.NODE,
        ),
        Role.SYSTEM_ADMINISTRATOR: dict.fromkeys(
            (
                *_BOOKS,
                *(Action.UNIT_WRITE, Action.ITEM_WRITE, Action.RULE_WRITE),
                *(Action.NOTICE_DRAFT, Action.NOTICE_SIGN),
                *(Action.LIMITS_WRITE, Action.LIMITS_SIGN),
                *(Action.CATALOGUE_READ, Action.CATALOGUE_WRITE),
                *(Action.ACCOUNT_WRITE, Action.ACCOUNT_RECOVER),
                *(Action.OUTSIDE_READ, Action.OUTSIDE_WRITE),
            ),
            Reach.NODE,
        ),
        Role.SECURITY_ADMINISTRATOR: dict.fromkeys(
            (
                *_BOOKS,
                Action.ROLE_GRANT,
                Action.ACCOUNT_RECOVER,
                Action.SESSION_END,
                Action.TOKEN_WRITE,
                Action.KEY_ROTATE,
                Action.ERASURE_APPROVE,
            ),
            Reach.NODE,
        ),
        Role.AUDIT_ADMINISTRATOR: dict.fromkeys(
            (*_BOOKS, Action.AUDIT_READ, Action.AUDIT_EXPORT), Reach.NODE
        ),
    }
)


def may(actor: Actor, action: Action, resource: Resource) -> Decision:
    """Decide whether the actor may; what no table grants is denied, also at another node."""
    if actor.node != resource.node:
        return _denied(Reason.OTHER_NODE)
    if action is Action.CASE_REGISTER and resource.channel in PUBLIC_CHANNELS:
        return Decision(allowed=True, reason=Reason.GRANTED)
    decision = _by_kind(actor, action, resource)
    if decision.allowed and resource.withheld and is_kept_from(actor, action):
        is_let = is_let_see(actor, action, resource.released_to)
        return decision if is_let else _denied(Reason.NAME_WITHHELD)
    return decision


def is_complained_of(actor: Actor, resource: Resource) -> bool:
    """Tell whether a case complains of the actor, of their unit, or of one above it (N17)."""
    if actor.known_as & resource.persons:
        return True
    return actor.unit in resource.complained_of or bool(actor.above & resource.complained_of)


def _by_kind(actor: Actor, action: Action, resource: Resource) -> Decision:
    match actor.kind:
        case ActorKind.ANONYMOUS:
            return _denied(Reason.LOG_IN)
        case ActorKind.CITIZEN:
            return _citizen(actor, action, resource)
        case ActorKind.OUTSIDE:
            return _outside(actor, action, resource)
        case ActorKind.SYSTEM:
            return _system(actor, action, resource)
        case ActorKind.STAFF:
            return _staff(actor, action, resource)


def _citizen(actor: Actor, action: Action, resource: Resource) -> Decision:
    if action not in CITIZEN_ACTIONS:
        return _denied(Reason.LOG_IN)
    if action in BY_TELEPHONE and action.value not in actor.scopes:
        return _denied(Reason.SCOPE)
    own = actor.case_id is not None and actor.case_id == resource.case_id
    why = bound_of(actor, action)
    return _denied(why) if own and why else _granted_if(own, Reason.OTHER_CASE)


def _outside(actor: Actor, action: Action, resource: Resource) -> Decision:
    if action not in OUTSIDE_ACTIONS:
        return _denied(Reason.LOG_IN)
    own = actor.case_id is not None and actor.case_id == resource.case_id
    if action is Action.ATTACHMENT_READ:
        own = own and resource.file_id is not None
        own = own and file_scope(resource.file_id or UUID(int=0)) in actor.scopes
    return _granted_if(own, Reason.OTHER_CASE)


def _system(actor: Actor, action: Action, resource: Resource) -> Decision:
    if action is Action.CASE_IMPORT:
        return _granted_if(IMPORT_SCOPE in actor.scopes, Reason.SCOPE)
    if action.value not in actor.scopes:
        return _denied(Reason.SCOPE)
    if action is Action.CASE_REGISTER:
        return _granted_if(f"channel:{resource.channel}" in actor.scopes, Reason.CHANNEL)
    return Decision(allowed=True, reason=Reason.GRANTED)


def _staff(actor: Actor, action: Action, resource: Resource) -> Decision:
    if is_complained_of(actor, resource):
        return _denied(Reason.CONFLICT_OF_INTEREST)
    if action is Action.CASE_IMPORT:
        return _granted_if(IMPORT_SCOPE in actor.scopes, Reason.SCOPE)
    if action is Action.CASE_REGISTER:
        mine = frozenset().union(*(CHANNELS.get(role, frozenset()) for role in actor.roles))
        return _granted_if(resource.channel in mine, Reason.CHANNEL if mine else Reason.ROLE)
    reaches = {GRANTS[role][action] for role in actor.roles if action in GRANTS[role]}
    return _within(reaches, actor, resource)


def _within(reaches: set[Reach], actor: Actor, resource: Resource) -> Decision:
    if not reaches:
        return _denied(Reason.ROLE)
    if Reach.NODE in reaches:
        return Decision(allowed=True, reason=Reason.GRANTED)
    within = {resource.unit, *(resource.units if Reach.INVOLVED in reaches else ())}
    mine = actor.unit is not None and actor.unit in within
    return _granted_if(mine, Reason.OTHER_UNIT)


def _granted_if(condition: bool, otherwise: Reason) -> Decision:
    return Decision(allowed=True, reason=Reason.GRANTED) if condition else _denied(otherwise)


def _denied(reason: Reason) -> Decision:
    return Decision(allowed=False, reason=reason)
