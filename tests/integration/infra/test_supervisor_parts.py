"""What ends a start at once and what is tried again. Order, restarts and kills: tests/integration/infra."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.errors import FetchError, StartError
from infra.process import Command
from infra.server import Prepared
from infra.service import Phase, Say, Service
from infra.supervisor import Supervisor, in_thread


class Silent:
    """A board that nobody looks at."""

    def __init__(self) -> None:
        self.phases: list[Phase] = []

    def show(self, name: str, phase: Phase, text: str) -> None:
        self.phases.append(phase)


def sleeper(prepared: Callable[[], None] = lambda: None, settled: Callable[[], None] = lambda: None) -> Service:
    command = Command((sys.executable, "-S", "-c", "import time; time.sleep(60)"), {}, stop_limit=1.0)

    def prepare(say: Say) -> Prepared:
        prepared()
        return Prepared(command, "", lambda: True, 5.0)

    return Service("it", prepare, settle=lambda server, say: settled())


def test_what_cannot_be_prepared_ends_the_start_at_once(tmp_path: Path) -> None:
    board = Silent()

    def refuse() -> None:
        raise FetchError("No network.", "Plug it in.")

    with pytest.raises(FetchError, match="No network"):
        Supervisor([sleeper(prepared=refuse)], tmp_path, board).run(lambda: None)
    assert Phase.DOWN not in board.phases


def test_a_mistake_in_our_own_code_is_not_tried_again(tmp_path: Path) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Supervisor([sleeper(settled=fail)], tmp_path, Silent()).run(lambda: None)


def test_complete_is_told_once_and_stop_may_come_from_there(tmp_path: Path) -> None:
    told = []
    supervisor = Supervisor([sleeper()], tmp_path, Silent())

    def complete() -> None:
        told.append("complete")
        supervisor.stop()

    supervisor.run(complete)
    assert told == ["complete"]


def test_a_failed_settling_may_pass(tmp_path: Path) -> None:
    failures = [StartError("Not yet.", "Wait.")]
    board = Silent()

    def settle() -> None:
        if failures:
            raise failures.pop()

    supervisor = Supervisor([sleeper(settled=settle)], tmp_path, board)
    supervisor.run(supervisor.stop)
    assert board.phases.count(Phase.DOWN) == 1
    assert board.phases[-1] is Phase.STOPPED


def test_work_in_a_thread_gives_its_result_or_its_error() -> None:
    def fail() -> None:
        raise KeyError("it")

    assert in_thread(lambda: 7).result(timeout=5) == 7
    assert isinstance(in_thread(fail).exception(timeout=5), KeyError)
