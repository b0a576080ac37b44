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
    appeal,
    appeals,
    audit,
    authority,
    below,
    board,
    calendars,
    caller,
    causes,
    desk,
    dispatch_rules,
    exports,
    files,
    find,
    follow,
    groups,
    home,
    inspection,
    items,
    keys,
    leads,
    library,
    library_forms,
    limits,
    links,
    looks,
    lost,
    marks,
    meetings,
    messages,
    outside,
    outside_desk,
    parties,
    password,
    pool,
    rate,
    register,
    report,
    retention,
    rota,
    second_factor,
    sign_in,
    similar,
    single_sign_on,
    tokens,
    units,
    wanted,
)
from services.portal.pages.forms import from_our_pages, open_to_reader
from services.portal.pages.problems import problem_page

router = APIRouter(dependencies=[Depends(from_our_pages), Depends(open_to_reader)])
for _part in (
    *(home, similar, report, follow, lost, files, rate, wanted, appeal),
    *(sign_in, single_sign_on, appeals, caller),
    *(pool, desk, acts, find, register, messages, below, links, exports, marks, leads),
    *(groups, causes, meetings, outside, outside_desk, parties),
    *(library_forms, library),
    *(account, accounts, password, second_factor),
    *(board, admin, audit, access, tokens, keys, looks, retention),
    *(inspection, calendars, dispatch_rules, limits, authority, rota, units, items),
):
    router.include_router(_part.router)

__all__ = ["problem_page", "router"]
