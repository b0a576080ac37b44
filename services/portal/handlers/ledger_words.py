"""The codes of the house in the words that stand in a ledger; a test holds them to the pages."""

from collections.abc import Mapping
from types import MappingProxyType

STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "registered": "已登记，等待受理",
        "accepted": "已受理，正在派单",
        "pooled": "待人工派单",
        "dispatched": "已派单，等待签收",
        "signed": "已签收，待联系",
        "contacted": "已联系，办理中",
        "tracking": "一时难办，跟踪中",
        "returned": "已退回，待重新派单",
        "joined": "已并案，等牵头件的结果",
        "handed_over": "已转办，等对方派单",
        "finished": "已办结，等待评价",
        "closed": "已结束",
        "reopened": "没解决，重新办理",
        "declined": "不予受理",
        "withdrawn": "诉求人已撤回",
    }
)
DEMANDS: Mapping[str, str] = MappingProxyType(
    {
        "consult": "咨询",
        "help": "求助",
        "complaint": "投诉",
        "report": "举报",
        "suggestion": "建议",
        "praise": "表扬",
    }
)
CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "window": "现场窗口",
        "hotline": "12345 热线",
        "web": "网上反映",
        "enterprise_portal": "企业服务平台",
        "app": "手机应用",
        "kiosk": "自助机",
        "snap": "随手拍",
        "sms": "短信",
        "midway_exit": "中途退出",
        "upper_tier": "上级交办",
        "outbound_call": "电话外呼",
        "grid": "网格员",
        "video": "视频连线",
        "third_party": "第三方服务点",
        "evaluation": "好差评",
    }
)
COMPLEXITIES: Mapping[str, str] = MappingProxyType(
    {
        "on_spot": "当场办",
        "simple": "简单",
        "ordinary": "一般",
        "complex": "复杂",
    }
)
LAMPS: Mapping[str, str] = MappingProxyType(
    {
        "green": "正常",
        "yellow": "快到期",
        "red": "已超时",
    }
)
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "done": "按诉求办成了",
        "done_otherwise": "换了办法办成了",
        "explained_law": "依法不能办，已说明",
        "explained_mistake": "有误会，已说明",
        "referred": "已转到该管的渠道",
        "tracking": "需要长期跟踪",
        "not_accepted": "依规定不受理，已说明",
        "emergency": "紧急情况，已立即转交",
        "withdrawn": "诉求人撤回",
        "merged": "并入另一件",
        "unreachable": "多次联系不上",
        "backlog": "按历史遗留问题机制办理",
    }
)
