"""The metrics: the worked examples of every service level, and empty intervals."""

import csv
import json
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import pytest

from calls.call import Call, Stint, StintOutcome
from calls.metrics import METRICS, SERVICE_LEVEL, SERVICE_LEVELS, sl_genesys
from calls.settings import QueueSettings
from calls.tally import COLUMNS, NOTHING, Tally, stint_tally

EXAMPLE: dict[str, Any] = json.loads((Path(__file__).parent / "service_level.json").read_text())
METRIC_NAMES = sorted(METRICS)


def example_tally() -> Tally:
    """The facts of the example's twelve stints, from calls as the reducer makes them."""
    queue = QueueSettings(service_level_s=EXAMPLE["service_level_s"], short_abandon_s=EXAMPLE["short_abandon_s"])
    stints = tuple(
        Stint(f"u{n}", "support", 0, left_at=wait * 1000, outcome=StintOutcome(outcome))
        for n, (outcome, wait) in enumerate(EXAMPLE["stints"])
    )
    call = Call("l1", "pbx1", 0, "default", stints=stints)
    return reduce(add, (stint_tally(call, n, queue) for n in range(len(stints))), NOTHING)


@pytest.mark.parametrize("name", EXAMPLE["variants"])
def test_each_variant_gives_its_worked_example(name: str) -> None:
    above, below, percent = EXAMPLE["variants"][name]
    value = METRICS[name].value(example_tally())
    assert value == above / below
    assert round(100 * value, 4) == percent


def test_the_variants_are_those_of_the_published_table() -> None:
    folder = Path(__file__).parent
    calls = json.loads((folder / "service_level_calls.json").read_text())
    # Who asks to be called back leaves by a key.
    outcomes = [["exit_key" if it["outcome"] == "callback" else it["outcome"], it["wait_s"]] for it in calls["calls"]]
    assert outcomes == EXAMPLE["stints"]
    with (folder / "service_level_variants.csv").open(newline="") as table:
        for row in csv.DictReader(table):
            name = row["name"].translate(str.maketrans({"(": "_", ",": "", ")": ""}))
            value = METRICS[name].value(example_tally())
            assert value is not None
            assert round(100 * value, 4) == float(row["value_pct"])
            assert value == int(row["numerator"]) / int(row["denominator"])


def test_every_variant_has_a_worked_example() -> None:
    assert {metric.name for metric in SERVICE_LEVELS} == set(EXAMPLE["variants"])


def test_the_default_is_its_member_of_the_genesys_family() -> None:
    member = sl_genesys(flowouts=False, short_abandons=False, abandons=True)
    assert (SERVICE_LEVEL.numerator, SERVICE_LEVEL.denominator) == (member.numerator, member.denominator)


def test_of_nothing_a_count_is_0_and_everything_else_is_undefined() -> None:
    expected = {name: None if metric.denominator else 0 for name, metric in METRICS.items()}
    assert {name: metric.value(NOTHING) for name, metric in METRICS.items()} == expected


@pytest.mark.parametrize("name", METRIC_NAMES)
def test_every_metric_is_made_of_tally_columns_and_says_what_it_is(name: str) -> None:
    metric = METRICS[name]
    parts = {column.removeprefix("-") for column in metric.numerator + metric.denominator}
    assert parts <= set(COLUMNS)
    assert metric.name == name
    assert all((metric.title, metric.unit, metric.meaning, metric.source, metric.formula()))


def test_a_formula_reads_like_a_sentence() -> None:
    assert SERVICE_LEVEL.formula() == "answered in sl / (answered + abandoned − short abandoned)"
    assert METRICS["aht"].formula() == "(talk + hold + wrap) / handled"
    assert METRICS["offered"].formula() == "offered"


def test_asa_is_the_wait_of_the_answered_and_awt_that_of_all() -> None:
    tally = example_tally()
    assert METRICS["asa"].value(tally) == (3 + 12 + 20 + 21 + 45 + 8) / 6
    assert METRICS["awt"].value(tally) == (109 + 2 + 5 + 15 + 60 + 90 + 30) / 12
    assert METRICS["abandon_wait"].value(tally) == 82 / 4
    assert METRICS["abandon_rate_net"].value(tally) == 2 / 10
