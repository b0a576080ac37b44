"""What people and clients read when a file does not come in pieces as it should."""

from collections.abc import Mapping

OF_UPLOADS: Mapping[str, tuple[int, str, str]] = {
    "unknown_upload": (
        404,
        "这次上传已经过期或者不存在，请重新选这个文件。",
        "There is no such upload, or its time is over: choose the file again.",
    ),
    "upload_offset": (
        409,
        "这一段和已经收到的接不上，请先问收到了多少再接着传。",
        "This does not follow on what has come: ask how much has come, and go on from there.",
    ),
    "upload_header": (
        422,
        "缺少或写错了上传的长度、位置或文件说明。",
        "Length, offset or description of the upload is missing or malformed.",
    ),
    "upload_body": (
        415,
        "请用 application/offset+octet-stream 发送文件内容。",
        "Send the bytes as application/offset+octet-stream.",
    ),
    "tus_version": (
        412,
        "请用 tus 1.0.0 协议上传（Tus-Resumable: 1.0.0）。",
        "Upload by version 1.0.0 of the tus protocol (Tus-Resumable: 1.0.0).",
    ),
}
