"""What is said where a party of a case, or who works on it, cannot do or see something."""

from collections.abc import Mapping

OF_PARTIES: Mapping[str, tuple[int, str, str]] = {
    "bad_period": (
        422,
        "结束的日子在开始的日子以前，请对调。",
        "The last day is before the first: swap them.",
    ),
    "held_together": (
        409,
        "这件正在依法保留，现在不能清除个人信息；解除后再退出，或拨打 12345 问。",
        "The case is on legal hold: nothing of it is destroyed. Leave it later, or call 12345.",
    ),
    "no_helper": (
        409,
        "这一件没有帮办员，不用撤。要指定，请填帮办员的登录名。",
        "This case has no helper. To name one, give their login.",
    ),
    "authority_lapsed": (
        403,
        "代理授权已过期，这一步要委托人本人办，或者把新的授权交给窗口、12345 登记后再办。"
        "查进度、补充情况不受影响。",
        "The authority to speak for the other person is over: let them do this, or show a new one "
        "at the window. Following the case and adding to it go on as before.",
    ),
    "beyond_authority": (
        403,
        "授权里没有这一项，要委托人本人办，或者补充授权后到窗口登记。",
        "The authority does not cover this: let the other person do it, or show one that does "
        "at the window.",
    ),
    "not_spokesperson": (
        403,
        "几个人一起反映的，这一步由联系人代表大家办；您可以补充情况、查进度，也可以退出。",
        "Several people reported this together: the one who speaks for all does this. You may "
        "follow the case, add to it, or leave it.",
    ),
    "name_not_withheld": (
        409,
        "这一件没有要求保密，承办单位本来就能看附件，不用放行。",
        "The name is not withheld here: the unit sees the files anyway.",
    ),
    "no_unit_holds_it": (
        409,
        "现在还没有单位在办这一件，派单以后再放行。",
        "No unit has the case yet: release the file once it was dispatched.",
    ),
    "unit_complained_of": (
        409,
        "这一件反映的就是这个单位，附件不能给它看；请先改派。",
        "The case complains of this very unit: give the case to another one first.",
    ),
    "released_already": (
        409,
        "这个附件承办单位已经能看了。要换一份，请先收回。",
        "The unit sees this file already. To show another copy, take that back first.",
    ),
    "look_first": (
        409,
        "请先打开这个附件看一遍（一小时以内），确认看不出是谁，再放行。",
        "Open the file first (within the hour) and make sure that it tells nobody's name.",
    ),
    "copy_not_redacted": (
        422,
        "这一份和已有的附件完全一样，没有遮盖；请传遮盖过的。",
        "This is a file that the case has already: send one in which something is covered.",
    ),
    "unknown_release": (
        404,
        "没有这次放行，请刷新页面再看。",
        "There is no such release: load the page again.",
    ),
    "release_ended": (
        409,
        "这次放行已经收回了，不用再收。",
        "It was taken back already.",
    ),
    "name_withheld": (
        403,
        "诉求人要求对承办单位保密，姓名、电话和附件都不能查看。要核实或要材料，"
        "请用“要补材料”，或请服务中心转达。",
        "The person's name is withheld from who works on the case. Ask them for what you need by "
        "asking for materials, or let the service centre pass it on.",
    ),
}
