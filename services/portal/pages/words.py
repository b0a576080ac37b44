"""The words that people read for the codes of the house; each table covers its whole enum."""

from collections.abc import Mapping
from types import MappingProxyType

from services.portal.pages.care_words import PARTY_FIELDS
from services.portal.pages.language import later as _
from shared.audit import OTHER_PURPOSE

LAMPS: Mapping[str, str] = MappingProxyType(
    {"green": _("正常"), "yellow": _("快到期"), "red": _("已超时")}
)
LAMP_COLOURS: Mapping[str, str] = MappingProxyType(
    {"green": _("绿灯"), "yellow": _("黄灯"), "red": _("红灯")}
)
STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "registered": _("已登记，等待受理"),
        "accepted": _("已受理，正在派单"),
        "pooled": _("待人工派单"),
        "dispatched": _("已派单，等待签收"),
        "signed": _("已签收，待联系"),
        "contacted": _("已联系，办理中"),
        "tracking": _("一时难办，跟踪中"),
        "returned": _("已退回，待重新派单"),
        "joined": _("已并案，等牵头件的结果"),
        "handed_over": _("已转办，等对方派单"),
        "finished": _("已办结，等待评价"),
        "closed": _("已结束"),
        "reopened": _("没解决，重新办理"),
        "declined": _("不予受理"),
        "withdrawn": _("诉求人已撤回"),
    }
)
CITIZEN_STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "registered": _("已登记，正在核实"),
        "accepted": _("已受理，正在安排单位"),
        "pooled": _("正在确定由哪个单位办"),
        "dispatched": _("已交给承办单位"),
        "signed": _("承办单位收到了，会联系您"),
        "contacted": _("承办单位正在办"),
        "tracking": _("一时难办，还在跟踪"),
        "returned": _("正在换一个单位办"),
        "joined": _("和您的另一件合在一起办"),
        "handed_over": _("已转办，正在安排单位"),
        "finished": _("已办结，请您评价"),
        "closed": _("已结束"),
        "reopened": _("没解决，重新办理"),
        "declined": _("不予受理"),
        "withdrawn": _("您已撤回"),
    }
)
"""The same for the person of a case, who knows no pool and signs for no order."""
GROUP_KINDS: Mapping[str, str] = MappingProxyType(
    {"joined": _("同一人同一件事，合并答复"), "grouped": _("不同的人同一件事，分别答复")}
)
CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "window": _("现场窗口"),
        "hotline": _("12345 热线"),
        "web": _("网上反映"),
        "enterprise_portal": _("企业服务平台"),
        "app": _("手机应用"),
        "kiosk": _("自助机"),
        "snap": _("随手拍"),
        "sms": _("短信"),
        "midway_exit": _("中途退出"),
        "upper_tier": _("上级交办"),
        "outbound_call": _("电话外呼"),
        "grid": _("网格员"),
        "video": _("视频连线"),
        "third_party": _("第三方服务点"),
        "evaluation": _("好差评"),
    }
)
COMPLEXITIES: Mapping[str, str] = MappingProxyType(
    {"on_spot": _("当场办"), "simple": _("简单"), "ordinary": _("一般"), "complex": _("复杂")}
)
PARTIES: Mapping[str, str] = MappingProxyType(
    {"person": _("个人"), "enterprise": _("企业"), "coop": _("合作社")}
)
CLOCKS: Mapping[str, str] = MappingProxyType(
    {
        "citizen": _("对群众的承诺"),
        "contact": _("联系群众"),
        "resolve": _("办结工单"),
        "feedback": _("反馈结果"),
        "leg": _("接收后办结"),
        "co_handle": _("协办答复"),
        "tracking": _("跟踪告知"),
        "rectify": _("整改"),
        "supervision": _("答复督办单"),
        "meeting": _("召开协调会"),
        "callback": _("承办单位回访"),
        "centre_callback": _("中心回访"),
    }
)
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "done": _("按诉求办成了"),
        "done_otherwise": _("换了办法办成了"),
        "explained_law": _("依法不能办，已说明"),
        "explained_mistake": _("有误会，已说明"),
        "referred": _("已转到该管的渠道"),
        "tracking": _("需要长期跟踪"),
        "not_accepted": _("依规定不受理，已说明"),
        "emergency": _("紧急情况，已立即转交"),
        "withdrawn": _("诉求人撤回"),
        "merged": _("并入另一件"),
        "unreachable": _("多次联系不上"),
        "backlog": _("按历史遗留问题机制办理"),
    }
)
WAYS: Mapping[str, str] = MappingProxyType(
    {"phone": _("电话"), "visit": _("上门或见面"), "sms": _("短信"), "video": _("视频")}
)
GROUNDS: Mapping[str, str] = MappingProxyType(
    {
        "not_our_duty": _("不属于本单位职责"),
        "not_our_area": _("不在本单位辖区"),
        "wrong_item": _("事项派错了"),
        "duplicate": _("与另一件重复"),
        "insufficient": _("信息不够，无法办理"),
        "conflict_of_interest": _("反映的就是本单位，应当回避"),
    }
)
POOL_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "no_rule": _("没有对应的派单规则"),
        "unknown_place": _("地点不在派单规则内"),
        "unit_inactive": _("规则指向的单位已停用"),
        "returned": _("被退回"),
        "reopened": _("重新办理，等上次办理的一级接收"),
        "conflict_of_interest": _("应当回避，没有可派的上级单位"),
        "arbitration": _("多次退回，等争议裁定"),
    }
)
DECLINE_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "litigation": _("已进入诉讼"),
        "arbitration": _("已进入仲裁"),
        "reconsideration": _("已进入行政复议"),
        "discipline": _("属于纪检监察范围"),
        "disclosure": _("属于政府信息公开申请"),
        "petition": _("已进入信访程序"),
        "repeated": _("同一事实和理由已答复，没有新情况"),
        "unlawful": _("内容违法或涉及他人隐私"),
        "no_substance": _("没有具体事项"),
        "emergency": _("紧急求助，应拨打 110、119、120"),
        "law_bars": _("法律法规明确不能办"),
        "non_government": _("不属于政府职责"),
    }
)
CLOSINGS: Mapping[str, str] = MappingProxyType(
    {"rated": _("已评价"), "unanswered": _("到期未评价")}
)
FILED_BY: Mapping[str, str] = MappingProxyType(
    {
        "item": _("按事项自动派单"),
        "place": _("按地点自动派单"),
        "manual": _("人工派单"),
        "reopened": _("重新办理"),
        "detour": _("回避，改派上级单位"),
        "arbitrated": _("争议裁定"),
        "suggestion": _("按以往派单自动派单"),
    }
)
WORK_KINDS: Mapping[str, str] = MappingProxyType({"note": _("办理记录"), "visit": _("上门核查")})
MATERIALS_ENDS: Mapping[str, str] = MappingProxyType(
    {
        "answered": _("诉求人已答复"),
        "brought": _("已经收到"),
        "dropped": _("不再等了，继续办理"),
        "ended": _("工单已结束，不用再补"),
    }
)
RESUMED: Mapping[str, str] = MappingProxyType(
    {
        "reopened": _("重新办理"),
        "received": _("材料不用再等"),
        "cap_over": _("暂停到了上限"),
    }
)
TERMS: Mapping[str, str] = MappingProxyType({"sign": _("签收"), "search": _("找承办单位")})
PARTIES_OF_ARBITRATION: Mapping[str, str] = MappingProxyType(
    {"dispatch": _("派单"), "legal": _("法律"), "staffing": _("编办")}
)
ROLES: Mapping[str, str] = MappingProxyType(
    {
        "window_officer": _("窗口人员"),
        "window_head": _("窗口负责人"),
        "hotline_agent": _("热线座席"),
        "dispatcher": _("派单员"),
        "disposal_officer": _("处置专员"),
        "supervisor": _("督办人员"),
        "reviewer": _("回访人员"),
        "inspector": _("纪检监察人员"),
        "legal_expert": _("法律专家"),
        "staffing_office": _("编办人员"),
        "operator": _("运维人员"),
        "system_administrator": _("系统管理员"),
        "security_administrator": _("安全管理员"),
        "audit_administrator": _("审计管理员"),
    }
)
SYSTEM_ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "case.register": _("登记反映件"),
        "case.read": _("查看反映件"),
        "case.urge": _("催办"),
        "order.read": _("查看工单"),
        "hand_over.read": _("查看上下级转办"),
        "below.read": _("查看下级反映件（隐去姓名）"),
        "supervision.read": _("查看督办"),
        "link.read": _("查看级间连接"),
        "message.read": _("查看短信记录"),
        "evaluation.submit": _("提交评价"),
        "report.read": _("查看统计"),
        "unit.write": _("维护单位目录"),
        "item.write": _("维护事项目录"),
        "attachment.add": _("上传附件"),
    }
)
"""What other systems may be let do."""
PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "receipt": _("登记回执"),
        "promise": _("答复时限"),
        "declined": _("不予受理"),
        "dispatched": _("派单通知"),
        "result": _("办理结果"),
        "invitation": _("请您评价"),
        "reopened": _("重新办理"),
        "handed_over": _("已转办"),
        "one_time_code": _("验证码"),
        "code_renewed": _("换查询码"),
        "contact_code": _("换电话的验证码"),
        "contact_changed": _("换电话的通知"),
        "promise_moved": _("答复时限改动"),
        "promise_fixed": _("答复时限确定"),
        "materials": _("请补材料"),
        "delayed": _("延期告知"),
        "helper": _("帮办员"),
        "meeting": _("请您参加协调会"),
        "meeting_off": _("协调会不开了"),
        "split": _("分成几件办"),
        "joined": _("合在一起办"),
        "appealed": _("收到异议"),
        "appeal_decided": _("异议有结果"),
        "outside_link": _("请外部单位答复"),
        "outside_reminder": _("提醒外部单位答复"),
        "tracked": _("难处说明、继续跟踪"),
        "meeting_soon": _("提醒参加协调会"),
        "outside_meeting": _("提醒外部单位参加协调会"),
        "withdrawn": _("已撤回"),
        "taken_back": _("已恢复办理"),
    }
)
ROUND_RESULTS: Mapping[str, str] = MappingProxyType(
    {
        "agreed": _("形成一致意见"),
        "next": _("继续协商，另定时间"),
        "failed": _("没有形成一致意见，转争议裁定"),
    }
)
OUTSIDE_ENDS: Mapping[str, str] = MappingProxyType(
    {
        "answered": _("已答复"),
        "not_ours": _("答复不归它管"),
        "withdrawn": _("不再等它答复"),
        "ended": _("工单结束，不再等它答复"),
    }
)
OUTSIDE_MESSAGES: Mapping[str, str] = MappingProxyType(
    {"link": _("答复链接"), "reminder": _("快到期提醒"), "meeting": _("提醒参加协调会")}
)
PARTY_KINDS: Mapping[str, str] = MappingProxyType(
    {"company": _("企业"), "vertical": _("垂直管理单位"), "other": _("其他")}
)
HAND_OVER_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "up": _("提级办理"),
        "down": _("交下级办理"),
        "return": _("退回来件单位"),
        "result": _("转回结果"),
        "reopened": _("重新办理"),
    }
)
HAND_OVER_STATES: Mapping[str, str] = MappingProxyType(
    {
        "open": _("等对方答复"),
        "accepted": _("已接收"),
        "refused": _("没有接收"),
        "withdrawn": _("已撤回"),
    }
)
HAND_OVER_GROUNDS: Mapping[str, str] = MappingProxyType(
    {
        "not_our_tier": _("不属于这一级的权限"),
        "not_our_duty": _("不属于这一级的职责"),
        "not_our_area": _("不在这一级的辖区"),
        "delegated": _("权限已下放到来件单位"),
        "insufficient": _("信息不够，无法办理"),
        "duplicate": _("与另一件重复"),
        "withdrawn": _("对方已撤回"),
        "stale": _("已转到别处，这次转办过时了"),
    }
)
CHOSEN_GROUNDS: Mapping[str, str] = MappingProxyType(
    {
        code: words
        for code, words in HAND_OVER_GROUNDS.items()
        if code not in ("withdrawn", "stale")
    }
)
"""Those that somebody may choose; the others are given by the rules."""
TIERS: Mapping[str, str] = MappingProxyType(
    {"province": _("省级"), "city": _("市级"), "county": _("县级")}
)
RELATIONS: Mapping[str, str] = MappingProxyType({"above": _("上级"), "below": _("下级")})
FILE_FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "too_large": _("超过本级允许的大小"),
        "full": _("这件在本级的附件已满"),
        "kind": _("内容和说的类型不符"),
        "active": _("里面有会运行的内容"),
        "picture": _("图片打不开，或夹带了别的内容"),
        "broken": _("几次传来的内容都对不上摘要"),
    }
)
"""Why a file of another node is not kept."""
LINK_STATES: Mapping[str, str] = MappingProxyType(
    {
        "up": _("正常"),
        "quiet": _("有一阵没有消息"),
        "down": _("断开"),
        "never": _("还没有连上过"),
    }
)
REVEAL_PURPOSES: tuple[str, ...] = (
    _("联系诉求人"),
    _("核实情况"),
    _("上门办理"),
    _("回访"),
)
"""Each is named in the address of the files of a case."""
PERSON_PURPOSES: tuple[str, ...] = (*REVEAL_PURPOSES, OTHER_PURPOSE)
"""Those of a look at a person, which may also be told in one's own words."""

ERASURE_GROUNDS = {
    "request": _("诉求人要求"),
    "retention": _("保存期满"),
    "purpose": _("处理目的已实现"),
    "unlawful": _("不应收集或保存"),
}
ORDER_GROUNDS = {**ERASURE_GROUNDS, "inaccurate": _("登记有误")}
REQUESTERS = {
    "person": _("本人"),
    "agent": _("代办人"),
    "authority": _("主管机关"),
    "own": _("本单位发现"),
    "retention": _("到期自动"),
    "another_node": _("登记单位"),
}
ASKERS = tuple((code, REQUESTERS[code]) for code in ("person", "agent", "authority", "own"))
"""Who may have something erased or corrected, as a form offers it."""
ORDER_STATES = {
    "asked": _("等审批"),
    "refused": _("不批准"),
    "held": _("已批准，等解除保留"),
    "done": _("已执行"),
}
CORRECTION_STATES = {**ORDER_STATES, "held": _("已批准，等登记单位送来正确的内容")}
ORDER_KINDS = {"erasure": _("清除"), "correction": _("更正")}
CORRECTED = {
    **PARTY_FIELDS,
    "complainant.name": _("姓名或名称"),
    "complainant.phone": _("电话"),
    "complainant.id_number": _("证件号"),
    "complainant.address": _("住址"),
    "agent.name": _("代办人姓名"),
    "agent.phone": _("代办人电话"),
    "agent.id_number": _("代办人证件号"),
    "agent.address": _("代办人住址"),
    "title": _("标题"),
    "text": _("原文"),
}
"""What a correction may be of."""
KEPT_CLASSES = {
    "closed": _("已结束的件：姓名、电话、证件号、住址、原文、短信、评价的话"),
    "declined": _("不予受理的件：同上"),
}
