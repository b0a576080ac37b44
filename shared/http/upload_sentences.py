"""What people read when a file is not taken, or does not come in pieces as it should."""

from collections.abc import Mapping

OF_UPLOADS: Mapping[str, tuple[int, str, str]] = {
    "not_multipart": (
        415,
        "请用表单（multipart/form-data）上传文件。",
        "Send the file in a form: multipart/form-data.",
    ),
    "file_missing": (422, "请先选一个文件。", "Choose a file first."),
    "file_empty": (422, "这个文件是空的，请重新选。", "The file is empty: choose another one."),
    "file_kind": (
        415,
        "只收照片（JPG、PNG、WebP、HEIC）、PDF、Word（docx）和 Excel（xlsx），请换一个文件。",
        "Only photographs (JPG, PNG, WebP, HEIC), PDF, docx and xlsx are taken: choose another.",
    ),
    "file_active": (
        422,
        "这个文件带密码、宏、脚本或者夹带了别的文件，不能收。请拍成照片，或另存一份再传。",
        "The file has a password, macros, scripts or another file in it: photograph it instead.",
    ),
    "file_too_large": (
        413,
        "文件太大了。请把照片缩小一些，或者分成几个文件再传。",
        "The file is too large: make the photograph smaller, or split the document.",
    ),
    "files_full": (
        409,
        "这件的文件已经够多了，不能再加。还有材料请打电话告诉我们。",
        "This case has as many files as it may: call us about the rest.",
    ),
    "picture_broken": (
        422,
        "这张照片打不开，请重新拍一张或换一个文件。",
        "The picture cannot be opened: take it again or choose another file.",
    ),
    "picture_too_large": (
        422,
        "这张照片的像素太多，请把相机的照片尺寸调小再拍。",
        "The picture has too many pixels: take it again at a smaller size.",
    ),
    "unknown_file": (404, "没有找到这个文件。", "No such file."),
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
