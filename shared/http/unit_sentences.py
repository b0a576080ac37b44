"""What people read when units and who is on duty for them cannot be kept as they were entered."""

from collections.abc import Mapping

OF_UNITS: Mapping[str, tuple[int, str, str]] = {
    "unit_outside": (
        422,
        "这是外部单位，只能请它答复，不能派单给它。请选择其他单位。",
        "This is an outside party: it can be asked, but gets no orders. Choose another unit.",
    ),
    "supervising_body_missing": (
        422,
        "垂直管理的单位要写明由哪个上级部门管理。",
        "Name the body that runs this vertically managed unit.",
    ),
    "unit_ends_before_it_begins": (
        422,
        "停用日期不能早于启用日期。",
        "A unit cannot end before it begins.",
    ),
    "successor_without_end": (
        422,
        "有承接单位的，要填最后一天，或者停用这个单位。",
        "A unit with successors needs its last day, or must be out of use.",
    ),
    "successor_ring": (
        422,
        "承接关系绕回了本单位，请选择别的承接单位。",
        "The successors lead back to this unit: choose others.",
    ),
    "successor_not_in_use": (
        422,
        "承接单位要从本单位停用的第二天起就能接单，中间不能断开。请核对双方的日期。",
        "A successor must be in use from the day after the unit ends: check the dates of both.",
    ),
    "successor_chain_ends": (
        422,
        "别的单位由本单位承接，停用本单位要写明再由谁承接。",
        "This unit took over from others: say who takes over from it.",
    ),
    "code_twice": (
        422,
        "这个编码在文件里出现了两次，请只留一行。",
        "This code stands in the file twice: keep one line.",
    ),
    "sheet_empty": (
        422,
        "文件里没有内容。",
        "The file is empty.",
    ),
    "sheet_too_long": (
        422,
        "文件太长，一次最多 {detail} 行，请分几次导入。",
        "Too long: at most {detail} lines at once.",
    ),
    "sheet_without_headings": (
        422,
        "第一行要写栏目名称，请用模板。",
        "The first line must name the columns: use the template.",
    ),
    "unit_in_use": (
        409,
        "这个单位还在使用，它的工单不用移交。",
        "This unit is still in use: its orders stay with it.",
    ),
    "unknown_person_on_duty": (
        422,
        "值班人员名单里没有这个人，或者已经停用。请先登记值班人员。",
        "Nobody of this account is on the list of people on duty: enter the person first.",
    ),
    "account_of_other_unit": (
        422,
        "这个账号不是本单位的，不能登记在本单位值班。单位不对的话，请管理员在“账号”里改正。",
        "This account is not of this unit: it cannot be on duty for it. If its unit is wrong, an "
        "administrator corrects the account.",
    ),
    "not_their_duty": (
        422,
        "这个人没有登记这类值班，请换人，或者先修改登记。",
        "This person is not entered for this kind of duty: choose another, or change the entry.",
    ),
    "substitute_twice": (
        422,
        "同一个人在一个班次里只能出现一次。",
        "Nobody may stand twice in one shift.",
    ),
    "unknown_post": (
        422,
        "还没有设置这个岗位的开放时间，请先设置。",
        "This post has no hours yet: set them first.",
    ),
    "post_closes_before_it_opens": (
        422,
        "结束时间要晚于开始时间。",
        "A post closes after it opens.",
    ),
    "plan_too_long": (
        422,
        "起止日期要先后正确，一次最多 62 天。",
        "From the first day to the last, and at most 62 days at once.",
    ),
    "absence_ends_before_it_begins": (
        422,
        "请假结束时间要晚于开始时间。",
        "An absence ends after it begins.",
    ),
    "unknown_absence": (404, "没有找到这条请假记录。", "No such absence."),
}
