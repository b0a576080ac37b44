"""What the people who run a gateway of messages read when theirs is set up wrongly."""

from collections.abc import Mapping

OF_GATEWAYS: Mapping[str, tuple[int, str, str]] = {
    "gateway_body": (
        415,
        "正文须是 text/plain，UTF-8 或 UTF-16BE；请在 Kannel 里用 post-url，不设 alt-charset。",
        "Post text/plain in UTF-8 or UTF-16BE: in Kannel use post-url, and no alt-charset.",
    ),
}
