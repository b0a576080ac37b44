"""The rooms of the administration, and which of them one may enter."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.portal.pages.language import later as _
from shared.security.actor import Actor
from shared.security.policy import Action, Resource, may


@dataclass(frozen=True, slots=True)
class Room:
    """One page of the administration."""

    path: str
    title: str
    hint: str
    needs: Action


ROOMS: Sequence[Room] = (
    Room(
        "/admin/access",
        _("权限表"),
        _("每种职责能做什么，做到什么范围，哪些不能兼任。"),
        Action.ACCESS_READ,
    ),
    Room(
        "/admin/tokens",
        _("系统令牌"),
        _("呼叫中心、评价器、上级平台凭令牌接入：能做什么、到哪天、从哪里来。"),
        Action.TOKEN_READ,
    ),
    Room(
        "/admin/accounts",
        _("账号"),
        _("谁能登录、有什么职责；忘了密码、丢了手机，两位管理员一起重置。"),
        Action.ACCOUNT_READ,
    ),
    Room(
        "/admin/dispatch-rules",
        _("派单规则"),
        _("按先后排列的规则：起草、检查、模拟、两人签署，每一版都留着。"),
        Action.CATALOGUE_READ,
    ),
    Room(
        "/admin/authority",
        _("事项权限表"),
        _("每个事项由哪一级办、依据什么；从表格导入。"),
        Action.CATALOGUE_READ,
    ),
    Room(
        "/admin/items",
        _("事项目录"),
        _("每个事项由谁负责、依据什么、有效到哪天；从 xlsx 或 csv 导入。"),
        Action.CATALOGUE_READ,
    ),
    Room(
        "/docs",
        _("按地点派单"),
        _("通过接口维护，这里是接口文档。"),
        Action.UNIT_WRITE,
    ),
    Room(
        "/admin/calendar",
        _("工作日历"),
        _("哪天放假、哪天调休上班；录入和签发放假通知，看哪些时限会变。"),
        Action.NOTICE_READ,
    ),
    Room(
        "/admin/limits",
        _("时限"),
        _("什么件、办什么、多长时间：起草、检查、用过去的件模拟、两人签署。"),
        Action.LIMITS_READ,
    ),
    Room(
        "/admin/ladders",
        _("到时限以后怎么办"),
        _("提醒、催办、督办单、通报候选、建议提级：几级、什么时候、给谁。"),
        Action.LIMITS_READ,
    ),
    Room(
        "/admin/units",
        _("单位"),
        _("单位的上下级、有效期和承接单位；从 xlsx 或 csv 导入。"),
        Action.UNIT_WRITE,
    ),
    Room(
        "/admin/parties",
        _("外部单位"),
        _("没有账号、可以凭短信链接答复的单位：联系人、手机、有效期。"),
        Action.OUTSIDE_WRITE,
    ),
    Room(
        "/admin/keys",
        _("密钥"),
        _("封存个人信息的密钥：看进度，更换，停用旧的。"),
        Action.KEY_READ,
    ),
    Room(
        "/admin/links",
        _("级间连接"),
        _("每条连接通不通，积压、缺号、拒收、指纹，出了问题怎么办。"),
        Action.LINK_DETAIL_READ,
    ),
    Room(
        "/admin/looks",
        _("谁看过个人信息"),
        _("哪个账号看了多少人、查找了多少次、有没有被拒绝。"),
        Action.AUDIT_READ,
    ),
    Room(
        "/admin/retention",
        _("个人信息保存、清除与更正"),
        _("保存多久，依法保留，清除和更正，各级确认了没有。"),
        Action.RETENTION_READ,
    ),
    Room(
        "/admin/audit",
        _("审计"),
        _("谁在什么时候看了、改了、被拒绝了什么；记录有没有被动过。"),
        Action.AUDIT_READ,
    ),
    Room("/readyz", _("就绪状态"), _("系统是否正常，能不能办件。"), Action.PARKED_WRITE),
)


def rooms_of(actor: Actor) -> list[Room]:
    """Return the rooms that an actor may enter."""
    here = Resource(node=actor.node)
    return [room for room in ROOMS if may(actor, room.needs, here).allowed]
