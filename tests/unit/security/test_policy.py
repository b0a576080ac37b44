from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.words import Channel
from shared.security.actor import (
    ADMINISTRATORS,
    Actor,
    ActorKind,
    Role,
    anonymous,
    citizen,
    clashing,
)
from shared.security.channels import CHANNELS, PUBLIC_CHANNELS
from shared.security.policy import GRANTS, Action, Decision, Reason, Resource, may
from tests.unit.security.matrix import AUD, MATRIX, SEC, SYS, O

NODE = "341523"
CASE = UUID("0190a000-0000-7000-8000-000000000001")
HERE = Resource(node=NODE)
OWN = Resource(node=NODE, unit="housing", case_id=CASE)
OTHER = Resource(node=NODE, unit="tax", case_id=CASE)
CHANGES = {action for action in Action if not action.endswith(".read")} - {Action.PERSON_REVEAL}
WHO_RUN_IT = (SYS, SEC, AUD, O)
OF_PEOPLE = (
    Action.CASE_READ,
    Action.PERSON_REVEAL,
    Action.ATTACHMENT_READ,
    Action.MESSAGE_READ,
    Action.EXPORT_ASK,
)


def officer(*roles: Role, unit: str | None = "housing", scopes: tuple[str, ...] = ()) -> Actor:
    return Actor(
        kind=ActorKind.STAFF,
        node=NODE,
        id="u1",
        unit=unit,
        roles=frozenset(roles),
        scopes=frozenset(scopes),
    )


def system(*scopes: str) -> Actor:
    return Actor(kind=ActorKind.SYSTEM, node=NODE, id="callcentre", scopes=frozenset(scopes))


def refusal(reason: Reason) -> Decision:
    return Decision(allowed=False, reason=reason)


def registering(channel: str) -> Resource:
    return Resource(node=NODE, channel=channel)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_a_role_may_what_the_matrix_says_and_nothing_else(action: Action, role: Role) -> None:
    assert may(officer(role), action, OWN).allowed == (role in MATRIX[action])


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.ROTA_READ}))
def test_a_disposal_officer_may_nothing_with_what_another_unit_holds(action: Action) -> None:
    assert not may(officer(Role.DISPOSAL_OFFICER), action, OTHER).allowed


def test_a_co_handling_unit_reads_the_case_but_does_not_work_on_the_order_of_the_lead() -> None:
    shared = Resource(node=NODE, unit="tax", case_id=CASE, units=frozenset({"housing"}))
    co_handler = officer(Role.DISPOSAL_OFFICER)

    assert may(co_handler, Action.CASE_READ, shared).allowed
    assert may(co_handler, Action.ORDER_SIGN, shared) == refusal(Reason.OTHER_UNIT)


def test_an_officer_without_a_unit_has_no_unit_of_its_own() -> None:
    nobody = officer(Role.DISPOSAL_OFFICER, unit=None)

    assert may(nobody, Action.ORDER_SIGN, HERE) == refusal(Reason.OTHER_UNIT)


@pytest.mark.parametrize("role", [*ADMINISTRATORS, Role.INSPECTOR])
@pytest.mark.parametrize("other", Role)
def test_administrators_and_the_inspector_hold_no_other_role(role: Role, other: Role) -> None:
    assert (clashing([role, other]) == frozenset()) == (role is other)


def test_who_works_on_cases_may_hold_several_roles() -> None:
    assert clashing(set(Role) - ADMINISTRATORS - {Role.INSPECTOR}) == frozenset()


def test_no_two_administrators_may_the_same_change() -> None:
    shared = {action for action in CHANGES if len(MATRIX[action] & ADMINISTRATORS) > 1}

    assert shared == {Action.ACCOUNT_RECOVER}, "which takes two of them"


def test_several_roles_add_up() -> None:
    both = officer(Role.DISPOSAL_OFFICER, Role.SUPERVISOR)

    assert may(both, Action.CASE_READ, OTHER).allowed
    assert may(both, Action.ORDER_SIGN, OWN).allowed
    assert not may(both, Action.ORDER_SIGN, OTHER).allowed


@pytest.mark.parametrize("action", sorted(CHANGES))
def test_the_inspector_changes_nothing(action: Action) -> None:
    assert not may(officer(Role.INSPECTOR), action, OWN).allowed


@pytest.mark.parametrize("action", OF_PEOPLE)
@pytest.mark.parametrize("role", WHO_RUN_IT)
def test_who_runs_the_system_reads_no_person(role: Role, action: Action) -> None:
    assert may(officer(role), action, OWN) == refusal(Reason.ROLE)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_the_unit_complained_of_sees_nothing_of_the_case(action: Action, role: Role) -> None:
    against = Resource(node=NODE, unit="housing", complained_of=frozenset({"housing"}))

    assert may(officer(role), action, against) == refusal(Reason.CONFLICT_OF_INTEREST)


AGAINST_OUR_OFFICE = Resource(node=NODE, unit="housing", complained_of=frozenset({"bureau"}))
AGAINST_A_COLLEAGUE = Resource(node=NODE, unit="housing", persons=frozenset({"hash-of-li"}))


@pytest.mark.parametrize("action", Action)
def test_a_unit_below_the_one_complained_of_sees_nothing_either(action: Action) -> None:
    clerk = replace(officer(*Role), above=frozenset({"bureau", "county"}))

    assert may(clerk, action, AGAINST_OUR_OFFICE) == refusal(Reason.CONFLICT_OF_INTEREST)


@pytest.mark.parametrize("action", Action)
def test_a_person_complained_of_sees_nothing_of_the_case(action: Action) -> None:
    li = replace(officer(*Role), known_as=frozenset({"hash-of-li", "hash-of-u1"}))

    assert may(li, action, AGAINST_A_COLLEAGUE) == refusal(Reason.CONFLICT_OF_INTEREST)


@pytest.mark.parametrize("against", [AGAINST_OUR_OFFICE, AGAINST_A_COLLEAGUE])
def test_everybody_else_may_what_they_may_of_any_case(against: Resource) -> None:
    other = replace(officer(Role.DISPOSAL_OFFICER), known_as=frozenset({"hash-of-wang"}))

    assert may(other, Action.CASE_READ, against).allowed


@pytest.mark.parametrize("channel", Channel)
def test_anybody_may_report_through_a_public_channel_only(channel: Channel) -> None:
    public = channel.value in {"web", "app", "snap", "kiosk", "enterprise_portal"}

    for actor in (anonymous(NODE), citizen(NODE, CASE, "BCS-1")):
        assert may(actor, Action.CASE_REGISTER, registering(channel)).allowed == public


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("channel", Channel)
def test_staff_register_through_the_channels_of_their_role(channel: Channel, role: Role) -> None:
    allowed = channel in PUBLIC_CHANNELS or channel in CHANNELS.get(role, frozenset())

    assert may(officer(role), Action.CASE_REGISTER, registering(channel)).allowed == allowed


def test_the_reason_names_the_channel_to_those_who_register_and_the_role_to_others() -> None:
    by_phone = registering("hotline")

    assert may(officer(Role.WINDOW_OFFICER), Action.CASE_REGISTER, by_phone) == refusal(
        Reason.CHANNEL
    )
    assert may(officer(Role.OPERATOR), Action.CASE_REGISTER, by_phone) == refusal(Reason.ROLE)


def test_every_channel_has_somebody_who_may_use_it() -> None:
    by_staff = frozenset().union(*CHANNELS.values())

    assert set(Channel) == PUBLIC_CHANNELS | by_staff


@pytest.mark.parametrize("action", [a for a in Action if a is not Action.CASE_REGISTER])
def test_somebody_unknown_is_asked_to_log_in(action: Action) -> None:
    assert may(anonymous(NODE), action, OWN) == refusal(Reason.LOG_IN)


@pytest.mark.parametrize("action", Action)
def test_a_citizen_may_follow_urge_and_rate_the_own_case_only(action: Action) -> None:
    own = action in {
        Action.CASE_READ,
        *(Action.CASE_URGE, Action.CASE_ADD, Action.CONTACT_CHANGE),
        *(Action.CASE_WITHDRAW, Action.PRESSURE_TELL),
        Action.EVALUATION_SUBMIT,
        *(Action.CASE_URGE, Action.CASE_ADD, Action.CONTACT_CHANGE, Action.NAME_WITHHOLD),
        *(Action.COMPLAINANT_LEAVE, Action.EVALUATION_SUBMIT),
        Action.MATERIALS_ANSWER,
        Action.DECLINE_APPEAL,
        Action.ATTACHMENT_ADD,
        Action.ATTACHMENT_READ,
    }

    assert may(citizen(NODE, CASE, "BCS-1"), action, OWN).allowed == own
    assert not may(citizen(NODE, uuid4(), "BCS-2"), action, OWN).allowed
    assert not may(citizen(NODE, CASE, "BCS-1"), action, HERE).allowed


def test_only_who_has_the_telephone_gets_a_new_query_code() -> None:
    by_phone = citizen(NODE, CASE, "BCS-1", frozenset({"code.renew"}))

    assert may(by_phone, Action.CODE_RENEW, OWN).allowed
    assert may(by_phone, Action.CASE_READ, OWN).allowed
    assert may(by_phone, Action.CODE_RENEW, HERE) == refusal(Reason.OTHER_CASE)
    assert may(citizen(NODE, CASE, "BCS-1"), Action.CODE_RENEW, OWN) == refusal(Reason.SCOPE)


@pytest.mark.parametrize("action", [a for a in Action if a is not Action.CASE_IMPORT])
def test_a_system_may_what_its_scopes_say(action: Action) -> None:
    by_phone = Resource(node=NODE, channel="hotline")

    assert may(system(action.value, "channel:hotline"), action, by_phone).allowed
    assert may(system("channel:hotline"), action, by_phone) == refusal(Reason.SCOPE)


def test_a_system_registers_only_through_the_channels_of_its_token() -> None:
    token = system(Action.CASE_REGISTER.value, "channel:hotline")

    assert may(token, Action.CASE_REGISTER, registering("sms")) == refusal(Reason.CHANNEL)


def test_backdating_needs_the_scope_import() -> None:
    loader = officer(Role.WINDOW_OFFICER, scopes=("import",))

    assert may(loader, Action.CASE_IMPORT, HERE).allowed
    assert may(system("import"), Action.CASE_IMPORT, HERE).allowed
    assert may(officer(*Role), Action.CASE_IMPORT, HERE) == refusal(Reason.SCOPE)
    assert may(system("case.import"), Action.CASE_IMPORT, HERE) == refusal(Reason.SCOPE)


def test_the_matrix_has_every_action_and_role() -> None:
    assert set(MATRIX) == set(Action)
    assert set(GRANTS) == set(Role)


actors = st.builds(
    Actor,
    kind=st.sampled_from(ActorKind),
    node=st.just(NODE),
    unit=st.sampled_from([None, "housing", "tax"]),
    roles=st.frozensets(st.sampled_from(Role)),
    scopes=st.frozensets(st.sampled_from(["import", "channel:sms", *Action])),
    case_id=st.sampled_from([None, CASE]),
)
resources = st.builds(
    Resource,
    node=st.sampled_from([NODE, "341500"]),
    unit=st.sampled_from([None, "housing", "tax"]),
    case_id=st.sampled_from([None, CASE]),
    channel=st.sampled_from([None, *Channel]),
    units=st.frozensets(st.sampled_from(["housing", "tax"])),
    withheld=st.booleans(),
)


@given(actor=actors, action=st.sampled_from(Action), resource=resources)
def test_what_nothing_grants_is_denied(actor: Actor, action: Action, resource: Resource) -> None:
    decision = may(actor, action, resource)

    assert decision.allowed == (decision.reason is Reason.GRANTED)
    if actor.node != resource.node:
        assert decision == refusal(Reason.OTHER_NODE)
    elif not actor.roles and not actor.scopes and actor.case_id is None:
        public = action is Action.CASE_REGISTER and resource.channel in PUBLIC_CHANNELS
        assert decision.allowed == public
