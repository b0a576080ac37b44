"""Tokens of other systems, as the page of tokens shows them."""

from datetime import timedelta

from services.portal.pages.tokens import Token
from tests.browser.facts import NOW

TOKENS = [
    Token(
        id="k3m9x2pq",
        name="12345 呼叫中心",
        about="登记来电、查进度；信息科 赵工",
        scopes=["case.read", "case.register", "channel:hotline"],
        networks=["10.20.0.0/16"],
        state="ending",
        created_by="anquan",
        expires_at=NOW + timedelta(days=9),
        used_at=NOW - timedelta(minutes=4),
        used_from="10.20.3.7",
    ),
    Token(
        id="w8z4c6td",
        name="旧评价器",
        about="评价器换新以前用",
        scopes=["evaluation.submit"],
        networks=[],
        state="revoked",
        created_by="anquan",
        expires_at=NOW + timedelta(days=90),
        revoked_at=NOW - timedelta(days=3),
    ),
]
MADE = TOKENS[0].model_copy(
    update={
        "token": f"bst_k3m9x2pq_{'Ab3' * 13}Z4f9Qa1",
        "earlier_until": NOW + timedelta(days=1),
    }
)
