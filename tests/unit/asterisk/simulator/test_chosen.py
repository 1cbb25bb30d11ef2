"""What the command line asks for: addresses, names, seeds, folders and plans of one PBX or of several."""

from pathlib import Path
from typing import Any

import click
import pytest

from asterisk.simulator.chosen import MOST_PBXS, Chosen
from asterisk.simulator.traffic import DEFAULT_RATE

DEFAULTS: dict[str, Any] = {
    "listen": ("127.0.0.1:0",),
    "port": None,
    "pbxs": None,
    "user": "trunkline",
    "files": None,
    "speed": 1.0,
    "clients": 0,
    "once": True,
    "write_timeout": 10.0,
    "numbered": False,
    "recordings": (),
    "keep_time": False,
    "generate": False,
    "name": "sim1",
    "seed": 1,
    "rate": None,
    "calls_per_hour": None,
    "calls": None,
    "queues": 6,
    "agents": None,
    "talk": 45.0,
    "shape": "flat",
    "timezone": "UTC",
    "begin": None,
}


def chosen(**others: object) -> Chosen:
    """The defaults but for some."""
    return Chosen(**{**DEFAULTS, **others})


def test_an_address_is_host_and_port() -> None:
    assert chosen(listen=("127.0.0.1:5038",)).addresses == [("127.0.0.1", 5038)]
    assert chosen(listen=("127.0.0.1:5038",), port=7).addresses == [("127.0.0.1", 7)]
    with pytest.raises(click.UsageError, match="HOST:PORT"):
        _ = chosen(listen=("5038",)).addresses


def test_several_pbxs_have_consecutive_ports_or_those_that_are_given() -> None:
    several = chosen(listen=("127.0.0.1:5038",), pbxs=3)
    assert [port for _, port in several.addresses] == [5038, 5039, 5040]
    assert [port for _, port in chosen(pbxs=2).addresses] == [0, 0]
    given = chosen(listen=("127.0.0.1:7", "127.0.0.2:9"))
    assert given.count == 2 and given.addresses == [("127.0.0.1", 7), ("127.0.0.2", 9)]


@pytest.mark.parametrize(
    ("name", "names"),
    [("sim1", ["sim1", "sim2"]), ("east", ["east1", "east2"]), ("site9", ["site9", "site10"]), ("7", ["7", "8"])],
)
def test_names_are_counted_on(name: str, names: list[str]) -> None:
    assert chosen(name=name, pbxs=2).names == names
    assert chosen(name=name).names == [name]


def test_each_pbx_has_its_seed_its_folder_and_its_people() -> None:
    first, second = chosen(pbxs=2, files=Path("f"), seed=7).sites
    assert (first.seed, second.seed) == (7, "7.2")
    assert (first.files, second.files) == (Path("f/sim1"), Path("f/sim2"))
    assert second.plan.first_person == first.plan.staff
    (alone,) = chosen(files=Path("f"), seed=7).sites
    assert (alone.seed, alone.files, alone.plan) == (7, Path("f"), first.plan)


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"pbxs": 0}, "from 1 to"),
        ({"pbxs": MOST_PBXS + 1}, "from 1 to"),
        ({"pbxs": 3, "listen": ("127.0.0.1:1", "127.0.0.1:2")}, "once for each of the 3"),
        ({"pbxs": 2, "recordings": (Path("a.ami"),)}, "--play is for one PBX"),
        ({"timezone": "Mars/Olympus"}, "Europe/Berlin"),
        ({"timezone": "../etc"}, "Europe/Berlin"),
    ],
)
def test_what_cannot_be_is_said(options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(click.UsageError, match=complaint):
        _ = chosen(**options).sites


def test_a_days_shape_is_chosen_by_its_name() -> None:
    plan = chosen(shape="office", timezone="Europe/Berlin").plan
    assert plan.shape.name == "office" and str(plan.zone) == "Europe/Berlin"


def test_a_rate_is_given_per_second_or_per_hour() -> None:
    assert chosen().plan.rate == DEFAULT_RATE
    assert chosen(calls_per_hour=1800.0).plan.rate == 0.5
    assert chosen(rate=3.0, calls_per_hour=1800.0).plan.rate == 3.0
    with pytest.raises(click.UsageError, match="above 0"):
        _ = chosen(rate=0.0).plan


def test_traffic_at_full_speed_lies_in_the_past() -> None:
    assert chosen(begin=5.0).begins_us == 5_000_000
    assert chosen(speed=None, calls=1000, rate=1.0).begins_us < chosen().begins_us - 1_000_000_000
