"""warehouse/past/answering.py: boards, reels, rules and refusals as JSON."""

from pathlib import Path
from typing import Any

import msgspec
from past_logs import CAME, write_log

from calls.alert_curve import Pieces
from calls.alert_trial import Trial
from calls.alerts import AlertMetric, AlertRule, Side, Watch
from warehouse.past.answering import answer
from warehouse.past.board import Past


def asked(data: Path, **question: Any) -> Any:
    return msgspec.json.decode(answer(Past(data), msgspec.json.encode({"tenant": "default"} | question)))


def test_a_board_a_reel_a_rule_and_two_refusals(tmp_path: Path) -> None:
    write_log(tmp_path)
    assert len(asked(tmp_path, at=CAME)["queues"]) == 3
    reel = asked(tmp_path, at=CAME - 1, end=CAME + 1)
    assert (reel["until"], len(reel["moments"])) == (CAME + 1, 2)
    rule = AlertRule("Waits", AlertMetric.LONGEST_WAIT, Side.AT_LEAST, 3)
    trial = msgspec.to_builtins(Trial(rule, "UTC", Watch(), Pieces(CAME, 1000)))
    assert len(asked(tmp_path, at=CAME, end=CAME + 10_000, trial=trial)["firings"]) == 1
    assert asked(tmp_path, at=5)["error"] == "unknown"
    (day,) = (tmp_path / "log" / "sim1").glob("*.zst")
    day.chmod(0)
    day.unlink()
    day.mkdir()
    assert asked(tmp_path, at=CAME)["error"] == "failed"
