"""What a process exports, read as Prometheus would."""

import httpx
from prometheus_client.parser import text_string_to_metric_families


def samples(port: int, name: str, label: str) -> dict[str, float]:
    """Return the samples of a metric by the value of one label."""
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=5, trust_env=False).text
    return {
        sample.labels[label]: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }
