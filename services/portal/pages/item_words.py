"""Words for what kind of service an item is; a node may write kinds of its own."""

from collections.abc import Mapping
from types import MappingProxyType

from services.portal.pages.language import later as _

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "licence": _("行政许可"),
        "confirmation": _("行政确认"),
        "benefit": _("行政给付"),
        "ruling": _("行政裁决"),
        "reward": _("行政奖励"),
        "levy": _("行政征收"),
        "public_service": _("公共服务"),
        "other": _("其他权力"),
    }
)
