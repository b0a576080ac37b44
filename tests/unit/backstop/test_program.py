"""What a supervised process prints reaches our output, each line with its name."""

import io
import os
from typing import BinaryIO, cast

from backstop.program import Happening, Kind, PrefixedLines


def pipe() -> tuple[BinaryIO, int]:
    read_end, write_end = os.pipe()
    return cast(BinaryIO, os.fdopen(read_end, "rb", buffering=0)), write_end


def test_each_line_carries_the_name_of_who_printed_it() -> None:
    source, process = pipe()
    target = io.BytesIO()
    lines = PrefixedLines("county", source, target)

    os.write(process, "一行\nhalf".encode())
    assert lines.copy()
    os.write(process, b" of one\n")
    assert lines.copy()

    assert target.getvalue().decode() == "county | 一行\ncounty | half of one\n"
    os.close(process)
    source.close()


def test_a_last_line_without_its_end_is_not_lost() -> None:
    source, process = pipe()
    target = io.BytesIO()
    os.write(process, b"Traceback")
    os.close(process)

    assert not PrefixedLines("county", source, target).copy()

    assert target.getvalue() == b"county | Traceback\n"
    source.close()


def test_a_happening_reads_as_one_line() -> None:
    ended = Happening(Kind.ENDED, "county", pid=7, status=-9, again_in=0.5)

    assert str(ended) == "county ended pid=7 status=-9 again_in=0.5"
