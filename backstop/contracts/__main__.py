"""Write what is generated anew: event schemas, pages of docs, `.env.example`, dashboards."""

from pathlib import Path

from backstop import contracts
from backstop.contracts.access import ACCESS_PAGE, access_page
from backstop.progress import say


def main() -> None:
    """Write every generated file that differs, drop those of what is gone, say which."""
    pages = {
        ACCESS_PAGE: access_page(),
        contracts.EVENTS_PAGE: contracts.events_page(),
        contracts.ENVIRONMENT_PAGE: contracts.environment_page(),
        **{
            contracts.SCHEMAS / f"{kind.name}.json": contracts.schema_of(kind)
            for kind in contracts.every_event_by_name()
        },
        **contracts.dashboards(),
    }
    written = [path for path, text in pages.items() if _write(path, text)]
    generated = [*contracts.SCHEMAS.glob("*.json"), *contracts.DASHBOARDS.glob("*/*.json")]
    dropped = [path for path in generated if path not in pages]
    for path in dropped:
        path.unlink()
    say(f"{len(pages)} 个文件，更新 {len(written)}，删除 {len(dropped)} · {len(pages)} files")
    for path in (*written, *dropped):
        say(f"  {path.name}")


def _write(path: Path, text: str) -> bool:
    if path.is_file() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return True


if __name__ == "__main__":
    main()
