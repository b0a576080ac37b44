"""Events of how much work a case is, where that was put right (once a case)."""

from typing import ClassVar

from shared.events.base import CaseEvent
from shared.events.words import By, Complexity


class CaseReclassified(CaseEvent):
    """Who has a case found that it is more work than was thought, or less: its limits change."""

    name: ClassVar[str] = "dispatch.case_reclassified.v1"

    complexity: Complexity
    before: Complexity
    because: str
    by: By


class ComplexityHeard(CaseEvent):
    """Another node has said so of a case that this one knows."""

    name: ClassVar[str] = "dispatch.complexity_heard.v1"
    stays_here: ClassVar[bool] = True
    in_journal: ClassVar[bool] = False

    complexity: Complexity
    before: Complexity
