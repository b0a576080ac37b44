"""What people read when records of a case are not erased, corrected, marked or exported."""

from collections.abc import Mapping

from shared.http.precedent_sentences import OF_PRECEDENTS

OF_RECORDS: Mapping[str, tuple[int, str, str]] = {
    "case_held": (409, "这件已经在依法保留。", "The case is on legal hold already."),
    "case_not_held": (409, "这件没有依法保留。", "The case is not on legal hold."),
    "erasure_asked": (
        409,
        "这件已经有一个清除申请，请等审批。",
        "An erasure of this case has been asked for: wait for the decision.",
    ),
    "correction_asked": (
        409,
        "这件已经有一个更正申请，请等审批。",
        "A correction of this case has been asked for: wait for the decision.",
    ),
    "nothing_corrected": (
        422,
        "填的和登记的一样，没有要更正的。请填写正确的内容。",
        "That is what is taken down already: say what is right instead.",
    ),
    "no_such_party": (
        422,
        "这件没有代办人，请选择诉求人。",
        "Nobody acts for the person of this case: choose the person.",
    ),
    "bad_id_number": (
        422,
        "身份证号不对，请核对每一位。",
        "Not an identity card number: check each digit.",
    ),
    "bad_credit_code": (
        422,
        "统一社会信用代码不对，请核对每一位。",
        "Not a unified social credit code: check each sign.",
    ),
    "words_held": (
        409,
        "这件在依法保留，标题和原文不能改。姓名、电话、证件号和住址可以更正。",
        "The case is on legal hold: what was told stays as it is. "
        "Name, telephone, id number and address may be corrected.",
    ),
    "nothing_to_export": (409, "这个列表是空的，没有可导出的。", "The list is empty."),
    "too_many_rows": (
        409,
        "件数太多，一次导不出来。请先筛选，分几次导出。",
        "Too many rows for one export: narrow the list.",
    ),
    "unknown_export": (404, "没有找到这次导出。", "No such export."),
    "export_rights_gone": (
        403,
        "您的职责或单位在申请以后变了，文件已作废。请按现在的职责重新申请。",
        "Your roles or unit changed since you asked, so the file was thrown away: ask again.",
    ),
    "export_gone": (
        410,
        "文件已经下载过，或者过期删除了。还要用，请重新申请。",
        "The file was fetched or has expired: ask again.",
    ),
    "registered_elsewhere": (
        409,
        "这件不是本级登记的，请由登记单位发起。",
        "Another node registered this case: it must be asked for there.",
    ),
    "second_person": (
        409,
        "申请人不能审批自己的申请，请由另一个人审批。",
        "Somebody else than who asked must approve.",
    ),
    "not_marked": (
        422,
        "这件没有记过这个反映对象，请核对后再填。",
        "The case is not known to complain of them: check it.",
    ),
    "unmarking_open": (
        409,
        "这件已有一个解除回避的申请，等另一个人审批后再提。",
        "Another one is still to be decided by somebody else.",
    ),
    "unknown_unmarking": (404, "没有找到这个申请。", "No such request."),
    "unknown_data_order": (404, "没有找到这个申请。", "No such order."),
    **OF_PRECEDENTS,
}
