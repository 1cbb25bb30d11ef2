"""The link dies between Originate and its answer: never two calls, always a final answer, no call that was given up."""

import logging
from collections.abc import Callable

from faults.lost_answers import play, summary

from infra.asterisk import RealAsterisk

log = logging.getLogger(__name__)
EXTENSIONS = ("1001", "1002", "1003", "1004")
# Fifty in all.
CUTS, FROZEN = 45, 5


async def test_never_two_calls_and_always_a_final_answer(
    asterisk: RealAsterisk, database: str, database_as: Callable[..., str]
) -> None:
    rounds = await play(asterisk, database, database_as("trunkline_api"), EXTENSIONS, CUTS, FROZEN)
    found = summary(rounds)
    log.info("%s", found)
    assert len(rounds) == CUTS + FROZEN
    assert {each.status for each in rounds} <= {"confirmed", "failed"}
    assert not [each for each in rounds if each.rang > 1]
    # What never reached Asterisk rang nowhere, and is told so; what did and was heard of is told as what it is.
    assert not [each for each in rounds if each.way == "before" and (each.rang, each.status) != (0, "failed")]
    assert not [each for each in rounds if each.way == "after" and (each.rang, each.status) != (1, "confirmed")]
