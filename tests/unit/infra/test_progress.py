"""On a terminal a table, elsewhere lines; a failure is told in full on both."""

import io

from rich.console import Console

from infra.progress import ProgressBoard
from infra.service import Phase


def board(terminal: bool) -> tuple[ProgressBoard, io.StringIO]:
    output = io.StringIO()
    console = Console(file=output, force_terminal=terminal, width=100)
    return ProgressBoard(console, ("kafka", "api")), output


def test_without_a_terminal_each_new_phase_is_a_line() -> None:
    shown, output = board(terminal=False)
    shown.show("kafka", Phase.PREPARING, "")
    shown.show("kafka", Phase.PREPARING, "10 of 44 MB")
    shown.show("kafka", Phase.UP, "after 3.1 s")
    shown.close()
    assert output.getvalue() == "kafka: preparing\nkafka: up after 3.1 s\n"


def test_without_a_terminal_one_who_waits_is_heard_of_again() -> None:
    output = io.StringIO()
    shown = ProgressBoard(Console(file=output), ("api",), repeat=0.0)
    shown.show("api", Phase.STARTING, "")
    shown.show("api", Phase.STARTING, "waits for kafka")
    assert output.getvalue() == "api: starting\napi: starting waits for kafka\n"


def test_a_failure_is_told_in_full_with_brackets_as_they_are() -> None:
    shown, output = board(terminal=False)
    shown.show("api", Phase.DOWN, "api ended with exit code 1\nValueError: [red]no[/red]")
    assert output.getvalue() == "api ended with exit code 1\nValueError: [red]no[/red]\n"


def test_on_a_terminal_a_table_shows_everybody_and_what_they_wait_for() -> None:
    shown, output = board(terminal=True)
    shown.show("kafka", Phase.PREPARING, "10 of 44 MB")
    shown.close()
    shown.close()
    last = output.getvalue().split("\n")
    assert any("kafka" in line and "preparing" in line and "10 of 44 MB" in line for line in last)
    assert any("api" in line and "waiting" in line for line in last)


def test_after_the_table_news_are_lines() -> None:
    shown, output = board(terminal=True)
    shown.close()
    before = len(output.getvalue())
    shown.show("api", Phase.UP, "again")
    assert "api: up again" in output.getvalue()[before:]
