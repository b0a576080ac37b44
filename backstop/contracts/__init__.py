"""What the suite promises in writing, generated: schemas, events, settings, dashboards.

`./dev events` (`python -m backstop.contracts`) writes the files; tests in `tests/contract` compare
them, so that a promise never changes unseen.
"""

from backstop.contracts.dashboards import DASHBOARDS, dashboards
from backstop.contracts.environment import (
    ENVIRONMENT_PAGE,
    Setting,
    environment_page,
    nested,
    settings,
)
from backstop.contracts.page import EVENTS_PAGE, events_page
from backstop.contracts.schemas import SCHEMAS, schema_of, sentence_of
from backstop.contracts.vocabulary import (
    cues_of,
    events_said_by,
    every_event_by_name,
    hearers_of,
    speaker_of,
)

__all__ = [
    "DASHBOARDS",
    "ENVIRONMENT_PAGE",
    "EVENTS_PAGE",
    "SCHEMAS",
    "Setting",
    "cues_of",
    "dashboards",
    "environment_page",
    "events_page",
    "events_said_by",
    "every_event_by_name",
    "hearers_of",
    "nested",
    "schema_of",
    "sentence_of",
    "settings",
    "speaker_of",
]
