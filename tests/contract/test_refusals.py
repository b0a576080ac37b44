"""Every refusal has its sentence: no person reads a bare code, and no sentence lies unused."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from shared.http.sentences import REFUSALS, STATUSES
from tests.contract.tree import SERVICES, modules, strings


def refused_codes(module: ast.Module) -> Iterator[str]:
    """Yield the codes with which a module refuses: in the call, or in its table `REFUSALS`."""
    for node in ast.walk(module):
        match node:
            case ast.Assign(targets=[ast.Name(id="REFUSALS")], value=ast.Dict(values=values)):
                told = values
            case ast.Call(func=ast.Name(id="Refused"), args=[code, *_]):
                told = [code]
            case _:
                told = []
        for value in told:
            yield from _texts_of(value)


def _texts_of(argument: ast.expr) -> Iterator[str]:
    if isinstance(argument, ast.IfExp):
        yield from _texts_of(argument.body)
        yield from _texts_of(argument.orelse)
    elif isinstance(argument, ast.BoolOp):
        for value in argument.values:
            yield from _texts_of(value)
    elif isinstance(argument, ast.Constant):
        yield str(argument.value)


def refusals_in_policies() -> Iterator[str]:
    """Yield the codes that policies choose: the members of every enum named `Refusal`."""
    for service in SERVICES:
        refusal = getattr(import_module(f"services.{service}.policy"), "Refusal", ())
        yield from (str(member) for member in refusal)


def codes_by_place() -> dict[str, set[Path]]:
    """Return every code that may leave a door, and where it stands."""
    found: dict[str, set[Path]] = {}
    for path, module in modules("services", "backstop", "shared"):
        for code in refused_codes(module):
            found.setdefault(code, set()).add(path)
    return found


def test_every_refusal_has_a_sentence_in_both_languages() -> None:
    bare = {code: places for code, places in codes_by_place().items() if code not in REFUSALS}

    assert bare == {}
    assert set(refusals_in_policies()) <= set(REFUSALS)


def test_every_sentence_has_a_known_status_and_says_it_twice() -> None:
    for code, (status, zh, en) in REFUSALS.items():
        assert status in STATUSES, code
        assert any("一" <= sign <= "鿿" for sign in zh), code
        assert en.isascii(), code


def test_no_sentence_is_left_without_a_refusal() -> None:
    spoken = {
        text
        for path, module in modules("services", "backstop", "shared")
        if not path.name.endswith("sentences.py")
        for text in strings(module)
    }

    assert set(REFUSALS) - spoken == set()


def test_a_refusal_in_a_condition_or_a_table_is_found() -> None:
    planted = ast.parse("REFUSALS = {1: 'c'}\nraise Refused('a' if inside else 'b', field='x')")

    assert sorted(refused_codes(planted)) == ["a", "b", "c"]
