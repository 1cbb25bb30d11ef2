"""warehouse/past/answering.py: boards, reels and refusals as JSON."""

from pathlib import Path
from typing import Any

import msgspec
from past_logs import CAME, write_log

from warehouse.past.answering import answer
from warehouse.past.board import Past


def asked(data: Path, **question: Any) -> Any:
    return msgspec.json.decode(answer(Past(data), msgspec.json.encode({"tenant": "default"} | question)))


def test_a_board_a_reel_and_two_refusals(tmp_path: Path) -> None:
    write_log(tmp_path)
    assert len(asked(tmp_path, at=CAME)["queues"]) == 3
    reel = asked(tmp_path, at=CAME - 1, end=CAME + 1)
    assert (reel["until"], len(reel["moments"])) == (CAME + 1, 2)
    assert asked(tmp_path, at=5)["error"] == "unknown"
    (day,) = (tmp_path / "log" / "sim1").glob("*.zst")
    day.chmod(0)
    day.unlink()
    day.mkdir()
    assert asked(tmp_path, at=CAME)["error"] == "failed"
