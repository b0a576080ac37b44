"""Cases a second from registration to desk and message, how long one takes, and two peers beside.

Run with `./dev bench pipeline [--cases 3000] [--peer-cases 600] [--seconds 30] [--buses 2]`. Cases
are registered through intake's own handler, one transaction a case, while the processes of
`./dev run --bus rabbitmq --tiers 1` hear of them; it ends when every case has its order, its three
clocks, its three messages and its row on the desk. Beside it the same handlers run under stock
Nameko and as a Celery chain, on the same PostgreSQL and RabbitMQ, one after the other.
"""

import argparse
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import create_engine, text

from backstop.checkout import install
from tests.bench._stand import ROOT, Stand, module, processor_milliseconds, say, standing
from tests.system.harness import RunningNode

CLOCKS, MESSAGES = 3, 3
"""What a case that is accepted and dispatched at once has of each."""
LONGEST_SECONDS = 300.0
LOOK_SECONDS = 0.25
"""Seldom: to count is work for PostgreSQL, too."""
RATE = 20.0
WAY, BESIDE = ("intake", "dispatch", "sla", "notify"), ("portal", "link", "review")
GROUPS: Mapping[int, Sequence[Sequence[str]]] = {
    1: (),
    2: (WAY, BESIDE),
    5: (*((name,) for name in WAY), BESIDE),
}
"""Which services share a bus process, by how many there are; one is what the launcher starts."""

MADE = """
SELECT (SELECT count(*) FROM dispatch.orders),
       (SELECT count(*) FROM sla.clocks),
       (SELECT count(*) FROM notify.messages)
"""
SHOWN = "SELECT count(*) FROM portal.cases WHERE status = 'dispatched' AND lamp IS NOT NULL"
DELIVERED = "SELECT count(*) FROM notify.messages WHERE state = 'delivered'"
WATCH = """
CREATE TABLE public.seen (case_id uuid, what text, at timestamptz, PRIMARY KEY (case_id, what));
CREATE FUNCTION public.see() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO public.seen VALUES (NEW.case_id, TG_ARGV[0], clock_timestamp())
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER see AFTER INSERT ON intake.cases
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.see('registered');
CREATE CONSTRAINT TRIGGER see_unit AFTER INSERT ON notify.messages
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.purpose = 'dispatched')
    EXECUTE FUNCTION public.see('told its unit');
CREATE CONSTRAINT TRIGGER see_promise AFTER INSERT ON notify.messages
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.purpose = 'promise')
    EXECUTE FUNCTION public.see('told its date');
CREATE CONSTRAINT TRIGGER see AFTER INSERT OR UPDATE ON portal.cases
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.status = 'dispatched' AND NEW.lamp IS NOT NULL)
    EXECUTE FUNCTION public.see('on the desk');
"""
"""Deferred to the commit, so that what is seen is what everybody sees."""
TOOK = """
SELECT seen.what,
       percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (
           ORDER BY extract(epoch FROM seen.at - began.at) * 1000)
FROM public.seen JOIN public.seen began USING (case_id)
WHERE began.what = 'registered' AND seen.what <> 'registered'
GROUP BY seen.what ORDER BY seen.what
"""


@dataclass(frozen=True, slots=True)
class Flow:
    """A flood of cases, in seconds from the first registration."""

    name: str
    cases: int
    registered: float
    arrived: float
    used: Counter[str]
    """Milliseconds of the processor, by process."""

    @property
    def rate(self) -> float:
        """Cases a second."""
        return self.cases / self.arrived


def flood(name: str, node: RunningNode, cases: int, load: tuple[str, ...], *, shown: bool) -> Flow:
    """Let a load run until all that follows from it is there."""
    before, begun = processor_milliseconds(), time.monotonic()
    with module(*load) as registering:
        wait_until(lambda: registering.poll() is not None, 0.01)
        if registering.returncode:
            raise SystemExit(f"{' '.join(load)} ended with {registering.returncode}")
        registered = time.monotonic()
        wait_until(lambda: has_all(node, cases, shown=shown))
        arrived, used = time.monotonic(), processor_milliseconds()
    used.subtract(before)
    return Flow(name, cases, registered - begun, arrived - begun, used)


def has_all(node: RunningNode, cases: int, *, shown: bool) -> bool:
    """Tell whether every case has all that it gets."""
    if node.rows(MADE)[0] != (cases, CLOCKS * cases, MESSAGES * cases):
        return False
    return not shown or node.rows(SHOWN)[0] == (cases,)


def wait_until(reached: Callable[[], bool], every: float = LOOK_SECONDS) -> None:
    """Look again and again."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while not reached():
        if time.monotonic() > deadline:
            raise SystemExit(f"not within {LONGEST_SECONDS:.0f} s")
        time.sleep(every)


def ours(stand: Stand, cases: int, seconds: float, buses: int) -> Flow:
    """Measure how long a case takes at a steady pace, then a flood."""
    groups = GROUPS[buses]
    with stand.running("ours", groups) as node:
        steady(node, seconds)
        began = node.rows("SELECT count(*) FROM intake.cases")[0][0]
        wait_until(lambda: node.rows(DELIVERED)[0] == (MESSAGES * began,))
    with stand.running("flood", groups) as node:
        load = ("tests.bench._load", str(node.file), str(cases), "0")
        begun = time.monotonic()
        flow = flood("Backstop", node, cases, load, shown=True)
        wait_until(lambda: node.rows(DELIVERED)[0] == (MESSAGES * cases,))
        delivered = time.monotonic() - begun
    say(f"\n{MESSAGES * cases} messages delivered {delivered - flow.arrived:.1f} s after that")
    return flow


def steady(node: RunningNode, seconds: float) -> None:
    """Print how long it takes from the commit of a registration until it is seen elsewhere."""
    engine = create_engine(node.settings.database_url)
    with engine.begin() as db:
        db.execute(text(WATCH))
    engine.dispose()
    cases = round(RATE * seconds)
    with module("tests.bench._load", str(node.file), str(cases), str(RATE)) as registering:
        wait_until(lambda: registering.poll() is not None)
        wait_until(lambda: has_all(node, cases, shown=True))
    say(f"\nmilliseconds from registered, at {RATE:.0f} cases/s      p50       p99")
    for what, (median, highest) in node.rows(TOOK):
        say(f"{what:<44}{median:>8.0f}{highest:>10.0f}")


def stock(stand: Stand, cases: int) -> Flow:
    """Measure the same handlers under stock Nameko."""
    node = stand.node("stock")
    with module("tests.bench._stock", "serve", str(node.file)):
        wait_until(lambda: has_queues(stand, "stock"))
        load = ("tests.bench._stock", "load", str(node.file), str(cases))
        return flood("stock Nameko", node, cases, load, shown=True)


def celery(stand: Stand, cases: int) -> Flow:
    """Measure the same handlers as a Celery chain."""
    node = stand.node("celery")
    with environment(BENCH_NODE_FILE=str(node.file), BENCH_BUS_URL=node.settings.bus_url):
        worker = ("-A", "tests.bench._chain", "worker", "--concurrency=2", "--loglevel=ERROR")
        with module("celery", *worker):
            wait_until(lambda: has_queues(stand, "celery"))
            load = ("tests.bench._chain", str(cases))
            return flood("Celery chain", node, cases, load, shown=False)


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Set variables for the processes that are started in the block."""
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]


def has_queues(stand: Stand, vhost: str) -> bool:
    """Tell whether somebody listens in a virtual host."""
    return "\n" in stand.broker.control("list_consumers", "-p", vhost, "queue_name")


def show(flows: list[Flow]) -> None:
    """Print rates with their ratios, then what each process used."""
    title = "from registration to the last effect"
    say(f"\n{title:<40}{'cases':>8}{'cases/s':>9}{'ours : it':>11}")
    for flow in flows:
        say(f"{flow.name:<40}{flow.cases:>8}{flow.rate:>9.0f}{flows[0].rate / flow.rate:>10.1f}×")
    say(f"{'registering alone, of ours':<40}{'':>8}{flows[0].cases / flows[0].registered:>9.0f}")
    for flow in flows:
        say(f"\nprocessor seconds for 1,000 cases, {flow.name}")
        for name, milliseconds in flow.used.most_common():
            if milliseconds > flow.cases / 100:
                say(f"  {name:<20}{milliseconds / flow.cases:8.2f}")
        say(f"  {'all':<20}{sum(flow.used.values()) / flow.cases:8.2f}")


def main() -> None:
    """Measure the way of a case and print it beside two peers."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--cases", type=int, default=3000)
    parser.add_argument("--peer-cases", type=int, default=600, help="0 for no peers")
    parser.add_argument("--seconds", type=float, default=30.0, help="of the steady pace")
    parser.add_argument("--buses", type=int, choices=GROUPS, default=1, help="bus processes")
    given = parser.parse_args()
    if given.peer_cases:
        install("Celery", ROOT / "requirements-bench.lock")
    with standing() as stand:
        flows = [ours(stand, given.cases, given.seconds, given.buses)]
        if given.peer_cases:
            flows += [stock(stand, given.peer_cases), celery(stand, given.peer_cases)]
        show(flows)


if __name__ == "__main__":
    main()
