"""warehouse/past/board.py: an instant's board is the same with snapshots, without, and asked on from another one."""

from pathlib import Path

import pytest
from made_year import PBX
from past_logs import CAME, write_log

from calls.past import PastBoard, Reel
from warehouse.errors import PastUnknown
from warehouse.past.board import Past
from warehouse.past.keeping import Keeper

INSTANTS = [CAME + it for it in (-5_000, 1, 1_000, 2_500, 4_000, 6_000, 24_000, 30_000, 1_826_000, 1_900_000)]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write_log(tmp_path)
    return tmp_path


def waiting(board: PastBoard) -> int:
    return sum(len(queue.waiting) for queue in board.queues)


def state(board: PastBoard) -> str:
    return next(agent.presence.state for agent in board.agents if agent.interface == "PJSIP/1001")


def test_a_call_is_seen_on_its_way(data: Path) -> None:
    past = Past(data)
    seen = [(waiting(it), state(it)) for it in (past.at("default", at) for at in INSTANTS[:7])]
    free, rings, talks = "available", "ringing", "on_call"
    assert seen == [(0, free), (1, free), (1, free), (1, rings), (1, rings), (0, talks), (0, talks)]
    assert not past.at("other", CAME).agents


def test_snapshots_and_questions_before_change_no_answer(data: Path) -> None:
    plain = [Past(data).at("default", at) for at in INSTANTS]
    keeper = Keeper(data, PBX, entries=10)
    keeper.stretch()
    keeper.close()
    assert [Past(data).at("default", at) for at in INSTANTS] == plain
    one = Past(data)
    assert [one.at("default", at) for at in INSTANTS] == plain
    assert [one.at("default", at) for at in reversed(INSTANTS)] == plain[::-1]


def test_a_reel_leads_from_one_board_to_the_other(data: Path) -> None:
    past = Past(data)
    start, end = INSTANTS[0], INSTANTS[-1]
    reel = past.reel("default", start, end)
    assert reel.moments[0].shown == past.at("default", start)
    assert _after(reel) == _after(Reel([past.reel("default", end, end).moments[0]], end))
    assert [it.at for it in reel.moments] == sorted(it.at for it in reel.moments)


def test_a_reel_that_would_be_long_ends_sooner_and_goes_on(data: Path) -> None:
    past, at, end = Past(data), INSTANTS[0], INSTANTS[-1]
    whole, cut = past.reel("default", at, end), []
    while at < end:
        reel = past.reel("default", at, end, most=3)
        cut += reel.moments[1:]
        at = reel.until
    assert cut == whole.moments[1:]


def test_before_anything_was_heard_nothing_is_known(data: Path, tmp_path: Path) -> None:
    with pytest.raises(PastUnknown, match="Nothing had been heard"):
        Past(data).at("default", CAME - 3_600_000)
    with pytest.raises(PastUnknown, match="no log here"):
        Past(tmp_path / "nowhere").at("default", CAME)


def _after(reel: Reel) -> tuple[dict[str, object], dict[str, object]]:
    agents: dict[str, object] = {}
    queues: dict[str, object] = {}
    for moment in reel.moments:
        agents |= {it.agent_id: it for it in moment.shown.agents}
        queues |= {it.queue_id: it for it in moment.shown.queues}
    return agents, queues
