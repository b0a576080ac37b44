"""What people read when something about rules of dispatch and authority is refused."""

from collections.abc import Mapping

OF_DISPATCH: Mapping[str, tuple[int, str, str]] = {
    "draft_open": (
        409,
        "已经有一份草稿在改。请打开那一份继续改，或者先作废它。",
        "There is a draft already: go on with it, or discard it first.",
    ),
    "no_draft": (
        409,
        "现在没有草稿。请先新开一份草稿，再改规则。",
        "There is no draft: open one, then change rules.",
    ),
    "unknown_rule": (404, "草稿里没有这条规则。", "The draft has no such rule."),
    "unknown_catalogue": (404, "没有这一版派单规则。", "No such version of the rules."),
    "unknown_test": (404, "草稿里没有这个测试用例。", "The draft has no such test case."),
    "rules_not_clean": (
        409,
        "检查没有通过。请先改好检查列出的规则，再签署。",
        "The check found faults: mend the rules it lists, then sign.",
    ),
    "tests_missing": (
        409,
        "还没有测试用例。请至少写一个“这样的事应当派给谁”，再签署。",
        "There is no test case: say of at least one matter where it must go, then sign.",
    ),
    "tests_failed": (
        409,
        "有测试用例没有派到应当派的单位。请改规则或改用例，再签署。",
        "A test case does not come to its unit: mend the rules or the case, then sign.",
    ),
    "changed_meanwhile": (
        409,
        "您看过以后内容又改了。请重新打开页面看一遍，再签署。",
        "It was changed since you read it: read it again, then sign.",
    ),
    "live_in_the_past": (
        422,
        "生效时间不能早于现在。请填以后的时间，或留空表示立即生效。",
        "It cannot hold from a moment that is past: give a later one, or none for at once.",
    ),
    "rule_without_condition": (
        422,
        "规则没有任何条件，会管住所有的件。请至少写一个事项、地区或关键词。",
        "A rule without a condition would take every case: name an item, a region or a word.",
    ),
    "signed_by_you": (
        409,
        "您已经签署过了。第二个签署的要是另一个人。",
        "You have signed it: the second signature must be somebody else's.",
    ),
    "rules_full": (
        409,
        "规则或测试用例太多了。请先删掉不用的。",
        "There are too many rules or test cases: remove what is not needed.",
    ),
    "not_delegated": (
        409,
        "按权限表，这个事项不由那一级办理，不能转过去：{detail}。确实下放了的，先更新权限表。",
        "By the authority table the item is not that tier's: {detail}. If it was delegated,"
        " correct the table first.",
    ),
    "bad_sheet": (
        422,
        "读不出这个文件。请用 xlsx，或者 UTF-8、GB18030 编码的 csv，另存一次再选。",
        "Not an xlsx or a csv file in UTF-8 or GB18030: save it again and choose it.",
    ),
    "sheet_not_clean": (
        422,
        "表格有错，一行也没有导入。请按列出的行号改好，再导入。",
        "The sheet has faults, and nothing was imported: mend the lines that are listed.",
    ),
    "period_empty": (
        422,
        "结束要晚于开始。",
        "The end must be after the beginning.",
    ),
    "unknown_reference": (404, "上级没有告知过这个事项。", "No tier above told of this item."),
}
