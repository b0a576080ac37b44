import json
from pathlib import Path

import pytest

from backstop.feed import Line, lines

REPORT = {"id": "a-1", "source": "x", "expect": {}, "region": "341523", "title": "办不成"}


def read(tmp_path: Path, told: bytes) -> list[Line]:
    file = tmp_path / "reports.jsonl"
    file.write_bytes(told)
    return list(lines(file))


def test_what_is_no_part_of_a_report_is_left_out(tmp_path: Path) -> None:
    [line] = read(tmp_path, json.dumps(REPORT).encode())

    assert line.name == "a-1"
    assert line.report == {"region": "341523", "title": "办不成"}


def test_empty_lines_are_skipped_and_places_counted_as_an_editor_does(tmp_path: Path) -> None:
    found = read(tmp_path, b'\xef\xbb\xbf{"title": "1"}\r\n\n  \n{"title": "2"}')

    assert [(line.place, line.report["title"]) for line in found] == [(1, "1"), (4, "2")]


@pytest.mark.parametrize(
    "told",
    [b"{", b"[1]", b"\xff\xfe", b'{"title": "\\ud800"}', b'{"attempts": NaN}', b"[" * 100_000],
    ids=["cut off", "no object", "no UTF-8", "lone surrogate", "no number", "too deep"],
)
def test_a_broken_line_says_so_and_the_next_one_is_read(tmp_path: Path, told: bytes) -> None:
    broken, sound = read(tmp_path, told + b'\n{"title": "2"}')

    assert broken.fault is not None
    assert sound.fault is None


def test_the_same_file_has_the_same_keys_and_equal_lines_have_their_own(tmp_path: Path) -> None:
    told = b'{"title": "1"}\n{"title": "1"}\n'

    first = [line.key for line in read(tmp_path, told)]
    again = [line.key for line in read(tmp_path, told)]

    assert first == again
    assert len(set(first)) == len(first)
