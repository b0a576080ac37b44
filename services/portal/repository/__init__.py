"""Every query of portal: lists, cards, boards, catalogue, journal, accounts."""

from services.portal.repository.board import board
from services.portal.repository.cards import (
    BoardNumbers,
    CaseCard,
    ClockCard,
    DayNumbers,
    EvaluationCard,
    ItemCard,
    ListedCase,
    ListKind,
    ListScope,
    OrderCard,
    Slice,
    Step,
    UnitCard,
    UnitNumbers,
)
from services.portal.repository.cases import case_page
from services.portal.repository.catalogue import item, items, unit, units
from services.portal.repository.lists import case_list
from services.portal.repository.reached import has_reached

__all__ = [
    "BoardNumbers",
    "CaseCard",
    "ClockCard",
    "DayNumbers",
    "EvaluationCard",
    "ItemCard",
    "ListKind",
    "ListScope",
    "ListedCase",
    "OrderCard",
    "Slice",
    "Step",
    "UnitCard",
    "UnitNumbers",
    "board",
    "case_list",
    "case_page",
    "has_reached",
    "item",
    "items",
    "unit",
    "units",
]
