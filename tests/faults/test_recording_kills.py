"""The keeper is killed again and again while recordings come: nothing plain is left, none is lost, none doubled."""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from kept_recordings import Keeping
from made_recordings import wav

# A start takes a third of a second; so a kill falls before, into and after the work.
KILLS, EACH = 6, 15
LATEST_KILL_S = 0.9


def struck(keeping: Keeping, kills: int, seed: int) -> dict[str, bytes]:
    """Recordings by name, of which many came while the keeper was killed."""
    chance, made = random.Random(seed), {}
    for kill in range(kills):
        keeping.start()
        began = time.monotonic()
        at = chance.uniform(0.2, LATEST_KILL_S)
        for number in range(EACH):
            name, sound = f"pbx-{kill}.{number}.wav", chance.randbytes(2 * chance.randrange(100, 200_000))
            made[name] = wav(sound)
            part = keeping.spool.parent / name
            part.write_bytes(made[name])
            # Their calls are not waited for any more.
            os.utime(part, (began, began))
            part.rename(keeping.spool / name)
        time.sleep(max(0.0, began + at - time.monotonic()))
        keeping.kill()
    return made


def test_no_kill_leaves_anything_plain_lost_or_doubled(tmp_path: Path, database_as: Callable[..., str]) -> None:
    with Keeping(tmp_path, database_as) as keeping:
        keeping.give_key()
        made = struck(keeping, KILLS, seed=7)
        keeping.start()
        keeping.until_kept(len(made))
        keeping.kill()
    rows = keeping.rows()
    assert {row["file"]: keeping.plain(row) for row in rows} == made
    assert keeping.files() == sorted(row["path"] for row in rows)
    assert [row["size"] for row in rows] == [(keeping.store / row["path"]).stat().st_size for row in rows]
    assert list((tmp_path / "data/keeper/pbx/slips").iterdir()) == []
