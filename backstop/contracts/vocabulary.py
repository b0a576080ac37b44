"""Who says which event and who hears it, read from the classes and the declarations of cues."""

import inspect
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec

from backstop.suite import MEMBERS
from shared.events.base import Event, every_event


def every_event_by_name() -> Sequence[type[Event]]:
    """Return every published event, speaker by speaker."""
    for speaker in MEMBERS:
        events_said_by(speaker)
    return sorted(every_event(), key=lambda kind: kind.name)


def events_said_by(service: str) -> Sequence[type[Event]]:
    """Return what a service may say, in the order of its module; portal, for one, says nothing."""
    if find_spec(f"shared.events.{service}") is None:
        return ()
    module = import_module(f"shared.events.{service}")
    return [kind for kind in vars(module).values() if _is_event_of(kind, module.__name__)]


def _is_event_of(kind: object, module: str) -> bool:
    published = isinstance(kind, type) and issubclass(kind, Event) and "name" in vars(kind)
    return published and f"{kind.__module__}.".startswith(f"{module}.")


def speaker_of(kind: type[Event]) -> str:
    """Return the service that says an event."""
    return kind.name.partition(".")[0]


def hearers_of(kind: type[Event]) -> Sequence[str]:
    """Return the services that hear an event, in the order of a case's way."""
    return [service for service in MEMBERS if kind in cues_of(service)]


def cues_of(service: str) -> Sequence[type[Event]]:
    """Return what a service has declared to hear."""
    with warnings.catch_warnings():
        # Eventlet announces its own end; docs/adr/0007-nameko-at-the-edge.md answers it.
        warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
        declared = MEMBERS[service].service_class()
        from shared.chassis.hears import Hears  # loads Nameko, like the class
    return [
        kind
        for _name, cue in inspect.getmembers(declared, inspect.isfunction)
        for entrypoint in getattr(cue, "nameko_entrypoints", ())
        if isinstance(entrypoint, Hears)
        for kind in entrypoint.kinds
    ]
