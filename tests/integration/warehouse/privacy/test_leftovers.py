"""warehouse/privacy/leftovers.py: what was left goes when it is old, and what is young is counted."""

import os
from datetime import timedelta
from pathlib import Path

import canary

from warehouse.lake import connect
from warehouse.privacy.leftovers import sweep


def test_what_is_old_goes_and_what_is_young_or_of_the_lake_stays(tmp_path: Path) -> None:
    with connect(tmp_path / "spill") as lake:
        lake.execute(f"ATTACH 'ducklake:{tmp_path / 'catalog'}' AS lake (DATA_PATH '{tmp_path / 'lake'}/')")
        lake.execute("CREATE TABLE lake.call_sessions AS SELECT '1' AS from_number FROM range(1000)")
        orphan, young = canary.leave_behind(tmp_path), tmp_path / "lake.tmp/of_now"
        young.touch()
        assert sweep(lake, tmp_path) == 1
        assert [it.name for folder in ("lake.tmp", "import.tmp") for it in (tmp_path / folder).rglob("*.*")] == []
        assert young.exists() and orphan.exists()
        os.utime(orphan, (0, 0))
        assert sweep(lake, tmp_path) == 0
        assert not orphan.exists()
        assert sweep(lake, tmp_path, timedelta()) == 0
        assert not young.exists()
        assert lake.execute("SELECT count(*) FROM lake.call_sessions").fetchall() == [(1000,)]
