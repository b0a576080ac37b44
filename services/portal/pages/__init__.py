"""The pages of a node: citizens report, follow and rate; staff work; everybody may watch.

Reading comes from portal's own projection; whatever changes something is asked of the public API
as the person who asks, so no page can do more than that person may.
"""

from fastapi import APIRouter, Depends

from services.portal.pages import (
    access,
    account,
    accounts,
    acts,
    admin,
    afterwards,
    appeal,
    appeals,
    audit,
    authority,
    below,
    benchmarks,
    board,
    calendar_month,
    calendars,
    caller,
    causes,
    contacts,
    contacts_desk,
    desk,
    dispatch_rules,
    exports,
    files,
    find,
    follow,
    foreseen,
    groups,
    home,
    inspection,
    items,
    keys,
    kiosk,
    ladders,
    leads,
    ledger,
    ledger_acts,
    library,
    library_forms,
    limits,
    links,
    looks,
    lookups,
    lost,
    many,
    marks,
    meetings,
    messages,
    notices,
    outlook,
    outside,
    outside_desk,
    parties,
    password,
    pool,
    promise,
    rate,
    register,
    releases,
    report,
    retention,
    rota,
    second_factor,
    sign_in,
    similar,
    single_sign_on,
    snap,
    snippets,
    splits,
    tokens,
    units,
    uploading,
    wall,
    wanted,
    withdraw,
)
from services.portal.pages.calling import STREAMED
from services.portal.pages.forms import from_our_pages, in_their_language, open_to_reader
from services.portal.pages.live import Live
from services.portal.pages.lookups import Lookups
from services.portal.pages.problems import problem_page
from services.portal.pages.streams import StreamRules, Streams

_FIRST = (in_their_language, from_our_pages, open_to_reader)
router = APIRouter(dependencies=[Depends(each) for each in _FIRST])
for _part in (
    *(home, kiosk, snap, similar, report, follow, lost, uploading, files, releases, rate, wanted),
    *(afterwards, appeal, promise),
    *(withdraw, contacts, contacts_desk, sign_in, single_sign_on, appeals, caller, lookups),
    *(pool, desk, acts, find, register, messages, notices, below, links, exports, marks, leads),
    *(benchmarks, groups, splits, causes, outlook, wall, meetings, outside, outside_desk, parties),
    *(library_forms, library),
    *(account, accounts, password, second_factor),
    *(board, admin, audit, access, tokens, keys, looks, retention),
    *(inspection, calendar_month, calendars, dispatch_rules, limits, ladders, authority),
    *(rota, units, items),
    *(ledger, ledger_acts, many, snippets, foreseen),
):
    router.include_router(_part.router)

__all__ = ["STREAMED", "Live", "Lookups", "StreamRules", "Streams", "problem_page", "router"]
