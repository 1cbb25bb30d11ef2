"""The wallboard at random past instants of simulated days, against a recount by brute force of what really happened."""

from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from made_year import BEGIN_S, DAY_S, PBX, make, truth_of
from past_recount import Recount

from api.past.showing import past_snapshot
from calls.past import PastBoard
from warehouse.past.answering import answer
from warehouse.past.board import Past
from warehouse.past.keeping import Keeper

DAYS, INSTANTS = 3, 150


def test_the_board_at_any_instant_is_what_really_was(tmp_path: Path) -> None:
    make(tmp_path, DAYS)
    keeper = Keeper(tmp_path, PBX)
    keeper.stretch(600)
    keeper.close()
    recount, past = Recount(truth_of(tmp_path)), Past(tmp_path)
    differences = []
    for at in recount.instants(INSTANTS, (BEGIN_S + 60) * 1000, (BEGIN_S + DAYS * DAY_S) * 1000):
        told = answer(past, msgspec.json.encode({"tenant": "default", "at": at}))
        shown = past_snapshot("default", msgspec.json.decode(told, type=PastBoard), at, ZoneInfo("UTC"))
        differences += recount.differences(at, msgspec.to_builtins(shown))
    assert not differences
