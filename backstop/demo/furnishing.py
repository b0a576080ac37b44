"""Make the nodes ready for their stories: catalogues and accounts put, cases registered."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

from backstop.caller import Call, CallRefused, machine, until
from backstop.demo.catalogue import FOLDER, Put, accounts_of, founders_of, puts_of, roles_of
from backstop.demo.memory import Known
from backstop.demo.playing import Hall, StoryStuck
from backstop.demo.story import Assigned
from backstop.feed import lines
from backstop.progress import Trouble
from shared.security.actor import Actor, ActorKind, Role
from shared.security.policy import IMPORT_SCOPE, Action

FORGOTTEN = (
    "演示数据已经装入过，但装载记录丢失了；请用 ./dev run --fresh 重新开始。\n"
    "The demo was loaded before and its record is gone; begin anew with ./dev run --fresh."
)

Report = Mapping[str, Any]
Reports = Mapping[str, Report]


def read_reports() -> Reports:
    """Return the sample reports by line, without the time at which they really came."""
    return {
        line.name: {name: told for name, told in line.report.items() if name != "received_at"}
        for line in lines(FOLDER / "cases.jsonl")
    }


def furnish(halls: Sequence[Hall], hands: Executor) -> None:
    """Put the catalogue of each node, all nodes at once."""
    puts = [(hall, puts_of(hall.catalogue, hall.node)) for hall in halls]
    # A unit needs the one above it, and everything else needs its unit.
    list(hands.map(_put_units, puts))
    rest = [(hall, put) for hall, each in puts for put in each[len(hall.catalogue.units) :]]
    list(hands.map(lambda told: _put(*told), rest))


def let_in(halls: Sequence[Hall]) -> None:
    """Put the accounts of each node, one after the other: to hash a password takes its time."""
    for hall in halls:
        founding = machine(hall.node, Action.ACCOUNT_FOUND)
        for put in founders_of(hall.catalogue):
            hall.caller.send(Call("PUT", *put), founding)
        for put in accounts_of(hall.catalogue):
            _put(hall, put)
        for put in roles_of(hall.catalogue):
            _put(hall, put, Role.SECURITY_ADMINISTRATOR)
        hall.memory.furnished()


def register_all(hall: Hall, reports: Reports, mine: Mapping[str, Assigned]) -> None:
    """Register what a node has not registered yet, in the order in which it came."""
    until(f"intake of {hall.node} knows the items", lambda: _knows_items(hall, reports, mine))
    start = hall.memory.told.started_at
    came = {
        line: story.received.before(start, hall.calendar)
        for line, story in mine.items()
        if story.received is not None and line not in hall.memory.told.lines
    }
    # One after the other: the numbers of a day count up in the order in which people came.
    for line in sorted(came, key=lambda one: came[one]):
        report = {**reports[line], "received_at": came[line].isoformat()}
        _register(hall, line, mine[line], {**report, **_beside(mine[line])})


def _beside(story: Assigned) -> Report:
    told = {"complained_of": story.complained_of, "answered_now": story.answered}
    return {name: each.model_dump(mode="json") for name, each in told.items() if each}


def _put_units(told: tuple[Hall, Sequence[Put]]) -> None:
    hall, puts = told
    for put in puts[: len(hall.catalogue.units)]:
        _put(hall, put)


def _put(hall: Hall, put: Put, role: Role = Role.SYSTEM_ADMINISTRATOR) -> None:
    administrator = hall.catalogue.with_role(role).actor(hall.node)
    hall.caller.send(Call("PUT", *put), administrator)


def _knows_items(hall: Hall, reports: Reports, mine: Mapping[str, Assigned]) -> bool:
    named = {str(reports[line]["item"]) for line in mine}
    listed = named & {item.title for item in hall.catalogue.items}
    return all(
        hall.caller.get("/api/v1/scope", item=item)["in_catalogue"] for item in sorted(listed)
    )


def _register(hall: Hall, line: str, story: Assigned, report: Report) -> None:
    who = _importer(hall.node) if story.by is None else hall.actor(story.by, IMPORT_SCOPE)
    call = Call("POST", "/api/v1/cases", report, key=f"demo-{line}-register")
    try:
        answer = hall.caller.send(call, who)
    except CallRefused as refused:
        if refused.code == "idempotency_key_reused":
            raise Trouble(FORGOTTEN) from refused
        raise StoryStuck(f"{line}, register: {refused}") from refused
    told = {name: answer[name] for name in ("case_id", "number", "query_code")}
    hall.memory.registered(line, Known.model_validate(told))


def _importer(node: str) -> Actor:
    # People report by themselves here; only the time at which they did needs a right.
    return Actor(kind=ActorKind.SYSTEM, node=node, id="demo", scopes=frozenset({IMPORT_SCOPE}))
