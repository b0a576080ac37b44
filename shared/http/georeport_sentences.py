"""What programs read when a request of Open311 cannot be taken."""

from collections.abc import Mapping

OF_GEOREPORT: Mapping[str, tuple[int, str, str]] = {
    "unknown_service": (
        404,
        "没有这项服务，请从 services 列表中取 service_code；不在目录里的用 other。",
        "No such service: take a service_code of the list of services, or `other`.",
    ),
    "file_apart": (
        422,
        "报告里不收文件。请先不带文件报告，"
        "再凭得到的编号和查询码，把文件发到 /api/v1/cases/编号/attachments。",
        "A report takes no files: report without, then send them to "
        "/api/v1/cases/{number}/attachments with the query code.",
    ),
    "service_needed": (
        400,
        "请写 service_code；不在目录里的用 other。",
        "Say the service_code; `other` where the list has none.",
    ),
    "bad_span": (
        400,
        "起止时间要先后正确，最多 90 天；更早的请分段查询。",
        "The span must begin before it ends and last 90 days at most: ask in pieces.",
    ),
    "too_many_numbers": (
        400,
        "一次最多查 {detail} 个编号，请分批查询。",
        "Ask for at most {detail} numbers at once.",
    ),
}
