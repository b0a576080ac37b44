"""What people read when a board cannot be sent its numbers."""

from collections.abc import Mapping

OF_BOARDS: Mapping[str, tuple[int, str, str]] = {
    "too_many_boards": (
        429,
        "您已经在好几个窗口打开了看板，请先关掉几个。这一页会自己刷新，只是慢一些。",
        "You have boards open in several windows: close some. "
        "This page refreshes itself, only more slowly.",
    ),
    "boards_full": (
        503,
        "现在打开看板的人太多，请过一会儿再看。这一页会自己刷新，只是慢一些。",
        "Too many boards are open now: try again in a while. "
        "This page refreshes itself, only more slowly.",
    ),
}
