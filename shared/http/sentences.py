"""What people read when something is refused: status, Chinese, English, for each stable code."""

from collections.abc import Mapping

from shared.http.account_sentences import OF_ACCOUNTS
from shared.http.afterwards_sentences import OF_AFTERWARDS
from shared.http.answer_sentences import OF_ANSWERS
from shared.http.appeal_sentences import OF_APPEALS
from shared.http.benchmark_sentences import OF_BENCHMARKS
from shared.http.board_sentences import OF_BOARDS
from shared.http.calendar_sentences import OF_NOTICES
from shared.http.callback_sentences import OF_CALLBACKS, OF_COMPLEXITY
from shared.http.dispatch_sentences import OF_DISPATCH
from shared.http.gateway_sentences import OF_GATEWAYS
from shared.http.georeport_sentences import OF_GEOREPORT
from shared.http.group_sentences import OF_GROUPS
from shared.http.item_sentences import OF_ITEMS
from shared.http.ledger_sentences import OF_LEDGERS
from shared.http.limit_sentences import OF_LIMITS
from shared.http.meeting_sentences import OF_MEETINGS
from shared.http.order_sentences import OF_ORDERS
from shared.http.outside_sentences import OF_OUTSIDE
from shared.http.part_sentences import OF_PARTS
from shared.http.party_sentences import OF_PARTIES
from shared.http.record_sentences import OF_RECORDS
from shared.http.snippet_sentences import OF_SNIPPETS
from shared.http.split_sentences import OF_SPLITS
from shared.http.tracking_sentences import OF_TRACKING
from shared.http.unit_sentences import OF_UNITS
from shared.http.upload_sentences import OF_UPLOADS

STATUSES: Mapping[int, str] = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    410: "Gone",
    412: "Precondition Failed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}

REFUSALS: Mapping[str, tuple[int, str, str]] = {
    "bad_request": (400, "请求的格式不对，请检查后重新提交。", "The request is malformed."),
    "not_utf8": (
        400,
        "内容不是 UTF-8 编码，请改用 UTF-8 后重新提交。",
        "The body is not UTF-8: encode it so and send it again.",
    ),
    "nested_too_deep": (
        400,
        "内容嵌套的层数太多，请按接口说明的结构提交。",
        "The body is nested too deep: send it as the API describes it.",
    ),
    "number_too_long": (
        400,
        "有一个数字太长，请检查后重新提交。",
        "A number has too many digits: correct it.",
    ),
    "not_a_number": (
        400,
        "NaN 和 Infinity 不是有效的 JSON 数字，请改正。",
        "NaN and Infinity are no JSON numbers: correct them.",
    ),
    "field_twice": (
        400,
        "同一项写了两次，请只保留一次。",
        "The same field is given twice: keep one of them.",
    ),
    "not_json": (
        415,
        "请以 JSON 提交，并注明 Content-Type: application/json。",
        "Send JSON, with Content-Type: application/json.",
    ),
    "bad_address": (
        422,
        "网址里的查询条件不对，请返回上一页，从页面上重新选。",
        "What the address asks for does not fit: go back and choose on the page.",
    ),
    "bad_cursor": (400, "翻页标记无效，请从第一页重新开始。", "Bad cursor: start at page one."),
    "wrong_code": (
        404,
        "编号或查询码不对。请核对回执上的编号和查询码，或拨打 12345 查询。",
        "Number or query code is wrong: check your receipt, or call 12345.",
    ),
    "not_allowed": (
        403,
        "您没有权限这样做。如需办理，请联系本单位管理员。",
        "You may not do this; ask your unit's administrator.",
    ),
    "sealing_away": (
        503,
        "个人信息加密暂时不可用。为保护您的信息，刚才的内容没有登记，也没有保存。"
        "请稍后再试，或拨打 12345。",
        "Personal data cannot be encrypted or opened right now, so nothing was taken down or "
        "stored: try again later, or call 12345.",
    ),
    "too_many_looks": (
        429,
        "您这段时间查看个人信息的次数已到上限，每次都有记录。请过一会儿再看；"
        "工作确实需要更多，请本单位管理员和审计管理员核对后调整上限。",
        "You have looked at as many persons as your account may for now; each look is on record. "
        "Wait a while, or ask your administrator and the audit administrator for a higher limit.",
    ),
    "too_many_searches": (
        429,
        "您这段时间按人查找的次数已到上限，每次都有记录。请过一会儿再找，或按编号、标题查找。",
        "You have searched for as many persons as your account may for now; each search is on "
        "record. Wait a while, or search by number or title.",
    ),
    "unknown_key": (404, "没有这个密钥。", "There is no such key."),
    "key_in_use": (
        409,
        "这个密钥还在使用，不能停用；等重新加密完成后再试。",
        "This key is still in use: wait until everything is sealed anew.",
    ),
    "key_settles": (
        409,
        "密钥刚换不久，一小时以后才能停用旧的。",
        "The key was renewed a moment ago: an old one may be retired after an hour.",
    ),
    "card_renewing": (
        409,
        "名片正在更换，还没有结束。",
        "The card is being renewed already, and that has not ended.",
    ),
    "card_not_renewing": (
        409,
        "没有正在更换的名片：请先运行 backstop link rotate --card。",
        "No card is being renewed: first run `backstop link rotate --card`.",
    ),
    "key_file_fixed": (
        409,
        "密钥文件在这台服务器上不能改写。请运维人员在服务器上运行 backstop keys rotate。",
        "The key file cannot be written here: run backstop keys rotate on the server.",
    ),
    "no_case_shown": (
        422,
        "评价哪一件？请用编号和查询码打开这一件，再评价。",
        "Which case? Show its number and query code, then rate it.",
    ),
    "foreign_origin": (
        403,
        "这个请求来自别的网站，已拒绝。请在本系统的页面上操作。",
        "This request came from another site and was refused: use this system's own pages.",
    ),
    "not_found": (404, "没有找到这个页面或记录。", "No such page or record."),
    "unknown_case": (404, "没有找到这个反映件，请核对编号。", "No such case: check the number."),
    "unknown_order": (404, "没有找到这个工单。", "No such order."),
    "unknown_unit": (422, "没有这个单位，请从列表中选择。", "No such unit: choose from the list."),
    "unknown_item": (422, "没有这个事项，请从列表中选择。", "No such item: choose from the list."),
    "person_erased": (
        410,
        "这个反映件的个人信息已依法删除，无法再查看。",
        "The personal data of this case was erased.",
    ),
    "unit_inactive": (
        422,
        "这个单位已停用，请选择其他单位。",
        "This unit is out of use: choose another one.",
    ),
    "unit_complained_of": (
        422,
        "这件反映的就是这个单位或它的上级，不能交给它办。请改派没有被反映的上级单位，或者转上一级办理。",
        "The case complains of this unit or of one above it: choose a unit above, "
        "or hand the case up.",
    ),
    "unit_below_itself": (
        422,
        "上级单位不能是本单位或它的下级单位。",
        "A unit cannot stand below itself.",
    ),
    "not_attempted": (
        409,
        "请先登记联系反映人的情况（没有联系上也要登记），再办结。",
        "Log an attempt to reach the person first, reached or not.",
    ),
    "case_erased": (
        409,
        "反映人的个人信息已按规定删除，不能再填写内容。",
        "The personal data of this case was erased: nothing can be added.",
    ),
    "method_not_allowed": (405, "不支持这种请求方式。", "Method not allowed here."),
    "no_such_neighbour": (
        422,
        "没有和这一级的连接，请从列出的上级或下级中选择。",
        "There is no link to that node: choose one of the tiers above or below.",
    ),
    "ground_needed": (
        422,
        "退回来件单位要写理由和依据，请补上。",
        "To give a case back takes a ground and its legal basis: add them.",
    ),
    "hand_over_open": (
        409,
        "这件正在等上级或下级答复是否接收，答复或撤回以前不能办结、退回或改派。",
        "A hand-over is open: until it is answered or withdrawn, the case cannot end here.",
    ),
    "not_held_here": (
        409,
        "这件现在由另一级办理，请到那里办，或等它转回。",
        "Another node holds the case now: act there, or wait until it comes back.",
    ),
    "not_received_yet": (
        409,
        "诉求人的信息还在路上，几秒钟后再办结。",
        "The person's data is still on its way: finish again in some seconds.",
    ),
    "unknown_hand_over": (
        404,
        "没有这次转办，请从列表重新打开。",
        "No such hand-over: open it from the list again.",
    ),
    "already_read": (
        409,
        "已经签收过了，请刷新后再看。",
        "It was signed for before: refresh and look again.",
    ),
    "takes_no_advice": (
        409,
        "办理单位没有开放指导。可以督办，或请对方提级。",
        "The node that has the case takes no advice. Supervise it, or ask it to hand the case up.",
    ),
    "already_answered": (
        409,
        "已经答复过了，请刷新后再看。",
        "It was answered before: refresh and look again.",
    ),
    "case_open": (
        409,
        "这件还没有结束，个人信息还要用来办理和答复，不能清除。",
        "The case is open: its personal data are still needed.",
    ),
    **OF_BOARDS,
    **OF_MEETINGS,
    **OF_ORDERS,
    **OF_PARTS,
    **OF_OUTSIDE,
    **OF_RECORDS,
    **OF_ANSWERS,
    **OF_APPEALS,
    **OF_BENCHMARKS,
    **OF_NOTICES,
    "wrong_state": (
        409,
        "这一步现在不能办：状态已经变了，请刷新后再看。",
        "Not possible in the present state: refresh and look again.",
    ),
    "already_done": (409, "这一步已经办过了。", "This step has been done already."),
    "already_rated": (409, "这一轮已经评价过了，谢谢您。", "This round has been rated already."),
    "not_yet_rated": (409, "办理结果出来后才能评价。", "You can rate once there is a result."),
    "evaluation_closed": (
        409,
        "评价期已过。问题还没有解决的，请重新反映或拨打 12345。",
        "The time to rate is over: if it is not solved, report it again or call 12345.",
    ),
    "unknown_reason": (
        422,
        "没有这个评价理由，或者它不属于所选的等级，请从列表中选择。",
        "No such reason for this level: choose from the list.",
    ),
    "retired_reason": (
        422,
        "这个评价理由已停用，请从列表中重新选择。",
        "This reason code is retired: choose from the list.",
    ),
    "idempotency_key_reused": (
        409,
        "同一个 Idempotency-Key 已用于另一份内容，请换一个新的。",
        "This Idempotency-Key was used with another body: take a new one.",
    ),
    "outside_calendar": (
        422,
        "这一天不在工作日历的范围内（2004 年起）。",
        "This day lies outside the working calendar, which begins in 2004.",
    ),
    "held_here": (
        409,
        "这件就在本级，请直接办理，不用督办。",
        "This node has the case itself: act here.",
    ),
    "held_above": (
        409,
        "这件由上级办理，只能督办下级。",
        "A tier above has the case: one supervises only tiers below.",
    ),
    "unknown_lead": (
        404,
        "没有这条线索，请从列表重新打开。",
        "No such lead: open it from the list again.",
    ),
    "answer_incomplete": (
        422,
        "这样答复还要填这一项：改了的要有文件和施行日期，在改的要有预计日期，不改的要有依据。",
        "This answer needs this field: a change its paper and its day, work under way its day, "
        "a no its basis.",
    ),
    "nobody_above": (
        422,
        "本级没有上级，请选本级的单位。",
        "There is no tier above: choose a unit of this node.",
    ),
    "unknown_supervision": (
        404,
        "没有发给本级的这份督办，请从列表重新打开。",
        "No such supervision of this node: open it from the list again.",
    ),
    "past_date": (
        422,
        "时间不能早于现在，请改到以后。",
        "The time has passed: choose a later one.",
    ),
    "future_date": (422, "时间不能晚于现在。", "The time must not be in the future."),
    "too_large": (413, "内容太大了，请精简后再提交。", "The body is too large."),
    "too_many_attempts": (
        429,
        "查询码输错次数太多，请稍后再试，或拨打 12345 查询。",
        "Too many wrong codes: try later, or call 12345.",
    ),
    "wrong_one_time_code": (
        422,
        "验证码不对或已失效。请核对短信里的 6 位数字；过了时间、用过、试错多次的，请重新要一个。",
        "This code is wrong or over: compare the message. Used or tried often: ask anew.",
    ),
    "too_many_codes": (
        429,
        "要得太频繁了，请过一会儿再试，或拨打 12345。",
        "Asked for too often: try later, or call 12345.",
    ),
    "purpose_needed": (
        422,
        "看个人信息要写明用途，请选一个。",
        "Personal data is shown for a purpose only: name it.",
    ),
    "too_many_requests": (
        429,
        "您点得太快，或者同一网络里的人太多，请稍等一会儿再试；您填写的内容还没有提交。",
        "Too many requests at once from you or your network: wait a little; nothing was saved.",
    ),
    **OF_ACCOUNTS,
    **OF_AFTERWARDS,
    **OF_PARTIES,
    **OF_DISPATCH,
    **OF_LEDGERS,
    **OF_LIMITS,
    **OF_TRACKING,
    **OF_CALLBACKS,
    **OF_COMPLEXITY,
    **OF_UNITS,
    **OF_ITEMS,
    **OF_GROUPS,
    **OF_SNIPPETS,
    **OF_SPLITS,
    **OF_UPLOADS,
    **OF_GATEWAYS,
    **OF_GEOREPORT,
    "internal_error": (
        500,
        "系统出了差错，您填写的内容没有提交成功。请稍后再试，或拨打 12345。",
        "Something went wrong and nothing was saved: try later, or call 12345.",
    ),
    "unavailable": (
        503,
        "系统暂时忙，请稍后再试；您填写的内容还没有提交。",
        "Temporarily unavailable: try again shortly; nothing was saved.",
    ),
}
