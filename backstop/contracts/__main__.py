"""Write the generated promises anew: event schemas, `docs/events.md`, `.env.example`."""

from pathlib import Path

from backstop import contracts
from backstop.progress import say


def main() -> None:
    """Write every generated file that differs, drop schemas of events that are gone, say which."""
    pages = {
        contracts.EVENTS_PAGE: contracts.events_page(),
        contracts.ENVIRONMENT_PAGE: contracts.environment_page(),
        **{
            contracts.SCHEMAS / f"{kind.name}.json": contracts.schema_of(kind)
            for kind in contracts.every_event_by_name()
        },
    }
    contracts.SCHEMAS.mkdir(parents=True, exist_ok=True)
    written = [path for path, text in pages.items() if _write(path, text)]
    dropped = [path for path in contracts.SCHEMAS.glob("*.json") if path not in pages]
    for path in dropped:
        path.unlink()
    say(f"{len(pages)} 个文件，更新 {len(written)}，删除 {len(dropped)} · {len(pages)} files")
    for path in (*written, *dropped):
        say(f"  {path.name}")


def _write(path: Path, text: str) -> bool:
    if path.is_file() and path.read_text() == text:
        return False
    path.write_text(text)
    return True


if __name__ == "__main__":
    main()
