"""The pages of the case library with sample data."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.portal.pages.library import SCOPES, SHELVES, STATES, Precedent, Sought
from services.portal.pages.places import places
from services.portal.pages.similar import Similar
from services.portal.pages.words import OUTCOMES
from shared.security.actor import Actor, Role
from tests.browser.facts import ITEMS, NEW, NODE, NOW, NUMBER, SHOWN, TOOLS, officer, step
from tests.browser.sample import Sample

PATH = "/desk/precedents"
REVIEWER, OFFICER = officer(Role.REVIEWER), officer(Role.DISPOSAL_OFFICER)
LIBRARY = TOOLS | {"library": True}
POLICY = "国务院办公厅关于加快推进社会保障卡“一卡通”的意见"
FIRST: dict[str, Any] = {
    "precedent_id": UUID(int=1),
    "node": NODE.code,
    "title": "单位注销了，社保卡照样补办",
    "question": "社保卡丢了去补办，窗口要原单位盖章，可单位早就注销了，盖不了章。",
    "answer": "带身份证和单位注销证明到任一社保窗口，核对参保记录后当场补办，不用盖章。",
    "item_name": "社会保障卡补办",
    "policy": POLICY,
    "outcome": "done_otherwise",
    "because": ["社保卡", "注销", "补办", "盖章"],
}
SECOND = FIRST | {
    "precedent_id": UUID(int=2),
    "node": "341500",
    "title": "姓名用了生僻字，社保卡制不出来，先发临时凭证",
    "policy": None,
    "outcome": None,
    "because": ["社保卡"],
}
SIMILAR = [Similar(**FIRST), Similar(**SECOND)]


def precedent(told: dict[str, Any] = FIRST, **changed: Any) -> Precedent:
    """A precedent as the library tells staff of it."""
    known: dict[str, Any] = {
        "edition": 1,
        "state": "published",
        "standing": "in_force",
        "scope": "both",
        "regions": [NODE.code],
        "valid_from": date(2026, 1, 1),
        "keywords": ["补卡", "一卡通"],
        "source_number": NUMBER,
        "may_publish": True,
        "drafted_at": NOW - timedelta(days=9),
        "published_at": NOW - timedelta(days=8),
        "avoided": 12,
    }
    return Precedent(**{**told, **known, **changed})


DRAFT = precedent(state="draft", edition=2, published_at=None, avoided=0)
OVER = precedent(standing="over", valid_to=date(2026, 2, 1), check_since=NOW)
THEIRS = precedent(SECOND, source_number=None, item_name=None, regions=[])
FORM: dict[str, Any] = {
    "title": FIRST["title"],
    "question": FIRST["question"],
    "answer": FIRST["answer"],
    "policy": POLICY,
    "valid_from": "2026-01-01",
    "scope": "both",
    "region": NODE.code,
    "keywords": "补卡，13800006160",
    "case": NUMBER,
}


def _at_desk(template: str, actor: Actor = REVIEWER, **values: Any) -> Sample:
    writes = not actor.roles.isdisjoint({Role.REVIEWER})
    known: dict[str, Any] = {
        **{"shelves": SHELVES, "states": STATES, "scopes": SCOPES, "items": ITEMS},
        **{"writes": writes, "publishes": writes, "tools": LIBRARY, "note": "", "told": ""},
        **{"errors": {}, "may_count": False, "similar": []},
    }
    path = PATH if template == "desk/precedents.html" else f"{PATH}/{UUID(int=1)}"
    return Sample(template, known | values, actor, path)


def _list(**values: Any) -> Sample:
    known: dict[str, Any] = {"sought": Sought(), "found": [], "more": None, "like": None}
    return _at_desk("desk/precedents.html", **{**known, **values})


def _one(one: Precedent, actor: Actor = REVIEWER, **values: Any) -> Sample:
    return _at_desk("desk/precedent.html", actor, one=one, **values)


PRECEDENT_SAMPLES = {
    "report_what_similar": Sample(
        "citizen/report_what.html", step("what", 1, items=ITEMS, similar=SIMILAR)
    ),
    "report_review_similar": Sample(
        "citizen/report_review.html", step("review", 4, shown=SHOWN, similar=SIMILAR)
    ),
    "report_solved": Sample("citizen/report_solved.html", {}),
    "desk_new_similar": Sample(
        "desk/new.html", NEW | {"similar": SIMILAR, "tools": LIBRARY}, officer(Role.WINDOW_OFFICER)
    ),
    "precedents": _list(
        found=[DRAFT, OVER, THEIRS], more="cursor=x", note="草稿存好了，等另一个人核对发布。"
    ),
    "precedents_none": _list(sought=Sought(q="社保卡", shelf="over")),
    "precedents_like": _list(like=NUMBER, similar=SIMILAR),
    "precedents_like_none": _list(like=NUMBER),
    "precedent_draft": _one(
        DRAFT, told="从第 12 个字起像是个人信息，请改写。", errors={"answer": "从第 12 个字起"}
    ),
    "precedent_over": _one(OVER),
    "precedent_theirs": _one(THEIRS, OFFICER),
    "precedent_own_draft": _one(DRAFT.model_copy(update={"may_publish": False})),
    "precedent_form": _at_desk(
        "desk/precedent_form.html",
        values=dict.fromkeys(("item", "valid_to", "outcome", "case_id", "key"), "") | FORM,
        here=f"{PATH}/new",
        places=places(NODE.code),
        outcomes=list(OUTCOMES.items()),
        choices=list(SCOPES.items()),
        errors={"keywords": "从第 1 个字起像是个人信息，请改写。"},
    ),
}
