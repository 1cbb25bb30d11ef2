"""The demonstration: what it plays, what it starts, what it says."""

from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from infra.demo import PLAYED, SCENARIOS, Demo, compare, compare_calls, folder
from infra.demo_numbers import SHOWN, Numbers

NUMBERS: Numbers = dict.fromkeys(SHOWN, 1.0)


class Counted(Demo):
    """A demonstration that was run already: its numbers and calls are given."""

    def __init__(self, live: Numbers, stored: str = "a\nb\n", replayed: str = "a\nb\n") -> None:
        self._live, self._stored, self._replayed = live, stored, replayed

    def live(self) -> dict[str, Numbers]:
        return {"q": self._live}

    def mart(self) -> dict[str, Numbers]:
        return {"q": NUMBERS}

    def truth(self) -> dict[str, tuple[Numbers, float]]:
        return {"q": (NUMBERS, 0.0)}

    def calls(self) -> dict[str, str]:
        return {"PostgreSQL": self._stored, "replay of the log": self._replayed}


def said() -> tuple[Console, StringIO]:
    """A console and what it prints."""
    out = StringIO()
    return Console(file=out, width=120), out


def test_what_is_played_is_there() -> None:
    assert all((SCENARIOS / name / "session.ami.gz").exists() for name in PLAYED)


def test_it_starts_the_real_parts_and_the_simulator(tmp_path: Path) -> None:
    demo = Demo(tmp_path, PLAYED[:1], {"PATH": "/usr/bin"})
    assert {service.name for service in demo.services()} == {"kafka", "postgres", "streams", "ingest", "simulator"}
    assert demo.truth()["2001"][0]["offered"] == 1


def test_numbers_that_agree_and_one_that_does_not() -> None:
    console, out = said()
    assert compare(Counted(NUMBERS), console) is True
    assert compare(Counted({**NUMBERS, "answered": 2.0}), console) is False
    assert out.getvalue().count("DIFFER") == 1


@pytest.mark.parametrize(("replayed", "fine"), [("a\nb\n", True), ("b\na\n", False), ("a\n", False)])
def test_calls_must_be_equal_and_in_order(replayed: str, fine: bool) -> None:
    console, out = said()
    assert compare_calls(Counted(NUMBERS, replayed=replayed), console) is fine
    assert ("equal, field by field" in out.getvalue()) is fine


def test_its_folder_is_gone_afterwards_unless_it_was_asked_for(tmp_path: Path) -> None:
    with folder(None) as made:
        assert made.is_dir()
    assert not made.exists()
    with folder(tmp_path) as kept:
        assert kept == tmp_path
    assert tmp_path.exists()
