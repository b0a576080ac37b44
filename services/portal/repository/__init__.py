"""Every query of portal: lists, cards, boards, catalogue, journal, projection, accounts."""

from services.portal.repository.accounts import (
    Account,
    Failures,
    Session,
    account_of,
    accounts_by_login,
    begin_session,
    count_failure,
    end_session,
    end_sessions_before,
    end_sessions_of,
    failures_of,
    forget_failures,
    forget_failures_before,
    rewrite_password,
    session_of,
    touch_session,
    write_account,
)
from services.portal.repository.board import board
from services.portal.repository.cards import (
    CaseCard,
    ClockCard,
    EvaluationCard,
    ItemCard,
    OrderCard,
    Step,
    UnitCard,
)
from services.portal.repository.cases import case_page
from services.portal.repository.catalogue import item, items, unit, units
from services.portal.repository.journal import append, ensure_partitions, journalled, last_position
from services.portal.repository.lists import case_list
from services.portal.repository.numbers import BoardNumbers, DayNumbers, UnitNumbers
from services.portal.repository.projection import (
    CaseRows,
    add_counts,
    add_words,
    mark_reached,
    rows_by_key,
    rows_of_cases,
)
from services.portal.repository.reached import has_reached
from services.portal.repository.scopes import ListedCase, ListKind, ListScope, Slice
from services.portal.repository.shadow import Shadow, claim_replay, make_shadow, patiently, swap
from services.portal.repository.tiers import (
    HandOverCard,
    SupervisionCard,
    TierNumbers,
    tiers_below,
)
from shared.db.bulk import Row, insert_rows, names_of, upsert_rows

__all__ = [
    "Account",
    "BoardNumbers",
    "CaseCard",
    "CaseRows",
    "ClockCard",
    "DayNumbers",
    "EvaluationCard",
    "Failures",
    "HandOverCard",
    "ItemCard",
    "ListKind",
    "ListScope",
    "ListedCase",
    "OrderCard",
    "Row",
    "Session",
    "Shadow",
    "Slice",
    "Step",
    "SupervisionCard",
    "TierNumbers",
    "UnitCard",
    "UnitNumbers",
    "account_of",
    "accounts_by_login",
    "add_counts",
    "add_words",
    "append",
    "begin_session",
    "board",
    "case_list",
    "case_page",
    "claim_replay",
    "count_failure",
    "end_session",
    "end_sessions_before",
    "end_sessions_of",
    "ensure_partitions",
    "failures_of",
    "forget_failures",
    "forget_failures_before",
    "has_reached",
    "insert_rows",
    "item",
    "items",
    "journalled",
    "last_position",
    "make_shadow",
    "mark_reached",
    "names_of",
    "patiently",
    "rewrite_password",
    "rows_by_key",
    "rows_of_cases",
    "session_of",
    "swap",
    "tiers_below",
    "touch_session",
    "unit",
    "units",
    "upsert_rows",
    "write_account",
]
