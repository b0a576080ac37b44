"""The guardian's book of what it has to end."""

from signal import SIGINT

from backstop.servers.guardian import Written, note


def test_what_is_tied_is_written_down_with_its_start_and_signal() -> None:
    written: Written = {}

    note(written, b"+ 4711 99 2\n")

    assert written == {4711: (99, SIGINT)}


def test_what_has_ended_is_struck_out() -> None:
    written: Written = {4711: (99, SIGINT)}

    note(written, b"- 4711\n")

    assert written == {}


def test_a_line_cut_short_by_a_kill_is_ignored() -> None:
    written: Written = {}

    note(written, b"+ 4711 9")

    assert written == {}
