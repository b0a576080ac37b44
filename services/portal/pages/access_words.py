"""What the actions of the policy are called, in the groups in which one reads them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from services.portal.pages.language import later as _
from shared.security.policy import Action, Reach


@dataclass(frozen=True, slots=True)
class Group:
    """Actions that belong together."""

    title: str
    english: str
    actions: Mapping[Action, tuple[str, str]]
    """What each is called, in Chinese and in English."""


GROUPS: Sequence[Group] = (
    Group(
        _("受理和答复"),
        "Cases",
        {
            Action.CASE_REGISTER: (_("登记反映件"), "register a case"),
            Action.CASE_IMPORT: (_("导入以前的件"), "import earlier cases"),
            Action.CASE_READ: (_("查看反映件"), "read a case"),
            Action.CASE_ACCEPT: (_("受理"), "accept"),
            Action.CASE_DECLINE: (_("不予受理"), "decline"),
            Action.DECLINE_APPEAL: (_("对不予受理提出异议"), "appeal against a decline"),
            Action.APPEAL_READ: (_("查看不予受理的异议"), "see appeals against declines"),
            Action.APPEAL_DECIDE: (_("复核异议"), "decide an appeal"),
            Action.CASE_ANSWER: (_("当场答复"), "answer on the spot"),
            Action.CASE_MARK: (_("注明反映的是谁"), "say whom a case complains of"),
            Action.CASE_LINK: (_("指明是谁的账号"), "say whose account it is"),
            Action.UNMARK_ASK: (_("申请解除回避"), "ask to end a recusal"),
            Action.UNMARK_APPROVE: (_("批准解除回避"), "approve the end of a recusal"),
            Action.CASE_URGE: (_("催办"), "urge"),
            Action.CASE_ADD: (_("补充情况"), "add to what was told"),
            Action.CASE_WITHDRAW: (_("撤回，或者恢复办理"), "withdraw a case, or take that back"),
            Action.PRESSURE_TELL: (_("说有人要求撤回"), "tell of being asked to withdraw"),
            Action.PRESSURE_READ: (_("查看谁被要求撤回"), "see who was asked to withdraw"),
            Action.ATTACHMENT_ADD: (_("上传附件"), "add an attachment"),
            Action.ATTACHMENT_READ: (_("查看附件"), "open an attachment"),
            Action.ATTACHMENT_RELEASE: (_("放行附件给单位看"), "show a unit a withheld file"),
            Action.EVALUATION_SUBMIT: (_("提交评价"), "rate"),
            Action.CALLBACK_UNIT: (_("承办单位回访"), "call back as the unit"),
            Action.CALLBACK_CENTRE: (_("中心回访"), "call back as the centre"),
            Action.CASE_RECLASSIFY: (_("调整难易，每件一次"), "change the complexity, once"),
        },
    ),
    Group(
        _("诉求人的信息"),
        "Personal data",
        {
            Action.NAME_WITHHOLD: (_("对承办单位保密"), "withhold a name"),
            Action.CARE_WRITE: (_("登记特殊关怀"), "write down care"),
            Action.AUTHORITY_WRITE: (_("登记代理授权"), "write down an authority"),
            Action.COMPLAINANT_LEAVE: (_("退出一起反映的件"), "leave a joint report"),
            Action.CARE_READ: (_("看特殊关怀的人数"), "count who needed care"),
            Action.HELPER_ASSIGN: (_("指定帮办员"), "name a helper"),
            Action.PERSON_REVEAL: (_("查看诉求人姓名电话"), "see the person in the clear"),
            Action.CONTACT_CHANGE: (
                _("凭验证码换联系电话"),
                "change the telephone, by a code",
            ),
            Action.CODE_RENEW: (_("凭验证码换查询码"), "get a new query code"),
            Action.CORRECTION_ORDER: (_("申请更正登记的信息"), "ask for a correction"),
            Action.CORRECTION_APPROVE: (_("批准更正"), "approve a correction"),
            Action.RETENTION_READ: (_("查看保存期限"), "see how long data is kept"),
            Action.ERASURE_ASK: (_("申请删除"), "ask for erasure"),
            Action.ERASURE_APPROVE: (_("批准删除"), "approve an erasure"),
            Action.HOLD_WRITE: (_("暂停删除"), "hold data back from erasure"),
            Action.SNIPPET_WRITE: (_("写常用语"), "keep snippets"),
            Action.SNIPPET_APPROVE: (_("同意单位共享常用语"), "let the unit share a snippet"),
            Action.EXPORT_ASK: (_("申请导出"), "ask for an export"),
            Action.EXPORT_APPROVE: (_("批准导出"), "approve an export"),
        },
    ),
    Group(
        _("派单和办理"),
        "Orders",
        {
            Action.DESK_READ: (_("查看工作台"), "see the desk"),
            Action.POOL_READ: (_("查看派单池"), "see the pool"),
            Action.ORDER_READ: (_("查看工单"), "read an order"),
            Action.ORDER_DISPATCH: (_("派单"), "dispatch"),
            Action.CASE_GROUP: (_("并案和撤销并案"), "group cases, and undo it"),
            Action.CASE_SPLIT: (_("拆分反映件和撤销拆分"), "take a report apart, and undo it"),
            Action.ORDER_SIGN: (_("签收"), "sign for an order"),
            Action.ORDER_CONTACT: (_("记录联系"), "log a contact"),
            Action.ORDER_RETURN: (_("退回工单"), "return an order"),
            Action.ORDER_FINISH: (_("办结"), "finish an order"),
            Action.ROTA_READ: (_("查看谁在值班"), "see who is on duty"),
            Action.ROTA_WRITE: (_("安排值班"), "keep the duty rota"),
            Action.ORDER_WORK: (_("记办理经过"), "log work"),
            Action.ORDER_MATERIALS: (_("请诉求人补材料"), "ask for materials"),
            Action.MATERIALS_ANSWER: (_("答复要补的材料"), "answer what was asked for"),
            Action.OUTSIDE_READ: (
                _("查看向外部单位了解的情况"),
                "see what outside parties are asked, and their register",
            ),
            Action.OUTSIDE_WRITE: (_("维护外部单位名录"), "keep the register of outside parties"),
            Action.OUTSIDE_ASK: (_("向外部单位了解情况"), "ask an outside party"),
            Action.OUTSIDE_WITHDRAW: (
                _("不再等外部单位答复"),
                "go on without the answer of an outside party",
            ),
            Action.OUTSIDE_ANSWER: (_("凭链接答复"), "answer by the link"),
            Action.ORDER_EXTEND: (_("申请延期"), "ask for more time"),
            Action.ORDER_TRACK: (_("说明难处、继续跟踪"), "explain and go on tracking"),
            Action.PART_READ: (_("查看协办"), "see parts of orders"),
            Action.PART_OPEN: (_("请别的单位协办"), "ask another unit to co-handle"),
            Action.PART_URGE: (_("催协办单位"), "urge a co-handler"),
            Action.PART_WITHDRAW: (_("收回协办"), "take a part back"),
            Action.PART_ANSWER: (_("答复协办"), "answer a part, or dissent"),
            Action.EXTENSION_READ: (_("查看延期申请"), "see who asks for more time"),
            Action.EXTENSION_DECIDE: (_("批延期"), "decide about more time"),
            Action.TRACKING_READ: (
                _("查看等同意的跟踪"),
                "see who needs consent to go on tracking",
            ),
            Action.TRACKING_DECIDE: (_("同意继续跟踪"), "agree to further tracking"),
            Action.ARBITRATION_READ: (_("查看争议裁定"), "see arbitrations"),
            Action.ARBITRATION_OPINE: (_("写裁定意见"), "give an opinion"),
            Action.ARBITRATION_DECIDE: (_("作出裁定"), "decide an arbitration"),
            Action.MEETING_READ: (_("查看协调会"), "see meetings"),
            Action.MEETING_HOLD: (_("召集协调会、记纪要"), "convene meetings, keep minutes"),
            Action.MEETING_ANSWER: (_("答复参不参加协调会"), "say who comes to a meeting"),
            Action.MEETING_HEAR: (
                _("让被反映单位列席陈述"),
                "let one be heard of whom a case complains",
            ),
            Action.MESSAGE_READ: (_("查看短信记录"), "see messages"),
            Action.REPORT_READ: (_("查看统计"), "see reports"),
            Action.WALL_READ: (_("打开大屏"), "put the board on a wall"),
        },
    ),
    Group(
        _("上下级"),
        "Between tiers",
        {
            Action.HAND_OVER_READ: (_("查看上下级转办"), "see hand-overs"),
            Action.HAND_OVER_OFFER: (_("提级、交办、撤回"), "offer or withdraw a hand-over"),
            Action.HAND_OVER_ANSWER: (_("接收或不接收"), "answer a hand-over"),
            Action.CASE_REPORT_UP: (_("报告上级"), "report up"),
            Action.BELOW_READ: (_("查看下级反映件，隐去姓名"), "see cases below, masked"),
            Action.SUPERVISION_READ: (_("查看督办"), "see supervisions"),
            Action.SUPERVISION_ORDER: (_("督办下级"), "supervise a tier below"),
            Action.SUPERVISION_ANSWER: (_("答复督办"), "answer a supervision"),
            Action.LEDGER_SHARE: (_("共享台账视图"), "share views of the ledger"),
            Action.LEAD_READ: (_("查看线索"), "see leads"),
            Action.LEAD_NOTE: (_("登记线索"), "note a lead"),
            Action.LEAD_ROUTE: (_("转交线索"), "route a lead"),
            Action.LEAD_ANSWER: (_("答复线索"), "answer a lead"),
            Action.CASE_ADVISE: (_("给下级提指导意见"), "advise the tiers below"),
            Action.LINK_READ: (_("查看级间连接"), "see the links"),
            Action.LINK_DETAIL_READ: (_("检查级间连接"), "inspect the links"),
        },
    ),
    Group(
        _("案例库"),
        "Case library",
        {
            Action.PRECEDENT_READ: (_("查看案例库"), "see the case library"),
            Action.BENCHMARK_READ: (_("查看他地能办清单"), "see what other regions can do"),
            Action.BENCHMARK_NOTE: (
                _("登记、更正和撤下他地能办的事项"),
                "note, correct and withdraw what other regions can do",
            ),
            Action.BENCHMARK_CONFIRM: (
                _("确认他地能办的事项，下发各级"),
                "confirm to the tiers below what other regions can do",
            ),
            Action.PRECEDENT_WRITE: (_("写案例"), "write precedents"),
            Action.PRECEDENT_PUBLISH: (
                _("发布和撤回别人写的案例"),
                "publish and withdraw what others wrote",
            ),
        },
    ),
    Group(
        _("目录和规则"),
        "Catalogue",
        {
            Action.UNIT_WRITE: (_("维护单位目录"), "keep the units"),
            Action.ITEM_WRITE: (_("维护事项目录"), "keep the service items"),
            Action.RULE_WRITE: (_("维护按地点派单"), "keep which unit takes which place"),
            Action.NOTICE_READ: (_("查看放假通知"), "see the notices of the calendar"),
            Action.NOTICE_DRAFT: (_("录入放假通知"), "take down a notice of the calendar"),
            Action.NOTICE_SIGN: (
                _("签发或退回放假通知，不能是录入人"),
                "sign or reject a notice of the calendar that somebody else took down",
            ),
            Action.LIMITS_READ: (_("查看时限"), "see the limits"),
            Action.LIMITS_WRITE: (_("修改时限草稿"), "edit the draft of the limits"),
            Action.LIMITS_SIGN: (_("签署时限，两人办理"), "sign the limits, by two people"),
            Action.CATALOGUE_READ: (
                _("查看派单规则和权限表"),
                "see the dispatch rules and the authority table",
            ),
            Action.CATALOGUE_WRITE: (_("修改派单规则草稿"), "edit the draft of the rules"),
            Action.CATALOGUE_SIGN: (
                _("签署派单规则，两人办理"),
                "sign the dispatch rules, by two people",
            ),
        },
    ),
    Group(
        _("账号、令牌、密钥"),
        "Administration",
        {
            Action.ADMIN_READ: (_("查看管理"), "see the administration"),
            Action.ACCESS_READ: (_("查看权限表"), "see this table"),
            Action.ACCOUNT_READ: (_("查看账号"), "see accounts"),
            Action.ACCOUNT_WRITE: (_("建立和修改账号"), "create and change accounts"),
            Action.ACCOUNT_RECOVER: (_("恢复账号，两人办理"), "recover an account, by two people"),
            Action.ACCOUNT_FOUND: (
                _("在本机上建立最初的管理员"),
                "make the first administrators, at the node's own machine",
            ),
            Action.ROLE_GRANT: (_("授予职责"), "grant roles"),
            Action.SESSION_END: (_("结束他人的登录"), "end the sessions of others"),
            Action.TOKEN_READ: (_("查看系统令牌"), "see system tokens"),
            Action.TOKEN_WRITE: (_("发放和作废系统令牌"), "issue and revoke system tokens"),
            Action.KEY_READ: (_("查看密钥"), "see keys"),
            Action.KEY_ROTATE: (_("更换密钥"), "renew keys"),
        },
    ),
    Group(
        _("审计和运行"),
        "Audit and running",
        {
            Action.AUDIT_READ: (_("查看审计记录"), "read the audit"),
            Action.AUDIT_EXPORT: (_("导出审计记录"), "export the audit"),
            Action.PARKED_READ: (_("查看搁置的消息"), "see parked messages"),
            Action.PARKED_WRITE: (_("重放或丢弃搁置的消息"), "replay or drop parked messages"),
        },
    ),
)
REACHES: Mapping[Reach, tuple[str, str]] = MappingProxyType(
    {
        Reach.NODE: (_("全部"), "everything of the node"),
        Reach.INVOLVED: (_("参与的"), "what the own unit holds or takes part in"),
        Reach.OWN_UNIT: (_("本单位"), "what the own unit holds"),
    }
)
