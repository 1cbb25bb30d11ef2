"""warehouse/staffing/commands.py: what `trunkline staffing` prints and refuses."""

import json

import pytest
from click.testing import CliRunner

from warehouse.staffing.commands import staffing_command

HELPER = ("--calls", "100", "--interval", "1800", "--aht", "180", "--target-seconds", "20")


def told(*arguments: str) -> dict[str, float | None]:
    done = CliRunner().invoke(staffing_command, [*HELPER, *arguments, "--json"])
    assert done.exit_code == 0, done.output
    answer: dict[str, float | None] = json.loads(done.output)
    return answer


def test_it_says_how_so_many_fare() -> None:
    answer = told("--agents", "14")
    assert list(answer) == ["agents", "p_wait", "service_level", "asa_s", "occupancy", "p_abandon"]
    assert answer["service_level"] == pytest.approx(0.888350, abs=6e-7)
    assert told("--agents", "14", "--patience", "300")["p_abandon"] == pytest.approx(0.013984, abs=6e-7)


def test_it_finds_the_fewest() -> None:
    assert told()["agents"] == 14
    assert told("--service-level", "0.9")["agents"] == 15


def test_an_unstable_load_is_said_to_be_one() -> None:
    answer = told("--agents", "10")
    assert (answer["p_wait"], answer["service_level"], answer["asa_s"]) == (1.0, 0.0, None)


def test_people_get_a_table() -> None:
    done = CliRunner().invoke(staffing_command, [*HELPER, "--agents", "14"])
    assert "service_level" in done.output and "0.8884" in done.output


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--aht", "0"), "--aht"),
        (("--calls", "-1"), "--calls"),
        (("--service-level", "80"), "--service-level"),
        (("--patience", "0"), "--patience"),
        (("--calls", "1e12"), "--calls"),
    ],
)
def test_nonsense_is_refused_by_name(arguments: tuple[str, ...], named: str) -> None:
    done = CliRunner().invoke(staffing_command, [*HELPER, *arguments])
    assert done.exit_code == 2 and named in done.output
