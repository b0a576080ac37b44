"""Grafana's dashboards: one for each node, all from the same panels.

A file for each, so that there is no variable to choose and each tier has a folder of its own.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from backstop.contracts.panels import NUMBERS, ROWS, Number, Panel, Query
from backstop.nodes import FOLDER
from backstop.settings import NodeSettings

DASHBOARDS = Path(__file__).resolve().parents[2] / "deploy" / "grafana" / "dashboards"
SOURCE = {"type": "prometheus", "uid": "prometheus"}
ADDRESSES = {"BACKSTOP_DATABASE_URL": "?", "BACKSTOP_BUS_URL": "?"}
WIDTH = 24
TITLE_HEIGHT, NUMBER_HEIGHT, PANEL_HEIGHT = 1, 4, 8
PANELS_ACROSS = 2


def dashboards() -> Mapping[Path, str]:
    """Return every dashboard by the file in which it belongs."""
    nodes = [NodeSettings.load(file, ADDRESSES) for file in sorted(FOLDER.glob("*.toml"))]
    return {DASHBOARDS / node.tier / f"{node.code}.json": _as_text(node) for node in nodes}


def _as_text(node: NodeSettings) -> str:
    chosen = f'node="{node.code}"'
    told = {
        "uid": f"backstop-{node.code}",
        "title": f"{node.name} {node.code}",
        "tags": ["backstop", node.tier],
        "timezone": "browser",
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "schemaVersion": 39,
        "panels": [{"id": number, **each} for number, each in enumerate(_placed(chosen), 1)],
    }
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _placed(chosen: str) -> Iterator[dict[str, Any]]:
    width = WIDTH // len(NUMBERS)
    for index, number in enumerate(NUMBERS):
        yield _number(number, chosen) | _place(index * width, 0, width, NUMBER_HEIGHT)
    top = NUMBER_HEIGHT
    width = WIDTH // PANELS_ACROSS
    for row in ROWS:
        yield {"type": "row", "title": row.title} | _place(0, top, WIDTH, TITLE_HEIGHT)
        top += TITLE_HEIGHT
        for index, panel in enumerate(row.panels):
            right = index % PANELS_ACROSS
            yield _panel(panel, chosen) | _place(right * width, top, width, PANEL_HEIGHT)
            if right == PANELS_ACROSS - 1 or panel is row.panels[-1]:
                top += PANEL_HEIGHT


def _place(x: int, y: int, w: int, h: int) -> dict[str, dict[str, int]]:
    return {"gridPos": {"x": x, "y": y, "w": w, "h": h}}


def _number(number: Number, chosen: str) -> dict[str, Any]:
    steps = [{"color": "green", "value": None}, {"color": "red", "value": number.bad_from}]
    return {
        "type": "stat",
        "title": number.title,
        "datasource": SOURCE,
        "fieldConfig": {
            "defaults": {
                "unit": number.unit,
                "thresholds": {"mode": "absolute", "steps": steps},
            }
        },
        "targets": [_target("A", Query(number.asked), chosen)],
    }


def _panel(panel: Panel, chosen: str) -> dict[str, Any]:
    return {
        "type": "timeseries",
        "title": panel.title,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}},
        "targets": [
            _target(name, query, chosen)
            for name, query in zip("ABCDEFGH", panel.queries, strict=False)
        ],
    }


def _target(name: str, query: Query, chosen: str) -> dict[str, Any]:
    asked = query.asked.replace("NODE", chosen)
    return {"refId": name, "datasource": SOURCE, "expr": asked, "legendFormat": query.legend}
