"""The demonstration's three counts: queue_log's by hand, the others by the catalogue."""

import json
from pathlib import Path

import pytest

from calls.tally import Tally
from infra.demo_numbers import SHOWN, agree, allowance, mart, of_tally, queue_log

LINES = """\
100|c1|support|NONE|ENTERQUEUE||555|1
104|c1|support|Alice|CONNECT|4|a1|2
164|c1|support|Alice|COMPLETECALLER|4|60|1
110|c2|support|NONE|ENTERQUEUE||555|1
140|c2|support|Bob|CONNECT|30|a2|2
150|c2|support|Bob|BLINDTRANSFER|3000|ctx|30|10|1
120|c3|support|NONE|ENTERQUEUE||555|1
123|c3|support|NONE|ABANDON|1|1|3
120|c4|support|NONE|ENTERQUEUE||555|1
180|c4|support|NONE|EXITWITHTIMEOUT|1|1|60
90|NONE|sales|Alice|PAUSE|Lunch
"""


def test_queue_log_is_counted_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text(LINES)
    ((queue, (numbers, doubt)),) = queue_log([path]).items()
    assert (queue, doubt) == ("support", 0.0)
    assert numbers == {
        "offered": 4, "answered": 2, "abandoned": 1, "other": 1, "service level": 0.5, "speed of answer": 17.0,
        "handle time": 35.0,
    }  # fmt: skip


def test_a_wait_beside_the_threshold_is_in_doubt(tmp_path: Path) -> None:
    path = tmp_path / "queue_log"
    path.write_text("1|c|q|NONE|ENTERQUEUE||5|1\n21|c|q|A|CONNECT|20|a|1\n")
    _, doubt = queue_log([path])["q"]
    assert doubt == 1.0


def test_the_others_are_by_the_catalogue() -> None:
    tally = Tally(offered=2, answered=1, abandoned=1, answered_in_sl=1, wait_answered_s=3.0)
    numbers = of_tally(tally)
    assert (numbers["service level"], numbers["speed of answer"], numbers["handle time"]) == (0.5, 3.0, None)
    row = {"queue": "q", **dict.fromkeys(SHOWN.values(), 1)}
    assert mart(json.dumps({"queues": [row]})) == {"q": dict.fromkeys(SHOWN, 1)}


@pytest.mark.parametrize(
    ("name", "ours", "theirs", "same"),
    [
        ("offered", 3, 3, True),
        ("offered", 3, 4, False),
        ("speed of answer", 3.4, 4.0, True),
        ("speed of answer", 3.4, 4.5, False),
        ("service level", None, None, True),
        ("service level", None, 1.0, False),
    ],
)
def test_what_agrees(name: str, ours: float | None, theirs: float | None, same: bool) -> None:
    assert agree(name, ours, theirs, doubt=0.0) is same
    assert allowance("offered", 1.0) == 0.0
