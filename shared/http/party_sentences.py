"""What is said where a party of a case, or who works on it, cannot do or see something."""

from collections.abc import Mapping

OF_PARTIES: Mapping[str, tuple[int, str, str]] = {
    "name_withheld": (
        403,
        "诉求人要求对承办单位保密，姓名、电话和附件都不能查看。要核实或要材料，"
        "请用“要补材料”，或请服务中心转达。",
        "The person's name is withheld from who works on the case. Ask them for what you need by "
        "“ask for materials”, or let the service centre pass it on.",
    ),
}
