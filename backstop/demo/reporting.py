"""What the demonstration of a node consists of, told to the one who looks around in it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from backstop.demo.catalogue import DemoAccount
from backstop.demo.memory import Known
from backstop.demo.playing import Hall, Halls
from backstop.demo.steps import HandOver, OfferStep
from backstop.demo.story import Assigned, Stories
from shared.security.actor import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoReport:
    """The demonstration of one node."""

    node: str
    cases: int
    """Those that were registered here; others came from its neighbours."""
    by_status: Mapping[str, int]
    """As loaded; what visitors have done since is not counted."""
    accounts: tuple[DemoAccount, ...]
    password: str
    """Of every account."""
    try_number: str = ""
    try_code: str = ""
    """Receipt of a case that has a result and waits for its rating, if there is one."""
    offered: str = ""
    """Number of a case that a neighbour offers and nobody has answered, if there is one."""
    seconds: float

    def login_of(self, role: Role) -> str:
        """Return the first account of a role."""
        return next(account.login for account in self.accounts if role in account.roles)


def report_of(halls: Halls, hall: Hall, stories: Stories, seconds: float) -> DemoReport:
    """Return the report of one node; every story as far as it was told when it was loaded."""
    mine = stories.of_node(hall.node).values()
    told = [story.within(hall.memory.told.nodes) for story in mine]
    first = _known(hall, stories.try_first.get(hall.node))
    offered = _offered(halls, hall.node, stories)
    return DemoReport(
        node=hall.node,
        cases=len(told),
        by_status=Counter(str(story.ends) for story in told),
        accounts=hall.catalogue.accounts,
        password=hall.catalogue.password,
        try_number=first.number if first else "",
        try_code=first.query_code if first else "",
        offered=offered.number if offered else "",
        seconds=seconds,
    )


def open_offer(story: Assigned) -> str | None:
    """Return the node that a story leaves with an offer to answer."""
    to: str | None = None
    for step in story.steps:
        if isinstance(step, HandOver):
            to = step.to
        elif isinstance(step, OfferStep):
            to = None
    return to


def _offered(halls: Halls, node: str, stories: Stories) -> Known | None:
    for line, story in stories.lines.items():
        home = halls.get(story.node)
        if home is not None and open_offer(story.within(home.memory.told.nodes)) == node:
            return _known(home, line)
    return None


def _known(hall: Hall, line: str | None) -> Known | None:
    return None if line is None else hall.memory.told.lines.get(line)
