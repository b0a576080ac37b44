"""What may go wrong with a private server, each with a sentence for the person at the terminal."""

from pathlib import Path


class ServerFailed(Exception):
    """A private server did not start, or ended while it was needed."""

    def __init__(self, server: str, reason: str, log: Path) -> None:
        super().__init__(
            f"{server} 没有启动成功：{reason}，日志：{log}\n"
            f"{server} did not come up: {reason}; its log: {log}\n{_last_lines(log)}"
        )
        self.server = server
        self.log = log


class FolderInUse(Exception):
    """Another launcher's server still runs on this data folder."""

    def __init__(self, folder: Path, pid: int) -> None:
        super().__init__(
            f"数据目录 {folder} 正被进程 {pid} 使用，请先停止它。\n"
            f"The data folder {folder} is in use by process {pid}; stop that one first."
        )
        self.folder = folder
        self.pid = pid


class FolderOutOfReach(Exception):
    """The account that the server runs under cannot enter a folder on its way."""

    def __init__(self, folder: Path, barrier: Path, account: str) -> None:
        super().__init__(
            f"服务器以用户 {account} 运行，而该用户无法进入 {barrier}，因此用不了 {folder}。\n"
            f"The server runs as {account}, who cannot enter {barrier} and so not use {folder}."
        )
        self.folder = folder


class VersionMismatch(Exception):
    """A data folder was made by a PostgreSQL that is not here any more."""

    def __init__(self, folder: Path, made_by: str) -> None:
        super().__init__(
            f"{folder} 由 PostgreSQL {made_by} 建立，本机没有这个版本：请安装它、用 pg_upgrade "
            f"升级，或删除该目录重新开始。\n"
            f"{folder} was made by PostgreSQL {made_by}, which is not installed: install it, "
            f"upgrade the folder with pg_upgrade, or delete the folder to start afresh."
        )
        self.folder = folder
        self.made_by = made_by


def _last_lines(log: Path, count: int = 15) -> str:
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-count:])
