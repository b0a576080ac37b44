"""What is said where a party of a case, or who works on it, cannot do or see something."""

from collections.abc import Mapping

OF_PARTIES: Mapping[str, tuple[int, str, str]] = {
    "bad_period": (
        422,
        "结束的日子在开始的日子以前，请对调。",
        "The last day is before the first: swap them.",
    ),
    "no_helper": (
        409,
        "这一件没有帮办员，不用撤。要指定，请填帮办员的登录名。",
        "This case has no helper. To name one, give their login.",
    ),
    "name_withheld": (
        403,
        "诉求人要求对承办单位保密，姓名、电话和附件都不能查看。要核实或要材料，"
        "请用“要补材料”，或请服务中心转达。",
        "The person's name is withheld from who works on the case. Ask them for what you need by "
        "asking for materials, or let the service centre pass it on.",
    ),
}
