"""What a real Asterisk did while nobody heard it: its calls are final, and as its own queue_log says."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.real_gaps import WAYS, go_deaf, installation
from streamed.centre import PARTITIONS, Centre, own_centre

log = logging.getLogger(__name__)

SECONDS, DEAF = 18.0, 6.0


@pytest.fixture(scope="module")
def centre(server_folder: Path) -> Iterator[Centre]:
    with own_centre(server_folder / "gaps", ["1"]) as running:
        yield running


@pytest.mark.parametrize("name", WAYS)
def test_unheard_calls_are_as_the_files_say(centre: Centre, name: str) -> None:
    number = list(WAYS).index(name)
    with installation(centre, centre.folder / f"way{number}", f"deaf{number}", PARTITIONS[number]) as it:
        found = asyncio.run(go_deaf(it, WAYS[name], SECONDS, DEAF))
    log.info("%s: %s", name, found)
    assert found.wrong == []
    assert found.provisional == 0
    assert found.stored >= found.stints > 30
    assert any(seconds is not None for _, seconds in found.gaps)
