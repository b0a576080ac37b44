"""What people read for the codes of an audit; one without a word shows itself."""

from collections.abc import Mapping
from types import MappingProxyType

from services.portal.pages.language import later as _

AUDIT_SERVICES: Mapping[str, str] = MappingProxyType(
    {
        "intake": _("受理"),
        "dispatch": _("派单"),
        "sla": _("限时"),
        "notify": _("通知"),
        "review": _("回访评价"),
        "portal": _("门户与账号"),
        "link": _("级间连接"),
    }
)
AUDIT_OUTCOMES: Mapping[str, str] = MappingProxyType(
    {"done": _("成功"), "denied": _("被拒绝"), "failed": _("失败")}
)
AUDIT_ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "session.begin": _("登录"),
        "session.code": _("登录验证码"),
        "session.end": _("退出或结束登录"),
        "password.prove": _("再次输入密码"),
        "code.ask": _("索取短信验证码"),
        "code.use": _("使用短信验证码"),
        "code.show": _("出示查询码"),
        "token.use": _("使用令牌"),
        "person.reveal": _("查看个人信息"),
        "case.read": _("查看反映件"),
        "case.register": _("登记反映件"),
        "case.accept": _("受理"),
        "case.decline": _("不予受理"),
        "case.mark": _("记下反映对象"),
        "case.erase": _("删除个人信息"),
        "unmark.ask": _("申请解除回避"),
        "unmark.approve": _("批准解除回避"),
        "unmark.refuse": _("不批准解除回避"),
        "case.report_up": _("报告上级"),
        "order.read": _("查看工单"),
        "order.dispatch": _("派单"),
        "order.sign": _("签收"),
        "order.contact": _("联系诉求人"),
        "order.return": _("退回"),
        "order.finish": _("办结"),
        "order.work": _("记办理经过"),
        "order.materials": _("请诉求人补材料"),
        "order.extend": _("申请延期"),
        "extension.read": _("查看延期申请"),
        "extension.decide": _("批延期"),
        "arbitration.read": _("查看争议裁定"),
        "arbitration.opine": _("写裁定意见"),
        "arbitration.decide": _("作出裁定"),
        "hand_over.read": _("查看上下级转办"),
        "hand_over.offer": _("转给上级或下级"),
        "hand_over.answer": _("答复转办"),
        "supervision.read": _("查看督办"),
        "supervision.order": _("督办"),
        "supervision.answer": _("答复督办"),
        "evaluation.submit": _("代为评价"),
        "desk.read": _("打开列表"),
        "pool.read": _("打开待派列表"),
        "below.read": _("打开下级列表"),
        "message.read": _("查看短信"),
        "case.advise": _("给下级提指导意见"),
        "precedent.read": _("查看案例库"),
        "precedent.write": _("写案例"),
        "precedent.publish": _("发布、核对或撤回案例"),
        "lead.note": _("登记线索"),
        "lead.route": _("转交线索"),
        "lead.answer": _("答复线索"),
        "disclosure.set": _("改变上级能看到多少"),
        "link.read": _("查看级间连接"),
        "link_detail.read": _("检查级间连接"),
        "account.read": _("查看账号"),
        "account.write": _("设置账号"),
        "token.read": _("查看令牌"),
        "token.write": _("设置令牌"),
        "key.read": _("查看密钥状态"),
        "key.rotate": _("更换密钥"),
        "attachment.retry": _("再要一次附件"),
        "card.rotate": _("启用新名片"),
        "card.retire": _("停用旧名片"),
        "card.followed": _("收到邻级的新名片"),
        "card.ended": _("邻级停用了旧名片"),
        "unit.write": _("设置单位"),
        "item.write": _("设置事项"),
        "rule.write": _("设置派单规则"),
        "notice.read": _("查看放假通知"),
        "notice.draft": _("录入放假通知"),
        "notice.review": _("审核放假通知"),
        "notice.sign": _("签发放假通知"),
        "notice.reject": _("退回放假通知"),
        "notice.withdraw": _("撤回放假通知"),
        "notice.arrive": _("收到上级放假通知"),
        "due_date.move": _("时限随放假安排改动"),
        "rota.write": _("安排值班"),
        "audit.read": _("查看审计"),
        "audit.export": _("导出审计"),
        "audit.verify": _("核验审计"),
        "parked.write": _("处理停放的消息"),
    }
)
AUDIT_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "anonymous": _("没有登录的人"),
        "citizen": _("诉求人"),
        "staff": _("工作人员"),
        "system": _("系统"),
    }
)
AUDIT_OBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "case": _("反映件"),
        "order": _("工单"),
        "account": _("账号"),
        "address": _("网络地址（摘要）"),
        "one_time_code": _("短信验证码"),
        "hand_over": _("转办"),
        "supervision": _("督办"),
        "precedent": _("案例"),
        "unit": _("单位"),
        "item": _("事项"),
        "place": _("地点规则"),
        "token": _("令牌"),
        "key": _("密钥"),
        "list": _("列表"),
        "node": _("本级"),
        "audit": _("审计"),
        "handset": _("短信"),
        "parked": _("停放的消息"),
        "notice": _("放假通知"),
    }
)
AUDIT_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "role": _("角色没有这项权限"),
        "other_unit": _("不是本单位的"),
        "other_node": _("不是本级的"),
        "other_case": _("不是本人的反映件"),
        "channel": _("不能用这个渠道"),
        "scope": _("令牌没有这项权限"),
        "conflict_of_interest": _("反映的就是本单位，须回避"),
        "too_often": _("尝试太多，须等待"),
        "wrong_code": _("查询码不对"),
        "unproven": _("证明不了是谁发来的"),
    }
)
